"""A drawing of 28 by 28 greys, as MNIST's digits are: strokes of a soft brush, and how it looks in cells."""

from __future__ import annotations

import math
from functools import lru_cache

from rich.color import Color
from rich.segment import Segment
from rich.style import Style

SIDE = 28
"""Pixels each way."""
_SOFT, _ERASER = 1.5, 2.2  # pixels from the stroke's middle to where ink, or the eraser, ends; full 1 pixel before
REACH = max(_SOFT, _ERASER)
"""Pixels to each side of a stroke that it may change."""
_PAPER, _INK = 24, 255  # greys of 0 and 1: the paper is not black, so that its edge shows on a black screen
_RAMP = " .:-=+*#%@"


class Drawing:
    """The ink, 0 to 1; x goes right and y goes down, whole numbers are the middles of pixels."""

    def __init__(self) -> None:
        self._ink = [[0.0] * SIDE for _ in range(SIDE)]

    @property
    def empty(self) -> bool:
        """True while there is no ink."""
        return not any(any(row) for row in self._ink)

    @property
    def rows(self) -> list[list[float]]:
        """28 lists of 28 floats, to three decimals: what a canvas demo is asked with."""
        return [[round(ink, 3) for ink in row] for row in self._ink]

    def ink(self, x: int, y: int) -> float:
        """The ink of one pixel."""
        return self._ink[y][x]

    def clear(self) -> None:
        """No ink."""
        self._ink = [[0.0] * SIDE for _ in range(SIDE)]

    def stroke(self, start: tuple[float, float], end: tuple[float, float], *, erase: bool = False) -> None:
        """A straight stroke, two pixels thick with soft edges; parts beyond the paper are left out."""
        reach = _ERASER if erase else _SOFT
        (x0, y0), (x1, y1) = start, end
        for y in range(max(0, math.ceil(min(y0, y1) - reach)), min(SIDE, math.floor(max(y0, y1) + reach) + 1)):
            row = self._ink[y]
            for x in range(max(0, math.ceil(min(x0, x1) - reach)), min(SIDE, math.floor(max(x0, x1) + reach) + 1)):
                strength = min(1.0, max(0.0, reach - _distance(x, y, start, end)))
                row[x] = row[x] * (1 - strength) if erase else max(row[x], strength)


def half_block_line(drawing: Drawing, line: int, cursor: tuple[int, int] | None, accent: str) -> list[Segment]:
    """Cell row `line` of 14: one pixel a column, two a row. The pixel under the cursor has the accent colour."""
    segments = []
    for x in range(SIDE):
        upper, lower = (_grey(drawing.ink(x, y)) for y in (2 * line, 2 * line + 1))
        if cursor is not None and cursor[0] == x and cursor[1] // 2 == line:
            if cursor[1] % 2 == 0:
                upper = accent
            else:
                lower = accent
        segments.append(Segment("▀", _style(upper, lower)))
    return segments


def square_line(drawing: Drawing, line: int, cursor: tuple[int, int] | None, accent: str) -> list[Segment]:
    """Cell row `line` of 28: two columns a pixel. The pixel under the cursor is framed."""
    segments = []
    for x in range(SIDE):
        grey = _grey(drawing.ink(x, line))
        segments.append(
            Segment("[]", _style(accent, grey)) if cursor == (x, line) else Segment("  ", _style(grey, grey))
        )
    return segments


def ascii_line(drawing: Drawing, line: int, cursor: tuple[int, int] | None) -> list[Segment]:
    """Cell row `line` of 14 in characters, for terminals without colours or blocks: the darker of two pixels."""
    text = ""
    for x in range(SIDE):
        ink = max(drawing.ink(x, 2 * line), drawing.ink(x, 2 * line + 1))
        under = cursor is not None and cursor[0] == x and cursor[1] // 2 == line
        text += "+" if under else _RAMP[min(len(_RAMP) - 1, int(ink * len(_RAMP)))]
    return [Segment(text)]


def _distance(x: float, y: float, start: tuple[float, float], end: tuple[float, float]) -> float:
    """From a point to a segment."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    length = dx * dx + dy * dy
    along = 0.0 if not length else min(1.0, max(0.0, ((x - start[0]) * dx + (y - start[1]) * dy) / length))
    return math.hypot(x - start[0] - along * dx, y - start[1] - along * dy)


def _grey(ink: float) -> str:
    level = round(_PAPER + ink * (_INK - _PAPER))
    return f"#{level:02x}{level:02x}{level:02x}"


@lru_cache(maxsize=8192)
def _style(fore: str, back: str) -> Style:
    return Style.from_color(Color.parse(fore), Color.parse(back))
