"""The cursor over a chart."""

from __future__ import annotations

from dlwp_tui.charts.cursor import readings, snap, step
from dlwp_tui.charts.points import Points
from dlwp_tui.charts.series import BASELINE, Series

SHORT = Series("short", Points([1, 2, 3], [0.5, 0.25, 0.75]))
LONG = Series("long", Points([1, 2, 3, 4, 6], [0.9, 0.8, 0.7, 0.6, 0.5]))
BASE = Series("naive", Points([0, 10], [0.3, 0.3]), front=BASELINE)


def test_it_steps_from_point_to_point_of_any_curve() -> None:
    both = [BASE, SHORT, LONG]
    xs = []
    x = step(both, None, 1)
    while x not in xs:
        xs.append(x)
        x = step(both, x, 1)
    assert xs == [1, 2, 3, 4, 6]
    assert step(both, None, -1) == 6 and step(both, 6, -1) == 4 and step(both, 1, -1) == 1
    assert step([], None, 1) is None and step([BASE], None, 1) is None


def test_the_pointer_takes_the_nearest_point() -> None:
    assert [snap([LONG], x) for x in (0, 1.4, 1.6, 4.9, 5.1, 99)] == [1, 1, 2, 4, 6, 6]
    assert snap([], 3) is None


def test_readings_are_the_best_first_with_differences_to_the_reference() -> None:
    found = readings([BASE, SHORT, LONG, Series("", LONG.points)], 2, higher_is_better=False, reference="long")
    assert [(one.series.name, one.y, one.difference) for one in found] == [
        ("short", 0.25, -0.55),
        ("naive", 0.3, -0.5),
        ("long", 0.8, None),
    ]
    assert [one.series.name for one in readings([SHORT, LONG], 2, higher_is_better=True)] == ["long", "short"]
    assert [one.series.name for one in readings([SHORT, LONG], 2, higher_is_better=None)] == ["short", "long"]


def test_a_curve_without_a_point_there_is_left_out() -> None:
    assert [one.series.name for one in readings([SHORT, LONG], 6, higher_is_better=False)] == ["long"]
    assert readings([Series("empty", Points())], 1, higher_is_better=False) == []
