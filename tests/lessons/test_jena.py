"""The lessons on the Jena series, tiny, on its synthetic twin: checks, the baseline beside each result, directions."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dlwp_tui.course import reader
from dlwp_tui.course.param import ParamError
from dlwp_tui.runs.series import CurveKey
from dlwp_tui.runs.view import RunView
from tests.lessons.conftest import claims, curve, table

pytestmark = pytest.mark.keras
TINY = {"lookback": 144, "epochs": 2, "steps_per_epoch": 12, "val_steps": 4}
"""24 steps, 12 batches of 128."""


def _compared(view: RunView, metric: str = "val_loss") -> None:
    """The baseline stands beside the network in table, chart and result, and is the twin's."""
    result = view.results[""]
    assert 0.2 < result["baseline"] < 0.4
    assert result["val_mae"] == pytest.approx(min(curve(view, metric)))
    assert view.baselines[CurveKey("基准", metric)] == pytest.approx(result["baseline"])
    rows = table(view, "Validation MAE")
    assert rows[0][0].startswith("Baseline")
    assert float(rows[0][1]) == pytest.approx(result["baseline"], abs=1e-4)
    assert float(rows[1][1]) == pytest.approx(result["val_mae"], abs=1e-4)
    assert float(rows[0][2]) == pytest.approx(result["baseline"] * 8.46, rel=0.01)  # a unit is 8.46 °C


def test_the_data_and_its_samples(study: Callable[..., RunView]) -> None:
    view = study("6.3", preset="quick")
    assert claims(view) == {"C179", "C180", "C181", "C182", "C183"}
    parts = table(view, "三段数据")
    assert [row[3] for row in parts] == ["500", "770", "930"]  # the book's 500 steps; 769 and 930 whole batches
    assert all(row[4] == "(128, 240, 14)" and row[5] == "(128,)" for row in parts)
    weeks, hours = (list(c.ys) for c in view.curves.values())
    assert len(weeks) == 417 and len(hours) == 240
    assert [curve.xs[0] for curve in view.curves.values()] == [1, 1]  # each chart begins at its left edge
    year = [weeks[i : i + 52] for i in range(0, 416, 52)]
    assert all(max(one) - min(one) > 15 for one in year)  # eight summers and winters


def test_the_window_of_6_4_4_has_as_many_steps(study: Callable[..., RunView]) -> None:
    view = study("6.3", preset="half-hourly", column="max. wv", rows=288, first_row=420_000)
    assert table(view, "三段数据")[0][4] == "(128, 240, 14)"


def test_the_baseline_and_how_far_ahead(study: Callable[..., RunView]) -> None:
    view = study("6.3.3", preset="book")
    assert claims(view) == {"C184"}
    result = view.results[""]
    assert 0.28 < result["val_mae"] < 0.30
    assert result["half_day"] > result["day"] == pytest.approx(result["val_mae"], abs=0.003)
    mae = curve(view, "mae")
    assert view.baselines[CurveKey("提前 24 小时", "mae")] == pytest.approx(mae[23], abs=0.003)
    assert len(mae) == 96 and mae[0] == min(mae) and mae[11] > mae[0] and mae[23] < mae[11] < mae[35]
    guesses = {row[0]: float(row[1]) for row in table(view, "验证 MAE，预测 144 行（24 小时）之后")}
    assert min(guesses, key=guesses.__getitem__) == "和现在一样（基准）"


def test_dense(study: Callable[..., RunView]) -> None:
    view = study("6.3.4", preset="quick", **TINY)
    assert claims(view) == {"C185"}
    assert view.models[0].params == 24 * 14 * 32 + 32 + 33
    _compared(view, "val_mae")


def test_dense_with_relu_in_the_last_layer_cannot_go_below_zero(study: Callable[..., RunView]) -> None:
    view = study("6.3.4", last_activation="relu", hidden_layers=0, loss="mse", **TINY)
    assert view.models[0].params == 24 * 14 + 1
    assert list(view.baselines) == [("基准", "val_mae")]  # an mse is no mae: its chart has no such line
    assert view.results[""]["val_mae"] > 0.3


def test_gru_learns_and_reversed_learns_less(study: Callable[..., RunView]) -> None:
    more = {**TINY, "steps_per_epoch": 40}
    forward = study("6.3.5", **more)
    assert claims(forward) == {"C188", "C189"}
    assert forward.models[0].params == 4_641
    _compared(forward)
    backwards = study("6.3.5", direction="reversed", **more)
    assert min(curve(backwards, "val_loss")) > min(curve(forward, "val_loss")) + 0.02


@pytest.mark.parametrize(
    ("cell", "params"), [("lstm", 6_016 + 33), ("simple_rnn", 1_504 + 33), ("dense", 24 * 14 * 32 + 32 + 33)]
)
def test_other_cells(study: Callable[..., RunView], cell: str, params: int) -> None:
    assert study("6.3.5", cell=cell, stride=500, **TINY).models[0].params == params


def test_without_standardising_the_loss_is_in_degrees(study: Callable[..., RunView]) -> None:
    view = study("6.3.5", standardise=False, **TINY)
    assert 2 < view.results[""]["baseline"] < 3 < view.results[""]["val_mae"]


def test_recurrent_dropout_is_loud_in_training_only_and_repeats_with_the_seed(study: Callable[..., RunView]) -> None:
    view = study("6.3.6", **TINY)
    _compared(view)
    assert view.results[""]["train_mae"] < curve(view, "loss")[-1]  # without dropout, after the epoch
    again = study("6.3.6", **TINY)
    assert curve(again, "loss") == curve(view, "loss") and curve(again, "val_loss") == curve(view, "val_loss")


def test_stacking(study: Callable[..., RunView]) -> None:
    view = study("6.3.7", depth=3, units=8, last_units=12, **TINY)
    assert claims(view) == {"C193"}
    first, second, last = (3 * (i * u + u * u + 2 * u) for i, u in ((14, 8), (8, 8), (8, 12)))
    assert view.models[0].params == first + second + last + 13
    _compared(view)


@pytest.mark.parametrize("kind", ["conv_gru", "conv", "conv_pool", "gru"])
def test_convolution_and_recurrence(study: Callable[..., RunView], kind: str) -> None:
    view = study("6.4.4", model_kind=kind, **{**TINY, "lookback": 180})
    assert claims(view) == {"C214", "C216", "C217"}
    _compared(view)


def test_the_book_s_convolution_has_the_book_s_parameters() -> None:
    book = reader.load().lesson("6.4.4").values("book")
    assert book["lookback"] == 240 * int(book["step"])


@pytest.mark.parametrize(
    ("lesson", "wrong"),
    [
        ("6.3.4", {"units": 0}),
        ("6.3.5", {"units": 0}),
        ("6.3.5", {"cell": "rnn"}),
        ("6.3.5", {"lookback": 0}),
        ("6.3.6", {"recurrent_dropout": 1}),
        ("6.3.6", {"dropout": -0.1}),
        ("6.3.7", {"depth": 0}),
        ("6.4.4", {"kernel": 0}),
        ("6.4.4", {"kernel": 9, "lookback": 180, "step": 6}),
        ("6.3.3", {"delay": 0}),
        ("6.3", {"column": "temperature"}),
    ],
)
def test_what_cannot_be_is_refused_before_anything_starts(lesson: str, wrong: dict[str, object]) -> None:
    with pytest.raises(ParamError, match=next(iter(wrong))):
        reader.load().lesson(lesson).values("quick", wrong)  # type: ignore[arg-type]
