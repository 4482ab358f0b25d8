"""Runs that train with TensorFlow: forked and cold, repeated, stopped, continued."""

from __future__ import annotations

import os
import signal

import pytest

from dlwp_tui.core.errors import RunError
from dlwp_tui.course.lesson import Lesson
from dlwp_tui.engine import control, demo, launch
from dlwp_tui.engine.zygote import Zygote
from dlwp_tui.runs.folder import RunFolder
from tests.worker.conftest import events, pid_of, state_of, until_event

pytestmark = pytest.mark.keras


def _curves(folder: RunFolder) -> dict[int, dict[str, float]]:
    """Metrics by epoch; of an epoch that was trained twice, the later."""
    return {event["epoch"]: event["metrics"] for event in events(folder, "epoch")}


def _finish(folder: RunFolder) -> dict[int, dict[str, float]]:
    assert control.wait(folder, 90)
    assert state_of(folder) == "finished", folder.log.read_text(encoding="utf-8")
    return _curves(folder)


def test_same_seed_same_figures_forked_or_cold(tiny: Lesson, warm: Zygote) -> None:
    first = launch.start(tiny, {"epochs": 3}, seed=11, zygote=warm)
    figures = _finish(first)
    assert warm.state == "ready", warm.why
    assert len(figures) == 3 and set(figures[1]) == {"loss", "accuracy", "val_loss", "val_accuracy"}
    assert figures[3]["loss"] < figures[1]["loss"]
    assert _finish(launch.rerun(first, warm)) == figures
    assert _finish(launch.rerun(first)) == figures
    assert _finish(launch.start(tiny, {"epochs": 3}, seed=12, zygote=warm)) != figures
    (model,) = events(first, "model")
    assert model["params"] == 6 * 8 + 8 + 8 + 1 and [row[1] for row in model["layers"]] == ["Dense", "Dropout", "Dense"]
    assert events(first, "batch")[0]["steps"] == 10
    assert events(first, "started")[0]["device"] == "cpu"
    answers = demo.Demo(first, zygote=warm)
    bars = answers.ask([1, 1, 1, 1, 1, 1])["bars"]
    assert 0 < bars["positive"] < 1
    answers.close()


def test_stop_inside_fit_keeps_the_weights(tiny: Lesson, warm: Zygote) -> None:
    folder = launch.start(tiny, {"epochs": 1000}, zygote=warm)
    until_event(folder, "epoch", 2)
    assert control.stop(folder)
    assert state_of(folder) == "stopped"
    assert (folder.artifacts / "stopped.weights.h5").stat().st_size > 1000
    assert events(folder, "phase")[-1]["code"] == "saving"


def test_diverging_losses_are_noticed(tiny: Lesson, warm: Zygote) -> None:
    folder = launch.start(tiny, {"epochs": 2, "rate": 1e30}, zygote=warm)
    assert control.wait(folder, 90)
    (warning,) = events(folder, "warning")
    assert warning["code"] == "nan" and "epoch 1, step" in warning["message"]


def test_a_killed_run_goes_on_from_its_last_epoch_with_the_same_figures(long: Lesson, warm: Zygote) -> None:
    whole = _finish(launch.start(long, {}, seed=3, zygote=warm))
    folder = launch.start(long, {"epochs": 6}, seed=3, zygote=warm)
    until_event(folder, "epoch", 3)
    os.kill(pid_of(folder), signal.SIGKILL)
    assert control.wait(folder, 10)
    already = len(events(folder, "epoch"))
    if state_of(folder) == "died":
        assert launch.resume(folder, warm) == folder
        assert _finish(folder) == whole
        started = events(folder, "started")
        assert started[-1]["resumed"] is True and started[-1]["initial_epoch"] in (already - 1, already)
        assert events(folder, "epoch")[already]["epoch"] == started[-1]["initial_epoch"] + 1
    with pytest.raises(RunError, match="finished"):
        launch.resume(folder, warm)


def test_without_a_checkpoint_there_is_nothing_to_continue(tiny: Lesson, warm: Zygote) -> None:
    folder = launch.start(tiny, {"epochs": 1000}, zygote=warm)
    until_event(folder, "started")
    with pytest.raises(RunError, match="already"):
        launch.resume(folder, warm)
    assert control.stop(folder)
    with pytest.raises(RunError, match="no epoch"):
        launch.resume(folder, warm)
