"""How the panes are arranged: by classes of the screen, which follow from the terminal's width and the keys."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from textual.screen import Screen

BREAKPOINTS = [(0, "-narrow"), (100, "-medium"), (140, "-wide")]
"""(columns, class): a screen with at least so many columns has the class, by which app.tcss arranges it."""

PANES = ("contents", "note", "bench")


def arrange(screen: Screen[Any], classes: Mapping[str, bool]) -> None:
    """Set or remove classes of `screen`, and style the three panes anew. Textual would style all 400 widgets: 60 ms."""
    screen.update_classes(classes, update=False)
    for name in PANES:
        screen.app.stylesheet.apply(screen.query_one(f"#{name}"))


def arrange_first(screen: Screen[Any], pane: str) -> None:
    """Call before `screen` has widgets, so that its first frame is arranged for the terminal's width.

    Textual sets the class only after that frame, which at 80 columns showed three panes.
    """
    width = screen.app.size.width
    fitting = [name for least, name in BREAKPOINTS if least <= width][-1]
    screen.update_classes({fitting: True, f"-pane-{pane}": True}, update=False)
