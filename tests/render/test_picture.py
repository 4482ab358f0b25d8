"""Half blocks: proportions, colours, and files that are no pictures."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image
from rich.cells import cell_len
from rich.style import Style

from dlwp_tui.render import picture


def checker() -> Image.Image:
    image = Image.new("RGB", (4, 4), "black")
    image.putpixel((0, 0), (255, 0, 0))
    image.putpixel((0, 1), (0, 0, 255))
    return image


def test_a_cell_is_two_pixels() -> None:
    text = picture.half_blocks(checker(), 4, 2)
    assert text.plain == "▀▀▀▀\n▀▀▀▀"
    first = text.spans[0].style
    assert isinstance(first, Style)
    assert first.color is not None and first.color.triplet == (255, 0, 0)
    assert first.bgcolor is not None and first.bgcolor.triplet == (0, 0, 255)


@pytest.mark.parametrize(
    ("size", "place", "cells"),
    [
        ((28, 28), (40, 14), (28, 14)),
        ((100, 10), (50, 20), (50, 2)),
        ((10, 100), (50, 20), (4, 20)),
        ((1, 1), (3, 3), (3, 2)),
    ],
)
def test_proportions_are_kept(size: tuple[int, int], place: tuple[int, int], cells: tuple[int, int]) -> None:
    text = picture.half_blocks(Image.new("L", size), *place)
    lines = text.plain.split("\n")
    assert (cell_len(lines[0]), len(lines)) == cells
    assert len({cell_len(line) for line in lines}) == 1


def test_ascii_shows_brightness_and_knows_the_background() -> None:
    image = Image.new("L", (2, 2), 0)
    image.paste(255, (1, 0, 2, 2))
    assert picture.half_blocks(image, 2, 1, ascii=True).plain == " @"
    assert picture.half_blocks(image, 2, 1, ascii=True, dark=False).plain == "@ "


def test_transparency_is_laid_on_the_background() -> None:
    image = Image.new("RGBA", (2, 2), (0, 0, 0, 0))
    assert picture.half_blocks(image, 2, 1, ascii=True, dark=True).plain == "  "
    style = picture.half_blocks(image, 2, 1, dark=False).spans[0].style
    assert isinstance(style, Style) and style.color is not None and style.color.triplet == (255, 255, 255)


def test_a_file_that_is_no_picture_is_said(tmp_path: Path) -> None:
    half = tmp_path / "half.png"
    whole = tmp_path / "whole.png"
    Image.new("RGB", (64, 64), "red").save(whole)
    half.write_bytes(whole.read_bytes()[:90])
    (tmp_path / "text.png").write_text("no picture", encoding="utf-8")
    for path in (half, tmp_path / "text.png", tmp_path / "missing.png"):
        with pytest.raises(picture.PictureError) as caught:
            picture.half_blocks(path, 10, 10)
        assert str(path) in caught.value.message
    assert picture.half_blocks(whole, 4, 2).plain == "▀▀▀▀\n▀▀▀▀"


@pytest.mark.parametrize("growth", [1, 3])
def test_a_grid_of_an_odd_height_keeps_every_line(growth: int) -> None:
    """Two rows of 2 x 2 pixels with a grey line between: five lines, each as thick as the others."""
    image = Image.new("L", (5, 5), 255)
    image.paste(96, (0, 2, 5, 3))
    columns, rows = picture.size_in_cells(image, 5 * growth, 100)
    assert (columns, rows) == (5 * growth, -(-5 * growth // 2))
    column = [picture.scaled(image, columns, rows).getpixel((0, y)) for y in range(2 * rows)]
    assert column == [255] * 2 * growth + [96] * growth + [255] * (2 * growth + 1)
