"""The note pane: one page of a section's note, its cards and quizzes, and the way to the next page."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from textual import events, on
from textual.app import ComposeResult
from textual.await_complete import AwaitComplete
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static

from dlwp_tui.core import settings
from dlwp_tui.core.errors import DlwpError
from dlwp_tui.core.language import _
from dlwp_tui.course import markdown, reader
from dlwp_tui.course.lesson import Lesson
from dlwp_tui.course.note import Note, Page
from dlwp_tui.course.reader import Section
from dlwp_tui.tui.reader.blocks import NoteMarkdown
from dlwp_tui.tui.reader.find import mark
from dlwp_tui.tui.reader.memory import CardMemory
from dlwp_tui.tui.reader.own import OwnNote
from dlwp_tui.tui.reader.quiz import QuizBlock
from dlwp_tui.tui.reader.stops import Turn
from dlwp_tui.tui.reader.text import install_wrapping
from dlwp_tui.tui.reader.welcome import Welcome

if TYPE_CHECKING:
    from dlwp_tui.analysis.verdict import Verdict


class NotePane(VerticalScroll):
    """One page of a note, scrollable. Its cards post what was pressed; what they are to show is set from outside."""

    DEFAULT_CSS = """
    NotePane {
        background: $background; scrollbar-size-vertical: 1; scrollbar-gutter: stable;
        scrollbar-color: $border-blurred; scrollbar-background: $background;
        & > #note-title { dock: top; height: auto; padding: 0 1; margin: 0 0 1 0; background: $background; }
        &.-ascii Card, &.-ascii AlertText, &.-ascii AlertBlock, &.-ascii ProblemBlock { border-left: ascii $accent; }
        & > #note-notice { margin: 0 1; border-left: thick $error; padding: 0 1; display: none; }
    }
    """

    @dataclass
    class PageChanged(Message):
        """Another page is shown; pages count from 0."""

        section_id: str
        page: int
        pages: int

    class Settled(Message):
        """The page asked for, or the reason why it cannot be read, is painted; nothing else is under way."""

    class PagesAsked(Message):
        """The title line was clicked: which pages are there?"""

    @dataclass
    class QuizAnswered(Message):
        """A quiz was answered; `index` counts the section's quizzes from 0."""

        section_id: str
        index: int
        right: bool

    def __init__(
        self,
        *,
        lessons: Callable[[str], Lesson] | None = None,
        id: str | None = None,
    ) -> None:
        """`lessons` finds a lesson by its id, for the cards; by default in the course in force."""
        super().__init__(id=id)
        install_wrapping()
        self.set_class(settings.load().ascii, "-ascii")
        self.lessons = lessons or _lesson
        self.section: Section | None = None
        self.page = 0
        self.note: Note | None = None
        """The note shown; None before the first, and when it cannot be read."""
        self._shown = self._settled = 0
        self._bookmarks: frozenset[tuple[str, int]] = frozenset()
        self._words: tuple[str, ...] = ()
        self._seek = ""
        """Where the page is still to be scrolled to `_words`: in the `note`, in the `own` note, or nowhere."""
        self._scrolled: dict[tuple[str, int], int] = {}
        self._cards = CardMemory(self)

    def compose(self) -> ComposeResult:
        yield Static(id="note-title")
        yield Static(id="note-notice")
        yield Welcome()
        yield NoteMarkdown()
        yield OwnNote()
        yield Turn(id="note-turn")

    # -- what is shown ---------------------------------------------------------------------------------------------

    def show(self, section: Section, page: int = 0, words: Sequence[str] = (), *, own: bool = False) -> AwaitComplete:
        """Show a page (from 0; -1 is the last) of a section's note, where it was left. May be awaited.

        `words` that were searched for are marked, and the page is scrolled to them: with `own` to where they stand in
        the learner's own note, which is shown a moment later (`show_own`).
        """
        self._remember_place()
        self._shown += 1
        self._words, self._seek = tuple(words), "own" if own else "note"
        return AwaitComplete(self._show(section, page, self._shown)).call_next(self)

    @property
    def settled(self) -> bool:
        """True when the page asked for last is the one shown: a PageChanged that comes earlier is out of date."""
        return self._settled == self._shown

    def set_bookmarks(self, bookmarks: frozenset[tuple[str, int]]) -> None:
        """Which pages, as (section, page), carry a bookmark; the title line shows it for the open page."""
        if bookmarks == self._bookmarks:
            return
        self._bookmarks = bookmarks
        if self.note is not None and self.note.pages:
            self._show_frame(self.note, self.note.pages[self.page])

    def set_verdict(self, lesson: str, experiment_id: str, verdict: Verdict) -> None:
        """An experiment's verdict by now; kept for when its page is shown."""
        self._cards.verdict(lesson, experiment_id, verdict)

    def set_run_state(self, key: Hashable, state: str) -> None:
        """How the newest run is going that has this `run_key`: `● 3/20`; kept for when a card of it is shown."""
        self._cards.run_state(key, state)

    async def show_own(self, section_id: str, text: str, copies: Sequence[str] = ()) -> None:
        """The learner's own note under the section's: whole on the last page, one line on the others."""
        if self.section is not None and self.section.id == section_id:
            last = self.note is None or self.page + 1 >= len(self.note.pages)
            own = self.query_one(OwnNote)
            await own.show(text, copies, section_id, self.lessons, whole=last, words=self._words)
            if last and self._words:
                self.call_after_refresh(self._mark, own, "own")

    # -- moving -------------------------------------------------------------------------------------------------------

    def turn_page(self, step: int) -> bool:
        """The next page (1) or the one before (-1); False at the last or the first."""
        if self.section is None or self.note is None or not 0 <= self.page + step < len(self.note.pages):
            return False
        self.show(self.section, self.page + step)
        return True

    def scroll_page(self, step: int) -> bool:
        """Scroll a screen down (1) or up (-1), two lines staying in view; False at the end."""
        before = self.scroll_offset.y
        target = max(0, min(self.max_scroll_y, before + step * max(1, self.scrollable_content_region.height - 2)))
        self.scroll_to(y=target, animate=False, immediate=True)
        return target != before

    # -- messages of the blocks --------------------------------------------------------------------------------------

    @on(events.Click, "#note-title")
    def _title_clicked(self, event: events.Click) -> None:
        event.stop()
        self.post_message(self.PagesAsked())

    @on(Turn.Pressed)
    def _turn_pressed(self, event: Turn.Pressed) -> None:
        event.stop()
        self.turn_page(1)

    @on(QuizBlock.Answered)
    def _quiz_answered(self, event: QuizBlock.Answered) -> None:
        event.stop()
        if self.section is None or event.block not in self._quizzes:  # one in the learner's own note is not counted
            return
        index = self._quiz_index(event.block)
        self._cards.answer(self.section.id, index, event.block.chosen)
        self.post_message(self.QuizAnswered(self.section.id, index, event.right))

    # -- showing -----------------------------------------------------------------------------------------------------

    async def _show(self, section: Section, page: int, turn: int) -> None:
        body = self.query_one(NoteMarkdown)
        try:
            note = section.note()
        except DlwpError as error:
            self.section, self.note, self.page = section, None, 0
            await body.update("")
            self._show_broken(section, error)
            self._settled = turn
            self.call_after_refresh(self.post_message, self.Settled())
            return
        if turn != self._shown:
            return  # another page was asked for meanwhile
        page = max(0, min(page if page >= 0 else len(note.pages) - 1, len(note.pages) - 1))
        if self.has_focus_within and not (self.has_focus or self.query_one(Welcome).has_focus):
            self.focus(scroll_visible=False)  # what has the focus now goes away with its page
        self.section, self.note, self.page = section, note, page
        self.query_one("#note-notice").display = self.query_one(OwnNote).display = False
        body.section_id, body.lessons = section.id, self.lessons
        shown = note.pages[page] if note.pages else Page(0, note.title, "", 1)
        self._show_frame(note, shown)
        await asyncio.sleep(1 / 60)  # a frame: the new title answers the key, the body follows in 0.1 s
        if turn != self._shown:
            return
        await body.update(_without_heading(shown.markdown))
        if turn != self._shown:
            return
        self._cards.restore(section.id, [(self._quiz_index(block), block) for block in self._quizzes])
        self.call_after_refresh(self._restore_place, turn)
        self._settled = turn
        self.post_message(self.PageChanged(section.id, page, len(note.pages)))

    def _show_frame(self, note: Note, page: Page) -> None:
        """The title line and the line that turns the page."""
        count = len(note.pages)
        number = Content.styled(f"{page.index + 1}/{count}", "dim")
        title = Content.styled(page.title, "bold $accent")
        if (note.section_id, page.index) in self._bookmarks:
            title = Content.assemble(title, ("  ★ " + _("bookmark"), "dim"))
        self.query_one("#note-title", Static).update(Content.assemble(number, "  ", title) if count > 1 else title)
        turn = self.query_one(Turn)
        turn.display = page.index + 1 < count
        if turn.display:
            turn.update(Content(_("Next page: {title} →").format(title=note.pages[page.index + 1].title)))

    def _show_broken(self, section: Section, error: DlwpError) -> None:
        notice = self.query_one("#note-notice", Static)
        text = Content.assemble(("✗ " + _("This note cannot be shown."), "bold $text-error"), "\n", error.message)
        notice.update(Content.assemble(text, "\n", (error.hint, "dim")) if error.hint else text)
        notice.display = True
        self.query_one("#note-title", Static).update(Content.styled(f"{section.id} {section.title}", "bold $accent"))
        self.query_one(Turn).display = False
        self.scroll_home(animate=False)

    def _remember_place(self) -> None:
        if self.section is not None and self.note is not None:
            self._scrolled[self.section.id, self.page] = int(self.scroll_offset.y)

    def _restore_place(self, turn: int) -> None:
        if turn != self._shown or self.section is None:
            return
        self.post_message(self.Settled())
        y = 0 if self._words else self._scrolled.get((self.section.id, self.page), 0)
        self.scroll_to(y=y, animate=False, immediate=True)
        if self._words:
            self._mark(self.query_one(NoteMarkdown), "note")

    def _mark(self, part: Widget, name: Literal["note", "own"]) -> None:
        """Mark what was searched for in the section's or the learner's own text; scroll to it if it is to be there."""
        place = mark(part, self._words)
        if place is None:
            if self._seek == name == "note":
                self._seek = "own"  # a page that holds none of the words: perhaps the learner's own note does
        elif self._seek == name:
            self._seek = ""  # once: the own note is shown anew after each edit
            top = place.block.region.y - self.content_region.y + int(self.scroll_offset.y)
            self.scroll_to(y=top + place.line - self.content_region.height // 3, animate=False, immediate=True)

    def _quiz_index(self, block: QuizBlock) -> int:
        """Which quiz of the section this is: those on earlier pages count."""
        assert self.note is not None
        before = sum(
            token.type == "x_quiz"
            for page in self.note.pages[: self.page]
            for _line, token in markdown.tokens(page.markdown)
        )
        return before + self._quizzes.index(block)

    @property
    def _quizzes(self) -> list[QuizBlock]:
        return list(self.query_one(NoteMarkdown).query(QuizBlock))


def _lesson(lesson_id: str) -> Lesson:
    return reader.load().lesson(lesson_id)


def _without_heading(source: str) -> str:
    """A page without its own heading, which the pane shows as its title."""
    first, _newline, rest = source.partition("\n")
    return rest if first.startswith("#") else source
