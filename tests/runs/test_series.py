"""Curves keep their extremes, their ends and their bound."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlwp_tui.runs.series import Curve, CurveKey, Point, higher_is_better

YS = st.lists(st.floats(width=32), max_size=300)


def filled(ys: list[float]) -> Curve:
    return Curve(range(1, len(ys) + 1), ys)


@given(YS)
def test_extremes_and_ends_are_exact(ys: list[float]) -> None:
    curve = filled(ys)
    finite = [(float(x), y) for x, y in enumerate(ys, 1) if math.isfinite(y)]
    assert curve.count == len(ys)
    assert curve.first_bad_x == next((x for x, y in enumerate(ys, 1) if not math.isfinite(y)), None)
    assert list(zip(curve.xs, curve.ys, strict=True)) == finite
    if not finite:
        assert curve.low is curve.high is curve.last is None
        return
    assert curve.low == min(finite, key=lambda point: point[1])
    assert curve.high == max(finite, key=lambda point: point[1])
    assert curve.last == finite[-1]


def test_every_point_of_a_long_curve_is_kept() -> None:
    curve = Curve()
    for step in range(100_000):
        curve.append(step, 1000.0 if step == 77_777 else math.sin(step / 900))
    assert len(curve) == 100_000 and curve.high == Point(77_777, 1000.0)


@given(YS, st.integers(0, 310))
def test_a_cut_leaves_what_lay_before(ys: list[float], x: int) -> None:
    curve = filled(ys)
    curve.cut(x)
    assert curve.values == pytest.approx(ys[: max(0, x - 1)], nan_ok=True)
    assert curve.first_bad_x == next((x for x, y in enumerate(curve.values, 1) if not math.isfinite(y)), None)
    if curve.low is not None and curve.high is not None:
        assert curve.low.y == min(curve.ys) and curve.high.y == max(curve.ys)
    curve.append(x + 0.5, 7.0)
    assert curve.last == (x + 0.5, 7.0) and curve.xs[-1] == x + 0.5


def test_values_remember_what_is_no_number() -> None:
    curve = filled([1.0, math.nan, 3.0, math.inf])
    assert list(curve.ys) == [1.0, 3.0] and list(curve.xs) == [1, 3]
    assert [str(value) for value in curve.values] == ["1.0", "nan", "3.0", "inf"]
    assert (curve.count, curve.first_bad_x) == (4, 2)


@pytest.mark.parametrize(
    ("metric", "answer"),
    [
        ("loss", False), ("val_loss", False), ("mae", False), ("val_mae_1", False), ("mean_squared_error", False),
        ("accuracy", True), ("val_accuracy", True), ("acc", True), ("auc_2", True), ("val_binary_accuracy", True),
        ("sparse_categorical_accuracy_3", True), ("top_k_categorical_accuracy", True), ("f1", True), ("r2", True),
        ("lr", None), ("learning_rate", None), ("perplexity", False), ("kl_divergence", False),
    ],
)  # fmt: skip
def test_which_way_is_better(metric: str, answer: bool | None) -> None:
    assert higher_is_better(metric) is answer


def test_a_curve_has_a_name() -> None:
    assert str(CurveKey("", "val_loss")) == "val_loss"
    assert str(CurveKey("fold 1", "val_mae")) == "fold 1.val_mae"
