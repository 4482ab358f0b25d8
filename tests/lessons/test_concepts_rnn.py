"""Lessons 6.2 and 6.2.2: the loop by hand is Keras' layer; how long a pulse, or a first step, is remembered."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dlwp_tui.runs.view import RunView
from tests.lessons.conftest import claims, curve

pytestmark = pytest.mark.keras


def test_by_hand_as_keras(study: Callable[..., RunView]) -> None:
    view = study("6.2", preset="book")
    assert claims(view) == {"C170"}
    assert view.results[""]["params"] == 32 * 64 + 64 * 64 + 64
    assert view.results[""]["difference"] < 1e-5
    (compared,) = [check for check in view.checks if "SimpleRNN" in check.statement]
    assert compared.got < 1e-5
    inputs, states = view.pictures
    assert (inputs.width, inputs.height) == (100, 32)
    assert (states.width, states.height) == (100, 64)
    assert len(curve(view, "state", "单元 2")) == 100
    longer = study("6.2", timesteps=500)
    assert longer.results[""]["params"] == view.results[""]["params"]


def test_a_pulse_fades_by_the_scale(study: Callable[..., RunView]) -> None:
    sizes = {}
    for scale in (0, 0.5, 0.9, 1.3):
        view = study("6.2", preset="quick", timesteps=60, units=16, recurrent_scale=scale)
        sizes[scale] = curve(view, "state_size")
    assert sizes[0][1] == 0
    assert sizes[0.5][10] < 0.01 * sizes[0.5][0] < 0.5 * sizes[0.9][10]
    assert sizes[0.9][-1] < 0.01 * sizes[0.9][0]
    assert sizes[1.3][-1] > 0.5 * sizes[1.3][0]


def test_the_smallest_network(study: Callable[..., RunView]) -> None:
    view = study("6.2", timesteps=2, input_features=1, units=1, signal="wave")
    assert view.results[""]["params"] == 3
    assert {key.label for key in view.curves} == {"", "单元 0"}


def test_a_step_of_an_lstm_as_keras(study: Callable[..., RunView]) -> None:
    view = study("6.2.2", preset="book")
    assert view.results[""]["params"] == 4 * (14 + 32 + 1) * 32
    assert view.results[""]["difference"] < 1e-6
    assert [(picture.width, picture.height) for picture in view.pictures] == [(100, 32), (100, 32)]
    fresh, rnn = curve(view, "memory", "LSTM"), curve(view, "memory", "SimpleRNN")
    assert len(fresh) == len(rnn) == 100 and fresh[0] == rnn[0] == 1
    assert fresh[-1] < 1e-4 and rnn[-1] < 1e-4
    assert curve(view, "carried")[-1] < 1e-11, "the note has 2.5e-14 for gates of exactly 0.73"
    assert 0.6 < curve(view, "forget_gate")[-1] < 0.85


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_an_lstm_remembers_as_long_as_its_gate_is_open(study: Callable[..., RunView], seed: int) -> None:
    opened = study("6.2.2", preset="quick", seed=seed).results[""]
    closed = study("6.2.2", preset="closed", seed=seed, timesteps=20).results[""]
    assert opened["lstm"] > 0.1 and opened["carried"] > 0.3
    assert closed["lstm"] < closed["rnn"]


def test_the_smallest_lstm(study: Callable[..., RunView]) -> None:
    view = study("6.2.2", timesteps=2, input_features=1, units=1, signal="pulse")
    assert view.results[""]["params"] == 12
