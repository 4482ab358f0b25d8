"""No point lies and none hides: properties over random series, read back from the drawn cells."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from dlwp_tui.charts.draw import Frame, draw
from dlwp_tui.charts.points import Points
from dlwp_tui.charts.series import BASELINE, FOCUSED, TRAINING, VALIDATION, Series, View
from tests.charts.dots import cells, dots, lines, near, place

WHOLE = View(whole=True)
figures = st.floats(min_value=-1e300, max_value=1e300, allow_nan=False)
numbers = st.one_of(
    st.floats(allow_nan=True, allow_infinity=True),
    st.sampled_from([0.0, -0.0, 5e-324, 1.7e308, -1.7e308, math.nan, math.inf, -math.inf, 1e-300, 1.0]),
    st.integers(-(10**400), 10**400),
)
sizes = st.tuples(st.integers(1, 200), st.integers(1, 40))
plots = st.tuples(st.integers(30, 200), st.integers(8, 40))
patterns = st.sampled_from(["line", "blobs", "dashes"])


def curve(ys: list[float], **options: object) -> Series:
    return Series("a", Points(range(1, len(ys) + 1), ys), **options)  # type: ignore[arg-type]


some_series = st.builds(
    lambda name, ys, pattern, front, color, sign, faint: Series(
        name, Points(range(len(ys)), ys), pattern, front, color, sign, faint, (1.0, 0.5)
    ),
    st.text(max_size=12) | st.sampled_from(["训练", "验证 🐸", "a\nb", "é\x1b[31m"]),
    st.lists(numbers, max_size=40),
    patterns,
    st.integers(0, 3),
    st.sampled_from(["", "red", "#5fafff"]),
    st.sampled_from(["", "×", "•"]),
    st.booleans(),
)
views = st.builds(
    View,
    log=st.booleans(),
    x=st.none() | st.tuples(figures, figures),
    y=st.none() | st.tuples(figures, figures),
    whole=st.booleans(),
    cursor=st.none() | st.floats(-5, 60),
    ascii=st.booleans(),
    color=st.booleans(),
)


@settings(deadline=None, max_examples=300)
@given(st.lists(some_series, max_size=12), sizes, views, st.text(max_size=30) | st.just("损失 · 合成数据"))
def test_any_numbers_give_exactly_the_size_asked_for(
    series: list[Series], size: tuple[int, int], view: View, title: str
) -> None:
    frame = draw(series, *size, view=view, title=title, x_unit="轮次")
    assert [cell_len(line) for line in lines(frame)] == [size[0]] * size[1]


@settings(deadline=None, max_examples=200)
@given(st.lists(figures, min_size=1, max_size=30), plots, patterns, st.booleans())
def test_every_point_has_a_dot_within_one_dot_of_its_value(
    ys: list[float], size: tuple[int, int], pattern: str, log: bool
) -> None:
    if log:
        ys = [abs(y) or 1.0 for y in ys]
    frame = draw([curve(ys, pattern=pattern)], *size, view=View(whole=True, log=log))
    found = dots(frame)
    for x, y in enumerate(ys, 1):
        assert near(found, place(frame, x, math.log10(max(y, 5e-324)) if log else y))


@settings(deadline=None, max_examples=40)
@given(
    st.integers(1, 12),
    st.integers(20, 200),
    st.sampled_from([2, 90, 1_000, 20_000]),
    st.integers(0, 2**32),
    st.sampled_from([1e-300, 1e-8, 1.0, 1e9, 1e299]),
)
def test_the_highest_and_the_lowest_point_of_every_column_are_drawn(
    count: int, width: int, length: int, seed: int, scale: float
) -> None:
    rng = random.Random(seed)
    curves = [[rng.gauss(0, 1) * scale for _ in range(length)] for _ in range(count if length < 20_000 else 2)]
    frame = draw([curve(ys) for ys in curves], width, 24, view=WHOLE)
    if frame.x is None:
        return
    found = dots(frame)
    for ys in curves:
        columns: dict[int, list[tuple[int, float]]] = {}
        for x, y in enumerate(ys, 1):
            columns.setdefault(int(place(frame, x, y)[0] + 0.5) // 2, []).append((x, y))
        for points in columns.values():
            for x, y in (min(points, key=lambda p: p[1]), max(points, key=lambda p: p[1])):
                assert near(found, place(frame, x, y))


def test_a_million_points() -> None:
    rng = random.Random(3)
    ys = [rng.random() for _ in range(1_000_000)]
    ys[123_456], ys[777_777] = 9.0, -9.0
    frame = draw([curve(ys)], 120, 30, view=WHOLE)
    found = dots(frame)
    for at in (123_456, 777_777):
        assert near(found, place(frame, at + 1, ys[at]))


@given(st.lists(st.floats(0, 1), min_size=2, max_size=12), st.lists(st.floats(0, 1), min_size=2, max_size=12))
@settings(deadline=None, max_examples=60)
def test_where_curves_meet_both_stay_and_the_front_gives_the_colour(
    training: list[float], validation: list[float]
) -> None:
    one = curve(training, color="blue", front=TRAINING, pattern="blobs")
    other = curve(validation, color="yellow", front=VALIDATION)
    together = draw([other, one], 80, 20, view=WHOLE)
    alone = [
        draw([series], 80, 20, view=View(whole=True, x=ends(together), y=range_of(together))) for series in (one, other)
    ]
    if together.columns != alone[0].columns or together.rows != alone[0].rows or together.y != alone[0].y:
        return  # names or the legend took other room: nothing to compare cell by cell
    assert dots(together) == dots(alone[0]) | dots(alone[1])
    for row, line in enumerate(cells(alone[1])):
        for column, (sign, _style) in enumerate(line):
            if 0x2800 < ord(sign) <= 0x28FF:
                assert cells(together)[row][column][1] == "yellow"


def ends(frame: Frame) -> tuple[float, float]:
    assert frame.x is not None
    return frame.x.low, frame.x.high


def range_of(frame: Frame) -> tuple[float, float]:
    assert frame.y is not None
    rows = frame.rows
    step = (frame.y.high - frame.y.low) / (4 * rows - 1)
    return frame.y.low + step, frame.y.high - step


@pytest.mark.parametrize("order", [(BASELINE, TRAINING), (TRAINING, VALIDATION), (VALIDATION, FOCUSED)])
def test_what_lies_in_front_of_what_is_a_rule(order: tuple[int, int]) -> None:
    back, front = order
    ys = [1.0, 2.0, 3.0]
    given_ = [curve(ys, front=front, color="red"), curve(ys, front=back, color="green")]
    for series in (given_, given_[::-1]):
        frame = draw(series, 60, 12)
        assert {style for line in cells(frame) for sign, style in line if 0x2800 < ord(sign) <= 0x28FF} == {"red"}


def test_points_that_are_no_numbers_are_gaps_marked_and_counted_and_the_axis_does_not_shrink() -> None:
    ys = [3.0, 2.0, math.nan, 2.0, math.inf, math.nan, math.nan, math.nan]
    frame = draw([curve(ys, color="red")], 60, 14, title="loss", view=WHOLE)
    assert "5 points are no numbers" not in lines(frame)[0] or "loss" in lines(frame)[0]
    assert frame.x is not None
    assert frame.x.high == 8
    assert lines(frame)[0].startswith("loss · 5 points are no numbers")
    bottom = "".join(sign for sign, _style in cells(frame)[-1])
    assert bottom.count("×") == 5
    between = {column for column, _row in dots(frame)}
    left, right = place(frame, 2, 2.0)[0], place(frame, 4, 2.0)[0]
    assert not any(left + 2 < column < right - 2 for column in between), "no line crosses a gap"


def test_only_numbers_that_are_none() -> None:
    frame = draw([curve([math.nan, math.nan])], 60, 10, title="loss", hint="nothing")
    assert "loss · 2 points are no numbers" in lines(frame)[0] and "nothing" in frame.text.plain


def test_training_and_validation_differ_without_colour_from_the_first_epoch_on() -> None:
    for epochs in (1, 2, 20, 300):
        drawn = []
        for pattern in ("blobs", "line"):
            frame = draw(
                [curve([0.5 / x for x in range(1, epochs + 1)], pattern=pattern)], 60, 14, view=View(color=False)
            )
            drawn.append(dots(frame))
        assert drawn[0] != drawn[1]
        assert max(row for _c, row in drawn[0]) - min(row for _c, row in drawn[0]) >= 1, "training is two dots high"


def test_signs_sit_on_their_own_line() -> None:
    ys = [math.sin(x / 9) for x in range(200)]
    plain = dots(draw([curve(ys)], 100, 20))
    frame = draw([curve(ys, sign="×", color="red")], 100, 20)
    signs = [
        (row, column) for row, line in enumerate(cells(frame)) for column, (sign, _s) in enumerate(line) if sign == "×"
    ]
    assert len(signs) >= 3
    for row, column in signs:
        middle = 4 * (frame.rows - row) - 2.5
        near = [at for side, at in plain if side // 2 == column]
        assert near and all(abs(at - middle) <= 0.5 for at in near)
