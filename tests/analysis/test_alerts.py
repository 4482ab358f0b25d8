"""Alerts: each fires on the curve it is about and on no other."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest

from dlwp_tui.analysis.alerts import alerts
from tests.runs.fake_run import FakeRun

FALLING = [0.7 * 0.8**epoch for epoch in range(12)]


def found(
    make_run: Callable[..., FakeRun], loss: list[float], val_loss: list[float] | None = None, **fields: object
) -> list[str]:
    run = make_run().hold()
    for epoch, value in enumerate(loss, 1):
        metrics = {"loss": value} | ({"val_loss": val_loss[epoch - 1]} if val_loss else {})
        run.say("epoch", epoch, epoch=epoch, epochs=len(loss), metrics=metrics, **fields)
    return [alert.code for alert in alerts(run.view())]


@pytest.mark.parametrize(
    ("loss", "val_loss", "codes"),
    [
        (FALLING, None, []),
        (FALLING, FALLING, []),
        ([0.7], [0.6], []),
        (FALLING, [0.5, 0.4, 0.3, *[0.31 + 0.02 * n for n in range(9)]], ["overfits"]),
        (FALLING, [0.5, 0.4, 0.3, *[0.301] * 9], []),  # flat is not rising
        ([0.7, 0.6, math.nan], None, ["nan"]),
        ([0.7, 0.9, 2.0, 8.0, 40.0], None, ["diverges"]),
        ([0.7, 0.5, 0.51, 0.52, 0.53], None, []),  # it rises a little and stays below its start
        ([0.7, 0.5, *[0.4] * 14], None, ["still"]),
        ([0.7, 0.5, *[0.4 - n / 1000 for n in range(14)]], None, []),
    ],
)
def test_alerts(
    make_run: Callable[..., FakeRun], loss: list[float], val_loss: list[float] | None, codes: list[str]
) -> None:
    assert found(make_run, loss, val_loss) == codes


def test_a_lesson_s_own_loop_is_left_alone(make_run: Callable[..., FakeRun]) -> None:
    assert found(make_run, [0.7, 0.9, 2.0, 8.0, 40.0], unit="steps") == []


def test_each_says_where_and_what_to_try(make_run: Callable[..., FakeRun]) -> None:
    run = make_run().hold()
    for epoch in range(1, 13):
        for label in ("small", "large"):
            value = 0.3 + 0.02 * abs(epoch - 3) if label == "large" else FALLING[epoch - 1]
            run.say("epoch", epoch, label=label, epoch=epoch, metrics={"loss": FALLING[epoch - 1], "val_loss": value})
    (alert,) = alerts(run.view())
    assert alert.message.startswith("large: Overfitting: the validation loss was lowest in epoch 3 (0.3), 9 epochs ago")
    assert "about 3 epochs" in alert.hint


def test_epochs_without_validation_are_counted(make_run: Callable[..., FakeRun]) -> None:
    run = make_run().hold()
    for epoch in range(1, 25):
        validation = {"val_loss": 0.3 + 0.02 * abs(epoch - 6)} if epoch % 3 == 0 else {}
        run.say("epoch", epoch, epoch=epoch, metrics={"loss": 0.7 * 0.8**epoch} | validation)
    (alert,) = alerts(run.view())
    assert "lowest in epoch 6 (0.3), 18 epochs ago" in alert.message and "about 6 epochs" in alert.hint


@pytest.mark.parametrize(
    ("loss", "words"),
    [
        ([0.7, math.nan, math.nan], "is not a number from epoch 2 on"),
        ([0.7, math.nan, 0.6], "was not a number in epoch 2."),
        ([0.7, math.nan, math.inf, 0.6, 0.5], "was not a number in epoch 2–3."),
    ],
)
def test_a_loss_that_is_a_number_again(make_run: Callable[..., FakeRun], loss: list[float], words: str) -> None:
    run = make_run().hold()
    run.epochs("loss", *loss)
    assert words in alerts(run.view())[0].message
    assert words in run.view().warnings[0].message
