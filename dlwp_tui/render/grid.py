"""A page of a grid of pictures as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len, set_cell_size
from rich.text import Text

from dlwp_tui.render.look import Look
from dlwp_tui.render.tiles import Page, Tiles

if TYPE_CHECKING:
    from PIL.Image import Image


def draw(image: Image, tiles: Tiles, where: Page, look: Look) -> Text:
    """One page of the grid `image`: its pictures, a caption under each, an empty line or column between."""
    lines: list[Text] = []
    for first in range(where.first, min(where.last, tiles.count), where.across):
        numbers = range(first, min(first + where.across, tiles.count))
        drawn = [look.draw(image.crop(tiles.box(number)), where.width, where.height) for number in numbers]
        rows = zip(*(_padded(text, where) for text in drawn), strict=True)
        lines += [Text(" ", no_wrap=True).join(row) for row in rows]
        lines.append(_captions(tiles, numbers, where))
    if lines and not lines[-1].plain.strip():
        lines.pop()
    return Text("\n", no_wrap=True, end="").join(lines)


def _padded(text: Text, where: Page) -> list[Text]:
    """`text` as lines of the page's width, as many as a picture has."""
    lines = list(text.split("\n"))
    for line in lines:
        line.append(" " * (where.width - cell_len(line.plain)))
    return [*lines, *(Text(" " * where.width) for _ in range(where.height - len(lines)))]


def _captions(tiles: Tiles, numbers: range, where: Page) -> Text:
    text = Text(no_wrap=True)
    for number in numbers:
        words = tiles.captions[number] if tiles.captions else ""
        if cell_len(words) > where.width:
            words = set_cell_size(words, where.width - 1) + "…" if where.width > 1 else words[:1]
        text.append(" " if number > numbers[0] else "").append(set_cell_size(words, where.width), "dim")
    text.rstrip()
    return text
