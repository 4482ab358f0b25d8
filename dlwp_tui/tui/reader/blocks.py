"""The blocks of a note page: paragraphs, headings, tables, code, diagrams, formulas, alerts, blocks with an error.

Built on Textual's Markdown through its public hooks only: a parser factory, the BLOCKS table, `unhandled_token`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from markdown_it.token import Token
from rich.cells import cell_len
from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static
from textual.widgets.markdown import Markdown, MarkdownBlock, MarkdownFence

from dlwp_tui.core.errors import Problem
from dlwp_tui.course import blocks
from dlwp_tui.render import inline, table
from dlwp_tui.render.note import alert_head
from dlwp_tui.tex import formula
from dlwp_tui.tui import keys
from dlwp_tui.tui.reader.cards import ExperimentBlock, RunBlock
from dlwp_tui.tui.reader.fold import NoteListData, page_parser
from dlwp_tui.tui.reader.quiz import QuizBlock
from dlwp_tui.tui.reader.text import FittedText, NoteText, content

if TYPE_CHECKING:
    from dlwp_tui.course.lesson import Lesson

    Lessons = Callable[[str], Lesson]


STRONG = ("warning", "caution", "important")
"""Kinds of alerts whose bar and title stand out."""


def alert_title(alert: blocks.Alert) -> Text:
    """`! 勘误`: a sign, and the note's own title or the kind's word."""
    sign, word = alert_head(alert.kind)
    return Text.assemble(f"{sign} ", inline.parse(alert.title or word))


class NoteParagraph(NoteText):
    """A paragraph; in a list the items stand together."""

    SCOPED_CSS = False
    DEFAULT_CSS = """
    NoteMarkdown > NoteParagraph { margin: 0 0 1 0; }
    """


class NoteHeading(NoteText):
    """A heading inside a page; the page's own title is shown by the pane."""

    DEFAULT_CSS = """
    NoteHeading { margin: 1 0 1 0; text-style: bold; color: $text; }
    """


class NoteTable(FittedText):
    """A table as one block, laid out for the pane's width."""

    DEFAULT_CSS = """
    NoteTable { margin: 0 0 1 0; }
    """

    def __init__(self, markdown: Markdown, token: Token) -> None:
        super().__init__(markdown, token)
        self.table: table.Table = token.meta["data"]
        self.take_links(cell for row in (self.table.head, *self.table.rows) for cell in row)

    def build(self, width: int) -> Content:
        return content(table.layout(self.table, width), self.target)


class NoteList(FittedText):
    """A list of paragraphs as one block; lists that hold code or tables are Textual's own."""

    DEFAULT_CSS = """
    NoteList { margin: 0 0 1 0; }
    """

    def __init__(self, markdown: Markdown, token: Token) -> None:
        super().__init__(markdown, token)
        self.items: NoteListData = token.meta["data"]
        self.take_links(entry.text for entry in self.items.entries)

    def build(self, width: int) -> Content:
        return content(self.items.layout(width), self.target)


class Scroller(MarkdownBlock, can_focus=False):
    """Lines that may not be wrapped. Wider than the pane, they scroll sideways: by mouse, or by ← → when focused."""

    FOCUS_ON_CLICK = False
    BINDINGS = keys.bindings("wide")
    DEFAULT_CSS = """
    Scroller {
        margin: 0 0 1 0; overflow: auto hidden; scrollbar-size-horizontal: 1; scrollbar-size-vertical: 0; height: auto;
        border-left: blank; scrollbar-color: $border-blurred; scrollbar-background: $background;
        &:focus { border-left: thick $accent; }
        & > Static { width: auto; height: auto; text-wrap: nowrap; }
    }
    """

    def __init__(self, markdown: Markdown, token: Token, lines: str) -> None:
        super().__init__(markdown, token)
        self.lines = lines

    def compose(self) -> ComposeResult:
        yield Static(Content(self.lines))

    @property
    def allow_horizontal_scroll(self) -> bool:
        return True

    def on_resize(self, _event: events.Resize) -> None:
        self.can_focus = self.max_scroll_x > 0


class DiagramBlock(Scroller):
    """A drawing in characters."""


class MathBlock(Scroller):
    """A displayed formula in two dimensions, indented where there is room; its source where it cannot be laid out."""

    INDENT = 3

    def __init__(self, markdown: Markdown, token: Token, tex: str) -> None:
        self.tex = tex
        try:
            lines = "\n".join(formula.layout(tex))
        except formula.FormulaError:
            lines = tex.strip()
        super().__init__(markdown, token, lines)
        self._widest = max(cell_len(line) for line in lines.split("\n"))

    def on_resize(self, event: events.Resize) -> None:
        room = event.container_size.width if event.container_size else event.size.width
        self.styles.padding = (0, 0, 0, max(0, min(self.INDENT, room - self._widest - 4)))
        super().on_resize(event)


