"""How pictures and grids of them are laid out in cells: sizes, how many stand in a row, which are on a page. Pure."""

from __future__ import annotations

from dataclasses import dataclass

LARGEST = 8
"""Cells a pixel of a small picture takes at most: beyond, squares are seen and no picture."""
COMFORT = 16
"""Cells that a picture of a grid should be wide, unless it has fewer pixels: less shows no detail."""
LEAST = 12
"""Cells to which a smaller one grows."""


@dataclass(frozen=True)
class Tiles:
    """How a picture is put together of smaller ones of one size, row by row; sizes in pixels."""

    count: int
    columns: int
    width: int
    height: int
    gap: int
    captions: tuple[str, ...] = ()
    """One for each of them, or none at all."""

    def box(self, number: int) -> tuple[int, int, int, int]:
        """Left, top, right and bottom of one of them, counted from 0."""
        row, column = divmod(number, self.columns)
        left, top = column * (self.width + self.gap), row * (self.height + self.gap)
        return left, top, left + self.width, top + self.height


@dataclass(frozen=True)
class Page:
    """Some of a grid's pictures, laid out in a room of cells."""

    first: int
    """The number of the first of them, from 0."""
    across: int
    """Pictures in a row."""
    down: int
    """Rows."""
    width: int
    """Cells of one picture."""
    height: int
    number: int
    """Of the page, from 0."""
    count: int
    """How many pages there are."""

    @property
    def last(self) -> int:
        """The number after the last place on the page; the grid may have ended before."""
        return self.first + self.across * self.down


def cells(width: int, height: int, columns: int, rows: int, largest: int = LARGEST) -> tuple[int, int]:
    """Columns and rows that a picture of `width` x `height` pixels takes within `columns` x `rows` cells.

    A cell holds two pixels, one above the other. A picture that is smaller grows by whole numbers, so that all its
    pixels are as large; a larger one shrinks as much as it has to.
    """
    factor = min(columns / width, 2 * rows / height)
    if factor >= 1:
        factor = min(largest, int(factor))
    return max(1, min(columns, round(width * factor))), max(1, min(rows, -(-round(height * factor) // 2)))


def inside(width: int, height: int, most_wide: int, most_high: int, largest: int = 2 * LARGEST) -> tuple[int, int]:
    """The pixels of a picture of `width` x `height` in a room of pixels; a smaller one grows by a whole number."""
    factor = min(most_wide / width, most_high / height)
    if factor >= 1:
        factor = min(largest, int(factor))
    return max(1, int(width * factor)), max(1, int(height * factor))


def usual_across(tiles: Tiles, width: int) -> int:
    """How many pictures stand in a row of `width` cells when nobody has zoomed: the author's number, if they fit."""
    wide = min(COMFORT, tiles.width) if tiles.width >= LEAST else LEAST
    return max(1, min(tiles.columns, tiles.count, (width + 1) // (wide + 1)))


def page(tiles: Tiles, width: int, rows: int, *, across: int = 0, shown: int = 0) -> Page:
    """The page that picture number `shown` is on, in `width` x `rows` cells.

    across: pictures in a row, so the zoom; 0 for `usual_across`. The pages follow each other without overlap.
    """
    across = max(1, min(across or usual_across(tiles, width), tiles.count, max(1, (width + 1) // 2)))
    captioned = bool(tiles.captions)
    room = max(1, rows - captioned)
    wide, high = cells(tiles.width, tiles.height, max(1, (width + 1) // across - 1), room)
    down = max(1, min((rows + (not captioned)) // (high + 1), -(-tiles.count // across)))
    shown = max(0, min(shown, tiles.count - 1))
    number, pages = shown // (across * down), -(-tiles.count // (across * down))
    return Page(number * across * down, across, down, wide, high, number, pages)
