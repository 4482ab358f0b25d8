"""Charts: exact size whatever the numbers, honest axes, told apart without colour."""

from __future__ import annotations

import math
import random
import subprocess
import sys
import threading
from itertools import pairwise
from statistics import median
from time import thread_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.text import Text

from dlwp_tui.charts.draw import LABEL_CELLS, Series, decimate, draw

EPOCHS = list(range(1, 21))
TRAIN = Series("training", EPOCHS, [0.5 * math.exp(-x / 6) for x in EPOCHS], "dots", "blue")
VALIDATION = Series("validation", EPOCHS, [0.28 + (x - 4) ** 2 / 800 for x in EPOCHS], "line", "yellow")


def lines(chart: Text) -> list[str]:
    return chart.plain.split("\n")


def assert_size(chart: Text, width: int, height: int) -> None:
    assert [cell_len(line) for line in lines(chart)] == [width] * height


numbers = st.one_of(
    st.floats(allow_nan=True, allow_infinity=True),
    st.sampled_from([0.0, -0.0, 5e-324, 1.7e308, -1.7e308, math.nan, math.inf, -math.inf, 1e-300, 1.0]),
    st.integers(-(10**400), 10**400),
)
some_series = st.builds(
    Series,
    st.text(max_size=12) | st.sampled_from(["训练", "验证 🐸", "a\nb", "é\x1b[31m"]),
    st.lists(numbers, max_size=40),
    st.lists(numbers, max_size=40),
    st.sampled_from(["line", "dots"]),
    st.sampled_from(["", "red", "#5fafff"]),
    st.sampled_from(["", "×", "中", "ab"]),
    st.booleans(),
)


@settings(deadline=None, max_examples=300)
@given(
    st.lists(some_series, max_size=5),
    st.tuples(st.integers(1, 90), st.integers(1, 30)),
    st.fixed_dictionaries(
        {
            "log_y": st.booleans(),
            "ascii": st.booleans(),
            "title": st.text(max_size=30) | st.just("损失 · 合成数据"),
            "x_label": st.sampled_from(["", "轮次", "a longer label"]),
            "x_range": st.none() | st.tuples(numbers, numbers),
        }
    ),
)
def test_any_numbers_give_exactly_the_size_asked_for(series, size, options):
    assert_size(draw(series, *size, **options), *size)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.floats(), min_size=1, max_size=3000), st.integers(20, 100))
def test_long_series_keep_their_size_and_extremes(ys, width):
    assert_size(draw([Series("s", range(len(ys)), ys)], width, 12), width, 12)
    points = [(float(x), y) for x, y in enumerate(ys) if math.isfinite(y)]
    if points:
        kept = [y for _x, y in decimate(points, width, points[0][0], points[-1][0])]
        finite = [y for _x, y in points]
        assert len(kept) <= 2 * width + 2
        assert (min(kept), max(kept)) == (min(finite), max(finite))
        assert (kept[0], kept[-1]) == (finite[0], finite[-1])


@pytest.mark.parametrize(
    "ys",
    [
        [math.nan],
        [math.inf],
        [-math.inf, math.nan],
        [5e-324, 1e-323],
        [1.7e308, -1.7e308],
        [-3, -2],
        [0, 0, 0],
        [1e6, 1e6 + 1e-9],
        [1000.0001, 1000.0002],
        [10**400, 1],
    ],
)
def test_odd_values_do_not_raise(ys):
    for log_y in (False, True):
        assert_size(draw([Series("s", range(len(ys)), ys)], 50, 10, log_y=log_y), 50, 10)


def test_empty_chart_says_what_to_do():
    chart = draw([], 50, 9, title="损失", hint="按 r 运行，几秒后这里会出现曲线")
    assert_size(chart, 50, 9)
    assert "按 r 运行" in chart.plain
    assert "损失" in lines(chart)[0]
    only_nan = draw([Series("loss", [1, 2], [math.nan, math.nan])], 50, 9, hint="press r")
    assert "press r" in only_nan.plain


def test_curves_go_where_the_numbers_say():
    chart = lines(draw([Series("", [1, 2, 3], [3, 2, 1], "dots", marker="x")], 40, 11))
    where = [(row, line.index("x", LABEL_CELLS)) for row, line in enumerate(chart) if "x" in line[LABEL_CELLS:]]
    rows, columns = [r for r, _c in where], [c for _r, c in where]
    assert rows == sorted(rows) and columns == sorted(columns) and len(where) == 3
    assert columns[0] == LABEL_CELLS + 1 and columns[-1] == 39
    labels = {line[:LABEL_CELLS].strip(): row for row, line in enumerate(chart[:-2])}
    assert abs(labels["3"] - rows[0]) <= 1 and abs(labels["1"] - rows[-1]) <= 1


def test_epochs_are_whole_and_a_running_axis_does_not_rescale():
    first = draw([Series("", [1], [0.5])], 60, 10, x_range=(1, 20))
    later = draw([Series("", [1, 2, 3], [0.5, 0.4, 0.3])], 60, 10, x_range=(1, 20))
    assert lines(first)[-1] == lines(later)[-1]
    assert lines(later)[-1].split() == ["1", "5", "10", "15", "20"]


def test_y_labels_keep_their_width():
    for top in (0.03, 0.7, 9.7, 123, 98765, 3.2e9, 1e-7):
        chart = draw([Series("", [1, 2], [0, top])], 40, 12)
        assert {line[LABEL_CELLS] for line in lines(chart)[:-2]} <= {"│", "┤"}, top
        assert sum(line[LABEL_CELLS] == "┤" for line in lines(chart)[:-2]) >= 2, top