class NoteFence(MarkdownFence, can_focus=False):
    """Code with syntax colours; long lines scroll sideways."""

    FOCUS_ON_CLICK = False
    BINDINGS = Scroller.BINDINGS
    DEFAULT_CSS = """
    NoteFence {
        margin: 0 0 1 0; overflow: auto hidden; scrollbar-size-horizontal: 1;
        scrollbar-color: $border-blurred; scrollbar-background: $surface;
        background: $surface; color: $foreground; border-left: blank;
        &:light { background: $surface; }
        &:ansi { background: ansi_default; margin: 0 0 1 0; }
        &:focus { border-left: thick $accent; }
        & > Label { padding: 0 0 0 1; width: auto; min-width: 100%; }
        &:ansi > Label { padding: 0 0 0 1; }
    }
    """

    def on_resize(self, _event: events.Resize) -> None:
        self.can_focus = self.max_scroll_x > 0


class AlertText(NoteText):
    """A remark of paragraphs only, as almost all are: one block."""

    DEFAULT_CSS = """
    AlertText {
        border-left: solid $border-blurred; padding: 0 1; margin: 0 0 1 0;
        &.-strong { border-left: solid $warning; }
    }
    """

    def __init__(self, markdown: Markdown, token: Token, alert: blocks.Alert, body: list[Token]) -> None:
        super().__init__(markdown, token)
        strong = alert.kind in STRONG
        self.set_class(strong, "-strong")
        title = alert_title(alert)
        title.stylize("caution" if strong else "strong")
        paragraphs = [inline.marked(part.children) for part in body if part.type == "inline"]
        self.show_marked(Text("\n").join([title, Text("\n\n").join(paragraphs)]))


class AlertBlock(MarkdownBlock):
    """A remark that holds lists, code or cards, set off by a quiet bar, with a sign and a word."""

    DEFAULT_CSS = """
    AlertBlock {
        border-left: solid $border-blurred; padding: 0 1; margin: 0 0 1 0; height: auto;
        &.-strong { border-left: solid $warning; }
        & > .alert-title { text-style: bold; }
        &.-strong > .alert-title { color: $text-warning; }
        & > NoteMarkdown { padding: 0; }
        & > NoteMarkdown > *:last-child { margin-bottom: 0; }
    }
    """

    def __init__(self, markdown: NoteMarkdown, token: Token, alert: blocks.Alert) -> None:
        super().__init__(markdown, token)
        self.alert = alert
        self._host = markdown
        self.set_class(alert.kind in STRONG, "-strong")

    def compose(self) -> ComposeResult:
        yield Static(content(alert_title(self.alert)), classes="alert-title")
        yield NoteMarkdown(self._host.section_id, self._host.lessons, self.alert.body)


class ProblemBlock(MarkdownBlock):
    """Stands in the place of a block that could not be read: what is wrong, and a hint for the author."""

    DEFAULT_CSS = """
    ProblemBlock { border-left: solid $error; padding: 0 1; margin: 0 0 1 0; color: $text-error; }
    """

    def __init__(self, markdown: Markdown, token: Token, problem: Problem) -> None:
        super().__init__(markdown, token)
        self.set_content(Content(f"✗ {problem.message}\n{problem.hint}".rstrip()))


class NoteMarkdown(Markdown):
    """The Markdown of one page, or of one alert."""

    BLOCKS = {
        **Markdown.BLOCKS,
        **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), NoteHeading),
        "paragraph_open": NoteParagraph,
        "fence": NoteFence,
        "code_block": NoteFence,
    }
    BULLETS = ["• ", "◦ ", "• ", "◦ ", "• "]
    DEFAULT_CSS = """
    NoteMarkdown {
        padding: 0 0 0 1;
        MarkdownBullet { color: $text-muted; &:light { color: $text-muted; } }
        MarkdownBlockQuote {
            background: transparent; border-left: solid $border-blurred; margin: 0 0 1 0; color: $text-muted;
            &:light { border-left: solid $border-blurred; }
        }
        MarkdownHorizontalRule { border-bottom: solid $border-blurred; }
        MarkdownBlock {
            &:dark > .code_inline { background: $foreground 10%; color: $foreground 95%; }
            &:light > .code_inline { background: $foreground 8%; color: $foreground 95%; }
            &:ansi > .code_inline { color: ansi_cyan; }
        }
    }
    """

    def __init__(self, section_id: str = "", lessons: Lessons | None = None, markdown: str | None = None) -> None:
        super().__init__(markdown, parser_factory=page_parser, open_links=False)
        self.section_id = section_id
        self.lessons = lessons

    def unhandled_token(self, token: Token) -> MarkdownBlock | None:
        """Our own tokens -> our own blocks."""
        data = token.meta.get("data")
        match data:
            case blocks.RunCard():
                return RunBlock(self, token, data, self.lessons)
            case blocks.ExperimentCard():
                return ExperimentBlock(self, token, data, data.lesson or self.section_id, self.lessons)
            case blocks.Quiz():
                return QuizBlock(self, token, data)
            case blocks.Alert():
                body = page_parser().parse(data.body)
                if all(part.type in ("paragraph_open", "inline", "paragraph_close") for part in body):
                    return AlertText(self, token, data, body)
                return AlertBlock(self, token, data)
            case blocks.Diagram(text=text):
                return DiagramBlock(self, token, text)
            case blocks.Math(tex=tex):
                return MathBlock(self, token, tex)
            case Problem():
                return ProblemBlock(self, token, data)
            case table.Table():
                return NoteTable(self, token)
            case NoteListData():
                return NoteList(self, token)
        return None
