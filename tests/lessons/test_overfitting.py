"""Lesson 4.4 on its synthetic twin: the seven networks, the penalty in `evaluate`, Dropout's scale."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable

import pytest

from dlwp_tui.course import reader
from dlwp_tui.course.param import ParamError
from dlwp_tui.engine import control, launch
from dlwp_tui.engine.zygote import Zygote
from dlwp_tui.runs.folder import RunFolder
from dlwp_tui.runs.state import RunState
from dlwp_tui.runs.view import RunView
from tests.lessons.conftest import claims, curve, finished, table
from tests.worker.conftest import events, pid_of, state_of, until_event

pytestmark = pytest.mark.keras
TINY = {"samples": 1000, "validation": 1000, "batch_size": 100, "epochs": 2}
NETWORKS = ["原网络", "小网络", "大网络", "L1", "L2", "L1 + L2", "dropout"]
MAIN = ["原网络", "小网络", "大网络", "L2", "dropout"]
SUMMARY = "谁先过拟合？（交叉熵不含惩罚项）"


def params(units: int) -> int:
    return 10_001 * units + (units + 1) * units + units + 1


def test_all_networks_lie_over_each_other(study: Callable[..., RunView]) -> None:
    view = study("4.4", variant="all", bigger_units=32, **TINY)
    assert claims(view) == {"C100", "C101", "C103", "C104", "C107"}
    rows = table(view, SUMMARY)
    assert [row[0] for row in rows] == NETWORKS
    assert [row[1] for row in rows] == [params(n) for n in (16, 4, 32, 16, 16, 16, 16)]
    for label in NETWORKS:
        assert len(curve(view, "val_loss", label)) == 2
    # The penalty is part of val_loss and not of the crossentropy; without one they are the same.
    for label in ("L1", "L2", "L1 + L2"):
        assert curve(view, "val_loss", label)[-1] > curve(view, "val_binary_crossentropy", label)[-1] + 0.01
    for label in ("原网络", "dropout"):
        assert curve(view, "val_loss", label) == pytest.approx(curve(view, "val_binary_crossentropy", label))
    # All networks of 16 units start from the same weights and see the same reviews: L2 differs by its penalty.
    assert curve(view, "loss", "L2")[0] > curve(view, "loss", "原网络")[0]
    assert view.progress == (14, 14)
    assert view.results[""]["bigger_best_epoch"] >= 1


@pytest.mark.parametrize("variant", ["original", "smaller", "dropout"])
def test_one_network_has_plain_curves(study: Callable[..., RunView], variant: str) -> None:
    view = study("4.4", variant=variant, rate=0.25, **TINY)
    assert {key.label for key in view.curves} == {""}
    assert curve(view, "loss")[1] < curve(view, "loss")[0]
    layers = [row[1] for row in view.models[0].layers]
    assert layers.count("Dropout") == (2 if variant == "dropout" else 0)
    assert view.models[0].params == params(4 if variant == "smaller" else 16)


def test_one_seed_gives_one_curve(study: Callable[..., RunView]) -> None:
    view, again = (study("4.4", variant="dropout", seed=3, **TINY) for _ in range(2))
    assert curve(again, "val_loss") == curve(view, "val_loss")


@pytest.mark.parametrize(("name", "value"), [("units", 0), ("rate", 1), ("coefficient", -1), ("variant", "l3")])
def test_refuses(name: str, value: object) -> None:
    with pytest.raises(ParamError, match=name):
        reader.load().lesson("4.4").params[name].parse(name, value)  # type: ignore[arg-type]


def test_killed_in_the_second_network_and_resumed(start: Callable[..., RunFolder], warm: Zygote) -> None:
    """Each of the five fits has its checkpoint: what ended is not trained again, figures are as if undisturbed."""
    options = {"variant": "main", "bigger_units": 32, "seed": 5} | TINY | {"epochs": 3}
    whole = finished(start("4.4", **options))
    folder = start("4.4", **options)
    until_event(folder, "epoch", 4, timeout=120)  # the first of the second network
    os.kill(pid_of(folder), signal.SIGKILL)
    assert control.wait(folder, 20)
    assert state_of(folder) is RunState.DIED
    launch.resume(folder, warm)
    resumed = finished(folder)
    second = [event for event in events(folder, "epoch") if event["t"] > events(folder, "started")[1]["t"]]
    assert {event["label"] for event in second} == set(MAIN[1:])
    assert sum(event["label"] == MAIN[1] for event in second) in (1, 2)  # killed in its second or third epoch
    for label in MAIN:
        for metric in ("loss", "val_loss", "val_binary_crossentropy"):
            assert curve(resumed, metric, label) == curve(whole, metric, label)
    assert resumed.results == whole.results
    assert table(resumed, SUMMARY) == table(whole, SUMMARY)
    assert [(check.claim, check.got) for check in resumed.checks] == [(c.claim, c.got) for c in whole.checks]


def test_stops_inside_training(start: Callable[..., RunFolder]) -> None:
    folder = start("4.4", variant="all", samples=1000, batch_size=10, epochs=500)
    until_event(folder, "epoch", 1, timeout=120)
    assert control.stop(folder, grace=20)
    assert state_of(folder) is RunState.STOPPED
