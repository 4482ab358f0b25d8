"""The contents of a section: its pages, to jump to. Over the study screen, so the note stays in view behind it."""

from __future__ import annotations

from rich.cells import cell_len
from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.events import Key
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from dlwp_tui.core.language import _
from dlwp_tui.core.progress import SectionProgress
from dlwp_tui.course.note import Note, Page
from dlwp_tui.tui import keys
from dlwp_tui.tui.dialogs import Dialog
from dlwp_tui.tui.reader.contents import BOOKMARK, MARKS

RUN, QUIZ, HERE = "▶", "?", "›"
WIDTH = 72
"""Cells of the box; the longest page title of the course takes 58 and is cut there."""


class PagesScreen(Dialog[int]):
    """Dismisses with the page to open, counted from 0, or None on Esc. Opens with the cursor on `page`.

    A digit jumps at once; where a longer number begins with it (1 of 12), the cursor waits there for the next digit or
    Enter.
    """

    BINDINGS = keys.bindings("pages")
    DEFAULT_CSS = f"""
    PagesScreen > Vertical {{ width: {WIDTH}; }}
    PagesScreen OptionList, PagesScreen OptionList:focus {{
        height: auto; max-height: 100%; border: none; padding: 0; background: $surface; scrollbar-size-vertical: 1;
        background-tint: $foreground 0%; text-wrap: nowrap; text-overflow: ellipsis;
        & > .option-list--option-highlighted {{ background: $primary 30%; color: $text; text-style: none; }}
    }}
    PagesScreen #signs {{ height: auto; margin-top: 1; color: $text-muted; }}
    """

    def __init__(self, note: Note, page: int, marks: SectionProgress) -> None:
        super().__init__()
        self._note, self._page, self._marks = note, page, marks
        self._typed = ""

    def compose(self) -> ComposeResult:
        with Vertical() as box:
            box.border_title = Content(f"{self._note.section_id} {self._note.title}")  # a str is read as markup
            closes = _("↑ ↓ or a number · Enter opens · {key} closes")
            box.border_subtitle = closes.format(key=keys.label("dialog.close"))
            yield OptionList(*(Option("") for _page in self._note.pages), compact=True)
            yield Static(Content(self._signs()), id="signs")

    def on_mount(self) -> None:
        choices = self.query_one(OptionList)
        choices.highlighted = self._page
        choices.focus()

    def on_resize(self) -> None:
        """The rows are laid out for the width they have."""
        choices = self.query_one(OptionList)
        width = choices.scrollable_content_region.width
        for page in self._note.pages:
            choices.replace_option_prompt_at_index(page.index, self._row(page, width))

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.dismiss(event.option_index)

    def on_key(self, event: Key) -> None:
        """A digit jumps to the page of this number, or waits for the number's second digit."""
        digit = event.character or ""
        if not (digit.isascii() and digit.isdigit()):
            return
        event.stop()
        count = len(self._note.pages)
        for typed in (self._typed + digit, digit):
            fitting = [number for number in range(1, count + 1) if str(number).startswith(typed)]
            if not fitting:
                continue
            if len(fitting) == 1:
                self.dismiss(fitting[0] - 1)
            else:
                self._typed = typed
                self.query_one(OptionList).highlighted = fitting[0] - 1
            return
        self._typed = ""

    def action_move(self, step: int) -> None:
        """The next or the previous page."""
        choices = self.query_one(OptionList)
        (choices.action_cursor_down if step > 0 else choices.action_cursor_up)()

    def _row(self, page: Page, width: int) -> Content:
        """`› ✓  3  标题      ▶ ? ★`: what stands round the title is never cut."""
        here = page.index == self._page
        mark = MARKS["read" if page.index in self._marks.pages else "unread"]
        number = str(page.index + 1).rjust(len(str(len(self._note.pages))))
        before = Content.assemble((HERE if here else " ", "bold $accent"), " ", (mark, "dim"), f"  {number}  ")
        signs = Content.styled(f"  {self._after(page)}", "dim")
        room = max(4, width - before.cell_length - signs.cell_length)
        title = Content.styled(page.title, "bold" if here else "").truncate(room, ellipsis=True)
        return Content.assemble(before, title, " " * (room - cell_len(title.plain)), signs)

    def _after(self, page: Page) -> str:
        """The signs at the row's end, each always in the same column."""
        marked = page.index in self._marks.bookmarks
        return " ".join((RUN if page.cards else " ", QUIZ if page.quizzes else " ", BOOKMARK if marked else " "))

    def _signs(self) -> str:
        """What the signs of this section's pages mean."""
        pages = self._note.pages
        meanings = [f"{MARKS['read']} " + _("seen"), f"{MARKS['unread']} " + _("not yet")]
        if any(page.cards for page in pages):
            meanings.append(f"{RUN} " + _("something to run"))
        if any(page.quizzes for page in pages):
            meanings.append(f"{QUIZ} " + _("questions"))
        if self._marks.bookmarks:
            meanings.append(f"{BOOKMARK} " + _("bookmark"))
        return "   ".join(meanings)
