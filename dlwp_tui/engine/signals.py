"""A worker's signals (SIGTERM stops it, SIGUSR1 pauses it, SIGHUP is ignored) and its children."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time
from collections.abc import Callable, Collection

import psutil

from dlwp_tui.core.errors import StorageError
from dlwp_tui.lab.stop import Stop
from dlwp_tui.runs import kinds
from dlwp_tui.runs.events import EventWriter

GRACE_S = 1.0
"""Seconds that a lesson's own processes have to end by themselves."""


def install(stop: Stop) -> None:
    """From here on SIGTERM ends the run in order. Call before the pid is known to anybody."""
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that started the run
    signal.signal(signal.SIGTERM, stop.request)
    signal.signal(signal.SIGALRM, stop.request)
    # Blocked before TensorFlow makes its threads, which inherit that: so only the pausing thread takes these.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1, signal.SIGCONT})
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM, signal.SIGALRM})


def disown_children(lock_fd: int, slots: Collection[int]) -> None:
    """From here on what the lesson forks is an ordinary process: it holds neither the run's lock nor a slot.

    A pool of processes that stays would else block the queue, and keep a run alive whose worker was killed. What the
    lesson executes never has these descriptors: they are closed on exec.
    """

    def let_go() -> None:
        for number in (signal.SIGTERM, signal.SIGALRM):
            signal.signal(number, signal.SIG_DFL)
        for fd in (lock_fd, *slots):
            with contextlib.suppress(OSError):  # the lesson closed it
                os.close(fd)

    os.register_at_fork(after_in_child=let_go)


def end_children() -> None:
    """End what the lesson has forked or executed and left behind. Only for the leader of a process group."""
    if os.getpgrp() == os.getpid():
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        os.killpg(0, signal.SIGTERM)
        # One that was being forked just now has lost the signal: Python clears what is pending in a new child.
        _gone, left = psutil.wait_procs(psutil.Process().children(recursive=True), timeout=GRACE_S)
        for process in left:
            with contextlib.suppress(psutil.Error):
                process.kill()


class Pauser:
    """A thread that stops the whole process at SIGUSR1, with `paused` and `resumed` events around it.

    In between it calls `each_second`.

    A thread and not a handler: Python runs handlers between bytecodes, and one step of a large model is one bytecode.
    SIGCONT continues a process even while blocked, and stays pending for the thread. Where `control.pause` did not wait
    and sent SIGSTOP, a SIGCONT that is pending beside the SIGUSR1 means that the pause is already over.
    """

    def __init__(self, events: EventWriter, each_second: Callable[[], None]) -> None:
        self._events = events
        self._each_second = each_second
        self._paused = 0.0
        self._since: float | None = None
        """When the pause that is not yet over began."""
        self._lock = threading.Lock()
        threading.Thread(target=self._serve, name="pauser", daemon=True).start()

    @property
    def seconds(self) -> float:
        """Time spent paused so far."""
        return self._paused

    def go_on(self) -> None:
        """Write that a pause is over, where one is: the end of a paused run must not come before that."""
        with self._lock:
            if self._since is not None:
                self._paused += time.monotonic() - self._since
                self._since = None
                self._write(kinds.RESUMED)

    def _serve(self) -> None:
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGALRM})  # they must wake the main thread
        while True:
            found = signal.sigtimedwait({signal.SIGUSR1, signal.SIGCONT}, 1.0)
            if found is None:
                self._each_second()
                continue
            number = found.si_signo
            if number == signal.SIGUSR1 and signal.SIGCONT not in signal.sigpending():
                self._write(kinds.PAUSED)
                self._since = time.monotonic()
                os.kill(os.getpid(), signal.SIGSTOP)
                signal.sigwait({signal.SIGCONT})
                self.go_on()
                continue
            if number == signal.SIGUSR1:
                signal.sigtimedwait({signal.SIGCONT}, 0)
            self._write(kinds.RESUMED)

    def _write(self, kind: str) -> None:
        with contextlib.suppress(StorageError):  # a full disk: the state comes from the process
            self._events.write(kind)
