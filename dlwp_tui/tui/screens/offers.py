"""Which keys the footer offers: those that can do something here and now."""

from __future__ import annotations

from textual import events
from textual.screen import Screen

from dlwp_tui.tui.bench.messages import RunStateChanged
from dlwp_tui.tui.bench.pane import BenchPane
from dlwp_tui.tui.keybar import KeyBar
from dlwp_tui.tui.keys import Offer
from dlwp_tui.tui.screens.controller import Controller, handles
from dlwp_tui.tui.screens.panes import Panes
from dlwp_tui.tui.screens.runs import Runs


class Offers(Controller):
    """Looks again whenever what is there may have changed; the list of runs is read once a second."""

    def __init__(self, screen: Screen[None], panes: Panes) -> None:
        super().__init__(screen)
        self._panes = panes

    @handles(Panes.SectionOpened, Runs.Polled, RunStateChanged)
    def _look(self, _event: object) -> None:
        section, bench = self._panes.section, self.screen.query_one(BenchPane)
        there: set[Offer] = set()
        if section is not None and section.has_lesson:
            there.add("lesson")
        if bench.running is not None:
            there.add("run at work")
        if bench.comparable:
            there.add("earlier run")
        if self.screen.has_class("-narrow"):
            there.add("one pane")
        bar = self.screen.query_one(KeyBar)
        bar.offer(frozenset(there))
        bar.follow(self.screen.focused)

    @handles(events.Resize)
    def _resized(self, event: events.Resize) -> None:
        self.screen.call_after_refresh(self._look, event)
