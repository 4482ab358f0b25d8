"""Pictures of numbers: where the path lies, which colour a number has, that any numbers can be drawn."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from dlwp_tui.kit import drawing


def white(image: np.ndarray) -> set[int]:
    """The columns with a white pixel."""
    return set(np.nonzero((image == 1).all(axis=2))[1].tolist())


def test_a_hill_is_high_where_its_values_are() -> None:
    image = drawing.hill([0.0, 5.0, 0.0], [])
    assert image.shape == (drawing.HEIGHT, drawing.WIDTH, 3)
    ground = (image[:, :, 0] > 0.1).sum(axis=0)
    assert ground.argmax() in (drawing.WIDTH // 2 - 1, drawing.WIDTH // 2)
    assert ground[0] == ground[-1] < ground.max() - 30


def test_a_path_goes_from_blue_to_white() -> None:
    image = drawing.hill([1.0, 0.0, 1.0], [0.0, 0.5])
    assert white(image) == set(range(69, 76))  # round 72, the middle
    blue = np.nonzero((image == drawing.EARLY).all(axis=2))
    assert set(blue[1].tolist()) == {0, 1}


def test_places_outside_are_not_drawn() -> None:
    bare = drawing.hill([1.0, 0.0], [])
    assert np.array_equal(drawing.hill([1.0, 0.0], [-0.5, 1.5, 1e30, float("nan")]), bare)
    flat = drawing.valley(np.zeros((4, 6)), [(5, 5), (float("inf"), 0), (1e30, 0.5)])
    assert not white(flat)


def test_a_valley_marks_its_path() -> None:
    image = drawing.valley(np.arange(600.0).reshape(20, 30), [(0, 0), (1, 1)])
    assert image.shape == (20, 30, 3)
    assert image[0, 0].tolist() == pytest.approx(drawing.EARLY)
    assert image[19, 29].tolist() == image[17, 27].tolist() == [1, 1, 1]
    assert image[10, 15].tolist() != [1, 1, 1]


def test_heat_tells_signs_apart() -> None:
    image = drawing.heat([[2.0, 0.0, -4.0]], cell=2)
    assert image.shape == (2, 6, 3)
    assert image[0, 0].tolist() == pytest.approx([0.5 * part for part in drawing.LATE])
    assert image[1, 2].tolist() == [0, 0, 0]
    assert image[0, 5].tolist() == pytest.approx(drawing.EARLY)
    assert drawing.heat([1.0, -9.0], limit=1)[0, 1].tolist() == pytest.approx(drawing.EARLY)


@pytest.mark.parametrize("values", [[[0.0]], [[np.nan, 1.0]], [[np.inf, -np.inf]], np.zeros((3, 3))])
def test_any_numbers_can_be_drawn(values: Any) -> None:
    for image in (drawing.heat(values), drawing.hill(np.ravel(values), [0.5])):
        assert np.isfinite(image).all() and image.min() >= 0 and image.max() <= 1


def test_a_landscape_of_one_coordinate_is_a_hill() -> None:
    def height(w: np.ndarray) -> np.ndarray:
        return abs(w[0] - 1.2)

    image = drawing.landscape(height, [np.array([-2.4]), np.array([1.2])])
    ground = (image[:, :, 0] > 0.1).sum(axis=0)
    assert ground.argmax() <= 1  # highest far left, where the path begins
    assert sorted(white(image))[3] == round(0.75 * (drawing.WIDTH - 1))  # ends three quarters to the right


def test_a_landscape_of_two_coordinates_is_a_valley() -> None:
    image = drawing.landscape(lambda w: w[0] ** 2 + w[1] ** 2, [np.zeros(2), np.array([-2.4, 1.6])])
    assert image.shape == (drawing.HEIGHT, drawing.WIDTH, 3)
    rows, columns = np.nonzero((image == 1).all(axis=2))
    assert (rows.min(), columns.min()) == (0, 0) and rows.max() < 5 and columns.max() < 5  # the end: top left


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_stacked_numbers_keep_the_colour_of_their_array(axis: int) -> None:
    parts = [np.array([[1.0, 5.0, 3.0]] * 2), np.array([[9.0, 2.0, 4.0]] * 2)]
    blocks = np.stack(parts, axis=axis)
    image = drawing.stacked(parts, axis, cell=1)
    deep, high, wide = blocks.shape
    assert image.shape == (deep * (high + 1) - 1, wide, 3)
    shown = np.vstack([image, np.zeros((1, wide, 3))]).reshape(deep, high + 1, wide, 3)
    assert not shown[:, high].any(), "a black line after each block"
    whose = np.stack([np.zeros((2, 3)), np.ones((2, 3))], axis=axis)
    assert np.array_equal(shown[:, :high, :, 0] < shown[:, :high, :, 2], whose == 1), "orange first, blue second"
    strength = shown[:, :high].max(axis=3)
    assert strength.ravel()[blocks.argmax()] == pytest.approx(1)
    assert strength.ravel()[blocks.argmin()] == pytest.approx(0.3)


def test_equal_numbers_can_be_stacked() -> None:
    assert np.isfinite(drawing.stacked([np.ones((1, 2))], 0)).all()


def test_a_seven_is_seen_in_any_order() -> None:
    seven = drawing.seven()
    assert seven.shape == (24, 36) and set(np.unique(seven)) == {0, 1}
    assert not np.array_equal(seven.T, seven.reshape(36, 24))
