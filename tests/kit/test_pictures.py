"""Contact sheets."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from dlwp_tui.kit.pictures import heat_map, overlay, sheet
from dlwp_tui.lab import Lab


def test_pictures_stand_row_by_row() -> None:
    tiles = np.arange(1, 6, dtype=np.uint8)[:, None, None] * np.ones((5, 2, 3), np.uint8)
    whole = sheet(tiles, columns=3)
    assert whole.shape == (2 * 2 + 1, 3 * 3 + 2) and whole.dtype == np.uint8
    assert whole[0].tolist() == [1, 1, 1, 96, 2, 2, 2, 96, 3, 3, 3]
    assert whole[2].tolist() == [96] * 11
    assert whole[4].tolist() == [4, 4, 4, 96, 5, 5, 5, 96, 0, 0, 0]


def test_sizes() -> None:
    assert sheet(np.zeros((2, 4, 4)), columns=8).shape == (4, 9)
    assert sheet(np.zeros((6, 4, 4, 1)), columns=2, gap=0).shape == (12, 8)
    assert sheet(np.zeros((6, 4, 4, 3)), columns=2, gap=2).shape == (16, 10, 3)
    assert sheet(np.zeros((1, 4, 4)), columns=1, gap=5).shape == (4, 4)


def test_floats_are_scaled_together() -> None:
    assert sheet(np.array([[[0.0]], [[0.5]], [[1.0]]]), gap=0).tolist() == [[0, 128, 255]]
    assert sheet(np.array([[[-1.0]], [[0.0]], [[3.0]]]), gap=0).tolist() == [[0, 64, 255]]
    assert sheet(np.array([[[True]], [[False]]]), gap=0).tolist() == [[255, 0]]


@pytest.mark.parametrize(
    ("images", "columns", "gap"),
    [
        (np.zeros((28, 28)), 8, 1),
        (np.zeros((0, 28, 28)), 8, 1),
        (np.zeros((2, 28, 28, 2)), 8, 1),
        (np.zeros((2, 28, 28)), 0, 1),
        (np.zeros((2, 28, 28)), 1, -1),
    ],
)
def test_what_makes_no_sheet(images: np.ndarray, columns: int, gap: int) -> None:
    with pytest.raises(ValueError, match=r"pictures of shape|cannot be drawn"):
        sheet(images, columns, gap)


def test_a_sheet_is_a_picture_of_the_run(lab: Lab) -> None:
    path = lab.picture("filters", sheet(np.random.default_rng(1).random((12, 5, 5, 3)), columns=4))
    with Image.open(path) as picture:
        assert picture.mode == "RGB" and picture.size == (23, 17)


def test_a_heat_map_goes_from_blue_to_red() -> None:
    colours = heat_map(np.array([[0.0, 5.0, 10.0]]))
    assert colours.dtype == np.uint8 and colours[0].tolist() == [[0, 0, 96], [0, 224, 224], [255, 32, 0]]
    assert heat_map(np.ones((2, 2)))[0, 0].tolist() == [0, 0, 96]


def test_a_heat_map_is_scaled_to_the_picture_it_lies_over() -> None:
    heat = np.array([[0.0, 0.0], [0.0, 1.0]])
    for image in (np.zeros((8, 8)), np.zeros((8, 8, 1), np.uint8), np.zeros((8, 8, 3))):
        laid = overlay(image, heat, strength=1.0)
        assert laid.shape == (8, 8, 3) and laid[7, 7, 0] > 200 > laid[0, 0, 0]
    white = overlay(np.full((4, 6, 3), 255, np.uint8), heat, strength=0.0)
    assert white.shape == (4, 6, 3) and white.min() == 255
