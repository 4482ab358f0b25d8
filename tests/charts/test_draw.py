"""Charts: axes, the range of the bulk, best points, cursor, legend, small sizes."""

from __future__ import annotations

import math
import re
import subprocess
import sys
import threading
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from dlwp_tui.charts.axis import x_axis, y_axis
from dlwp_tui.charts.draw import draw
from dlwp_tui.charts.points import Points
from dlwp_tui.charts.series import BASELINE, VALIDATION, Series, View
from tests.charts.dots import cells, dots, lines, place

EPOCHS = range(1, 21)
TRAIN = Series("training", Points(EPOCHS, [0.5 * math.exp(-x / 6) for x in EPOCHS]), "blobs", color="blue")
CURVE = [0.28 + (x - 4) ** 2 / 800 for x in EPOCHS]
VALID = Series("validation", Points(EPOCHS, CURVE), front=VALIDATION, color="yellow", best=(4, 0.28))


def test_a_chart_of_training_and_validation() -> None:
    frame = draw([TRAIN, VALID], 60, 14, title="loss", x_unit="epoch")
    assert "\n".join(line.rstrip() for line in lines(frame)) == GOLDEN


GOLDEN = """\
loss                             ⠶ ⠶ training  ━━ validation
     │                                                     ⢀
     │                                                 ⢀⡠⠔⠊⠁
 0.50┤                                           ⢀⣀⠤⠔⠒⠉⠁
     │⠶                                     ⣀⡠⠤⠒⠉⠁
     │   ⣤                         ⢀⣀⠤⠤⠤⠒⠒⠊⠉
     │⣀⣀⣀⣀⣀⣰⠆    ⢀⣀⣀⣀⣀⣀⣀⣀⡠⠤⠤⠤⠤⠤⠔⠒⠒⠉⠁
 0.25┤      ⠉⠉⠙⠋⠉⢁⡀
     │   0.28 ▴  ⠈⠁ ⠶  ⣀
     │                 ⠉ ⠘⠃ ⠰⠆ ⢠⡄ ⣀
     │                            ⠉  ⠛  ⠶ ⠰⠆ ⢠⡄ ⣤  ⣀  ⣀ ⢀⡀ ⣀
 0.00┤                                             ⠉  ⠉ ⠈⠁ ⠉
     └───────────┬─────────────┬─────────────┬─────────────┬
epoch            5             10            15           20"""


@given(st.floats(-1e300, 1e300), st.floats(1e-12, 1e12), st.integers(2, 60))
@settings(deadline=None, max_examples=300)
def test_ticks_are_round_at_equal_distances_with_equal_decimals(low: float, span: float, rows: int) -> None:
    axis = y_axis(low, low + span, rows)
    places = [axis.place(value) * (4 * rows - 1) for value, _label in axis.ticks]
    assert len(places) >= 2
    gaps = [b - a for a, b in pairwise(places)]
    assert all(gap == pytest.approx(round(gaps[0] / 4) * 4, abs=1e-3) for gap in gaps), "whole rows apart"
    assert all(place == pytest.approx(1.5 + 4 * round((place - 1.5) / 4), abs=1e-3) for place in places), (
        "in the middle"
    )
    labels = [label for _value, label in axis.ticks]
    assert len(set(labels)) == len(labels)
    assert len({len(label.partition(".")[2]) for label in labels}) == 1
    assert axis.holds(low, low + span)


@pytest.mark.parametrize(
    ("low", "high", "labels", "factor"),
    [
        (0, 1, ["0.00", "0.25", "0.50", "0.75", "1.00"], ""),
        (1e-9, 3e-9, ["1.0", "1.5", "2.0", "2.5", "3.0"], "×1e-9"),
        (0, 8e7, ["0.0", "2.5", "5.0", "7.5"], "×1e7"),
        (1e10, 1e10 + 30, ["0", "10", "20", "30"], " + 1e+10"),
    ],
)
def test_labels(low: float, high: float, labels: list[str], factor: str) -> None:
    frame = draw([Series("", Points([1, 2], [low, high]))], 60, 17, title="loss")
    found = [label for label in (line[:6].strip(" ┤│└") for line in lines(frame)[1:-2]) if label]
    assert found[::-1] == labels
    assert lines(frame)[0].rstrip() == f"loss {factor}".rstrip()


