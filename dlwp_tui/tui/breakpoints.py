"""How the panes are arranged: by the terminal's width, and by the screen's classes, from the first frame on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from textual.screen import Screen

BREAKPOINTS = [(0, "-narrow"), (100, "-medium"), (140, "-wide")]
"""Columns from which on a screen has the class by which app.tcss arranges it."""

PANES = ("contents", "note", "bench")


def arrange(screen: Screen[Any], classes: Mapping[str, bool]) -> None:
    """Give `screen` these classes, by which app.tcss arranges the panes, and style the three panes anew.

    Textual would style all 400 widgets anew: 60 ms.
    """
    screen.update_classes(classes, update=False)
    for name in PANES:
        screen.app.stylesheet.apply(screen.query_one(f"#{name}"))


def arrange_first(screen: Screen[Any], pane: str) -> None:
    """Call before `screen` has widgets, so that its first frame is arranged for the terminal's width already.

    Textual gives a screen its breakpoint's class after that frame, in which 80 columns had shown three panes.
    """
    width = screen.app.size.width
    fitting = [name for least, name in BREAKPOINTS if least <= width][-1]
    screen.update_classes({fitting: True, f"-pane-{pane}": True}, update=False)
