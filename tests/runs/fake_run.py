"""A run made by hand: its lock held by the test, its events with chosen times."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from dlwp_tui.runs import state
from dlwp_tui.runs.events import EventWriter
from dlwp_tui.runs.folder import RunFolder
from dlwp_tui.runs.view import RunView

T0 = 1_800_000_000.0
"""Seconds since the epoch that `say(t=...)` counts from."""


class FakeRun:
    """A run whose worker is this test."""

    def __init__(self, folder: RunFolder) -> None:
        self.folder = folder
        self.events = EventWriter(folder.events)
        self._lock: int | None = None

    def hold(self) -> FakeRun:
        """Take the lock, as a launcher does."""
        self._lock = state.take_lock(self.folder)
        state.write_owner(self._lock, os.getpid())
        return self

    def release(self) -> FakeRun:
        """The worker is gone."""
        if self._lock is not None:
            state.write_owner(self._lock, 0)  # no process has this pid, as none has the pid of a worker that is gone
            os.close(self._lock)
            self._lock = None
        return self

    def say(self, kind: str, t: float = 0.0, **fields: Any) -> FakeRun:
        """Write an event at `t` seconds after T0."""
        self.events.write(kind, t=T0 + t, **fields)
        return self

    def epochs(self, metric: str, *values: float, label: str | None = None, first: int = 1, t: float = 0.0) -> FakeRun:
        """One epoch event per value, a second apart."""
        for epoch, value in enumerate(values, first):
            total = first + len(values) - 1
            self.say("epoch", t + epoch, label=label, epoch=epoch, epochs=total, metrics={metric: value})
        return self

    def view(self) -> RunView:
        """An up-to-date view."""
        view = RunView.open(self.folder)
        view.update()
        return view


Make = Callable[..., FakeRun]
"""What the fixture `make_run` is."""
