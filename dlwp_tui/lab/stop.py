"""How a run is stopped from outside: SIGTERM raises StopRun wherever the lesson is."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_AGAIN = 0.3  # s; Python drops an exception raised inside a __del__ or a C callback, so it is raised once more


class StopRun(BaseException):
    """The learner stopped the run. Not an Exception: a lesson's `except Exception` does not catch it."""


class Stop:
    """Whether this process was asked to stop, and whether it may be interrupted just now."""

    def __init__(self, *, begun: bool = True) -> None:
        self.requested = False
        self.begun = begun
        """False where the run's end cannot be written yet: a stop then waits for `check`."""
        self.settled = False
        """The run is ending: from here on a stop changes nothing."""
        self._held = 0

    def request(self, _signal: int = 0, _frame: FrameType | None = None) -> None:
        """The handler of SIGTERM and SIGALRM: raises StopRun in the main thread, again every 0.3 s until `settle`."""
        if self.settled:
            return
        self.requested = True
        if self._held or not self.begun:
            return
        signal.setitimer(signal.ITIMER_REAL, _AGAIN)
        raise StopRun

    def check(self) -> None:
        """Raise StopRun when a stop was requested and may happen now."""
        if self.requested and not self.settled and not self._held:
            raise StopRun

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Let what is inside finish (a file that must not be torn); a stop requested meanwhile happens after it."""
        self._held += 1
        try:
            yield
        finally:
            self._held -= 1
        self.check()

    def settle(self) -> None:
        """The run is ending: from here on a stop changes nothing."""
        self.settled = True
        signal.setitimer(signal.ITIMER_REAL, 0)