def test_log_axis_drops_zero_and_below_and_spaces_decades_evenly():
    ys = [1000, 100, 10, 1, 0, -5]
    chart = lines(draw([Series("", range(6), ys, "dots", marker="x")], 60, 15, log_y=True))
    rows = [row for row, line in enumerate(chart) if "x" in line]
    assert len(rows) == 4
    gaps = [b - a for a, b in pairwise(rows)]
    assert max(gaps) - min(gaps) <= 1
    assert "log axis" in draw([Series("", [1], [-1.0])], 60, 9, log_y=True).plain


def test_training_is_dots_and_validation_a_line():
    chart = draw([VALIDATION, TRAIN], 70, 14, title="损失", x_label="轮次")
    assert_size(chart, 70, 14)
    head = lines(chart)[0]
    assert "━━ validation" in head and "• training" in head
    assert chart.plain.count("•") == len(EPOCHS) + 1  # 63 columns: no two dots share a cell; one more in the legend
    assert any(0x2800 < ord(c) < 0x2900 for c in chart.plain)


def test_overlays_differ_without_colour():
    ours = Series("now", EPOCHS, [1.0] * 20, "line")
    earlier = Series("units=4", EPOCHS, [2.0] * 20, "line", marker="×")
    plain = draw([earlier, ours], 60, 12, color=False)
    assert "━×━ units=4" in plain.plain and plain.plain.count("×") >= 3
    assert not any(
        "red" in str(span.style) for span in draw([Series("a", [1, 2], [1, 2], color="red")], 40, 9, color=False).spans
    )


def test_colours_follow_their_series():
    chart = draw([Series("a", [1, 2], [1, 1], color="red"), Series("b", [1, 2], [2, 2], color="green")], 60, 12)
    rows = lines(chart)
    offsets = [sum(len(row) + 1 for row in rows[:n]) for n in range(len(rows))]
    for span in chart.spans:
        if str(span.style) in ("red", "green"):
            row = max(n for n, offset in enumerate(offsets) if offset <= span.start)
            assert row == 0 or (row < 6) == (str(span.style) == "green")
    assert {str(span.style) for span in chart.spans} >= {"red", "green"}


def test_ascii_uses_ascii_only():
    chart = draw([VALIDATION, TRAIN], 60, 12, title="loss", x_label="epoch", ascii=True)
    assert chart.plain.isascii()


def test_legend_too_long_is_counted():
    many = [Series(f"第 {n} 折验证", [1, 2], [n, n]) for n in range(12)]
    chart = draw(many, 44, 12, title="平均绝对误差")
    assert_size(chart, 44, 12)
    assert "+" in lines(chart)[1]


def test_a_low_chart_still_says_which_curve_is_which():
    units = [Series(f"单元 {n}", [1, 2], [n, -n], marker=marker) for n, marker in enumerate("•×+")]
    chart = draw(units, 36, 8, title="state")
    assert_size(chart, 36, 8)
    assert lines(chart)[0].split() == ["state", "•", "单元", "0", "×", "单元", "1", "+", "单元", "2"]
    pair = [Series("训练", [1, 2], [1, 2], "dots"), Series("验证", [1, 2], [2, 3])]
    assert lines(draw(pair, 38, 14, title="精度 accuracy · 未验证"))[0].endswith("• 训练  ━ 验证")  # not on two lines
    assert lines(draw(units, 24, 8, title="state"))[0].split() == ["state", "•", "单元", "0", "+2"]
    long = "a state of many units"  # no room beside it
    assert lines(draw(units, 24, 8, title=long))[1].split() == ["•", "单元", "0", "×", "单元", "1", "+1"]
    assert "单元" not in draw(units, 24, 7, title=long).plain
    assert lines(draw(units, 30, 12, title="state"))[1].split() == [
        "•",
        "单元",
        "0",
        "×",
        "单元",
        "1",
        "+",
        "单元",
        "2",
    ]


def test_threads_do_not_mix_charts():
    expected = {n: draw([Series("", EPOCHS, [n * x for x in EPOCHS])], 40 + n, 8).plain for n in range(1, 5)}
    bad: list[int] = []

    def work(n: int) -> None:
        for _round in range(15):
            if draw([Series("", EPOCHS, [n * x for x in EPOCHS])], 40 + n, 8).plain != expected[n]:
                bad.append(n)

    threads = [threading.Thread(target=work, args=(n,)) for n in expected]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not bad


def test_redraw_is_quick():
    xs = [n / 100 for n in range(5000)]
    noise = random.Random(1)
    pair = [
        Series("a", xs, [math.exp(-x / 9) + noise.gauss(0, 0.02) for x in xs], "dots"),
        Series("b", xs, [math.exp(-x / 5) + noise.gauss(0, 0.02) for x in xs]),
    ]
    draw(pair, 100, 30)
    took = []
    for _round in range(5):
        start = thread_time()
        draw(pair, 100, 30)
        took.append(thread_time() - start)
    assert median(took) < 0.15  # s of CPU; 25 ms on an idle core, and plotext alone takes 150 ms for this


def test_importing_charts_loads_neither_plotext_nor_textual():
    code = "import dlwp_tui.charts, sys; print([m for m in ('plotext', 'textual', 'numpy') if m in sys.modules])"
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "[]"
