"""A note for a plain terminal or a pipe: what `dlwp show` prints.

The own blocks become what a terminal without the app can use: a run card is the command to copy, an experiment its
statement, the recorded figure and its commands, a quiz its question, with the answers at the end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.style import Style
from rich.text import Text

from dlwp_tui.core.errors import DlwpError, Problem
from dlwp_tui.core.language import _, pgettext
from dlwp_tui.course import blocks
from dlwp_tui.render import command, inline, table, wrap
from dlwp_tui.tex import formula

if TYPE_CHECKING:
    from markdown_it.tree import SyntaxTreeNode
    from rich.console import Console, ConsoleOptions, RenderResult

    from dlwp_tui.course.lesson import Experiment, Lesson
    from dlwp_tui.course.note import Note, Page

WIDEST = 100
"""Longer lines are hard to read, however wide the terminal is."""
Judged = Callable[["Lesson", "Experiment"], Sequence[str]]
"""Lines on what the course's own runs of an experiment showed."""
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def alert_head(kind: str) -> tuple[str, str]:
    """The sign of an alert of this kind, and the word that stands over it where the note gives no title."""
    return {
        "note": ("i", pgettext("alert", "Note")),
        "tip": ("*", pgettext("alert", "Tip")),
        "important": ("!", pgettext("alert", "Important")),
        "warning": ("!", pgettext("alert", "Warning")),
        "caution": ("!", pgettext("alert", "Caution")),
    }[kind]


def render(
    note: Note | Page,
    width: int | None = None,
    *,
    section_id: str = "",
    lessons: Callable[[str], Lesson] | None = None,
    learner: str = "",
    judged: Judged | None = None,
) -> RenderableType:
    """A whole note or one page for `rich.console.Console.print`, at most `width` (or 100) cells wide.

    `lessons` finds a lesson for the experiment cards; a single page names those of `section_id`. The answers
    of quizzes come in `learner`'s order. `judged` adds what became of an experiment in the course's runs.
    Colour and syntax highlighting appear on a console with colour only.
    """
    from dlwp_tui.course.note import Note

    if isinstance(note, Note):
        sources = [page.markdown for page in note.pages]
        if not sources or not sources[0].startswith("# "):  # nothing stands before the first part
            sources.insert(0, f"# {note.section_id} {note.title}")
        return _Rendered(sources, width, note.section_id, lessons, learner, judged)
    return _Rendered([note.markdown], width, section_id, lessons, learner, judged)


def style(mark: str) -> Style | str | None:
    """The terminal style of a mark (see `render.inline`); 16 colours suffice."""
    if mark.startswith(inline.LINK):
        target = mark.removeprefix(inline.LINK)
        return Style(underline=True, link=target if target.startswith(("http://", "https://")) else None)
    return {
        "strong": "bold", "em": "italic", "s": "strike", "code": "cyan", "image": "dim", "head": "bold", "rule": "dim",
    }.get(mark)  # fmt: skip


@dataclass
class _Rendered:
    """Made when printed, because only then are width and colours known."""

    sources: Sequence[str]
    width: int | None
    section_id: str
    lessons: Callable[[str], Lesson] | None
    learner: str
    judged: Judged | None

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        wrap.install()
        width = min(options.max_width, self.width or WIDEST)
        colour = console.color_system is not None
        walker = _Walker(width, colour, self.section_id, self.lessons, self.learner, self.judged)
        parts = [part for source in self.sources for part in walker.document(source)]
        yield from console.render(Group(*parts, *walker.answers()), options.update_width(width))


