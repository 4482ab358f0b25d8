"""Stops, pauses and waits for runs, whichever process started them. A pid is only taken from a lock that is held."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from dlwp_tui.core.errors import RunError
from dlwp_tui.core.language import _
from dlwp_tui.runs import kinds, packing, state, store
from dlwp_tui.runs.events import EventWriter
from dlwp_tui.runs.folder import RunFolder
from dlwp_tui.runs.scan import scan
from dlwp_tui.runs.state import RunState

GRACE = 2.0  # s; in Keras a stop takes one training step, 0.003-0.3 s; a compiling model up to 6 s
_SAVING = 30.0  # s more, for a worker that is keeping its weights (540 MB take 1.6 s on a quiet disk)
_PATIENCE = 0.3  # s for the worker to pause itself, before it is stopped from outside
_BIRTH = 10.0  # s for a new worker to write its pid: Python's start on a loaded machine
_LOOK = 0.01  # s between two looks


def stop(folder: RunFolder, grace: float = GRACE) -> bool:
    """Stop a run that trains, is paused or waits in the queue; returns when it is over.

    True when it ended by itself, its weights kept; False when it died of the stop, or had to be killed after `grace`
    seconds. Raises RunError when it is not active, StorageError when that it was stopped cannot be written.
    """
    pid = _pid(folder)
    was_paused = _letter(pid) == "T"
    _send(folder, pid, signal.SIGTERM)
    if was_paused:
        _send(folder, pid, signal.SIGCONT)
    if wait(folder, grace) or (_saving(folder) and wait(folder, _SAVING)):
        return not _write_stopped(folder)
    kill(folder)
    return False


def kill(folder: RunFolder) -> None:
    """End a run's process at once; everything since its last checkpoint is lost. Raises RunError when not active."""
    pid = _pid(folder)
    _send(folder, pid, signal.SIGKILL)
    deadline = time.monotonic() + _BIRTH
    while not wait(folder, _PATIENCE):
        if time.monotonic() > deadline:
            raise RunError(_("Run {run} (process {pid}) cannot be ended.").format(run=folder.id, pid=pid))
        now = state.worker_pid(folder)
        if now is not None and now != pid:  # a cold worker's child took over in this moment
            pid = now
            _send(folder, pid, signal.SIGKILL)
    _write_stopped(folder)


def pause(folder: RunFolder) -> None:
    """Halt a training run; it keeps its memory and its slot. Raises RunError when it is not training."""
    now = state.current(folder)
    if now is RunState.PAUSED:
        return
    if now is RunState.QUEUED:
        raise RunError(
            _("Run {run} still waits for its turn.").format(run=folder.id),
            _("Stop it with: dlwp stop {run}").format(run=folder.id),
        )
    pid = _pid(folder)
    _send(folder, pid, signal.SIGUSR1)
    if _until_paused(folder, pid, _PATIENCE):
        return
    _send(folder, pid, signal.SIGSTOP)
    if not _until_paused(folder, pid, _PATIENCE):
        raise RunError(_("Run {run} could not be paused.").format(run=folder.id))
    with EventWriter(folder.events) as events:  # the one writer stands still, so this is the only one
        events.write(kinds.PAUSED)


def unpause(folder: RunFolder) -> None:
    """Let a paused run go on. Raises RunError when it is not active."""
    pid = _pid(folder)
    _send(folder, pid, signal.SIGCONT)
    deadline = time.monotonic() + _PATIENCE
    while _letter(pid) == "T" and time.monotonic() < deadline:
        time.sleep(_LOOK)


def wait(folder: RunFolder, timeout: float | None = None) -> bool:
    """Wait until no worker holds the run; False when one still does after `timeout` seconds."""
    deadline = None if timeout is None else time.monotonic() + timeout
    while state.locked(folder):
        if deadline is not None and time.monotonic() > deadline:
            return False
        time.sleep(_LOOK)
    return True


def active() -> list[RunFolder]:
    """The runs that train, are paused or wait, newest first."""
    return [folder for folder in store.all() if state.locked(folder)]


def _pid(folder: RunFolder) -> int:
    """The worker's pid, waiting for one that is just being born. Raises RunError when there is none."""
    deadline = time.monotonic() + _BIRTH
    while state.locked(folder):
        if (pid := state.worker_pid(folder)) is not None:
            return pid
        if time.monotonic() > deadline:
            break
        time.sleep(_LOOK)
    raise RunError(_("Run {run} is not active.").format(run=folder.id), _("`dlwp runs` shows what is."))


def _send(folder: RunFolder, pid: int, number: signal.Signals) -> None:
    """Send a signal to the worker; SIGKILL also to what it has forked, which is in its process group."""
    try:
        if number is signal.SIGKILL and os.getpgid(pid) == pid:
            os.killpg(pid, number)
        else:
            os.kill(pid, number)
    except ProcessLookupError:
        return  # it ended in this moment: what the caller does next finds that out
    except PermissionError as error:
        raise RunError(_("Run {run} belongs to another user.").format(run=folder.id)) from error


def _until_paused(folder: RunFolder, pid: int, timeout: float) -> bool:
    deadline = time.monotonic() + timeout
    while (letter := _letter(pid)) != "T":
        if letter == "" or time.monotonic() > deadline:
            if letter == "":
                raise RunError(_("Run {run} has just ended.").format(run=folder.id))
            return False
        time.sleep(_LOOK)
    return True


def _letter(pid: int) -> str:
    """The process' state letter, "" when it is gone."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return ""
    return text.rpartition(")")[2].split()[0]


def _saving(folder: RunFolder) -> bool:
    """Whether the worker was stopped and is keeping its weights."""
    last = next(scan(folder.events, kinds.PHASE, kinds.STARTED, newest_first=True), {})
    return last.get("code") == "saving"


def _write_stopped(folder: RunFolder) -> bool:
    """Write the end of a run whose worker is gone, where it did not; True then. No worker writes meanwhile: we hold
    the lock."""
    lock = state.take_lock(folder)
    try:
        last = state.last_lifecycle(folder)
        if last is not None and last["e"] == kinds.ENDED:
            return False
        store.free_reserve(folder)
        with EventWriter(folder.events) as events:
            events.write(kinds.ENDED, state="stopped", seconds=None, error=None, killed=True)
        packing.later(folder)
        return True
    finally:
        os.close(lock)