def test_decades_on_a_log_axis() -> None:
    frame = draw([Series("", Points(range(5), [1e-4, 1e-2, 1, 10, 1000]))], 60, 16, view=View(log=True))
    found = [label for label in (line[:7].strip(" ┤│└") for line in lines(frame)[:-2]) if label]
    assert found == ["100", "1", "0.01", "1e-4"] or len(found) >= 3
    assert frame.y is not None
    assert frame.y.log


def test_values_that_have_no_logarithm_are_gaps() -> None:
    frame = draw([Series("", Points(range(1, 5), [1.0, 0.0, -1.0, 10.0]))], 60, 12, view=View(log=True))
    assert frame.x is not None
    assert frame.x.low == 1 and frame.x.high == 4
    alone = draw([Series("", Points([1, 2], [0.0, -1.0]))], 60, 12, view=View(log=True))
    assert "No value above 0" in alone.text.plain


@pytest.mark.parametrize(("low", "high", "columns"), [(1, 20, 60), (1, 500, 40), (0, 3, 46), (1, 1e6, 80), (1, 7, 30)])
def test_ticks_of_epochs_are_whole_and_equally_far_apart(low: float, high: float, columns: int) -> None:
    values = [value for value, _label in x_axis(low, high, columns).ticks]
    assert all(value == int(value) for value in values) and len(values) >= 2
    steps = {b - a for a, b in pairwise(values)}
    assert len(steps) == 1


def test_one_epoch_stands_in_the_middle() -> None:
    frame = draw([Series("", Points([1], [0.5]))], 60, 12, x_unit="epoch")
    columns = {at for at, _row in dots(frame)}
    assert len(columns) == 3 and abs(min(columns) + 1 - frame.columns) <= 1
    assert lines(frame)[-1].split() == ["epoch", "1"]


@given(
    st.sampled_from(["", "步", "轮次", "epoch", "seconds", "十个数字加在一起", "a very long unit of x"]),
    st.integers(20, 200),
    st.integers(0, 3000),
    st.integers(1, 3000),
    st.sampled_from([("", ""), ("训练", "验证")]),
)
@example("seconds", 31, 0, 51, ("训练", "验证"))
@example("epoch", 26, 630, 11, ("", ""))
@settings(deadline=None, max_examples=200)
def test_each_label_stands_under_its_tick(unit: str, width: int, low: int, span: int, names: tuple[str, str]) -> None:
    series = [Series(name, Points([low, low + span], [0.1, 0.9])) for name in names]
    frame = draw(series, width, 14, x_unit=unit)
    *_rows, line, below = lines(frame)
    signs = [sign for sign in below for _cell in range(cell_len(sign))]
    assert all(signs[column].isdigit() for column, sign in enumerate(line) if sign == "┬")
    # it gives way where it is long, or would leave no room for a second label
    assert unit in below or cell_len(unit) >= frame.columns // 3 or line.count("┬") == 2
    if span >= 10 and frame.columns >= 20:
        assert line.count("┬") >= 2


def test_a_short_axis_has_two_ticks() -> None:
    assert [label for _value, label in x_axis(1, 8, 22).ticks] == ["2", "4", "6", "8"]


FIRST_RULES = [612.0, 90.0, *[3 + math.sin(x) / 2 for x in range(40)]]


def test_first_points_that_would_rule_the_range_run_out_at_the_top_with_their_value() -> None:
    frame = draw([Series("fold", Points(range(1, 43), FIRST_RULES), color="red")], 70, 14)
    assert "↑ 612" in lines(frame)[0] or "↑ 612" in lines(frame)[1]
    assert frame.y is not None
    assert frame.y.high < 10
    later = [row for column, row in dots(frame) if column > 12]
    assert max(later) - min(later) > 20, "the bulk has the room"
    assert max(row for column, row in dots(frame) if column < 8) == 4 * frame.rows - 1, "the line leaves at the top"


def test_a_smoothed_curve_and_the_exact_one_behind_it_name_their_first_point_once() -> None:
    points = Points(range(1, 43), FIRST_RULES)
    exact = Series("", points, color="red", faint=True)
    frame = draw([exact, Series("one", points, color="red"), Series("two", points, color="blue")], 70, 14)
    assert frame.text.plain.count("↑ 612") == 2


def test_one_key_shows_them() -> None:
    frame = draw([Series("fold", Points(range(1, 43), FIRST_RULES))], 70, 14, view=View(whole=True))
    assert frame.y is not None
    assert frame.y.holds(2.5, 612) and "↑" not in frame.text.plain


