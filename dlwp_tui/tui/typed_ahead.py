"""Keys that arrive in one piece, as on a slow line: each belongs to what has the focus once those before it are done.

Textual hands each key to the widget that has the focus when the key arrives, though the key before it may be about to
move the focus or to open a dialog: of `Down 6 4` the digits went into the field above.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

from textual import events
from textual.app import App
from textual.dom import DOMNode
from textual.message_pump import MessagePump
from textual.screen import Screen

LONGEST_S = 1.0
"""Seconds after which the next key is handed on though the one before it is not done."""
LOOK_S = 0.05
"""Seconds between two looks whether a key in hand has changed the screen."""


class KeysInTurn:
    """Hands keys to the app one at a time. A key goes up from the focused widget to the app; a call follows it."""

    def __init__(self, app: App[Any], hand_on: Callable[[events.Key], Awaitable[None]]) -> None:
        self._app = app
        self._hand_on = hand_on
        self._waiting: deque[events.Key] = deque()
        self._turn = 0
        self._since: float | None = None
        """When the key that is in hand was handed on; None while there is none."""
        self._screen: Screen[Any] | None = None
        self._looks = False

    async def add(self, key: events.Key) -> None:
        """Hand on a key now, or when those before it are done."""
        self._waiting.append(key)
        await self._look()

    async def _look(self) -> None:
        """Go on where nothing is in hand, or where its call may not come: it went down with a dialog."""
        late = self._since is None or time.monotonic() - self._since >= LONGEST_S
        if late or self._screen is not self._app.screen:
            await self._next()
        if self._waiting and not self._looks:
            self._looks = True
            self._app.set_timer(LOOK_S, self._look_again)

    async def _look_again(self) -> None:
        self._looks = False
        await self._look()

    async def _next(self) -> None:
        self._turn += 1
        if not self._waiting:
            self._since = None
            return
        before, self._screen = self._screen, self._app.screen
        if before not in (None, self._screen):  # a dialog gives its line the focus when it is shown
            self._screen.call_after_refresh(self._done, self._turn)
            self._since = time.monotonic()
            return
        self._since = time.monotonic()
        target = self._app.screen.focused or self._app.screen
        await self._hand_on(self._waiting.popleft())
        self._follow(target, self._turn)

    def _follow(self, node: DOMNode, turn: int) -> None:
        """Call behind the key in the queue of each widget that it goes up through, the last of which is the app."""
        parent: MessagePump | None = node.parent
        if isinstance(parent, DOMNode) and node.call_later(self._follow, parent, turn):
            return
        self._app.call_later(self._done, turn)

    async def _done(self, turn: int) -> None:
        if turn == self._turn:
            await self._next()
