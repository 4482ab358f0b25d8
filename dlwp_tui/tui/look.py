"""How the app draws pictures: as the setting `pictures` says, where the terminal can."""

from __future__ import annotations

import os
from typing import Any
from weakref import WeakKeyDictionary

from textual.app import App

from dlwp_tui.core import settings
from dlwp_tui.render import able
from dlwp_tui.render.kitty import KittyLook
from dlwp_tui.render.look import Look


def look_of(app: App[Any]) -> Look:
    """The look of an app that runs; the same for all its widgets, so that no picture is sent twice."""
    if app not in _looks:
        _looks[app] = _made(app)
    _looks[app].dark = app.current_theme.dark
    return _looks[app]


def close(app: App[Any]) -> None:
    """Delete what the app has sent to the terminal."""
    found = _looks.pop(app, None)
    if isinstance(found, KittyLook):
        found.close()


def write(app: App[Any], sequence: str) -> None:
    """An escape sequence to the terminal, between two frames of the app."""
    # Textual has no public way: its writer thread holds the terminal, and a write of our own could cut a frame in two.
    driver = app._driver
    if driver is not None and not app.is_headless:
        driver.write(sequence)


def uses_sixels(app: App[Any]) -> bool:
    """Whether pictures on the whole screen are sixels."""
    return able.kind() == "sixel" and not app.is_headless


def _made(app: App[Any]) -> Look:
    chosen = settings.load()
    # The placeholders' colour is the picture's number: fewer colours, and another picture would be shown, or none.
    if able.kind() == "kitty" and not chosen.ascii and app.console.color_system == "truecolor":
        return KittyLook(lambda sequence: write(app, sequence), tmux="TMUX" in os.environ)
    return Look(ascii=chosen.ascii)


_looks: WeakKeyDictionary[App[Any], Look] = WeakKeyDictionary()
