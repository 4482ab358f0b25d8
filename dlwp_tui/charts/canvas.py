"""A grid of cells on which layers of dots are merged: all dots stay, the colour is that of the layer in front."""

from __future__ import annotations

from collections.abc import Iterator

from rich.cells import cell_len
from rich.text import Text

from dlwp_tui.charts.layers import Bits

Cell = tuple[int, int]
"""(row from the top, column)."""


class Canvas:
    """`height` rows of `width` cells. Layers are added from the back to the front; signs and words fill free cells."""

    def __init__(self, width: int, height: int, *, ascii: bool = False) -> None:
        self.width = width
        self.height = height
        self._ascii = ascii
        self._bits = [[0] * width for _ in range(height)]
        self._owners: list[list[int]] = [[-1] * width for _ in range(height)]
        self._shared = [[False] * width for _ in range(height)]
        self._signs: dict[Cell, tuple[str, str]] = {}
        self._styles: list[str] = []

    def add(self, layer: Bits, style: str) -> int:
        """Merge a layer in front of the ones there are; returns its number."""
        number = len(self._styles)
        self._styles.append(style)
        for bits, owners, shared, cells in zip(self._bits, self._owners, self._shared, layer, strict=True):
            for column, cell in enumerate(cells):
                if cell:
                    shared[column] = shared[column] or bool(bits[column])
                    bits[column] |= cell
                    owners[column] = number
        return number

    def owned(self, number: int) -> Iterator[tuple[int, int, int]]:
        """Row, column and bits of each cell that layer `number` has for itself, column by column."""
        for column in range(self.width):
            for row in range(self.height):
                alone = self._owners[row][column] == number and not self._shared[row][column]
                if alone and (row, column) not in self._signs:
                    yield row, column, self._bits[row][column]

    def free(self, row: int, column: int, cells: int) -> bool:
        """Whether so many cells from there on lie on the grid and hold nothing."""
        return (
            0 <= row < self.height
            and 0 <= column <= self.width - cells
            and not any(self._bits[row][column : column + cells])
            and not any((row, at) in self._signs for at in range(column, column + cells))
        )

    def replace(self, row: int, column: int, sign: str, style: str) -> None:
        """Set a sign of one cell in place of what is there."""
        self._signs[row, column] = (sign, style)

    def write(self, row: int, column: int, words: str, style: str) -> bool:
        """Write words where all their cells are free; False where they are not."""
        if not self.free(row, column, cell_len(words)):
            return False
        for sign in words:
            self._signs[row, column] = (sign, style)
            column += 1
            for _ in range(cell_len(sign) - 1):
                self._signs[row, column] = ("", style)
                column += 1
        return True

    def rows(self, cursor: int | None = None) -> Iterator[Text]:
        """The lines, with a dim vertical line in the column `cursor` where that is free."""
        for row in range(self.height):
            text, run, style = Text(), "", ""
            for column in range(self.width):
                if (row, column) in self._signs:
                    sign, here = self._signs[row, column]
                elif bits := self._bits[row][column]:
                    sign = _ascii(bits) if self._ascii else chr(0x2800 + bits)
                    here = self._styles[self._owners[row][column]]
                elif column == cursor:
                    sign, here = "|" if self._ascii else "│", "dim"
                else:
                    sign, here = " ", style  # a blank ends no run of one style
                if here != style:
                    text.append(run, style or None)
                    run, style = "", here
                run += sign
            text.append(run, style or None)
            yield text


def _ascii(bits: int) -> str:
    upper, lower = bits & 0x1B, bits & 0xE4
    return ":" if upper and lower else "'" if upper else "."
