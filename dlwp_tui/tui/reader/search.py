"""Search over the study screen: results as you type; Enter opens the place with the words marked on its page."""

from __future__ import annotations

import asyncio

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content, Span
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from dlwp_tui.core import own_notes
from dlwp_tui.core.errors import DlwpError
from dlwp_tui.core.language import _, ngettext
from dlwp_tui.course import search
from dlwp_tui.course.reader import Course
from dlwp_tui.course.search import Index, Result
from dlwp_tui.course.search_match import Spans
from dlwp_tui.course.search_match import spans as spans_of
from dlwp_tui.tui import keys
from dlwp_tui.tui.dialogs import Dialog
from dlwp_tui.tui.in_thread import still_shown

MATCH = "bold $accent"
LONGEST = 200
"""Characters that are searched for: of a page that is pasted by mistake the beginning."""
PAUSE = 0.02
"""Seconds after a key before it is searched for: the keys of a paste come within less."""
SHOWN = 50
"""Results at most: five screens of them; beyond, another word helps more than scrolling."""


class SearchScreen(Dialog[Result]):
    """Dismisses with the chosen result, or None on Esc."""

    BINDINGS = keys.bindings("search")
    DEFAULT_CSS = """
    SearchScreen { align: center top; }
    SearchScreen > Vertical { width: 100; height: 90%; margin-top: 1; padding: 0 1; }
    SearchScreen Input, SearchScreen Input:focus {
        border: none; height: 1; padding: 0; margin: 0 0 1 0; background: $surface;
    }
    SearchScreen #search-status { color: $text-muted; height: 1; text-wrap: nowrap; text-overflow: ellipsis; }
    SearchScreen OptionList, SearchScreen OptionList:focus {
        height: 1fr; border: none; padding: 0; background: $surface; scrollbar-size-vertical: 1;
        text-wrap: nowrap; text-overflow: ellipsis;
        & > .option-list--option-highlighted { background: $primary 30%; color: $text; text-style: none; }
    }
    """

    def __init__(self, course: Course, text: str = "") -> None:
        super().__init__()
        self._course = course
        self._text = text
        self._index: Index | None = None
        self._own: list[tuple[str, str]] = []
        self.results: list[Result] = []
        """What is listed now, best first."""
        self.searched = ""
        """The text `results` belong to."""
        self._opens = False
        """Whether Enter was pressed before the results for what was typed had come."""

    def compose(self) -> ComposeResult:
        with Vertical() as box:
            box.border_title = _("Search the course")
            closes = _("↑ ↓ choose · Enter opens · {key} closes")
            box.border_subtitle = closes.format(key=keys.label("dialog.close"))
            yield Input(self._text, placeholder=_("Chinese or English"), select_on_focus=True)
            yield Static(id="search-status")
            choices = OptionList(markup=False)
            choices.can_focus = False  # the input keeps the keys
            yield choices

    def on_mount(self) -> None:
        self._show_status(_("Reading the course…"))
        self.query_one(Input).focus()
        self._load()

    # -- finding ---------------------------------------------------------------------------------------------------

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        self._opens = False
        self._look_up()

    @work(exclusive=True, group="index")
    async def _load(self) -> None:
        """Read the index in a thread: 0.4 s when the course is new, else 50 ms, and nothing from then on."""
        app = self.app  # a screen that was left no longer finds it
        index = await asyncio.to_thread(search.load, self._course)
        if not still_shown(app, self):
            return
        if index.unsaved is not None:
            self.notify(index.unsaved.message, severity="warning", markup=False)
        try:
            self._own = [(note.section_id, note.text) for note in await asyncio.to_thread(own_notes.all)]
        except DlwpError as error:
            self.notify(error.message, severity="warning", markup=False)
        self._index = index
        if still_shown(app, self):
            self._look_up()

    def _look_up(self) -> None:
        """Search for what stands in the input."""
        if self._index is not None:
            self._find(self._index, self.query_one(Input).value)

    @work(exclusive=True, group="find")
    async def _find(self, index: Index, text: str) -> None:
        """In a thread; the next key drops what this one would have found, and one that comes at once its search too."""
        app = self.app
        await asyncio.sleep(PAUSE)
        results = await asyncio.to_thread(index.search, text[:LONGEST], SHOWN, self._own)
        if still_shown(app, self):
            self._show(text, results)

    def _show(self, text: str, results: list[Result]) -> None:
        """List the results."""
        self.results, self.searched = results, text
        if self._opens and results and text == self.query_one(Input).value:
            self.dismiss(results[0])
            return
        choices = self.query_one(OptionList)
        choices.set_options([Option(_row(result)) for result in results])
        if results:
            choices.highlighted = 0
        if not text.strip():
            self._show_status(_("Notes, glossary, lesson titles and params, all at once."))
        elif not results:
            self._show_status(_("Nothing found. Try fewer or other words."))
        elif len(results) == SHOWN:
            self._show_status(_("The first {count}; one more word narrows it down.").format(count=SHOWN))
        else:
            self._show_status(ngettext("{count} place", "{count} places", len(results)).format(count=len(results)))

    def _show_status(self, text: str) -> None:
        left_out = len(self._index.skipped) if self._index is not None else 0
        if left_out:
            broken = ngettext("{count} file cannot be read", "{count} files cannot be read", left_out)
            text = f"{text} ({broken.format(count=left_out)})"
        self.query_one("#search-status", Static).update(Content(text))

    # -- keys --------------------------------------------------------------------------------------------------------

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        highlighted = self.query_one(OptionList).highlighted
        if self.searched != event.value:
            self._opens = True
        elif highlighted is not None:
            self.dismiss(self.results[highlighted])

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.dismiss(self.results[event.option_index])

    def action_move(self, step: int) -> None:
        """The next or the previous result."""
        choices = self.query_one(OptionList)
        (choices.action_cursor_down if step > 0 else choices.action_cursor_up)()

    def action_turn(self, step: int) -> None:
        """A screen of results on or back."""
        choices = self.query_one(OptionList)
        rows = max(1, choices.content_size.height // 2)  # two lines a result
        if choices.highlighted is not None:
            choices.highlighted = max(0, min(choices.highlighted + step * rows, choices.option_count - 1))


def _row(result: Result) -> Content:
    """Two lines: where it is and what it is; the text around the match."""
    where = f"{result.section} {result.title}".strip()
    heading = result.heading if result.heading != result.title else ""
    spans = result.heading_spans if heading else spans_of(where, result.words)
    kind = search.WORDS[result.kind]
    first = Content.assemble(
        Content.styled(where, "dim") if heading else _marked(where, spans),
        Content.styled(" › " if where and heading else "", "dim"),
        _marked(heading, spans) if heading else "",
        Content.styled(f"  {_(kind)}", "dim"),
    )
    return Content.assemble(first, "\n  ", _marked(result.snippet, result.snippet_spans))


def _marked(text: str, spans: Spans) -> Content:
    return Content(text, [Span(start, end, MATCH) for start, end in spans])
