"""Grids: which pictures are on a page, how large, and the page as text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from rich.cells import cell_len

from dlwp_tui.render import grid
from dlwp_tui.render.look import Look
from dlwp_tui.render.tiles import Tiles, page, usual_across

MAPS = Tiles(count=32, columns=8, width=26, height=26, gap=1)


@pytest.mark.parametrize(
    ("tiles", "width", "across"),
    [
        (MAPS, 58, 3),  # 16 cells each, at least, and one between
        (MAPS, 100, 5),
        (MAPS, 400, 8),  # the author's number
        (Tiles(3, 8, 26, 26, 1), 400, 3),
        (Tiles(9, 3, 3, 3, 1), 58, 3),  # small ones grow to 12 cells
        (MAPS, 10, 1),
    ],
)
def test_as_many_stand_in_a_row_as_show_their_detail(tiles: Tiles, width: int, across: int) -> None:
    assert usual_across(tiles, width) == across


def test_a_page_holds_whole_pictures_and_zooming_changes_their_number() -> None:
    first = page(MAPS, 58, 27, across=2)
    assert (first.across, first.down, first.width, first.height) == (2, 2, 26, 13)
    assert (first.number, first.count, first.first, first.last) == (0, 8, 0, 4)
    assert page(MAPS, 58, 27, shown=31).first == 30
    closer = page(MAPS, 58, 27, across=1)
    assert closer.width == 52 and closer.count == 32
    assert page(MAPS, 58, 27, across=99).across == 29


GRIDS = st.builds(
    lambda count, columns, side, captions: Tiles(count, columns, side, side, 1, ("x",) * count if captions else ()),
    st.integers(1, 70), st.integers(1, 16), st.integers(1, 300), st.booleans(),
)  # fmt: skip


@given(GRIDS, st.integers(1, 200), st.integers(1, 60), st.integers(0, 80), st.integers(-5, 90))
def test_the_pages_hold_each_picture_once_and_the_one_wanted(
    tiles: Tiles, width: int, rows: int, across: int, shown: int
) -> None:
    count = tiles.count
    here = page(tiles, width, rows, across=across, shown=shown)
    assert here.first <= max(0, min(shown, count - 1)) < here.last
    assert here.across * (here.width + 1) - 1 <= max(1, width)
    assert here.count == -(-count // (here.across * here.down)) and 0 <= here.number < here.count
    assert here.height + bool(tiles.captions) <= max(rows, 1 + bool(tiles.captions))
    assert here.down == 1 or here.down * (here.height + 1) - (not tiles.captions) <= rows, "no caption is cut off"


def test_a_page_as_text() -> None:
    image = Image.new("L", (3 * 4 + 2, 2 * 4 + 1), 0)
    tiles = Tiles(5, 3, 4, 4, 1, tuple(f"channel {number}" for number in range(5)))
    for number in range(5):
        image.paste(255 if number == 4 else 0, tiles.box(number))
    here = page(tiles, 26, 6, across=2, shown=4)
    text = grid.draw(image, tiles, here, Look(ascii=True))
    assert here.first == 4 and text.plain.splitlines()[:2] == ["@" * 8] * 2
    first = grid.draw(image, tiles, page(tiles, 9, 6, across=2), Look(ascii=True))
    lines = first.plain.split("\n")
    assert lines[2] == "cha… cha…" and cell_len(lines[0]) == 9


def test_places_without_a_caption_have_an_empty_line_between() -> None:
    tiles = Tiles(2, 1, 4, 4, 1)
    text = grid.draw(Image.new("L", (4, 9), 255), tiles, page(tiles, 4, 5), Look(ascii=True))
    assert text.plain == "@@@@\n@@@@\n\n@@@@\n@@@@"
