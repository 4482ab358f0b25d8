"""Keeps runs up to date for the widgets that show them: reads what is new in bounded slices."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from time import monotonic
from typing import Any

from textual.screen import Screen
from textual.timer import Timer
from textual.widget import Widget

from dlwp_tui.runs.folder import RunFolder
from dlwp_tui.runs.view import RunView
from dlwp_tui.tui.in_thread import in_thread

PERIOD = 0.1
"""Seconds between two looks at a run at work: a person takes that as at once."""
HIDDEN_PERIOD = 0.7
"""The same while the bench is not in view."""
SLICE = 1 << 16
"""Bytes folded at a time: about 13 ms on a busy core."""
BUDGET = 0.03
"""Seconds of folding in one look: as long as a key may have to wait."""

Changed = Callable[[RunView], None]
"""Called with a view after each change of it, and once when all of its run has been read."""


class RunFollower:
    """Holds one view of each followed run, however many show it.

    The timer of `owner` runs only while one of them is at work or not yet read to its end.
    """

    def __init__(self, owner: Widget) -> None:
        self._owner = owner
        self._views: dict[str, RunView] = {}
        self._kept: dict[Changed, set[str]] = {}
        self._unread: set[str] = set()
        self._waits: dict[str, str] = {}
        self._timer: Timer | None = None
        self._looked = 0.0

    def follow(self, folder: RunFolder) -> RunView:
        """The view of a run, followed until the next `keep` without it. Raises RunError."""
        if folder.id not in self._views:
            self._views[folder.id] = RunView.open(folder)
            self._unread.add(folder.id)
        self._run()
        return self._views[folder.id]

    def keep(self, changed: Changed, folders: Iterable[RunFolder]) -> None:
        """From now on call `changed` for these runs only. What no caller keeps is no longer followed."""
        views = [self.follow(folder) for folder in folders]
        self._kept[changed] = {view.folder.id for view in views}
        for run_id in set(self._views).difference(*self._kept.values()):
            del self._views[run_id]
            self._waits.pop(run_id, None)
            self._unread.discard(run_id)

    def look_again(self) -> None:
        """A run that had ended may have been started again."""
        self._unread |= set(self._views)
        self._run()

    @property
    def active(self) -> bool:
        """True while there is something to wait for."""
        return any(view.state.active or run_id in self._unread for run_id, view in self._views.items())

    def tick(self) -> None:
        """One look; normally called by the timer."""
        hidden = not self._owner.is_on_screen
        if hidden and not self._unread and monotonic() - self._looked < HIDDEN_PERIOD:
            return
        self._looked = monotonic()
        for run_id, view in list(self._views.items()):
            if not view.state.active and run_id not in self._unread:
                continue
            start = monotonic()
            changed = view.update(limit=SLICE)
            while view.behind and monotonic() - start < BUDGET:
                changed = view.update(limit=SLICE) or changed
            first = run_id in self._unread and not view.behind
            if not view.behind:
                self._unread.discard(run_id)
            if changed or first or self._wait_grows(view):
                for call, kept in list(self._kept.items()):
                    if run_id in kept:
                        call(view)
                if view.worth_packing:
                    self._pack(view)
        if not self.active and self._timer is not None:
            self._timer.pause()

    def _wait_grows(self, view: RunView) -> bool:
        """Whether what is said of a run's wait differs from the last look: it counts its seconds without an event."""
        before, self._waits[view.folder.id] = self._waits.get(view.folder.id, ""), view.waiting
        return self._waits[view.folder.id] != before

    @property
    def screen(self) -> Screen[Any]:
        """The screen of the owner."""
        return self._owner.screen

    @in_thread(group="pack")
    def _pack(self, view: RunView) -> None:
        view.pack()

    def _run(self) -> None:
        if self._timer is None:
            self._timer = self._owner.set_interval(PERIOD, self.tick, pause=True)
        self._timer.resume()
