"""Smoothing keeps within the points it averages, corrects its bias and passes over gaps."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlwp_tui.charts.smoothing import smooth


@given(st.lists(st.floats(-1e6, 1e6), min_size=1), st.floats(0, 0.99))
def test_smoothing_stays_inside_and_keeps_constants(ys: list[float], weight: float) -> None:
    smoothed = smooth(ys, weight)
    assert len(smoothed) == len(ys)
    assert smoothed[0] == pytest.approx(ys[0], abs=1e-6)
    for index, value in enumerate(smoothed):
        assert min(ys[: index + 1]) - 1e-6 <= value <= max(ys[: index + 1]) + 1e-6
    assert smooth([ys[0]] * 20, weight) == pytest.approx([ys[0]] * 20)


def test_smoothing_is_adams_bias_corrected_average() -> None:
    ys, weight = [4.0, 2.0, 8.0], 0.9
    average, expected = 0.0, []
    for n, y in enumerate(ys, 1):
        average = weight * average + (1 - weight) * y
        expected.append(average / (1 - weight**n))
    assert smooth(ys, weight) == pytest.approx(expected)
    assert smooth(ys, 0) == ys


def test_smoothing_passes_over_what_is_no_number() -> None:
    smoothed = smooth([1.0, math.nan, 1.0], 0.5)
    assert smoothed[0] == smoothed[2] == 1.0 and math.isnan(smoothed[1])
    for weight in (-0.1, 1.0, 2.0):
        with pytest.raises(ValueError, match="weight"):
            smooth([1.0], weight)
