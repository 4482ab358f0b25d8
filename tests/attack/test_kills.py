"""The kill matrix: worker, zygote or app ended by KILL, TERM or HUP. No run is lost, and each state is what it is."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
from collections.abc import Callable
from functools import partial
from pathlib import Path

import psutil
import pytest

from dlwp_tui.course.lesson import Lesson
from dlwp_tui.engine import control, launch, zygote
from dlwp_tui.engine.zygote import Zygote
from dlwp_tui.runs.folder import RunFolder
from tests.conftest import wait_for
from tests.worker.conftest import WITHOUT_TENSORFLOW, events, pid_of, script, state_of, until, until_event

Nursery = Callable[..., Zygote]
SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGHUP)
APP = f"""
    import signal, subprocess
    from dlwp_tui.engine import zygote
    from tests.conftest import wait_for
    code = {WITHOUT_TENSORFLOW!r} + "import sys; forking.main(int(sys.argv[1]))"
    zygote._spawn = lambda fd: subprocess.Popen(
        [sys.executable, "-c", code, str(fd)], stdin=subprocess.DEVNULL, pass_fds=(fd,), start_new_session=True
    )
    one = zygote.Zygote()
    one.start()
    wait_for(lambda: one.state != "warming", what="the zygote")
    print(launch.start(fake, {{"mode": "hang"}}, zygote=one).path, one.pid, flush=True)
    signal.pause()
"""


def sound(folder: RunFolder) -> None:
    """All that was written is whole, and the run was started once."""
    lines = folder.events.read_bytes().split(b"\n")
    assert lines.pop() == b""
    assert all(json.loads(line)["e"] for line in lines)
    assert len(events(folder, "started")) <= 1 and len(events(folder, "ended")) <= 1


def test_the_next_run_is_never_kept_out(fake: Lesson) -> None:
    """A queue of runs whose workers are killed one after the other, cold: each death frees the slot."""
    queue = [launch.start(fake, {"mode": "hang"}) for _number in range(3)]
    for _number in range(3):
        wait_for(lambda: any(events(one, "epoch") for one in queue), what="a run at work")
        (folder,) = (one for one in queue if events(one, "epoch"))
        os.kill(pid_of(folder), signal.SIGKILL)
        assert control.wait(folder, 5)
        assert state_of(folder) == "died"
        sound(folder)
        queue.remove(folder)
    until(launch.start(fake, {}), "finished")


@pytest.mark.parametrize("number", SIGNALS)
@pytest.mark.parametrize("forked", [True, False])
def test_a_worker(fake: Lesson, nursery: Nursery, number: signal.Signals, forked: bool) -> None:
    folder = launch.start(fake, {"mode": "hang"}, zygote=nursery() if forked else None)
    until_event(folder, "epoch")
    os.kill(pid_of(folder), number)
    if number is signal.SIGHUP:
        assert not control.wait(folder, 0.2) and state_of(folder) == "running"
        assert control.stop(folder)
    assert control.wait(folder, 5)
    assert state_of(folder) == ("died" if number is signal.SIGKILL else "stopped")
    sound(folder)
    until(launch.start(fake, {}), "finished")


@pytest.mark.parametrize("number", SIGNALS)
def test_a_zygote(fake: Lesson, nursery: Nursery, number: signal.Signals) -> None:
    one = nursery()
    folder = launch.start(fake, {"mode": "hang"}, zygote=one)
    waiting = launch.start(fake, {}, zygote=one)
    until_event(folder, "epoch")
    before = one.pid
    assert before is not None
    os.kill(before, number)
    if number is not signal.SIGHUP:
        wait_for(lambda: one.pid not in (None, before), what="another zygote")
    assert state_of(folder) == "running"
    assert control.stop(folder)
    assert control.wait(waiting, 20)
    assert (state_of(folder), state_of(waiting)) == ("stopped", "finished")
    wait_for(lambda: one.state == "ready", what="the zygote to be ready")
    assert (one.pid == before) == (number is signal.SIGHUP)
    sound(folder)
    sound(waiting)


@pytest.mark.parametrize("number", SIGNALS)
def test_an_app(fake: Lesson, number: signal.Signals) -> None:
    app = subprocess.Popen(script(APP), stdout=subprocess.PIPE, text=True, start_new_session=True)
    assert app.stdout is not None
    path, pid = app.stdout.readline().split()
    folder = RunFolder(Path(path))
    until_event(folder, "epoch")
    app.send_signal(number)
    app.wait()
    app.stdout.close()
    wait_for(lambda: not psutil.pid_exists(int(pid)), what="its zygote to end")
    assert state_of(folder) == "running"
    assert control.stop(folder)
    assert state_of(folder) == "stopped"
    sound(folder)


def _has_come(folder: RunFolder, lines: int) -> bool:
    """Whether the run has written so many lines, or is over."""
    return folder.events.read_bytes().count(b"\n") >= lines or not state_of(folder).active


@pytest.mark.keras
@pytest.mark.timeout(3600)  # forty rounds, each with a wait for a zygote
def test_at_random_moments(tiny: Lesson, rounds: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """With TensorFlow, each at its own moment: while it starts, imports, builds, traces, trains, saves, ends."""
    if not rounds:
        pytest.skip("--long")
    monkeypatch.setattr(zygote, "_REPLACED", rounds)
    chance = random.Random(12)
    one = Zygote()
    one.start()
    try:
        for turn in range(rounds):
            wait_for(lambda: one.state == "ready", timeout=120, what="the zygote to be ready")
            victim, number = chance.choice(("worker", "zygote")), chance.choice(SIGNALS)
            folder = launch.start(tiny, {"epochs": 30}, zygote=one if chance.random() < 0.8 else None)
            moment = chance.choice((0, 1, 2, 3, 4, 6, 8, 12, 16, 24))
            wait_for(partial(_has_come, folder, moment), timeout=120, what=f"line {moment} of the run")
            pid = one.pid if victim == "zygote" else (pid_of(folder) if state_of(folder).active else None)
            if pid is not None:
                os.kill(pid, number)
            assert control.wait(folder, 120)
            allowed = {"finished"}
            if victim == "worker" and number is not signal.SIGHUP:
                allowed.add("died" if number is signal.SIGKILL else "stopped")
            assert state_of(folder) in allowed, (turn, victim, number, folder.log.read_text(encoding="utf-8"))
            sound(folder)
    finally:
        one.close()
