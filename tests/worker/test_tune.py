"""A search: trials are runs, hopeless ones are pruned, and a kill loses nothing."""

from __future__ import annotations

import importlib.util
import json
import statistics
import threading
from pathlib import Path

import pytest

from dlwp_tui.core.errors import RunError, UsageError
from dlwp_tui.course import axes
from dlwp_tui.course.lesson import Lesson
from dlwp_tui.engine import control, tune
from dlwp_tui.engine.tune import Search
from dlwp_tui.engine.zygote import Zygote
from dlwp_tui.runs import store
from dlwp_tui.runs.state import RunState
from dlwp_tui.runs.view import RunView
from tests.cli.conftest import Cli, cli  # noqa: F401
from tests.worker.conftest import coded

SLOW = """
import time
from dlwp_tui.lab import Lab

def run(lab: Lab, *, epochs, rate, mode, noisy):
    for step in lab.steps(epochs):
        lab.log(step, val_loss=rate + 1 / step)
        time.sleep(0.0 if rate < 2 else 0.4)
    lab.result(test_loss=rate)
"""


def search(lesson: Lesson, over: str = "rate=0.5..4", **more: object) -> Search:
    made = {"preset": "quick", "pruner": "none", "sampler": "random", "name": "mine", "source": "synthetic"} | more
    return Search(lesson, axes.read(lesson, over), **made)  # type: ignore[arg-type]


def test_trials_are_ordinary_runs(fake: Lesson) -> None:
    mine = search(fake, "rate=0.5..4:log,epochs=2..4")
    ended = [trial for trial in tune.run(mine, 3) if trial.state == "done"]
    assert {trial.number for trial in ended} == {1, 2, 3}
    for trial in ended:
        spec = store.read_spec(store.find(trial.run))
        assert spec.search is not None and (spec.search.search, spec.search.number) == ("mine", trial.number)
        assert spec.seed == tune.TRIALS_SEED
        assert {name: spec.params[name] for name in trial.params} == trial.params
        assert trial.score == pytest.approx(trial.params["rate"] / trial.params["epochs"] + 0.1)  # type: ignore[operator]
    outcome = tune.conclude(mine, confirm=2)
    assert outcome.best.score == min(trial.score for trial in ended if trial.score is not None)
    assert len(outcome.again) == 2 and outcome.noise == 0 and outcome.luck == pytest.approx(0)
    assert sum(outcome.importance.values()) == pytest.approx(1) or not outcome.importance


def test_a_search_goes_on(fake: Lesson) -> None:
    mine = search(fake)
    first = [trial.run for trial in tune.run(mine, 2) if trial.state == "done"]
    runs = len(store.all())
    again = list(tune.run(mine, 3))
    assert [trial.run for trial in again[:2]] == first
    assert again[-1].number == 3 and len(store.all()) == runs + 1
    assert len(list(tune.run(mine, 3))) == 3 and len(store.all()) == runs + 1  # nothing is left to do


def test_a_kill_loses_nothing(fake: Lesson) -> None:
    mine = search(fake)
    going = tune.run(mine, 2)
    begun = next(going)
    assert begun.state == "running"
    going.close()  # the search is gone, its run works on
    folder = store.find(begun.run)
    control.wait(folder, 60)
    ended = list(tune.run(mine, 2))
    (taken_up,) = [trial for trial in ended if trial.run == begun.run and trial.state == "done"]
    assert taken_up.params == begun.params
    assert len(store.all()) == 2 and len(tune.conclude(mine, 0).trials) == 2


def test_a_run_that_died_is_begun_anew(fake: Lesson, tmp_path: Path) -> None:
    mine = search(coded(fake, tmp_path, SLOW.replace("rate < 2", "False")), preset="book")
    going = tune.run(mine, 1)
    begun = next(going)
    going.close()
    control.kill(store.find(begun.run))
    quick = search(coded(fake, tmp_path / "quick", SLOW))
    ended = [trial for trial in tune.run(quick, 1) if trial.state == "done"]
    assert len(ended) == 1 and ended[0].run != begun.run and ended[0].params == begun.params


