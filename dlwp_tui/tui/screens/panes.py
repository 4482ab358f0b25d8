"""Contents, note and bench: which section they show, and which of them are in view."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from textual import events
from textual.message import Message
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import Static

from dlwp_tui.core.errors import DlwpError
from dlwp_tui.core.language import _
from dlwp_tui.course.lesson import Lesson
from dlwp_tui.course.reader import Course, Section
from dlwp_tui.runs.folder import RunFolder
from dlwp_tui.tui import keys
from dlwp_tui.tui.bench.pane import BenchPane
from dlwp_tui.tui.breakpoints import PANES, arrange
from dlwp_tui.tui.hardware_bar import HardwareBar
from dlwp_tui.tui.keybar import KeyBar
from dlwp_tui.tui.reader.contents import ContentsTree
from dlwp_tui.tui.reader.crumbs import Crumbs
from dlwp_tui.tui.reader.note import NotePane
from dlwp_tui.tui.screens.controller import Controller, handles

SMALLEST = (50, 14)
"""Columns and rows below which nothing can be read; a sentence stands there instead."""
BENCH_AFTER_S = 0.12
"""How long after the note the bench follows."""


@dataclass(frozen=True)
class Place:
    """A pane, a tab of the bench ("" before there is one), and the run that it shows."""

    pane: str
    tab: str
    run: RunFolder | None


class Panes(Controller):
    """Three panes when wide, note and bench when medium, one at a time when narrow."""

    class SectionOpened(Message):
        """Another section is open now, or the same one anew."""

    def __init__(self, screen: Screen[None], course: Course, place: Place | None = None) -> None:
        super().__init__(screen)
        self._place = place
        self.course = course
        self.section: Section | None = None
        """The open section; None before the first."""
        self._front = "note"
        """The pane that was brought into view last."""
        self._bench_timer: Timer | None = None

    @property
    def note(self) -> NotePane:
        """The pane of the section's note."""
        return self.screen.query_one(NotePane)

    @property
    def contents(self) -> ContentsTree:
        """The pane of the course's tree."""
        return self.screen.query_one(ContentsTree)

    @property
    def bench(self) -> BenchPane:
        """The bench, showing the open section's lesson. Raises RuntimeError in a thread: it may build the form."""
        asyncio.get_running_loop()
        bench = self.screen.query_one(BenchPane)
        if self.section is not None:
            bench.show(self.section)
        return bench

    def with_bench(self, act: Callable[[BenchPane], object]) -> None:
        """Do what needs the bench's widgets: behind the next paint where its form is only being mounted."""
        new = self.screen.query_one(BenchPane).section is not self.section
        bench = self.bench
        if new:
            self.screen.call_after_refresh(act, bench)
        else:
            act(bench)

    # -- over a change of the language ---------------------------------------------------------------------------

    @property
    def place(self) -> Place:
        """What is in view besides the page, which the learner's progress keeps."""
        bench = self.screen.query_one(BenchPane)
        return Place(self._front, bench.tabs.active.removeprefix("tab-"), bench.shown.folder if bench.shown else None)

    @handles(events.Mount)
    def _mounted(self, _event: events.Mount) -> None:
        if (place := self._place) is not None:
            self.screen.call_after_refresh(self.with_bench, lambda bench: self._fill(bench, place))

    def _fill(self, bench: BenchPane, place: Place) -> None:
        if place.tab:
            bench.tabs.show_tab(place.tab)
        if place.run is not None:
            with contextlib.suppress(DlwpError):  # deleted meanwhile
                bench.show_run(place.run)
        self.show_pane(place.pane)

    # -- the open section ----------------------------------------------------------------------------------------

    def open_section(self, section: Section, page: int = 0, words: Sequence[str] = (), *, own: bool = False) -> None:
        """Show a section's note and lesson; `words` that were searched for are marked on the page.

        With `own` they were found in the learner's own note.
        """
        if self._bench_timer is not None:
            self._bench_timer.stop()  # for the section that is left
        self.section = section
        crumbs = self.screen.query_one(Crumbs)
        crumbs.show(section)
        self.screen.query_one(HardwareBar).leave_room(crumbs.needs)
        self.contents.open_section(section)
        self.note.show(section, page, words, own=own)
        self.screen.post_message(self.SectionOpened())

    @property
    def lesson(self) -> Lesson | None:
        """The open section's lesson; None where there is none or its file is broken (the bench shows the reason)."""
        if self.section is None or not self.section.has_lesson:
            return None
        try:
            return self.section.lesson()
        except DlwpError:
            return None

    def lesson_or_notice(self) -> Lesson | None:
        """The open section's lesson; a notice and None where it has none."""
        lesson = self.lesson
        if lesson is None:
            text = _("This section has no lesson to run; `{key}` goes to the next section.")
            self.notify(text.format(key=keys.label("section.next")))
        return lesson

    def find_or_notice(self, section_id: str) -> Section | None:
        """The section with this id; a notice and None where there is none."""
        try:
            return self.course.section(section_id)
        except DlwpError as error:
            self.show_error(error)
            return None

    @handles(NotePane.Settled)
    def _bench_follows(self, _settled: NotePane.Settled) -> None:
        """Show the lesson when the page has stood for a moment: the form's forty widgets take 0.25 s of CPU.

        So the note is there first, and leafing through the sections never waits for forms.
        """
        if self._bench_timer is not None:
            self._bench_timer.stop()
        self._bench_timer = self.screen.set_timer(BENCH_AFTER_S, lambda: self.bench)

    # -- which panes are in view ---------------------------------------------------------------------------------

    def show_pane(self, name: str, *, focus: bool = True) -> None:
        """Bring a pane into view; when several are visible, only the focus moves."""
        self._front = name
        classes = {f"-pane-{other}": other == name for other in PANES} | {"-contents-open": name == "contents"}
        arrange(self.screen, classes | ({"-contents-closed": False} if name == "contents" else {}))
        if not focus:
            return
        if name == "bench":
            self.with_bench(lambda bench: bench.tabs.focus_tab())
        else:
            self.screen.query_one(f"#{name}").focus()

    def action_pane(self, name: str) -> None:
        """Show and focus one pane."""
        self.show_pane(name)

    def action_toggle_contents(self) -> None:
        """Fold or unfold the tree."""
        if self.screen.has_class("-narrow"):
            self.show_pane("note" if self._front == "contents" else "contents")
        elif self.screen.has_class("-medium"):
            self.show_pane("note" if self.screen.has_class("-contents-open") else "contents")
        else:
            arrange(self.screen, {"-contents-closed": not self.screen.has_class("-contents-closed")})

    def action_maximise(self) -> None:
        """Give the focused pane the whole screen, or take it back."""
        if self.screen.has_class("-large"):
            arrange(self.screen, {"-large": False})
            return
        for name in PANES:
            pane = self.screen.query_one(f"#{name}")
            if pane.has_focus_within or pane.has_focus:
                self.show_pane(name, focus=False)
        arrange(self.screen, {"-large": True})

    @handles(events.DescendantFocus)
    def _mark_active(self, event: events.DescendantFocus) -> None:
        """Give the pane that holds the focus the accent border."""
        self.screen.query_one(KeyBar).follow(event.widget)
        holders = set(event.widget.ancestors_with_self)
        for name in PANES:
            pane = self.screen.query_one(f"#{name}")
            if pane.has_class("-active") != (pane in holders):
                # Not `:focus-within`, which styles every widget of both panes anew at each change: 60 ms.
                pane.set_class(pane in holders, "-active", update=False)
                self.app.stylesheet.apply(pane)

    @handles(events.Resize)
    def _check_size(self, event: events.Resize) -> None:
        small = event.size.width < SMALLEST[0] or event.size.height < SMALLEST[1]
        self.screen.set_class(small, "-too-small")
        if small:
            text = _("The terminal is {width}x{height}; dlwp needs {least}.\nMake it larger, or use: dlwp show 3.4")
            self.screen.query_one("#too-small", Static).update(
                text.format(width=event.size.width, height=event.size.height, least=f"{SMALLEST[0]}x{SMALLEST[1]}")
            )
