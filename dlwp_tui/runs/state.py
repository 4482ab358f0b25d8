"""A run's state, derived from the lock on its folder, the process table and its last lifecycle event.

No process has to store it, so a crash cannot leave it wrong. `lock` is held (flock, exclusive) from before the worker
exists until its end. Its text is `<pid> <start>`: the worker's pid and its start time in clock ticks since boot, by
which a reused pid is not mistaken for the worker. A lock that is free while that process lives (a lesson closed all
descriptors) counts as held.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any

from dlwp_tui.core import paths
from dlwp_tui.core.errors import RunError
from dlwp_tui.core.language import _
from dlwp_tui.runs import kinds
from dlwp_tui.runs.events import Event
from dlwp_tui.runs.folder import RunFolder, unreadable
from dlwp_tui.runs.scan import scan

LIFECYCLE = (kinds.QUEUED, kinds.STARTED, kinds.ENDED)
_LAUNCHING = 5.0  # s that a launcher may take between making the folder and taking its lock


class RunState(StrEnum):
    """What a run is doing, or how it ended."""

    QUEUED = "queued"
    RUNNING = "running"
    PAUSED = "paused"
    FINISHED = "finished"
    STOPPED = "stopped"
    FAILED = "failed"
    DIED = "died"

    @property
    def active(self) -> bool:
        """True while a worker exists or waits."""
        return self in (RunState.QUEUED, RunState.RUNNING, RunState.PAUSED)


_GLYPHS = {
    RunState.QUEUED: "◌",
    RunState.RUNNING: "●",
    RunState.PAUSED: "‖",
    RunState.FINISHED: "✓",
    RunState.STOPPED: "■",
    RunState.FAILED: "✗",
    RunState.DIED: "†",
}


def label(state: RunState) -> str:
    """The state as lists and titles show it: a glyph and a word, since colour is never the only sign."""
    return f"{_GLYPHS[state]} {word(state)}"


def word(state: RunState) -> str:
    """The state in the interface's language, for a sentence."""
    return {
        RunState.QUEUED: _("waiting"),
        RunState.RUNNING: _("training"),
        RunState.PAUSED: _("paused"),
        RunState.FINISHED: _("finished"),
        RunState.STOPPED: _("stopped"),
        RunState.FAILED: _("failed"),
        RunState.DIED: _("died"),
    }[state]


def current(folder: RunFolder) -> RunState:
    """The run's state now, from its files alone."""
    return derive(folder, last_lifecycle(folder))


def derive(folder: RunFolder, last_lifecycle_event: Mapping[str, Any] | None) -> RunState:
    """The run's state now. `last_lifecycle_event`: the last queued, started or ended event that the caller has read."""
    event = last_lifecycle_event
    held, pid = _look(folder)
    if held:
        if _kind(event) == kinds.ENDED:  # the worker is on its way out
            return _ended_state(event)
        if pid is not None and _process(pid)[0] == "T":
            return RunState.PAUSED
        return RunState.RUNNING if _kind(event) == kinds.STARTED else RunState.QUEUED
    if _kind(event) != kinds.ENDED:
        # It may have ended between the caller's read and the test of the lock; with the lock free, the file is final.
        event = last_lifecycle(folder)
    if event is None and _age(folder.spec) < _LAUNCHING:
        return RunState.QUEUED
    return _ended_state(event) if _kind(event) == kinds.ENDED else RunState.DIED


def locked(folder: RunFolder) -> bool:
    """True while a launcher or worker is at work on the run. The test takes a shared lock for some microseconds.

    Raises RunError where the lock cannot be read.
    """
    return _look(folder)[0]


def take_lock(folder: RunFolder, timeout: float = 1.0) -> int:
    """Take the run's lock and return its descriptor, to be handed to the worker; raises RunError when it is held.

    Tries again for `timeout` seconds, as a reader's `locked` may hold it just now. Raises StorageError where it cannot
    be written, and on a disk without flock.
    """
    try:
        fd = os.open(folder.lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise paths.storage_error(folder.lock, error) from error
    deadline = time.monotonic() + timeout
    while True:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return fd
        except BlockingIOError as error:
            if time.monotonic() > deadline:
                os.close(fd)
                raise RunError(
                    _("Run {run} is still at work.").format(run=folder.id),
                    _("Watch it with: dlwp watch {run}").format(run=folder.id),
                ) from error
        except OSError as error:
            os.close(fd)
            raise paths.storage_error(folder.lock, error) from error
        time.sleep(0.002)


def write_owner(fd: int, pid: int) -> None:
    """Write into the locked file `fd` that process `pid` holds it from now on."""
    text = f"{pid} {_process(pid)[1]}\n".encode()
    os.pwrite(fd, text, 0)  # before it is cut, so that no reader finds it empty
    os.ftruncate(fd, len(text))


def worker_pid(folder: RunFolder) -> int | None:
    """The worker's pid while it is at work; None before it has started and after its end."""
    held, pid = _look(folder)
    return pid if held else None


def last_lifecycle(folder: RunFolder) -> Event | None:
    """The last queued, started or ended event, found from the end of the file: a finished run costs one block.

    Of a long run that died the whole file is searched, 0.2 s for 160 MB: once, unless it grows.
    """
    try:
        stat = folder.events.stat()
    except OSError:  # none, or one whose error `scan` raises
        return _search(folder.events)
    return _found(folder.events, stat.st_ino, stat.st_size, stat.st_mtime_ns)


@lru_cache(maxsize=64)
def _found(events: Path, _inode: int, _size: int, _changed: int) -> Event | None:
    return _search(events)


def _search(events: Path) -> Event | None:
    return next(scan(events, *LIFECYCLE, newest_first=True), None)


def _look(folder: RunFolder) -> tuple[bool, int | None]:
    """Whether somebody is at work on the run, and the worker's pid where it has one that lives."""
    try:
        fd = os.open(folder.lock, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except (FileNotFoundError, NotADirectoryError):
        return False, None
    except OSError as error:
        raise unreadable(folder, folder.lock, error) from error
    try:
        pid = _owner(os.read(fd, 64))
        try:
            fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True, pid
        except OSError:  # a disk without flock
            pass
        return pid is not None, pid
    except OSError as error:
        raise unreadable(folder, folder.lock, error) from error
    finally:
        os.close(fd)  # gives the shared lock back


def _owner(text: bytes) -> int | None:
    """The process that a lock's text names; None where it has ended, and its pid may be another's by now."""
    words = text.split()
    if not words or not words[0].isdigit():
        return None
    pid = int(words[0])
    status, start = _process(pid)
    if status in ("", "Z", "X") or (len(words) > 1 and words[1].isdigit() and int(words[1]) not in (0, start)):
        return None
    return pid


def _kind(event: Mapping[str, Any] | None) -> str:
    return str(event.get("e")) if event is not None else ""


def _ended_state(event: Mapping[str, Any] | None) -> RunState:
    state = event.get("state") if event is not None else None
    known = (RunState.FINISHED, RunState.STOPPED, RunState.FAILED)
    return next((one for one in known if one == state), RunState.FAILED)


def _process(pid: int) -> tuple[str, int]:
    """(state letter, start time in ticks) from /proc; ("", 0) when there is no such process."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return "", 0
    fields = text.rpartition(")")[2].split()  # the name before it may hold spaces and brackets
    return fields[0], int(fields[19])


def _age(path: Path) -> float:
    try:
        return time.time() - path.stat().st_mtime
    except OSError:
        return float("inf")
