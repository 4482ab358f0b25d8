"""How the panes are arranged by the terminal's width, from the first frame on."""

from __future__ import annotations

from typing import Any

from textual.screen import Screen

BREAKPOINTS = [(0, "-narrow"), (100, "-medium"), (140, "-wide")]
"""Columns from which on a screen has the class by which app.tcss arranges it."""


def arrange_first(screen: Screen[Any], pane: str) -> None:
    """Call before `screen` has widgets, so that its first frame is arranged for the terminal's width already.

    Textual gives a screen its breakpoint's class after that frame, in which 80 columns had shown three panes.
    """
    width = screen.app.size.width
    fitting = [name for least, name in BREAKPOINTS if least <= width][-1]
    screen.update_classes({fitting: True, f"-pane-{pane}": True}, update=False)
