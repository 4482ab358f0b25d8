"""A worker's signals: SIGTERM stops it, SIGUSR1 pauses it, SIGHUP is ignored."""

from __future__ import annotations

import os
import signal
import threading
import time

from dlwp_tui.lab.stop import Stop
from dlwp_tui.runs import kinds
from dlwp_tui.runs.events import EventWriter


def install(stop: Stop) -> None:
    """From here on SIGTERM ends the run in order. Call before the pid is known to anybody."""
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that started the run
    signal.signal(signal.SIGTERM, stop.request)
    signal.signal(signal.SIGALRM, stop.request)
    # Blocked before TensorFlow makes its threads, which inherit that: so only the pausing thread takes these.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1, signal.SIGCONT})
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM, signal.SIGALRM})


class Pauser:
    """A thread that stops the whole process at SIGUSR1, with `paused` and `resumed` events around it.

    A thread and not a handler: Python runs handlers between bytecodes, and one step of a large model is one bytecode.
    SIGCONT continues a process even while blocked, and stays pending for the thread. Where `control.pause` did not wait
    and sent SIGSTOP, a SIGCONT that is pending beside the SIGUSR1 means that the pause is already over.
    """

    def __init__(self, events: EventWriter) -> None:
        self._events = events
        self._paused = 0.0
        threading.Thread(target=self._serve, name="pauser", daemon=True).start()

    @property
    def seconds(self) -> float:
        """Time spent paused so far."""
        return self._paused

    def _serve(self) -> None:
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGALRM})  # they must wake the main thread
        while True:
            number = signal.sigwait({signal.SIGUSR1, signal.SIGCONT})
            if number == signal.SIGUSR1 and signal.SIGCONT not in signal.sigpending():
                self._events.write(kinds.PAUSED)
                before = time.monotonic()
                os.kill(os.getpid(), signal.SIGSTOP)
                signal.sigwait({signal.SIGCONT})
                self._paused += time.monotonic() - before
            elif number == signal.SIGUSR1:
                signal.sigtimedwait({signal.SIGCONT}, 0)
            self._events.write(kinds.RESUMED)
