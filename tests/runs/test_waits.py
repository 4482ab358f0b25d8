"""What a run does between two steps is said after a second, and how far it is."""

from __future__ import annotations

import time

import pytest

from tests.runs.fake_run import T0, Make


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Seconds after T0, to be set."""
    clock = [0.0]
    monkeypatch.setattr("dlwp_tui.runs.view.time.time", lambda: T0 + clock[0])
    return clock


def test_each_wait_says_what_it_is_after_a_second(make_run: Make, now: list[float]) -> None:
    run = make_run().hold()
    run.say("started", device="cpu", pid=1).say("wait", 0, code="working")
    view = run.view()

    def at(seconds: float) -> str:
        now[0] = seconds
        view.update()
        return view.waiting

    assert at(0.9) == "" and at(5) == "preparing · 5 s"
    run.say("phase", 5, name="reading the books").say("wait", 5, code="loading", name="imdb")
    assert at(5.5) == "" and at(7) == "loading imdb · 2 s"
    run.say("dataset", 8, name="imdb", source="synthetic").say("wait", 8, code="working")
    assert at(10) == "reading the books · 2 s"
    run.say("wait", 10, code="tracing")
    assert at(13) == "building the graph · 3 s"
    run.say("batch", 14, epoch=1, epochs=2, step=1, steps=2, metrics={"loss": 1.0})
    assert at(20) == ""
    run.say("wait", 20, code="validating", done=0, total=None)
    assert at(20.5) == "" and at(22) == "validating · 2 s"
    run.say("wait", 22, code="validating", done=40, total=None)
    assert at(22.1) == "validating 40"
    run.say("epoch", 30, epoch=1, epochs=2, metrics={"loss": 1.0})
    assert at(40) == ""
    run.say("wait", 40, code="validating", done=100, total=300)
    assert at(40.5) == "" and at(41) == "validating 100/300"
    run.say("epoch", 42, epoch=2, epochs=2, metrics={"loss": 1.0}).say("wait", 42, code="working")
    assert at(44) == "evaluating · 2 s"
    run.say("wait", 44, code="saving")
    assert at(46) == "saving the model · 2 s"
    run.say("ended", 47, state="finished", seconds=47).release()
    assert at(50) == ""


def test_a_paused_run_waits_for_nobody(make_run: Make) -> None:
    run = make_run().hold().say("started", device="cpu", pid=1)
    run.events.write("wait", code="tracing", t=time.time() - 5)
    assert run.view().waiting.startswith("building the graph · ")
    run.say("ended", 1, state="stopped", seconds=1).release()
    assert run.view().waiting == ""
