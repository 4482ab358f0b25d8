"""Lesson 3.4 on its synthetic twin: curves, checks, repeatable figures, stop, demo."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dlwp_tui.engine import control, launch
from dlwp_tui.engine.demo import Demo
from dlwp_tui.engine.zygote import Zygote
from dlwp_tui.runs.folder import RunFolder
from dlwp_tui.runs.state import RunState
from dlwp_tui.runs.view import RunView
from tests.lessons.conftest import MB, claims, curve, finished, finished_with_peak, table
from tests.worker.conftest import state_of, until_event

pytestmark = pytest.mark.keras
METRICS = ("loss", "accuracy", "val_loss", "val_accuracy")


def test_validation_run(run: Callable[..., RunView], warm: Zygote) -> None:
    view = run("3.4", epochs=2, units=8, seed=5)
    assert view.source == "synthetic"
    assert claims(view) == {"C048", "C050", "C051", "C052", "C053", "C057"}
    assert view.models[0].params == 10_001 * 8 + 9 * 8 + 9
    for metric in METRICS:
        assert len(curve(view, metric)) == 2
    assert view.steps == 30  # ceil(15000 / 512)
    assert curve(view, "loss")[1] < curve(view, "loss")[0]
    assert curve(view, "val_accuracy")[1] > 0.7
    assert set(view.results[""]) == {"val_loss", "val_accuracy"}
    assert view.results[""]["val_loss"] == pytest.approx(curve(view, "val_loss")[-1], rel=1e-4)
    assert len(table(view, "前 10 条的预测（分界是 0.5）")) == 10
    shares = [float(row[1].rstrip("%")) for row in table(view, "有多确定？")]
    assert sum(shares) == pytest.approx(100, abs=0.2)
    assert view.texts[0].body.startswith("? ")

    again = finished(launch.rerun(view.folder, warm))
    assert all(curve(again, metric) == curve(view, metric) for metric in METRICS)
    other = run("3.4", epochs=2, units=8, seed=6)
    assert curve(other, "loss") != curve(view, "loss")

    demo = Demo(view.folder, "review", zygote=warm)
    try:
        good = view.texts[0].body
        answer = demo.ask(f"{good} zzqx", timeout=60)
    finally:
        demo.close()
    assert set(answer["bars"]) == {"positive", "negative"}
    assert sum(answer["bars"].values()) == pytest.approx(1)
    assert answer["unknown"] == ["zzqx"]


@pytest.mark.parametrize("preset", ["book", "final"])
@pytest.mark.parametrize("cold", [True, False])
def test_memory_at_book_size(start: Callable[..., RunFolder], preset: str, cold: bool) -> None:
    """Data and network of full size; more epochs take no more memory."""
    options = {"zygote": None} if cold else {}
    _view, peak = finished_with_peak(start("3.4", preset=preset, epochs=2, **options))
    assert peak < MB


def test_final_run_meets_the_test_set_once(study: Callable[..., RunView]) -> None:
    view = study("3.4", preset="final", epochs=1, hidden_layers=3, units=4, dropout=0.25, activation="tanh")
    assert set(view.results[""]) == {"test_loss", "test_accuracy"}
    assert {key.metric for key in view.curves} == {"loss", "accuracy"}
    assert view.steps == 49  # ceil(25000 / 512)
    layers = [row[1] for row in view.models[0].layers]
    assert layers == ["CategoryEncoding", *["Dense", "Dropout"] * 3, "Dense"]


def test_stops_inside_training(start: Callable[..., RunFolder]) -> None:
    folder = start("3.4", epochs=500, units=4, loss="mse", optimizer="sgd")
    until_event(folder, "epoch", 1, timeout=120)
    assert control.stop(folder, grace=20)
    assert state_of(folder) is RunState.STOPPED
