"""Clocks: where the hands point, what a time may look like."""

from __future__ import annotations

import numpy as np
import pytest

from dlwp_tui.core.errors import UsageError
from dlwp_tui.kit import clocks


def brightest_half(picture: np.ndarray) -> tuple[float, float]:
    """Mean brightness of the middle columns above and below the middle."""
    middle = picture[:, 14:18]
    return float(middle[4:14].mean()), float(middle[18:28].mean())


def test_hands_point_where_the_time_says() -> None:
    twelve, six = clocks.draw(np.array([0.0, 390.0]), np.random.default_rng(0))
    assert twelve.shape == (clocks.SIDE, clocks.SIDE) and twelve.dtype == np.float32
    assert twelve.min() >= 0 and twelve.max() <= 1
    above, below = brightest_half(twelve)
    assert above > 3 * below
    above, below = brightest_half(six)
    assert below > 3 * above


def test_no_two_photographs_are_alike_but_a_seed_repeats_them() -> None:
    one, two = clocks.draw(np.array([100.0, 100.0]), np.random.default_rng(3))
    again, _ = clocks.draw(np.array([100.0, 100.0]), np.random.default_rng(3))
    assert np.abs(one - two).max() > 0.1 and np.array_equal(one, again)


@pytest.mark.parametrize(
    ("text", "minutes"), [("10:10", 610), (" 3：05 ", 185), ("12:00", 0), ("0:59", 59), ("23:59", 719)]
)
def test_times(text: str, minutes: int) -> None:
    assert clocks.parse(text) == minutes


@pytest.mark.parametrize("text", ["", "ten", "24:00", "3:60", "3", "-1:30", "1:2:3", "٣:²"])
def test_no_times(text: str) -> None:
    with pytest.raises(UsageError):
        clocks.parse(text)


def test_times_come_round_again() -> None:
    assert [clocks.clock(m) for m in (0, 610, 719.6, -1, 720)] == ["12:00", "10:10", "12:00", "11:59", "12:00"]
