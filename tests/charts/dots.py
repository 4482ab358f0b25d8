"""Reads a drawn chart back: which dots are set, and how far they are from where a value belongs."""

from __future__ import annotations

import math

from dlwp_tui.charts.draw import Frame

_LEFT, _RIGHT = (0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80)


def cells(frame: Frame) -> list[list[tuple[str, str]]]:
    """Sign and style of each cell of the plot, row by row from the top."""
    rows = []
    for line in frame.text.split("\n", allow_blank=True)[frame.top : frame.top + frame.rows]:
        styles = [""] * len(line.plain)
        for span in line.spans:
            for at in range(span.start, min(span.end, len(styles))):
                styles[at] = str(span.style)
        signs = list(zip(line.plain, styles, strict=True))
        rows.append(signs[frame.left : frame.left + frame.columns])
    return rows


def dots(frame: Frame, style: str | None = None) -> set[tuple[int, int]]:
    """(column, row) of each dot from the lower left; of one style only where that is given."""
    found = set()
    for row, line in enumerate(cells(frame)):
        for column, (sign, here) in enumerate(line):
            code = ord(sign) - 0x2800
            if not 0 <= code <= 0xFF or (style is not None and here != style):
                continue
            for side, masks in enumerate((_LEFT, _RIGHT)):
                for at, mask in enumerate(masks):
                    if code & mask:
                        found.add((2 * column + side, 4 * (frame.rows - row) - 1 - at))
    return found


def place(frame: Frame, x: float, y: float) -> tuple[float, float]:
    """Where a point belongs, in dots; y in the axis' units (a logarithm on a log axis)."""
    assert frame.x is not None and frame.y is not None
    return frame.x.place(x) * (2 * frame.columns - 1), frame.y.place(y) * (4 * frame.rows - 1)


def near(found: set[tuple[int, int]], at: tuple[float, float]) -> bool:
    """Whether a dot is set at most one dot from there, in both directions."""
    columns = range(math.ceil(at[0] - 1 - 1e-6), math.floor(at[0] + 1 + 1e-6) + 1)
    rows = range(math.ceil(at[1] - 1 - 1e-6), math.floor(at[1] + 1 + 1e-6) + 1)
    return any((column, row) in found for column in columns for row in rows)


def lines(frame: Frame) -> list[str]:
    """The chart's lines as plain text."""
    return frame.text.plain.split("\n")
