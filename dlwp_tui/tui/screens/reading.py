"""The reading half of the study screen: which section and page are open, which panes show, what was read."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message
from textual.reactive import Reactive
from textual.screen import Screen
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Static

from dlwp_tui.core import progress
from dlwp_tui.core.errors import DlwpError
from dlwp_tui.core.language import _
from dlwp_tui.course.lesson import Lesson
from dlwp_tui.course.reader import Section
from dlwp_tui.tui.bench.pane import BenchPane
from dlwp_tui.tui.breakpoints import PANES, arrange, arrange_first
from dlwp_tui.tui.hardware_bar import HardwareBar
from dlwp_tui.tui.in_thread import tell
from dlwp_tui.tui.keybar import KeyBar
from dlwp_tui.tui.reader.contents import ContentsTree
from dlwp_tui.tui.reader.crumbs import Crumbs
from dlwp_tui.tui.reader.links import Hints
from dlwp_tui.tui.reader.note import NotePane
from dlwp_tui.tui.reader.text import NoteText
from dlwp_tui.tui.reader.trail import Place, Trail
from dlwp_tui.tui.session import Session

if TYPE_CHECKING:
    from dlwp_tui.course.search import Result

SMALLEST = (50, 14)
"""Columns and rows below which nothing can be read; a sentence says so instead."""
BENCH_AFTER_S = 0.12
"""How long after the note the bench follows."""


class ReadingScreen(Screen[None]):
    """Three panes when wide, note and bench when medium, one at a time when narrow."""

    AUTO_FOCUS = "#note"

    focused: Reactive[Widget | None] = Reactive(None, repaint=False)
    """Textual paints the whole screen anew, and sends it, whenever the focus moves: 25 ms, and 5 KB over SSH. What
    looks different with the focus styles itself."""

    @dataclass
    class SectionOpened(Message):
        """Another section is open now."""

        section: Section

    def __init__(self, session: Session, section: str | None) -> None:
        super().__init__()
        self.session = session
        self.section: Section | None = None
        self._wanted = section
        self._pane = "note"
        self._trail = Trail()
        self._bench_timer: Timer | None = None
        self._hints = Hints(session.course)

    @property
    def lesson(self) -> Lesson | None:
        """The open section's lesson; None where there is none or its file is broken (the bench pane says which)."""
        if self.section is None or not self.section.has_lesson:
            return None
        try:
            return self.section.lesson()
        except DlwpError:
            return None

    def compose(self) -> ComposeResult:
        arrange_first(self, self._pane)
        with Horizontal(id="top"):
            yield Crumbs(id="crumbs")
            yield HardwareBar(id="hardware")
        with Horizontal(id="panes"):
            contents = ContentsTree(self.session.course, progress.load(), id="contents")
            contents.add_class("pane")
            contents.border_title = _("Contents")
            yield contents
            note = NotePane(id="note", classes="pane")
            note.border_title = _("Note")
            yield note
            bench = BenchPane(id="bench", classes="pane")
            bench.border_title = _("Bench")
            yield bench
        yield KeyBar()
        yield Static(id="too-small")

    def on_mount(self) -> None:
        seen = progress.load()
        self.query_one(NotePane).set_bookmarks(seen.bookmarks)
        section = self._first_section(seen)
        self.open_section(section, page=seen.page if section.id == seen.section and not self._wanted else 0)

    def open_section(self, section: Section, page: int = 0, words: Sequence[str] = (), *, own: bool = False) -> None:
        """Show a section's note and lesson; `words` that were searched for are marked on the page.

        With `own` they were found in the learner's own note.
        """
        if self._bench_timer is not None:
            self._bench_timer.stop()  # for the section that is left
        self.section = section
        crumbs = self.query_one(Crumbs)
        crumbs.show(section)
        self.query_one(HardwareBar).leave_room(crumbs.needs)
        self.query_one(ContentsTree).open_section(section)
        self.query_one(NotePane).show(section, page, words, own=own)
        self.post_message(self.SectionOpened(section))

    @property
    def bench(self) -> BenchPane:
        """The bench pane, showing the open section's lesson. Raises RuntimeError in a thread: it may build the form."""
        asyncio.get_running_loop()
        bench = self.query_one(BenchPane)
        if self.section is not None:
            bench.show(self.section)
        return bench

    def with_bench(self, act: Callable[[BenchPane], object]) -> None:
        """Do what needs the bench's widgets: behind the next paint where its form is being mounted only now."""
        new = self.query_one(BenchPane).section is not self.section
        bench = self.bench
        if new:
            self.call_after_refresh(act, bench)
        else:
            act(bench)

    @on(NotePane.Settled)
    def _show_bench(self) -> None:
        """When the page has stood for a moment: the form's forty widgets cost more than a page (0.25 s of CPU).

        So the note is there first, and who leafs through the sections never waits for forms.
        """
        if self._bench_timer is not None:
            self._bench_timer.stop()
        self._bench_timer = self.set_timer(BENCH_AFTER_S, lambda: self.bench)

    def find_or_say(self, section_id: str) -> Section | None:
        """The section with this id; a notice and None where there is none."""
        try:
            return self.session.course.section(section_id)
        except DlwpError as error:
            self.say(error)
            return None

    def say(self, error: BaseException) -> None:
        """Show what went wrong and what to do."""
        tell(self.app, error)

    def guard(self, write: Callable[[], None]) -> None:
        """Do a small write of progress; a full disk is said and reading goes on."""
        try:
            write()
        except DlwpError as error:
            self.say(error)

    # -- what the widgets post -----------------------------------------------------------------------------------

    @on(ContentsTree.Chosen)
    def _contents_chosen(self, event: ContentsTree.Chosen) -> None:
        self.open_section(event.section)
        self.show_pane("note")

    @on(NotePane.PageChanged)
    def _page_changed(self, event: NotePane.PageChanged) -> None:
        self.guard(lambda: progress.visit(event.section_id, event.page))
        self._show_progress()
        if self.query_one(NotePane).settled:
            self._trail.visit(Place(event.section_id, event.page))

    @on(NotePane.QuizAnswered)
    def _quiz_answered(self, event: NotePane.QuizAnswered) -> None:
        self.guard(lambda: progress.answer(event.section_id, event.index, event.right))

    @on(NotePane.LinkPressed)
    def _link_pressed(self, event: NotePane.LinkPressed) -> None:
        if event.kind == "sec":
            if section := self.find_or_say(event.target):
                self.open_section(section)
        elif event.kind == "term":
            self._open_glossary(event.target)
        else:  # never opened here: the browser would start on the server
            self.app.copy_to_clipboard(event.target)
            self.notify(event.target, title=_("Address copied; open it on your own machine"), timeout=8, markup=False)

    @on(NoteText.LinkHovered)
    def _link_hovered(self, event: NoteText.LinkHovered) -> None:
        event.stop()
        event.block.tooltip = self._hints.of(event.href)

    # -- keys ----------------------------------------------------------------------------------------------------

    def action_page(self, step: int) -> None:
        """Next or previous page of the note, which is brought into view."""
        note = self.query_one(NotePane)
        if step > 0:
            note.action_next_page()
        else:
            note.action_previous_page()
        if not note.display:
            self.show_pane("note")

    def action_read_on(self) -> None:
        """Scroll a screen; at the end the next page, then the next section."""
        note = self.query_one(NotePane)
        if not note.display:
            self._scroll_focused(1)
        elif not note.scroll_page(1) and not note.action_next_page():
            self.action_section(1)

    def action_read_back(self) -> None:
        """Scroll back a screen; at the top the page before."""
        note = self.query_one(NotePane)
        if not note.display:
            self._scroll_focused(-1)
        elif not note.scroll_page(-1):
            note.action_previous_page()

    def _scroll_focused(self, step: int) -> None:
        """Scroll a screen of what has the focus: where the note is out of view, who reads on reads there."""
        around = self.focused.ancestors_with_self if self.focused is not None else []
        for widget in around:
            if isinstance(widget, Widget) and widget.allow_vertical_scroll:
                (widget.scroll_page_down if step > 0 else widget.scroll_page_up)(animate=False)
                return

    @on(NotePane.PagesAsked)
    def action_pages(self) -> None:
        """The pages of the open section, to jump to."""
        from dlwp_tui.tui.reader.pages import PagesScreen

        shown = self.query_one(NotePane)
        section, note = shown.section, shown.note
        if section is None or note is None or not note.pages:
            return  # the pane says what is wrong with the note

        def answered(page: int | None) -> None:
            if page is not None:
                self.open_section(section, page)
                self.show_pane("note")

        self.app.push_screen(PagesScreen(note, shown.page, progress.load().of(section.id)), answered)

    def action_section(self, step: int) -> None:
        """Next or previous section, across chapters."""
        if self.section is None:
            return
        course = self.session.course
        target = course.next(self.section.id) if step > 0 else course.previous(self.section.id)
        if target is None:
            self.notify(_("This is the last section.") if step > 0 else _("This is the first section."))
        else:
            self.open_section(target)

    def action_travel(self, step: int) -> None:
        """Back to the page that was open before, or forward again."""
        shown = self.query_one(NotePane)
        # A note that cannot be read is no page of the trail: back from it is the page before.
        place = self._trail.place if shown.note is None and step < 0 else self._trail.go(step)
        if place is None:
            self.notify(_("No page was opened before.") if step < 0 else _("No page lies ahead."), timeout=2)
        elif section := self.find_or_say(place.section):
            self.open_section(section, place.page)

    def action_bookmark(self) -> None:
        """Set a bookmark on the open page, or take it away."""
        note = self.query_one(NotePane)
        if note.section is None or note.note is None:
            return
        section, page = note.section.id, note.page
        self.guard(lambda: self._say_bookmark(progress.bookmark(section, page)))
        self._show_progress()

    def action_glossary(self) -> None:
        """Every term, found by typing."""
        self._open_glossary()

    def action_card(self, step: int) -> None:
        """Focus the next run card, experiment, quiz or link of the page."""
        self.show_pane("note", focus=False)
        note = self.query_one(NotePane)
        if step > 0:
            note.action_focus_next_card()
        else:
            note.action_focus_previous_card()

    def action_search(self) -> None:
        """Search the course; the chosen place opens with the words marked."""
        from dlwp_tui.tui.reader.search import SearchScreen

        self.app.push_screen(SearchScreen(self.session.course), self._open_found)

    def action_help(self) -> None:
        """Every key."""
        from dlwp_tui.tui.screens.help import HelpScreen

        self.app.push_screen(HelpScreen())

    def action_pane(self, name: str) -> None:
        """Show and focus one pane."""
        self.show_pane(name)

    def action_toggle_contents(self) -> None:
        """Fold or unfold the tree."""
        if self.has_class("-narrow"):
            self.show_pane("note" if self._pane == "contents" else "contents")
        elif self.has_class("-medium"):
            self.show_pane("note" if self.has_class("-contents-open") else "contents")
        else:
            arrange(self, {"-contents-closed": not self.has_class("-contents-closed")})

    def action_maximise(self) -> None:
        """Give the focused pane the whole screen, or take it back."""
        if self.has_class("-large"):
            arrange(self, {"-large": False})
            return
        for name in PANES:
            if self.query_one(f"#{name}").has_focus_within or self.query_one(f"#{name}").has_focus:
                self.show_pane(name, focus=False)
        arrange(self, {"-large": True})

    def show_pane(self, name: str, *, focus: bool = True) -> None:
        """Bring a pane into view; when several are visible, only the focus moves."""
        self._pane = name
        classes = {f"-pane-{other}": other == name for other in PANES} | {"-contents-open": name == "contents"}
        arrange(self, classes | ({"-contents-closed": False} if name == "contents" else {}))
        if not focus:
            return
        if name == "bench":
            self.with_bench(BenchPane.focus_tab)
        else:
            self.query_one(f"#{name}").focus()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Give the pane that holds the focus the accent border."""
        holders = set(event.widget.ancestors_with_self)
        for name in PANES:
            pane = self.query_one(f"#{name}")
            if pane.has_class("-active") != (pane in holders):
                # Not `:focus-within`, which styles every widget of both panes anew at each change: 60 ms.
                pane.set_class(pane in holders, "-active", update=False)
                self.app.stylesheet.apply(pane)

    def on_resize(self, event: events.Resize) -> None:
        small = event.size.width < SMALLEST[0] or event.size.height < SMALLEST[1]
        self.set_class(small, "-too-small")
        if small:
            text = _("The terminal is {width}x{height}; dlwp needs {least}.\nMake it larger, or use: dlwp show 3.4")
            self.query_one("#too-small", Static).update(
                text.format(width=event.size.width, height=event.size.height, least=f"{SMALLEST[0]}x{SMALLEST[1]}")
            )

    def _first_section(self, seen: progress.Progress) -> Section:
        """The section asked for, else where the learner left off, else the first of the course."""
        course = self.session.course
        for section_id in (self._wanted, seen.section):
            if section_id is not None and (section := self.find_or_say(section_id)) is not None:
                return section
        return course.sections[0]

    def _open_found(self, found: Result | None) -> None:
        if found is None:
            return
        if found.kind == "term":
            self._open_glossary(found.name)
        elif section := self.find_or_say(found.section):
            self.open_section(section, found.page, found.words, own=found.kind == "own")
            self.show_pane("note")

    def _open_glossary(self, name: str = "") -> None:
        """The glossary, at the term `name` where one is given."""
        from dlwp_tui.course import glossary
        from dlwp_tui.tui.reader.glossary import GlossaryScreen

        try:
            terms = glossary.load(self.session.course.content)  # 13 ms
        except DlwpError as error:
            self.say(error)
            return
        term = terms.find(name) if name else None
        if name and term is None:
            self.notify(_("{term} is not in the glossary.").format(term=name), severity="warning", markup=False)
            return

        def answered(section_id: str | None) -> None:
            if section_id is not None and (section := self.find_or_say(section_id)) is not None:
                self.open_section(section)
                self.show_pane("note")

        self.app.push_screen(GlossaryScreen(terms, term), answered)

    def _show_progress(self) -> None:
        seen = progress.load()
        self.query_one(ContentsTree).show_progress(seen)
        self.query_one(NotePane).set_bookmarks(seen.bookmarks)

    def _say_bookmark(self, marked: bool) -> None:
        text = _("Bookmark set; `:` lists your bookmarks.") if marked else _("Bookmark removed.")
        self.notify(text, timeout=3, markup=False)
