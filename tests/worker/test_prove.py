"""Proving makes the runs that are missing, each once, and goes on where it was left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from dlwp_tui import __main__ as program
from dlwp_tui.analysis import provenance, verdict
from dlwp_tui.core.errors import UsageError
from dlwp_tui.core.versions import versions
from dlwp_tui.course import reader
from dlwp_tui.engine import control, detached, launch, prove
from dlwp_tui.engine.prove import Judged, Prover
from dlwp_tui.runs import store
from dlwp_tui.runs.folder import RunFolder
from tests.conftest import wait_for
from tests.runs.conftest import make_run
from tests.runs.fake_run import Make
from tests.worker.conftest import state_of

__all__ = ["make_run"]
COLD = "from dlwp_tui import __main__; from dlwp_tui.engine import zygote; zygote.Zygote.start = print; __main__.main()"
"""`dlwp` without a zygote, for `python -c`."""


@pytest.fixture
def targets(course_dir: Path) -> list[prove.Target]:
    return prove.targets(reader.load(course_dir), "1.1", seeds=1)


def judged(prover: Prover) -> list[Judged]:
    return [event for event in prover.run() if isinstance(event, Judged)]


def test_it_makes_what_is_missing_and_no_run_twice(targets: list[prove.Target]) -> None:
    by_hand = launch.start(targets[0].lesson, {}, preset="quick", seed=1)
    control.wait(by_hand, 30)
    prover = Prover(targets)
    assert [step.params["rate"] for step in prover.steps(targets[0])] == [2.0], "the other one is there"
    experiment, exact = judged(prover)
    assert experiment.verdict is not None and experiment.verdict.kind == "holds"
    assert by_hand.id in experiment.verdict.runs and len(store.all()) == 2
    assert exact.exact is not None and exact.exact.checked["C001"].kind == "holds"
    assert exact.exact.checked["C001"].run == by_hand.id
    again = Prover(targets)
    assert len(judged(again)) == 2 and not again.started and len(store.all()) == 2


def test_a_run_that_cannot_be_started_leaves_the_others(
    targets: list[prove.Target], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_args: object, **_fields: object) -> RunFolder:
        raise UsageError("no")

    monkeypatch.setattr(launch, "start", refuse)
    prover = Prover(targets)
    found = judged(prover)
    assert len(prover.refused) == 2, "one of the experiment, one of the claims"
    assert found[0].verdict is not None and found[0].verdict.kind == "undecided" and not found[0].verdict.runs


@pytest.mark.parametrize(("asked", "left"), [("auto", 0), ("synthetic", 2)])
def test_auto_does_not_repeat_what_the_files_cannot_give(
    targets: list[prove.Target], make_run: Make, asked: str, left: int
) -> None:
    """A GloVe file with other vectors than the params ask for: `auto` took the twin, and would again."""
    lesson = targets[0].lesson
    for run in verdict.plan(lesson, targets[0].experiments[0]):
        made = {"depends": provenance.depends(lesson), "versions": versions(), "source": asked}
        fake = make_run("1.1", params=run.params, seed=run.seed, **made).hold().say("started")
        fake.say("dataset", name="imdb", source="synthetic").say("ended", state="finished").release()
    prover = Prover([prove.Target(lesson, targets[0].experiments, ())])
    prover._data[lesson.id] = "real"
    assert len(prover.steps(prover.targets[0])) == left


def test_it_waits_for_a_run_of_another_program(targets: list[prove.Target]) -> None:
    lesson = targets[0].lesson
    other = launch.start(lesson, {"mode": "hang"}, preset="quick", seed=1)
    runs = {"runs": {"a": {"mode": "hang"}}, "expect": "last(a.loss) > 0"}
    prover = Prover([prove.Target(lesson, (targets[0].experiments[0].model_copy(update=runs),), ())])
    events = prover.run()
    assert next(events) is None and not prover.started
    control.stop(other)
    prover._tried.add(prove.Step(lesson, lesson.values("quick", {"mode": "hang"}), 1).key)
    (end,) = [event for event in events if isinstance(event, Judged)]
    assert end.verdict is not None and end.verdict.kind == "undecided"


@pytest.fixture
def proving(course_dir: Path, home: Path) -> Iterator[list[subprocess.Popen[str]]]:
    """`dlwp prove` of a lesson that hangs until it is stopped."""
    started: list[subprocess.Popen[str]] = []
    yield started
    for process in started:
        process.kill()
        process.wait()


def hanging(tmp_path: Path) -> Path:
    """A course whose experiment has two sides, of which the second one hangs."""
    import shutil

    folder = tmp_path / "hanging"
    shutil.copytree(os.environ["DLWP_CONTENT"], folder)
    toml = folder / "ch01" / "1.1-fake" / "lesson.toml"
    text = toml.read_text(encoding="utf-8").replace("big = { rate = 2.0 }", 'big = { mode = "hang" }')
    toml.write_text(text.replace("seeds = 3", "seeds = 1"), encoding="utf-8")
    return folder


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_an_interrupt_leaves_what_is_finished_and_a_kill_nothing_undone(
    proving: list[subprocess.Popen[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: signal.Signals
) -> None:
    monkeypatch.setenv("DLWP_CONTENT", str(hanging(tmp_path)))
    command = [sys.executable, "-c", COLD, "prove", "1.1"]
    proving.append(subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True))
    wait_for(lambda: sorted(map(state_of, store.all())) == ["finished", "running"], 60, "the second run")
    first, second = sorted(store.all(), key=lambda run: state_of(run) != "finished")
    proving[0].send_signal(number)
    _out, err = proving[0].communicate(timeout=30)
    if number == signal.SIGINT:
        assert proving[0].returncode == 130 and "goes on with it" in err
        assert state_of(second) == "stopped"
    else:
        assert state_of(second) == "running", "it goes on by itself"
    assert state_of(first) == "finished"
    prover = Prover(prove.targets(reader.load(), "1.1"))
    missing = [step.params["mode"] for step in prover.steps(prover.targets[0])]
    assert missing == (["hang"] if number == signal.SIGINT else [])
    if number == signal.SIGKILL:
        control.stop(second)


@pytest.mark.usefixtures("course_dir")
def test_detached_it_goes_on_until_it_is_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DLWP_CONTENT", str(hanging(tmp_path)))
    monkeypatch.setattr(detached, "PROGRAM", ("-c", COLD))
    assert program.run(["prove", "1.1", "--detach", "--seeds", "1"]) == 0
    log = Path(capsys.readouterr().out.strip())
    assert log.name == "1.1.log" and log.stat().st_mode & 0o777 == 0o600
    try:
        wait_for(lambda: sorted(map(state_of, store.all())) == ["finished", "running"], 60, "the second run")
        assert program.run(["prove", "1.1", "--detach"]) == 2, "it is being proved already"
        assert str(log) in capsys.readouterr().err
    finally:
        assert program.run(["stop", "prove"]) == 0
    assert sorted(map(state_of, store.all())) == ["finished", "stopped"]
    assert "goes on with it" in log.read_text(encoding="utf-8")
    assert program.run(["stop", "prove"]) == 1, "there is nothing left to be stopped"
