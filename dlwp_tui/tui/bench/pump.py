"""When a demo that is asked as the learner moves may ask again: one question at a time, eight a second at most."""

from __future__ import annotations

import time
from collections.abc import Callable

from textual.timer import Timer
from textual.widget import Widget

ASK_EVERY = 0.125
"""Seconds between two questions: eight a second is as fast as an answer can be followed."""
LOST = 60.0
"""Seconds after which an answer is no longer awaited; the first takes a while, since the model is loaded."""


class Pump:
    """Calls `ask` when something new is to be asked, no answer is awaited and the last question is long enough ago."""

    def __init__(self, owner: Widget, ask: Callable[[], None]) -> None:
        self.warm = False
        """True once the model has answered."""
        self._owner = owner
        self._ask = ask
        self._wanted = False
        self._asked_at: float | None = None
        """When the question was asked whose answer has not come yet."""
        self._next = 0.0
        self._timer: Timer | None = None

    @property
    def waiting(self) -> bool:
        """True while an answer is awaited."""
        return self._asked_at is not None

    @property
    def loading(self) -> bool:
        """True while the first answer is awaited: the model is loaded."""
        return self.waiting and not self.warm

    def want(self) -> None:
        """Something new is to be asked, now or as soon as may be."""
        self._wanted = True
        self._look()

    def drop(self) -> None:
        """What was to be asked is no longer of interest."""
        self._wanted = False

    def asked(self) -> None:
        """A question was put to the model, by `ask` or otherwise."""
        self._asked_at = time.monotonic()
        self._next = self._asked_at + ASK_EVERY

    def answered(self, *, well: bool) -> None:
        """The answer has come; what has changed meanwhile is asked."""
        self._asked_at = None
        self.warm = well
        self._look()

    def forget(self) -> None:
        """Another model: nothing is asked, and it has to be loaded."""
        self.warm, self._wanted, self._asked_at = False, False, None

    def _look(self) -> None:
        now = time.monotonic()
        awaited = self._asked_at is not None and now - self._asked_at < LOST
        if not self._wanted or awaited or self._timer is not None:
            return
        if now < self._next:
            self._timer = self._owner.set_timer(self._next - now, self._again)
        else:
            self._wanted = False
            self._ask()

    def _again(self) -> None:
        self._timer = None
        self._look()
