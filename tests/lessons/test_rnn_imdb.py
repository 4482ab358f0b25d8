"""Lessons 6.2.1 and 6.2.3 on the synthetic twin: shapes, parameters, ways to read, checkpoint, demo."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dlwp_tui.course import reader
from dlwp_tui.course.param import ParamError
from dlwp_tui.engine import control, launch
from dlwp_tui.engine.demo import Demo
from dlwp_tui.engine.zygote import Zygote
from dlwp_tui.runs.folder import RunFolder
from dlwp_tui.runs.state import RunState
from dlwp_tui.runs.view import RunView
from tests.lessons.conftest import claims, curve, finished, table
from tests.worker.conftest import state_of, until_event

pytestmark = pytest.mark.keras
TINY = {"maxlen": 12, "samples": 500, "epochs": 2, "dim": 8, "units": 6}
EMBEDDING = 10_000 * 8


def test_simple_rnn(study: Callable[..., RunView]) -> None:
    view = study("6.2.1", **TINY)
    assert claims(view) == {"C172", "C173"}
    assert view.models[0].params == EMBEDDING + (8 * 6 + 6 * 6 + 6) + 7
    assert view.steps == 4  # ceil(400 / 128)
    assert curve(view, "loss")[1] < curve(view, "loss")[0]
    assert view.results[""]["val_loss"] == pytest.approx(curve(view, "val_loss")[-1], rel=1e-4)


def test_stacked_simple_rnn(study: Callable[..., RunView]) -> None:
    view = study("6.2.1", stack=3, **TINY)
    shapes = [row[2] for row in view.models[0].layers]
    assert shapes == ["(None, None, 8)", "(None, None, 6)", "(None, None, 6)", "(None, 6)", "(None, 1)"]


@pytest.mark.parametrize(
    ("layer", "params"),
    [
        ("lstm", EMBEDDING + 4 * (8 * 6 + 6 * 6 + 6) + 7),
        ("bidirectional", EMBEDDING + 8 * (8 * 6 + 6 * 6 + 6) + 13),
        ("simple_rnn", EMBEDDING + (8 * 6 + 6 * 6 + 6) + 7),
        ("conv", EMBEDDING + 7 * 8 * 6 + 6 + 7),
        ("flatten", EMBEDDING + 12 * 8 + 1),
        ("bag", 160_305),
    ],
)
def test_every_way_to_read(study: Callable[..., RunView], layer: str, params: int) -> None:
    view = study("6.2.3", layer=layer, dropout=0.1, **TINY)
    assert claims(view) == {"C175", "C176"}
    assert view.models[0].params == params
    assert curve(view, "loss")[1] < curve(view, "loss")[0]
    assert len(table(view, "The 5 most wrong (their last 12 words)")) == 5


def test_lstm_twice_and_typed(study: Callable[..., RunView], run: Callable[..., RunView], warm: Zygote) -> None:
    """Called here or in a worker, a seed gives the same figures."""
    view = study("6.2.3", seed=4, **TINY)
    again = run("6.2.3", seed=4, **TINY)
    for metric in ("loss", "val_loss", "val_accuracy"):
        assert curve(again, metric) == curve(view, metric)
    demo = Demo(again.folder, "review", zygote=warm)
    try:
        answer = demo.ask("This film was not good at all, zzqx", timeout=60)
    finally:
        demo.close()
    assert sum(answer["bars"].values()) == pytest.approx(1)
    assert answer["unknown"] == ["zzqx"]


def test_stopped_and_resumed(start: Callable[..., RunFolder], study: Callable[..., RunView]) -> None:
    """A stopped run goes on from its checkpoint to the figures an undisturbed run has."""
    options = TINY | {"epochs": 6, "batch_size": 8, "seed": 7}
    whole = study("6.2.1", **options)
    folder = start("6.2.1", **options)
    until_event(folder, "epoch", 2, timeout=120)
    assert control.stop(folder, grace=20)
    assert state_of(folder) is RunState.STOPPED
    launch.resume(folder)
    resumed = finished(folder)
    assert curve(resumed, "val_loss") == curve(whole, "val_loss")


@pytest.mark.parametrize("lesson", ["6.2.1", "6.2.3"])
@pytest.mark.parametrize(("name", "value"), [("units", 0), ("maxlen", 0), ("epochs", 1.5)])
def test_refuses(lesson: str, name: str, value: object) -> None:
    with pytest.raises(ParamError, match=name):
        reader.load().lesson(lesson).params[name].parse(name, value)  # type: ignore[arg-type]