def test_a_peak_later_on_is_always_in_the_range() -> None:
    frame = draw([Series("", Points(range(100), [1.0] * 60 + [50.0] + [1.0] * 39))], 70, 14)
    assert frame.y is not None
    assert frame.y.holds(1, 50)


def test_zoom_shows_a_part_and_the_line_reaches_its_edges() -> None:
    series = Series("", Points(range(101), [float(x) for x in range(101)]))
    frame = draw([series], 70, 14, view=View(x=(20, 40), y=(20, 40)))
    assert frame.x is not None
    assert (frame.x.low, frame.x.high) == (20, 40)
    columns = {column for column, _row in dots(frame)}
    assert min(columns) == 0 and max(columns) == 2 * frame.columns - 1


def test_a_growing_chart_keeps_its_range_while_that_fits() -> None:
    ys = [1.0, 0.8, 0.7]
    first = draw([Series("", Points(range(3), ys))], 70, 14)
    grown = draw([Series("", Points(range(4), [*ys, 0.62]))], 70, 14, held=first)
    assert first.y is not None
    assert grown.y == first.y or not first.y.holds(0.62, 1.0)
    beyond = draw([Series("", Points(range(4), [*ys, -5.0]))], 70, 14, held=first)
    assert beyond.y is not None
    assert beyond.y.holds(-5, 1)


@pytest.mark.parametrize("high", [False, True])
def test_the_best_point_is_marked_with_its_value(high: bool) -> None:
    ys = [0.3 + (x - 5) ** 2 / 100 * (-1 if high else 1) for x in range(1, 13)]
    series = Series("", Points(range(1, 13), ys), color="red", best=(5, 0.3), best_is_high=high)
    frame = draw([series], 70, 16)
    sign = "▾" if high else "▴"
    (row,) = [number for number, line in enumerate(lines(frame)) if sign in line]
    assert "0.3" in lines(frame)[row]
    column, place_row = place(frame, 5, 0.3)
    at = lines(frame)[row].index(sign) - frame.left
    assert abs(at - column / 2) <= 1
    assert abs(frame.rows - 1 - (row - frame.top) - place_row / 4) <= 1.75


FALLS = [0.51, 0.295, 0.225, 0.188, 0.16, 0.139, 0.123, 0.109, 0.093, 0.083, 0.071, 0.061, 0.054, 0.045, 0.039]
RISES = [0.383, 0.304, 0.2596, 0.2624, 0.307, 0.286, 0.293, 0.313, 0.335, 0.35, 0.385, 0.393, 0.416, 0.442, 0.466]


def test_the_best_value_stands_where_it_has_the_room() -> None:
    """Lesson 3.4 overfits: its best epoch is a narrow valley right above the training's points."""
    train = Series("training", Points(EPOCHS, FALLS), "blobs")
    valid = Series("validation", Points(EPOCHS, RISES), front=VALIDATION, best=(3, 0.2596))
    for width in range(40, 90):
        for height in range(14, 40):
            rows = lines(draw([train, valid], width, height))
            assert any("0.2596" in row for row in rows), (width, height)
            assert any("▴" in row or "▾" in row for row in rows)


def test_training_points_that_touch_are_faint() -> None:
    def styles(count: int) -> set[str]:
        made = Series("training", Points(range(count), [0.5 + math.sin(x) / 50 for x in range(count)]), "blobs")
        return {style for line in cells(draw([made], 66, 14)) for sign, style in line if sign > "\u2800"}

    assert styles(20) == {""} and styles(400) == {"dim"}


def test_the_last_training_point_is_as_large_as_the_others() -> None:
    frame = draw([Series("", Points([1, 2], [0.0, 1.0]), "blobs")], 60, 14, view=View(y=(0, 1)))
    assert len(dots(frame)) == 8


def test_a_mark_never_covers_a_curve() -> None:
    crowd = [
        Series(f"s{n}", Points(range(1, 13), [n / 10 + x / 100 for x in range(12)]), color="blue") for n in range(9)
    ]
    best = Series("b", Points(range(1, 13), [0.4] * 12), color="red", best=(6, 0.4), sign="×")
    with_mark = dots(draw([*crowd, best], 60, 16))
    without = dots(draw([*crowd, Series("b", best.points, color="red")], 60, 16))
    lost = without - with_mark
    assert all(row % 4 in (1, 2) for _column, row in lost), "only a sign on its own line stands in place of dots"


