"""One series as dots on a grid of braille cells: rasterised by plotext, a layer a series, so that nothing hides.

plotext 5.3.2 gives a cell that two series share to the later one; drawn apart and merged here, both stay visible. It
raises on infinity, on empty series and on 0 with a log axis: it only ever sees whole numbers of dots. 2 ms a layer of
60 x 14 cells; a layer whose dots are the same is not drawn again.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

Dot = tuple[int, int]
"""Column (two a cell) and row (four a cell) from the lower left corner."""
Bits = tuple[tuple[int, ...], ...]
"""Rows of cells from the top; each cell the eight bits of its braille sign."""

_LOCK = threading.Lock()  # plotext has one global figure
_COLUMNS = (0x47, 0xB8)
"""The dots of a cell's left and right column."""
_ROWS = (0x09, 0x12, 0x24, 0xC0)
"""The dots of a cell's rows, from the top."""


@lru_cache(maxsize=512)
def polyline(parts: tuple[tuple[Dot, ...], ...], width: int, height: int) -> Bits:
    """Lines through the dots of each part, on `height` rows of `width` cells. A part of one dot is three dots wide."""
    wide = [part if len(part) > 1 else _dash(part[0], 2 * width) for part in parts if part]
    return _drawn([(list(part), True) for part in wide], width, height)


@lru_cache(maxsize=512)
def blobs(dots: tuple[Dot, ...], width: int, height: int) -> Bits:
    """Each dot as a square of 2 x 2, which is seen beside a line; it lies up and right of the dot, inside the grid."""
    square = {
        (min(column, 2 * width - 2) + right, min(row, 4 * height - 2) + up)
        for column, row in dots
        for right in (0, 1)
        for up in (0, 1)
    }
    return _drawn([(sorted(square), False)], width, height)


def dashed(line: Bits, points: Bits) -> Bits:
    """`line` with every second cell left out, but never a cell of `points`."""
    return tuple(
        tuple(
            cell if column % 2 == 0 else cell & kept
            for column, (cell, kept) in enumerate(zip(cells, kept_cells, strict=True))
        )
        for cells, kept_cells in zip(line, points, strict=True)
    )


def row_of_dot(bits: int) -> list[int]:
    """Which of a cell's four rows, from the top, have a dot."""
    return [number for number, mask in enumerate(_ROWS) if bits & mask]


def _dash(dot: Dot, columns: int) -> list[Dot]:
    column, row = dot
    return [(max(0, column - 1), row), (min(columns - 1, column + 1), row)]


def _drawn(lines: Sequence[tuple[list[Dot], bool]], width: int, height: int) -> Bits:
    import plotext  # 95 ms, needed only where there is something to draw

    with _LOCK:
        plotext.clear_figure()
        plotext.limit_size(False, False)
        plotext.plotsize(width, height)
        plotext.theme("clear")
        plotext.frame(False)
        plotext.xticks([])
        plotext.yticks([])
        plotext.xlim(0, 2 * width - 1)
        plotext.ylim(0, 4 * height - 1)
        for dots, joined in lines:
            draw: Any = plotext.plot if joined else plotext.scatter
            draw([column for column, _row in dots], [row for _column, row in dots], marker="braille")
        rows = plotext.uncolorize(plotext.build()).split("\n")[:height]
        plotext.clear_figure()
    return tuple(tuple(_bits(sign) for sign in row.ljust(width)[:width]) for row in rows)


def _bits(sign: str) -> int:
    code = ord(sign)
    return code - 0x2800 if 0x2800 <= code <= 0x28FF else 0