def test_hopeless_trials_are_pruned(fake: Lesson, tmp_path: Path) -> None:
    slow = coded(fake, tmp_path, SLOW)
    mine = search(slow, "rate=0.1|0.2|0.3|9|10", preset=None, pruner="median", sampler="random", seed=3)
    study = tune.study(mine)
    for rate in (0.1, 0.2, 0.3, 0.1, 10):
        study.enqueue_trial({"rate": rate})
    ended = {trial.number: trial for trial in tune.run(mine, 5) if trial.state != "running"}
    assert [ended[number].state for number in range(1, 6)] == ["done"] * 4 + ["pruned"]
    assert ended[5].epochs >= tune.WARM_UP
    assert tune.conclude(mine, 0).test == {"test_loss": 0.1}


def test_failures_end_a_search(fake: Lesson) -> None:
    with pytest.raises(RunError, match="3"):
        list(tune.run(search(fake, "mode=raise|nan", metric="val_mae"), 9))
    with pytest.raises(RunError):
        tune.conclude(search(fake, "mode=raise|nan", metric="val_mae"), 0)


def test_expected_luck() -> None:
    assert [tune.expected_luck(n) for n in (1, 10, 50)] == pytest.approx([0, 1.539, 2.249], abs=0.002)


def test_luck_and_noise() -> None:
    best = tune.Trial(1, {}, score=0.5)
    outcome = tune.Outcome([best], best, {}, again=[0.6, 0.8])
    assert outcome.luck == pytest.approx(0.2) and outcome.noise == pytest.approx(statistics.stdev([0.6, 0.8]))
    assert tune.Outcome([best], best, {}, again=[0.6]).noise is None


def test_a_metric_without_a_direction(fake: Lesson) -> None:
    with pytest.raises(UsageError):
        tune.study(search(fake, metric="temperature"))


def test_the_command(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    monkeypatch.setattr(Zygote, "start", lambda self: None)
    args = ("tune", "1.1", "--over", "rate=0.5..4:log,noisy", "--trials", "3", "--sampler", "random")
    done = cli(*args, DLWP_LANG="en")
    assert done.returncode == 0, done.stderr
    assert "3/3" in done.stdout and "●" in done.stdout and "Best: dlwp run 1.1 --preset quick --rate" in done.stdout
    assert "is the best of 3 trials on the validation set" in done.stdout
    assert "with 2 other seeds" in done.stdout and "no figure of a test set" in done.stdout
    *trials, last = map(json.loads, cli(*args, "--json").stdout.splitlines())
    assert [trial["state"] for trial in trials] == ["done"] * 3
    assert last["best"]["score"] == min(trial["score"] for trial in trials)


def test_the_command_refuses(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    for wrong in (("--over", "depth=1..2"), ("--over", "rate=1..2", "--sampler", "grid"), ("--over", "rate=1")):
        assert cli("tune", "1.1", *wrong).returncode == 2
    assert cli("tune", "1.1", "--over", "rate=1..2", "--metric", "temperature").returncode == 2
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    missing = cli("tune", "1.1", "--over", "rate=1..2", DLWP_LANG="en")
    assert missing.returncode == 2 and "dlwp-tui[tune]" in missing.stderr


def test_a_cancelled_search_stops_its_run_and_is_taken_up_again(fake: Lesson, tmp_path: Path) -> None:
    mine = search(coded(fake, tmp_path, SLOW), "rate=3..4", preset="book")
    cancel = threading.Event()
    seen = []
    for trial in tune.run(mine, 2, cancelled=cancel.is_set):
        seen.append(trial)
        if trial.epochs:
            cancel.set()
    assert {trial.state for trial in seen} == {"running"}, "its trial has not ended"
    control.wait(store.find(seen[0].run), 60)
    assert RunView.whole(store.find(seen[0].run)).state is RunState.STOPPED
    taken_up = next(tune.run(mine, 1))
    assert (taken_up.number, taken_up.params) == (1, seen[0].params)


def test_a_metric_that_the_lesson_does_not_draw_is_named(fake: Lesson) -> None:
    with pytest.raises(RunError) as caught:
        list(tune.run(search(fake, metric="val_accuracy"), 9))
    assert caught.value.hint == "Lesson 1.1 draws no val_accuracy; it draws: loss, val_loss"