def test_the_cursor_is_a_line_behind_the_curves_and_marked_on_the_axis() -> None:
    frame = draw([VALID], 60, 14, view=View(cursor=10))
    column = round(place(frame, 10, 0.3)[0]) // 2
    signs = [line[column][0] for line in cells(frame)]
    assert signs.count("│") >= frame.rows - 4 and any(sign != "│" for sign in signs)
    assert lines(frame)[-2][frame.left + column] == "▲"
    assert frame.x_at(frame.left + column) == pytest.approx(10, abs=0.4)
    assert frame.x_at(0) is None and frame.x_at(999) is None


def test_the_legend_takes_the_lines_it_needs() -> None:
    names = ["units 16 · dropout 0.5 · seed 1", "units 64 · dropout 0.5 · seed 1", "units 4 · no dropout · seed 2"]
    series = [Series(name, Points(EPOCHS, CURVE), sign=sign) for name, sign in zip(names, "•×+", strict=True)]
    frame = draw(series, 60, 20, title="loss")
    above = "\n".join(lines(frame)[: frame.top])
    assert all(name in above for name in names) and all(f"━{sign}━" in above for sign in "•×+")
    low = draw(series, 60, 8, title="loss")
    assert low.top <= 2 and "+" in lines(low)[1]


def test_names_stand_at_the_right_ends_where_there_is_room() -> None:
    series = [
        Series(name, Points(EPOCHS, [y + add for y in CURVE]), color=color)
        for name, add, color in (("small", 0, "red"), ("large", 0.001, "blue"), ("L2", 1, "green"))
    ]
    frame = draw(series, 100, 16)
    rows = {
        name: row
        for name in ("small", "large", "L2")
        for row, line in enumerate(lines(frame))
        if line.rstrip().endswith(name)
    }
    assert len(set(rows.values())) == 3 and abs(rows["small"] - rows["large"]) == 1
    assert rows["L2"] < rows["small"]
    narrow = draw(series, 30, 16)
    assert not any(line.rstrip().endswith("small") for line in lines(narrow)[narrow.top :])


def test_a_baseline_is_dim_and_behind() -> None:
    frame = draw([Series("base 0.29", Points([1, 20], [0.29, 0.29]), front=BASELINE, faint=True), VALID], 60, 14)
    styles = {style for line in cells(frame) for sign, style in line if 0x2800 < ord(sign) <= 0x28FF}
    assert styles == {"dim", "yellow"}


def test_plain_signs_for_terminals_without_braille() -> None:
    frame = draw([TRAIN, VALID], 60, 14, title="loss", x_unit="epoch", view=View(ascii=True, cursor=9))
    assert frame.text.plain.isascii()
    assert not any(style for line in cells(draw([TRAIN], 60, 14, view=View(color=False))) for _s, style in line)


@pytest.mark.parametrize("size", [(12, 8), (60, 4), (60, 3), (3, 3), (1, 1)])
def test_with_little_room_figures_are_written(size: tuple[int, int]) -> None:
    frame = draw([VALID], *size, title="loss")
    if size[0] >= 12:
        assert "0.6" in frame.text.plain
    assert frame.x is None


def test_an_empty_chart_says_what_to_do() -> None:
    assert "press r" in draw([], 60, 10, hint="press r").text.plain
    assert "Nothing to draw yet." in draw([Series("a", Points())], 60, 10).text.plain


def test_charts_are_drawn_from_threads_at_once() -> None:
    wanted = draw([TRAIN, VALID], 60, 14).text.plain
    got: list[str] = []

    def work(number: int) -> None:
        for step in range(20):
            own = Series("x", Points(range(9), [math.sin(number + step + x) for x in range(9)]))
            draw([own], 50 + number, 12)
            got.append(draw([TRAIN, VALID], 60, 14).text.plain)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 80 and set(got) == {wanted}


def test_importing_charts_is_cheap() -> None:
    code = "import sys, dlwp_tui.charts.draw; print([m for m in ('plotext', 'numpy', 'textual') if m in sys.modules])"
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
    )


def test_no_sign_moves_the_cursor() -> None:
    frame = draw([Series("a\x1b[2Jb\u202e", Points([1, 2], [1, 2]))], 60, 10, title="t\ttitle\n", x_unit="\x9b")
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", frame.text.plain)
