"""What a chart is made of: curves, and how they are looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from dlwp_tui.charts.points import Points

BASELINE, TRAINING, VALIDATION, FOCUSED = range(4)
"""What lies in front of what."""
Pattern = Literal["line", "blobs", "dashes"]


@dataclass(frozen=True)
class Series:
    """One curve."""

    name: str
    """Its legend entry and the name at its right end; an empty one has neither."""
    points: Points
    pattern: Pattern = "line"
    """Training is drawn as dots, validation as a line, as in the book; so they differ without colour."""
    front: int = TRAINING
    color: str = ""
    """A Rich colour, or empty for the terminal's own."""
    sign: str = ""
    """One sign of one cell that tells a run from others without colour: in the legend and on the curve."""
    faint: bool = False
    """Draw it dim: the raw curve behind a smoothed one."""
    best: tuple[float, float] | None = None
    """The point to mark with its value."""
    best_is_high: bool = False


@dataclass(frozen=True)
class View:
    """Which part of the curves is shown, and how."""

    log: bool = False
    x: tuple[float, float] | None = None
    """The ends of the x axis: chosen by zooming, or the planned epochs of a run at work."""
    y: tuple[float, float] | None = None
    """Chosen by zooming."""
    whole: bool = False
    """Show every point, also those of the first epochs that rule the range."""
    cursor: float | None = None
    """An x at which a vertical line is drawn."""
    ascii: bool = False
    color: bool = True


def style_of(series: Series, view: View) -> str:
    """The Rich style a series is drawn in."""
    return " ".join(part for part in ("dim" if series.faint else "", series.color if view.color else "") if part)
