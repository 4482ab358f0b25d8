"""The first start: an offer to train one lesson, over the note. It goes away with the first run, or with Esc."""

from __future__ import annotations

from textual import events
from textual.screen import Screen

from dlwp_tui.tui.reader.note import NotePane
from dlwp_tui.tui.reader.welcome import Welcome
from dlwp_tui.tui.screens.controller import Controller, handles
from dlwp_tui.tui.screens.panes import Panes
from dlwp_tui.tui.screens.runs import Runs
from dlwp_tui.tui.session import Session

PRESET = "quick"
"""Every lesson has it."""


class FirstStart(Controller):
    """Shows the offer while `Session.first_start` holds, and does what it offers."""

    def __init__(self, screen: Screen[None], session: Session, panes: Panes, runs: Runs) -> None:
        super().__init__(screen)
        self._session = session
        self._panes = panes
        self._runs = runs

    @property
    def _welcome(self) -> Welcome:
        return self.screen.query_one(Welcome)

    @handles(events.Mount)
    def _mounted(self, _event: events.Mount) -> None:
        if self._session.first_start:
            self._offer()
            self.screen.call_after_refresh(self._welcome.focus)

    @handles(events.Resize)
    def _resized(self, _event: events.Resize) -> None:
        if self._welcome.display:
            self.screen.call_after_refresh(self._offer)

    def _offer(self) -> None:
        self._welcome.offer(self._session.course.begin, one_pane=self.screen.has_class("-narrow"))

    @handles(Welcome.Begun)
    def _begun(self, _event: Welcome.Begun) -> None:
        self._put_away()
        if section := self._panes.find_or_notice(self._session.course.begin):
            self._panes.open_section(section)
            self._runs.run_preset(PRESET)

    @handles(Welcome.Closed)
    def _put_away(self, _event: Welcome.Closed | None = None) -> None:
        self._session.first_start = False
        if self._welcome.has_focus:
            self.screen.query_one(NotePane).focus()
        self._welcome.display = False

    @handles(Runs.Polled)
    def _polled(self, event: Runs.Polled) -> None:
        if event.active and self._welcome.display:
            self._put_away()
