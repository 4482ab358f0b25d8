"""Boxes of text with a base line: the pieces that a formula is put together from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from rich.cells import cell_len

from dlwp_tui.tex.symbols import DELIMITERS


@dataclass(frozen=True)
class Box:
    """`rows` of equal width; the row `base` lies on the line of the formula."""

    rows: tuple[str, ...]
    base: int = 0

    def __post_init__(self) -> None:
        width = max((cell_len(row) for row in self.rows), default=0)
        object.__setattr__(self, "rows", tuple(row + " " * (width - cell_len(row)) for row in self.rows))

    @property
    def height(self) -> int:
        return len(self.rows)

    @cached_property
    def width(self) -> int:
        """In terminal cells."""
        return cell_len(self.rows[0]) if self.rows else 0


Cells = Sequence[Sequence[Box]]


def beside(boxes: Sequence[Box]) -> Box:
    """The boxes from left to right, on one base line."""
    boxes = [box for box in boxes if box.width]
    if not boxes:
        return Box(("",))
    above = max(box.base for box in boxes)
    below = max(box.height - box.base for box in boxes)
    rows = [""] * (above + below)
    for box in boxes:
        lead = above - box.base
        for at in range(len(rows)):
            rows[at] += box.rows[at - lead] if 0 <= at - lead < box.height else " " * box.width
    return Box(tuple(rows), above)


def centre(box: Box, width: int) -> list[str]:
    """The rows of `box` in the middle of `width` cells."""
    before = (width - box.width) // 2
    return [" " * before + row + " " * (width - box.width - before) for row in box.rows]


def left(box: Box, width: int) -> list[str]:
    """The rows of `box` at the left of `width` cells."""
    return [row + " " * (width - box.width) for row in box.rows]


def right(box: Box, width: int) -> list[str]:
    """The rows of `box` at the right of `width` cells."""
    return [" " * (width - box.width) + row for row in box.rows]


def stack(over: Box | None, body: Box, under: Box | None) -> Box:
    """`body` with limits above and below it."""
    parts = [box for box in (over, body, under) if box is not None]
    width = max(box.width for box in parts)
    rows = [row for box in parts for row in centre(box, width)]
    return Box(tuple(rows), body.base + (over.height if over is not None else 0))


def grid(cells: Cells, align: str, gap: int, airy: bool = False) -> Box:
    """Cells in columns; `align` is one letter (l, r, c) a column, repeated; the base line is in the middle.

    Rows get a blank line between them when one is taller than a line, or when `airy`.
    """
    columns = max(len(row) for row in cells)
    widths = [max((row[at].width for row in cells if at < len(row)), default=0) for at in range(columns)]
    place = {"l": left, "r": right, "c": centre}
    airy = airy or any(box.height > 1 for row in cells for box in row)
    rows: list[str] = []
    for number, row in enumerate(cells):
        if airy and number:
            rows.append("")
        parts: list[Box] = []
        for at, box in enumerate(row):
            if at:
                parts.append(Box((" " * gap,)))
            parts.append(Box(tuple(place[align[at % len(align)]](box, widths[at])), box.base))
        rows += beside(parts).rows
    return Box(tuple(rows), len(rows) // 2 if len(rows) != 2 else 0)


def bracket(box: Box, opening: str, closing: str) -> Box:
    """`box` between brackets of its height; an empty string is no bracket."""
    return beside([_side(opening, box), box, _side(closing, box)])


def _side(char: str, box: Box) -> Box:
    if not char:
        return Box(())
    height = box.height
    if height == 1:
        return Box((char,), box.base)
    top, middle, bottom = tuple(DELIMITERS[char])
    rows = [top, *[middle] * (height - 2), bottom]
    if char in "{}" and height > 2:
        rows[height // 2] = "⎨" if char == "{" else "⎬"
    if char in "⟨⟩":
        rows = [top if at < height // 2 else bottom for at in range(height)]
        if height % 2:
            rows[height // 2] = char
    return Box(tuple(rows), box.base)
