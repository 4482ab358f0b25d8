"""The zygote: forks workers, never loses a run, leaves nothing behind. All but the last test skip TensorFlow."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from dlwp_tui.core.errors import UsageError
from dlwp_tui.course.lesson import Lesson
from dlwp_tui.engine import control, demo, launch, zygote
from dlwp_tui.engine.priority import NICE
from dlwp_tui.engine.zygote import Zygote
from dlwp_tui.runs import state
from tests.conftest import wait_for
from tests.worker.conftest import coded, events, pid_of, state_of, until_event

Nursery = Callable[..., Zygote]


def test_a_ready_zygote_forks_the_worker(fake: Lesson, nursery: Nursery) -> None:
    one = nursery()
    folder = launch.start(fake, {"mode": "hang", "noisy": True}, zygote=one)
    until_event(folder, "epoch")
    worker = psutil.Process(pid_of(folder))
    assert worker.ppid() == one.pid
    assert os.getsid(worker.pid) == worker.pid
    assert worker.nice() == psutil.Process().nice() + NICE
    worker.kill()
    assert control.wait(folder, 5)
    assert state_of(folder) == "died"
    assert wait_for(lambda: folder.reaped.exists() and json.loads(folder.reaped.read_text())) == {"signal": 9}
    second = launch.start(fake, {}, zygote=one)
    assert control.wait(second, 20)
    assert state_of(second) == "finished"
    assert "a line for the log" in second.log.read_text(encoding="utf-8")
    assert wait_for(lambda: second.reaped.exists() and json.loads(second.reaped.read_text())) == {"code": 0}


def test_workers_outlive_the_zygote(fake: Lesson, nursery: Nursery) -> None:
    one = nursery()
    folder = launch.start(fake, {"mode": "hang"}, zygote=one)
    until_event(folder, "epoch")
    pid = one.pid
    one.close()
    assert one.state == "off"
    assert pid is not None and not psutil.pid_exists(pid)
    assert state_of(folder) == "running"
    assert control.stop(folder)


def test_a_killed_zygote_means_a_cold_start(fake: Lesson, nursery: Nursery) -> None:
    one = nursery()
    killed = one.pid
    assert killed is not None
    os.kill(killed, signal.SIGKILL)
    folder = launch.start(fake, {}, zygote=one)
    assert control.wait(folder, 20)
    assert state_of(folder) == "finished"
    assert one.pid != killed


def test_a_killed_zygote_is_replaced_before_the_next_run(fake: Lesson, nursery: Nursery) -> None:
    one = nursery()
    seen = {None, one.pid}
    for _time in range(zygote._REPLACED):
        assert one.pid is not None
        os.kill(one.pid, signal.SIGKILL)
        wait_for(lambda: one.pid not in seen, what="another one")  # nobody looked at its state
        assert not any(pid is not None and psutil.pid_exists(pid) for pid in seen)  # no zombie
        seen.add(one.pid)
        wait_for(lambda: one.state == "ready", what="it to be ready")
    folder = launch.start(fake, {"mode": "hang"}, zygote=one)
    assert psutil.Process(pid_of(folder)).ppid() == one.pid
    assert control.stop(folder)
    assert one.pid is not None
    os.kill(one.pid, signal.SIGKILL)  # and once more: something is wrong here
    wait_for(lambda: one.state == "failed", what="it to be given up")


def test_a_zygote_that_dies_while_it_warms_up_is_not_replaced(nursery: Nursery) -> None:
    one = nursery("import os; forking._warm_up = lambda client: os._exit(1)\n", wanted="failed")
    assert (one.pid, one.why) == (None, "it ended")


def test_a_zygote_that_hangs_loses_no_run(fake: Lesson, nursery: Nursery, monkeypatch: pytest.MonkeyPatch) -> None:
    one = nursery()
    assert one.pid is not None
    os.kill(one.pid, signal.SIGSTOP)
    monkeypatch.setattr(zygote, "_ACK", 0.2)
    folder = launch.start(fake, {}, zygote=one)
    assert control.wait(folder, 20)
    assert state_of(folder) == "finished"
    assert len(events(folder, "started")) == 1


def test_a_zygote_that_dies_after_forking_starts_the_run_once(fake: Lesson, nursery: Nursery) -> None:
    one = nursery(
        "import os\n"
        "fork = os.fork\n"
        "def fork_and_die():\n"
        "    pid = fork()\n"
        "    if pid: os._exit(1)\n"
        "    return pid\n"
        "os.fork = fork_and_die\n"
    )
    folder = launch.start(fake, {}, zygote=one)
    assert control.wait(folder, 20)
    assert state_of(folder) == "finished"
    assert len(events(folder, "started")) == 1
    assert len(events(folder, "ended")) == 1


def test_where_a_fork_is_not_safe_it_is_a_spare_for_one_job(fake: Lesson, nursery: Nursery) -> None:
    one = nursery("forking.may_fork = lambda: False\n")
    spare = one.pid
    folder = launch.start(fake, {"mode": "hang"}, zygote=one)
    until_event(folder, "epoch")
    assert pid_of(folder) == spare
    assert one.state == "off"
    other = launch.start(fake, {}, zygote=one)  # cold, and behind the first
    assert control.stop(folder)
    assert control.wait(other, 20)
    assert state_of(other) == "finished"
    wait_for(lambda: one.state == "ready", what="the successor")
    assert one.pid != spare
    assert wait_for(lambda: folder.reaped.exists() and json.loads(folder.reaped.read_text())) == {"code": 0}


def test_a_second_thread_forbids_forking() -> None:
    import threading

    from dlwp_tui.engine import cold

    end = threading.Event()
    thread = threading.Thread(target=end.wait)
    thread.start()
    try:
        assert cold.may_fork(timeout=0.05) is False
    finally:
        end.set()
        thread.join()


def test_too_little_memory_means_no_zygote(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zygote, "_RAM", 1 << 60)
    one = Zygote()
    one.start()
    assert one.state == "off" and "memory" in one.why


def test_without_tensorflow_the_zygote_says_so(fake: Lesson, nursery: Nursery) -> None:
    one = nursery("forking._warm_up = lambda client: 'No module named tensorflow'\n", wanted="failed")
    assert one.why == "No module named tensorflow"
    folder = launch.start(fake, {}, zygote=one)
    assert control.wait(folder, 20)
    assert state_of(folder) == "finished"


def test_the_lock_is_handed_over_without_a_gap(fake: Lesson, nursery: Nursery) -> None:
    one = nursery()
    folder = launch.start(fake, {"mode": "hang"}, zygote=one)
    assert state.locked(folder)
    until_event(folder, "epoch")
    assert control.stop(folder)
    assert not state.locked(folder)


@pytest.mark.parametrize("cold", [True, False])
def test_a_demo_answers_until_it_is_closed(fake: Lesson, nursery: Nursery, cold: bool) -> None:
    folder = launch.start(fake, {})
    assert control.wait(folder, 20)
    lines = folder.events.read_bytes()
    one = demo.Demo(folder, "reverse", zygote=None if cold else nursery())
    assert one.ask("你好") == {"text": "好你"}
    assert "error" in one.ask(3)
    assert one.ask("abc") == {"text": "cba"}
    pid = one._pid
    one.close()
    wait_for(lambda: not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)
    assert "closed" in one.ask("x")["error"]
    assert folder.events.read_bytes() == lines
    with pytest.raises(UsageError, match="no demo"):
        demo.Demo(folder, "nonesuch")


def test_a_demo_that_hangs_is_given_up(fake: Lesson, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hanging = coded(fake, tmp_path, "import signal\ndef demo(lab):\n    return lambda value: signal.pause()\n")
    folder = launch.start(fake, {})
    assert control.wait(folder, 20)
    monkeypatch.setattr(launch, "lesson_of", lambda spec: hanging)
    monkeypatch.setattr(demo, "_GONE", 0.2)
    one = demo.Demo(folder)
    assert "not answered" in one.ask("x", timeout=0.3)["error"]
    wait_for(lambda: psutil.Process(one._pid).status() == psutil.STATUS_ZOMBIE if psutil.pid_exists(one._pid) else True)
    assert "not answered" in one.ask("y")["error"]
