"""States come from the lock, the process table and the last lifecycle event."""

from __future__ import annotations

import errno
import fcntl
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator

import pytest

from dlwp_tui.core.errors import RunError, StorageError
from dlwp_tui.runs import state
from dlwp_tui.runs.state import RunState
from tests.conftest import wait_for
from tests.runs.fake_run import FakeRun

Make = Callable[..., FakeRun]


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    """A process that does nothing until killed."""
    process = subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"])
    yield process
    process.kill()
    process.wait()


def derived(run: FakeRun) -> RunState:
    return state.derive(run.folder, state.last_lifecycle(run.folder))


def test_a_life_from_queue_to_end(make_run: Make) -> None:
    run = make_run()
    assert derived(run) is RunState.QUEUED  # the launcher has made the folder this moment
    run.hold()
    assert derived(run) is RunState.QUEUED
    run.say("queued")
    assert derived(run) is RunState.QUEUED
    run.say("started")
    assert derived(run) is RunState.RUNNING and derived(run).active
    run.say("batch").say("ended", state="stopped")
    assert derived(run) is RunState.STOPPED  # though its process has not quite gone
    run.release()
    assert derived(run) is RunState.STOPPED and not derived(run).active


@pytest.mark.parametrize("said", [["queued"], ["queued", "started"], ["queued", "started", "ended", "queued"]])
def test_a_free_lock_without_an_end_is_a_death(make_run: Make, said: list[str]) -> None:
    run = make_run().hold()
    for kind in said:
        run.say(kind, state="finished")
    run.release()
    assert derived(run) is RunState.DIED


def test_a_folder_nobody_started_is_dead_after_a_while(make_run: Make) -> None:
    run = make_run()
    os.utime(run.folder.spec, (1, 1))
    assert derived(run) is RunState.DIED


def test_a_resumed_run_forgets_its_first_end(make_run: Make) -> None:
    run = make_run().hold().say("queued").say("started").say("ended", state="stopped").release()
    assert derived(run) is RunState.STOPPED
    run.hold().say("queued")
    assert derived(run) is RunState.QUEUED
    run.say("started", resumed=True)
    assert derived(run) is RunState.RUNNING
    run.say("ended", state="finished").release()
    assert derived(run) is RunState.FINISHED


def test_an_end_written_after_the_caller_read_is_no_death(make_run: Make) -> None:
    run = make_run().hold().say("queued").say("started")
    stale = state.last_lifecycle(run.folder)
    run.say("ended", state="finished").release()
    assert state.derive(run.folder, stale) is RunState.FINISHED


def test_an_unknown_end_is_a_failure(make_run: Make) -> None:
    run = make_run().say("ended", state="exploded")
    assert derived(run) is RunState.FAILED


def test_a_stopped_process_is_paused(make_run: Make, sleeper: subprocess.Popen[bytes]) -> None:
    run = make_run().hold().say("queued").say("started")
    assert run._lock is not None
    state.write_owner(run._lock, sleeper.pid)
    assert state.worker_pid(run.folder) == sleeper.pid
    assert derived(run) is RunState.RUNNING
    sleeper.send_signal(signal.SIGSTOP)
    wait_for(lambda: derived(run) is RunState.PAUSED, what="paused")
    assert derived(run).active
    sleeper.send_signal(signal.SIGCONT)
    wait_for(lambda: derived(run) is RunState.RUNNING, what="running again")


def test_the_pid_is_the_workers_or_none(make_run: Make, sleeper: subprocess.Popen[bytes]) -> None:
    run = make_run()
    assert state.worker_pid(run.folder) is None
    run.hold()
    assert state.worker_pid(run.folder) == os.getpid()
    run.folder.lock.write_text(f"{sleeper.pid} 1\n", encoding="utf-8")
    assert state.worker_pid(run.folder) is None, "a reused pid: its start time is another"
    run.folder.lock.write_text("rubbish\n", encoding="utf-8")
    assert state.worker_pid(run.folder) is None
    run.folder.lock.write_text("", encoding="utf-8")
    assert state.worker_pid(run.folder) is None
    assert run._lock is not None
    state.write_owner(run._lock, os.getpid())
    run.release()
    assert state.worker_pid(run.folder) is None, "nobody holds the lock"


def test_testing_the_lock_never_keeps_it(make_run: Make) -> None:
    run = make_run().hold().release()
    assert not state.locked(run.folder)
    fd = os.open(run.folder.lock, os.O_RDWR)
    fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)  # raises if `locked` had kept it
    assert state.locked(run.folder)
    fcntl.flock(fd, fcntl.LOCK_UN)
    os.close(fd)


def test_readers_do_not_keep_a_launcher_out(make_run: Make) -> None:
    run = make_run().hold().release()
    over = threading.Event()

    def read() -> None:
        while not over.is_set():
            state.locked(run.folder)

    readers = [threading.Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    try:
        for _ in range(50):
            os.close(state.take_lock(run.folder, timeout=20))
    finally:
        over.set()
        for reader in readers:
            reader.join()


def test_a_held_lock_is_not_given_twice(make_run: Make) -> None:
    run = make_run().hold()
    with pytest.raises(RunError, match="still at work"):
        state.take_lock(run.folder, timeout=0.01)


@pytest.mark.parametrize("block", [1, 7, 64, 1 << 16])
def test_the_last_lifecycle_event_is_found_from_the_end(
    make_run: Make, monkeypatch: pytest.MonkeyPatch, block: int
) -> None:
    monkeypatch.setattr("dlwp_tui.runs.scan._BLOCK", block)
    monkeypatch.setattr("dlwp_tui.runs.scan._LAST_BLOCK", block)
    run = make_run()
    assert state.last_lifecycle(run.folder) is None
    run.say("queued").say("started", pid=3)
    for step in range(20):
        run.say("batch", step=step)
    run.say("text", body='a trap: "ended"')
    event = state.last_lifecycle(run.folder)
    assert event is not None and event["e"] == "started" and event["pid"] == 3
    with run.folder.events.open("ab") as file:
        file.write(b'{"e":"ended","state":"finis')  # being written
    event = state.last_lifecycle(run.folder)
    assert event is not None and event["e"] == "started"


def test_every_state_has_a_glyph_and_a_word() -> None:
    labels = [state.label(one) for one in RunState]
    assert len(set(labels)) == len(RunState)
    assert all(len(text.split(" ", 1)) == 2 for text in labels)


def test_a_lock_that_its_living_owner_lost_counts_as_held(make_run: Make, sleeper: subprocess.Popen[bytes]) -> None:
    """As when a lesson closes all descriptors and hangs."""
    run = make_run().say("started").hold()
    assert run._lock is not None
    state.write_owner(run._lock, sleeper.pid)
    os.close(run._lock)
    run._lock = None
    assert state.current(run.folder) == "running"
    assert state.worker_pid(run.folder) == sleeper.pid
    sleeper.kill()
    assert sleeper.wait(5)
    assert state.current(run.folder) == "died"


def test_without_flock_a_run_is_refused_and_old_ones_are_listed(
    make_run: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    over = make_run().say("ended", state="finished").hold().release()
    dead = make_run().say("started").hold().release()

    def none(*_args: object) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr("fcntl.flock", none)
    assert (state.current(over.folder), state.current(dead.folder)) == ("finished", "died")
    with pytest.raises(StorageError, match="no file locks") as caught:
        state.take_lock(over.folder)
    assert "another disk" in caught.value.hint