@dataclass
class _Walker:
    width: int
    colour: bool
    section_id: str
    lessons: Callable[[str], Lesson] | None
    learner: str
    judged: Judged | None
    quizzes: list[blocks.Quiz] = field(default_factory=list)

    def document(self, source: str, width: int | None = None) -> Iterator[RenderableType]:
        """The blocks of a Markdown text, each followed by a blank line."""
        from markdown_it.tree import SyntaxTreeNode

        from dlwp_tui.course.markdown import parser

        for node in SyntaxTreeNode(parser().parse(source)).children:
            yield from self.block(node, width or self.width)
            yield Text()

    def block(self, node: SyntaxTreeNode, width: int) -> Iterator[RenderableType]:
        data = node.meta.get("data") if node.type.startswith("x_") else None
        if data is not None:
            yield from self.own(data, width)
        elif node.type == "heading":
            level = int(node.tag[1:])
            title = inline.styled(_inline(node), style)
            title.stylize("bold" if level > 1 else "bold underline")
            yield Text.assemble(("## ", "dim") if level == 2 else "", title)
        elif node.type in ("bullet_list", "ordered_list"):
            yield from self.items(node, width)
        elif node.type == "blockquote":
            yield from self.barred([part for child in node.children for part in self.block(child, width - 2)])
        elif node.type == "table":
            yield inline.styled(table.layout(table.from_tokens(node.to_tokens()), width), style)
        elif node.type in ("fence", "code_block"):
            yield self.code(node.content, node.info if node.type == "fence" else "")
        elif node.type == "hr":
            yield Text("─" * min(width, 20), style="dim")
        elif node.type == "paragraph":
            yield inline.styled(_inline(node), style)
        else:
            yield Text(node.content)

    def items(self, node: SyntaxTreeNode, width: int) -> Iterator[RenderableType]:
        first = int(node.attrs.get("start", 1) or 1) if node.type == "ordered_list" else 0
        last = first + len(node.children) - 1
        for number, item in enumerate(node.children, first):
            sign = f"{str(number).rjust(len(str(last)))}. " if node.type == "ordered_list" else "• "
            parts = [part for child in item.children for part in self.block(child, width - len(sign))]
            yield _Hanging(sign, Group(*parts))

    def own(self, data: object, width: int) -> Iterator[RenderableType]:
        match data:
            case blocks.RunCard():
                yield Text.assemble(("▶ ", "bold"), (command.run(data.lesson, data.preset, data.params), "cyan"))
            case blocks.ExperimentCard():
                yield from self.experiment(data)
            case blocks.Diagram(text=text):
                yield Text(text, no_wrap=True, overflow="ignore")
            case blocks.Math(tex=tex):
                yield formula_block(tex)
            case blocks.Quiz():
                yield from self.quiz(data)
            case blocks.Alert():
                sign, word = alert_head(data.kind)
                title = Text.assemble(f"{sign} ", inline.styled(inline.parse(data.title or word), style))
                title.stylize("bold")
                yield from self.barred([title, *list(self.document(data.body, width - 2))[:-1]])
            case Problem(message=message, hint=hint):
                yield Text(f"✗ {message} {hint}".rstrip(), style="red")

    def barred(self, parts: Sequence[RenderableType]) -> Iterator[RenderableType]:
        """The parts behind a quiet bar."""
        yield _Hanging("│ ", Group(*parts), every=True)

    def experiment(self, card: blocks.ExperimentCard) -> Iterator[RenderableType]:
        lesson_id = card.lesson or self.section_id
        if self.lessons is None:
            yield Text.assemble(("◆ ", "bold"), _("Experiment {id}").format(id=card.id))
            return
        try:
            lesson = self.lessons(lesson_id)
            experiment = lesson.experiment(card.id)
        except DlwpError as error:
            yield Text(f"✗ {error.message} {error.hint}".rstrip(), style="red")
            return
        statement = inline.styled(inline.parse(str(experiment.statement)), style)
        yield _Hanging("◆ ", Text.assemble((_("Experiment"), "bold"), "  ", statement))
        if str(experiment.recorded):
            recorded = inline.styled(inline.parse(str(experiment.recorded)), style)
            yield _Hanging("  ", Text.assemble((_("Recorded:"), "dim"), " ", recorded))
        for line in self.judged(lesson, experiment) if self.judged is not None else ():
            yield _Hanging("  ", Text(line, "dim"))
        wide = max(len(name) for name in experiment.runs)
        for name, values in experiment.runs.items():
            run = command.run(lesson_id, experiment.preset, values, lesson)
            yield Text.assemble(f"  {name.ljust(wide)}  ", (run, "cyan"))

    def quiz(self, quiz: blocks.Quiz) -> Iterator[RenderableType]:
        quiz = quiz.shuffled(self.learner)
        self.quizzes.append(quiz)
        number = _("Quiz {number}").format(number=len(self.quizzes))
        yield Text.assemble((f"? {number}  ", "bold"), inline.styled(inline.parse(quiz.question), style))
        for letter, option in zip(LETTERS, quiz.options, strict=False):
            yield _Hanging(f"  {letter}. ", inline.styled(inline.parse(option.text), style))

    def answers(self) -> Iterator[RenderableType]:
        """The answers of all quizzes, for the end."""
        if not self.quizzes:
            return
        yield Text(_("Answers"), style="bold")
        for number, quiz in enumerate(self.quizzes, 1):
            yield Text(_("Quiz {number}").format(number=number))
            for letter, option in zip(LETTERS, quiz.options, strict=False):
                sign = "✓" if option.right else "✗"
                yield _Hanging(f"  {sign} {letter}. ", inline.styled(inline.parse(option.why), style))

    def code(self, text: str, language: str) -> RenderableType:
        text = text.rstrip("\n")
        if not self.colour or not language:
            return _Hanging("    ", Text(text, no_wrap=True, overflow="ignore"), every=True)
        from rich.syntax import Syntax

        lexer = language.split(maxsplit=1)[0]
        return _Hanging("    ", Syntax(text, lexer, theme="ansi_dark", background_color="default"), every=True)


def formula_block(tex: str) -> Text:
    """A displayed formula, indented; its source where it cannot be laid out."""
    try:
        rows = formula.layout(tex)
    except formula.FormulaError:
        rows = tex.strip().splitlines()
    return Text("\n".join(f"    {row}" for row in rows), no_wrap=True, overflow="ignore")


@dataclass
class _Hanging:
    """A renderable behind a sign: on the first line, or on each."""

    sign: str
    body: RenderableType
    every: bool = False

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        from rich.cells import cell_len
        from rich.segment import Segment

        wide = cell_len(self.sign)
        rows = console.render_lines(self.body, options.update(width=max(8, options.max_width - wide)), pad=False)
        for number, row in enumerate(rows):
            yield Segment(self.sign if self.every or not number else " " * wide)
            yield from row
            yield Segment.line()


def _inline(node: SyntaxTreeNode) -> Text:
    return inline.marked(child for leaf in node.children if leaf.token for child in leaf.token.children or ())
