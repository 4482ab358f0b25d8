"""The study screen: contents, note and bench, composed of controllers that each have one subject."""

from __future__ import annotations

from inspect import isawaitable

from textual import actions, on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message
from textual.reactive import Reactive
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Static

from dlwp_tui.core import progress
from dlwp_tui.core.language import _
from dlwp_tui.tui import keys
from dlwp_tui.tui.bench.pane import BenchPane
from dlwp_tui.tui.breakpoints import arrange_first
from dlwp_tui.tui.compositor import keep_whole
from dlwp_tui.tui.hardware_bar import HardwareBar
from dlwp_tui.tui.keybar import KeyBar
from dlwp_tui.tui.reader.contents import ContentsTree
from dlwp_tui.tui.reader.crumbs import Crumbs
from dlwp_tui.tui.reader.note import NotePane
from dlwp_tui.tui.screens.cards import Cards
from dlwp_tui.tui.screens.controller import handlers
from dlwp_tui.tui.screens.copying import Copying
from dlwp_tui.tui.screens.first_start import FirstStart
from dlwp_tui.tui.screens.looking import Looking
from dlwp_tui.tui.screens.offers import Offers
from dlwp_tui.tui.screens.panes import Panes, Place
from dlwp_tui.tui.screens.reading import Reading
from dlwp_tui.tui.screens.runs import Runs
from dlwp_tui.tui.screens.tuning import Tuning
from dlwp_tui.tui.screens.writing import Writing
from dlwp_tui.tui.session import Session


class StudyScreen(Screen[None]):
    """Contents | note | bench. It lays them out, and passes each message to its handlers and each key to its actor."""

    AUTO_FOCUS = "#note"
    BINDINGS = keys.bindings(keys.STUDY)

    focused: Reactive[Widget | None] = Reactive(None, repaint=False)
    """Textual paints the whole screen anew, and sends it, whenever the focus moves: 25 ms, and 5 KB over SSH. What
    looks different with the focus styles itself."""

    def __init__(self, session: Session, section: str | None = None, place: Place | None = None) -> None:
        """`section` is the id of the first section to open; None: where the learner left off. place: what is in view
        at first, as in the screen that this one takes the place of."""
        super().__init__()
        keep_whole(self)
        self.session = session
        self.panes = Panes(self, session.course, place)
        self.reading = Reading(self, self.panes, section)
        self.writing = Writing(self, self.panes)
        self.looking = Looking(self, session, self.panes)
        self.runs = Runs(self, session, self.panes)
        self.cards = Cards(self, session, self.panes, self.runs)
        offers = Offers(self, self.panes)
        first_start = FirstStart(self, session, self.panes, self.runs)
        self._actors: dict[str, object] = {
            "panes": self.panes,
            "reading": self.reading,
            "writing": self.writing,
            "looking": self.looking,
            "runs": self.runs,
            "tuning": Tuning(self, session, self.panes),
            "copying": Copying(self, self.panes),
            "app": self.app,
        }
        self._handlers = handlers(
            [first_start, self.panes, self.reading, self.writing, self.looking, self.runs, self.cards, offers]
        )

    def compose(self) -> ComposeResult:
        arrange_first(self, "note")
        with Horizontal(id="top"):
            yield Crumbs(id="crumbs")
            yield HardwareBar(id="hardware")
        with Horizontal(id="panes"):
            for title, pane in (
                (_("Contents"), ContentsTree(self.session.course, progress.load(), id="contents")),
                (_("Note"), NotePane(id="note")),
                (_("Bench"), BenchPane(id="bench")),
            ):
                pane.add_class("pane")
                pane.border_title = title
                yield pane
        yield KeyBar()
        yield Static(id="too-small")

    @on(Message)
    async def _hand_over(self, message: Message) -> None:
        for handle in self._handlers.get(type(message), ()):
            result = handle(message)
            if isawaitable(result):
                await result

    async def action_do(self, key_id: str) -> None:
        """Call the action that the key table names for a key, on the controller or the bench's widget that it names."""
        key = keys.of_study(key_id)
        if key.lesson and self.panes.lesson_or_notice() is None:
            return
        actor, name, arguments = actions.parse(key.action)
        if key.shows:
            self.panes.show_pane("bench", focus=False)
        if actor not in self._actors:
            self.panes.with_bench(lambda bench: bench.do(key))
            return
        result = getattr(self._actors[actor], f"action_{name}")(*arguments)
        if isawaitable(result):
            await result
