"""Points: exact extremes of any stretch, thinned for drawing, at the cost of what is new."""

from __future__ import annotations

import math
import random
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dlwp_tui.charts.points import HUGE, MANY, Points


@settings(deadline=None, max_examples=80)
@given(st.integers(1, 9000), st.integers(0, 2**32), st.data())
def test_extremes_of_any_stretch(length: int, seed: int, data: st.DataObject) -> None:
    rng = random.Random(seed)
    ys = [rng.choice((rng.random(), 0.5)) for _ in range(length)]
    points = Points(range(length), ys)
    for _ in range(20):
        start = data.draw(st.integers(0, length - 1))
        stop = data.draw(st.integers(start + 1, length))
        low, high = points.extremes(start, stop)
        assert start <= low < stop and start <= high < stop
        assert (ys[low], ys[high]) == (min(ys[start:stop]), max(ys[start:stop]))


@settings(deadline=None, max_examples=60)
@given(st.integers(1, 4000), st.integers(5, 60), st.integers(0, 2**32))
def test_a_curve_that_grows_is_thinned_as_one_that_is_whole(length: int, columns: int, seed: int) -> None:
    rng = random.Random(seed)
    ys = [rng.random() if rng.random() > 0.01 else math.nan for _ in range(length)]
    growing = Points()
    for x, y in enumerate(ys):
        growing.append(x, y)
        if x % 97 == 0:
            growing.thinned(0, length, columns)
    assert growing.thinned(0, length, columns) == Points(range(length), ys).thinned(0, length, columns)


def test_gaps_part_the_curve() -> None:
    points = Points(range(8), [1, 2, math.nan, math.inf, 3, math.nan, 4, math.nan])
    assert points.thinned(0, 7, 50) == [[0, 1], [2], [3]]
    assert [gap.x for gap in points.gaps] == [2, 3, 5, 7]
    assert len(points) == 4


def test_huge_and_odd_numbers() -> None:
    points = Points([1, 2, math.nan, math.inf, 5], [10**400, -1.7e308, 1, 2, 5e-324])
    assert list(points.ys) == [-HUGE, 5e-324] and len(points.gaps) == 1


def test_logarithms_grow_with_the_points() -> None:
    points = Points(range(4), [10.0, 0.0, 1000.0, math.nan])
    assert list(points.logarithms().ys) == [1, 3]
    assert [gap.x for gap in points.logarithms().gaps] == [1, 3]
    points.append(4, 100.0)
    assert list(points.logarithms().ys) == pytest.approx([1, 3, 2])
    assert points.logarithms().thinned(0, 4, 30) == [[0], [1], [2]]


@settings(deadline=None, max_examples=20)
@given(st.integers(MANY, 3 * MANY), st.integers(0, 2**32))
def test_logarithms_of_many_points_are_those_of_one_after_the_other(length: int, seed: int) -> None:
    rng = random.Random(seed)
    ys = [rng.choice((rng.uniform(-0.1, 1), 0.5, math.nan, 1e-300, math.inf)) for _ in range(length)]
    points, growing = Points(range(length), ys), Points()
    for x, y in enumerate(ys):
        growing.append(x, y)
        growing.logarithms()
    for extra in (0.25, -1.0, math.nan):
        points.append(length, extra)
        growing.append(length, extra)
        one, other = points.logarithms(), growing.logarithms()
        assert one.xs == other.xs and list(one.ys) == pytest.approx(list(other.ys), rel=1e-12)
        assert [gap[:2] for gap in one.gaps] == [gap[:2] for gap in other.gaps]
        for _ in range(20):
            start = rng.randrange(len(one))
            stop = rng.randrange(start, len(one)) + 1
            assert one.extremes(start, stop) == other.extremes(start, stop)


def test_where_gaps_are() -> None:
    points = Points([1, 2, 3, 3, 5], [math.nan, 1, math.inf, math.nan, 2])
    assert [points.has_gap(x, x + 1) for x in range(6)] == [False, True, False, True, False, False]
    assert points.has_gap(2, 3.5) and not points.has_gap(1.5, 3)


def test_one_more_point_costs_little_however_many_there_are() -> None:
    """A million points thinned anew after an append: some tenths of a millisecond, as for ten thousand."""
    rng = random.Random(1)
    took = {}
    for length in (10_000, 1_000_000):
        points = Points(range(length), (rng.random() for _ in range(length)))
        points.thinned(0, 2 * length, 100)
        began = process_time()
        for extra in range(50):
            points.append(length + extra, 0.5)
            points.thinned(0, 2 * length, 100)
        took[length] = process_time() - began
    assert took[1_000_000] < 5 * took[10_000] + 0.05


@given(st.lists(st.floats(), max_size=300), st.integers(0, 300))
def test_cut_leaves_what_lay_before(ys: list[float], x: int) -> None:
    points = Points(range(len(ys)), ys)
    before = [pair for pair in points.pairs() if pair[0] < x]
    points.cut(x)
    assert repr(list(points.pairs())) == repr(before)
    points.append(1000, 5.0)
    assert points.ys[points.extremes(0, len(points))[1]] == max(points.ys)
