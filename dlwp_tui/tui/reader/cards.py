"""The cards of a note: a run card starts its lesson, an experiment card puts its statement to the test."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from markdown_it.token import Token
from rich.text import Text
from textual import events
from textual.content import Content
from textual.message import Message
from textual.widgets.markdown import Markdown

from dlwp_tui.analysis import judged
from dlwp_tui.analysis.verdict import Verdict, effects_in_words, in_words
from dlwp_tui.core.errors import DlwpError
from dlwp_tui.core.language import _, ngettext
from dlwp_tui.course import blocks
from dlwp_tui.render import inline, table
from dlwp_tui.tui import keys
from dlwp_tui.tui.reader.text import FittedText, content

if TYPE_CHECKING:
    from dlwp_tui.core.types import Value
    from dlwp_tui.course.lesson import Experiment, Lesson


class Card(FittedText, can_focus=True):
    """A block that can be pressed. With the focus its bar is thick and its first key stands reversed."""

    FOCUS_ON_CLICK = True
    BINDINGS = keys.bindings("card")
    DEFAULT_CSS = """
    Card {
        margin: 0 0 1 0; padding: 0 1; background: $surface; border-left: outer $accent 60%;
        &:focus { border-left: thick $accent; background: $panel; }
        &:ansi { background: ansi_default; border-left: outer $accent; }
        &:ansi:focus { border-left: thick $accent; }
    }
    """

    def advance(self, _step: int) -> bool:
        """A card has nothing inside to step to."""
        return False

    def on_focus(self, _event: events.Focus) -> None:
        self.redraw()

    def on_blur(self, _event: events.Blur) -> None:
        self.redraw()

    def hints(self, *hints: tuple[str, str, str]) -> Text:
        """`Enter run   e change`, from (key, words, action); each can be clicked."""
        line = Text()
        for place, (key, words, action) in enumerate(hints):
            mark = "reverse" if self.has_focus and not place else "accent"
            part = Text.assemble((key, mark), " ", (words, "dim"))
            part.stylize(f"@{action}")
            line.append("   " if place else "")
            line.append_text(part)
        return line


class RunBlock(Card):
    """Starts a lesson with the card's params; `e` loads them into the form instead."""

    BINDINGS = keys.bindings("run-card")

    @dataclass
    class Pressed(Message):
        """The learner wants this run; `start` False: only load the params into the form."""

        card: blocks.RunCard
        start: bool

    def __init__(
        self, markdown: Markdown, token: Token, card: blocks.RunCard, lessons: Callable[[str], Lesson] | None
    ) -> None:
        super().__init__(markdown, token)
        self.card = card
        self.state = ""
        self.key: Hashable = None
        """`run_key` of the runs that the card starts; None where the lesson refuses its values."""
        self.lesson, self.problem = _find(lessons, card.lesson)
        if self.lesson is not None:
            try:
                self.key = run_key(card.lesson, self.lesson.values(card.preset, dict(card.params)))
            except DlwpError as error:
                self.problem = str(error)

    def show_state(self, state: str) -> None:
        """How the card's newest run is going: `● 3/20`, `✓ finished`; empty where there is none."""
        if state != self.state:
            self.state = state
            self.redraw()

    def build(self, _width: int) -> Content:
        title = Text.assemble(("▶ ", "accent"), (_("Run {lesson}").format(lesson=self.card.lesson), "accent"))
        if self.card.preset:
            title.append_text(Text.assemble("  ", (_("preset {name}").format(name=self.card.preset), "strong")))
        for name, value in self.card.params.items():
            title.append_text(Text.assemble("  ", self._label(name), " ", (value, "strong")))
        lines = [title]
        if self.problem:
            return content(inline.lines([title, Text(f"✗ {self.problem}", "wrong")]))
        if self.lesson is not None and self.card.preset and (see := str(self.lesson.presets[self.card.preset].see)):
            lines.append(inline.parse(see))
        foot = self.hints(
            (keys.label("card.press"), _("run"), "press"),
            (keys.label("card.params"), _("change the parameters"), "edit"),
        )
        if self.state:
            foot = Text.assemble((self.state, "strong"), "   ", foot)
        lines.append(foot)
        return content(inline.lines(lines))

    def action_press(self) -> None:
        """Start the run."""
        self.action_start()

    def action_start(self) -> None:
        """Start the run."""
        if not self.problem:
            self.post_message(self.Pressed(self.card, True))

    def action_edit(self) -> None:
        """Load the params into the form."""
        if not self.problem:
            self.post_message(self.Pressed(self.card, False))

    def _label(self, name: str) -> str:
        param = self.lesson.params.get(name) if self.lesson is not None else None
        return str(param.label) if param is not None else name


class ExperimentBlock(Card):
    """A statement, what the note recorded, what was measured here, and the verdict."""

    BINDINGS = keys.bindings("experiment-card")

    @dataclass
    class Pressed(Message):
        """The learner wants the experiment to be run."""

        lesson: Lesson
        experiment: Experiment

    @dataclass
    class CurvesAsked(Message):
        """The learner wants to see its newest runs over each other."""

        lesson: Lesson
        experiment: Experiment

    def __init__(
        self,
        markdown: Markdown,
        token: Token,
        card: blocks.ExperimentCard,
        lesson_id: str,
        lessons: Callable[[str], Lesson] | None,
    ) -> None:
        super().__init__(markdown, token)
        self.lesson_id = lesson_id
        self.experiment_id = card.id
        self.verdict: Verdict | None = None
        self.experiment: Experiment | None = None
        self.lesson, self.problem = _find(lessons, lesson_id)
        if self.lesson is not None:
            try:
                self.experiment = self.lesson.experiment(card.id)
            except DlwpError as error:
                self.problem = str(error)

    def show_verdict(self, verdict: Verdict) -> None:
        """The verdict of the newest time the experiment was started; pending while its runs are going on."""
        if verdict != self.verdict:
            self.verdict = verdict
            self.redraw()

    def build(self, width: int) -> Content:
        title = Text.assemble(("◆ " + _("Experiment"), "accent"), "  ")
        if self.experiment is None:
            problem = self.problem or self.experiment_id
            return content(inline.lines([title.append(self.experiment_id), Text(f"✗ {problem}", "wrong")]))
        assert self.lesson is not None
        statement = inline.parse(str(self.experiment.statement))
        course = [Text(line, "dim") for line in judged.sentences(self.lesson, self.experiment)]
        parts = [inline.hanging(title, statement, width), Text(), self._figures(width), *course, Text(), self._foot()]
        return content(inline.lines(parts))

    def action_press(self) -> None:
        """Show its runs; put the statement to the test where there are none."""
        if self.verdict is None:
            self.action_start()
        else:
            self.action_curves()

    def action_start(self) -> None:
        """Put the statement to the test, unless its runs are going on."""
        going_on = self.verdict is not None and self.verdict.kind == "pending"
        if self.lesson is not None and self.experiment is not None and not going_on:
            self.post_message(self.Pressed(self.lesson, self.experiment))

    def action_curves(self) -> None:
        """Lay its runs over each other in the curves tab."""
        if self.lesson is not None and self.experiment is not None and self.verdict is not None:
            self.post_message(self.CurvesAsked(self.lesson, self.experiment))

    def _figures(self, width: int) -> Text:
        """The note's figures and ours side by side; the heading of ours marks figures from synthetic data."""
        assert self.experiment is not None
        recorded = inline.parse(str(self.experiment.recorded)) or Text("–", "dim")
        verdict = self.verdict
        measured = Text(_("not measured yet"), "dim")
        if verdict is not None and verdict.figures:
            assert self.lesson is not None
            lines = [Text(sentence) for sentence in in_words(verdict, self.lesson, self.experiment)]
            if verdict.of_seeds:
                lines.append(Text(verdict.of_seeds, "dim"))
            measured = Text("\n").join(lines)
        here = _("Measured here")
        if verdict is not None and verdict.synthetic:
            here = _("Synthetic data here (not comparable)")
        head = (Text(_("Recorded")), Text(here))
        return table.layout(table.Table(head, ((recorded, measured),), ("left", "left")), width)

    def _foot(self) -> Text:
        assert self.experiment is not None
        count = len(self.experiment.runs) * self.experiment.seeds
        verdict = self.verdict
        if verdict is None:
            words = ngettext("put it to the test ({count} run)", "put it to the test ({count} runs)", count)
            return self.hints((keys.label("card.press"), words.format(count=count), "press"))
        curves = (keys.label("card.press"), _("its curves"), "press")
        if verdict.kind == "pending":
            running = _("● running {done}/{total}").format(done=verdict.ended, total=count)
            voted = _("{count} of {total} seeds have voted").format(count=verdict.voted, total=len(verdict.votes))
            return Text.assemble((running, "strong"), "  ", (voted, "dim"), "   ", self.hints(curves))
        mark = {"holds": "right", "does not hold": "wrong"}.get(verdict.kind, "strong")
        assert self.lesson is not None and self.experiment is not None
        sizes = effects_in_words(verdict, self.lesson, self.experiment)
        again = ngettext("test it again ({count} run)", "test it again ({count} runs)", count).format(count=count)
        return inline.lines(
            [
                Text.assemble((verdict.label, mark), *_votes(verdict)),
                *(Text(why, "dim") for why in (*sizes, *verdict.why, *verdict.stale)),
                self.hints(curves, (keys.label("card.start"), again, "start")),
            ]
        )


def run_key(lesson_id: str, params: Mapping[str, Value]) -> Hashable:
    """Equal for the runs of one lesson with the same params."""
    return lesson_id, tuple(sorted(params.items()))


def _find(lessons: Callable[[str], Lesson] | None, lesson_id: str) -> tuple[Lesson | None, str]:
    """The lesson, or a sentence with the reason why there is none."""
    if lessons is None:
        return None, ""
    try:
        return lessons(lesson_id), ""
    except DlwpError as error:
        return None, str(error)


def _votes(verdict: Verdict) -> Sequence[tuple[str, str]]:
    votes = [vote.holds for vote in verdict.votes if vote.holds is not None]
    if len(verdict.votes) < 2 or not votes:
        return ()
    share = _("{yes} of {all} seeds").format(yes=sum(votes), all=len(votes))
    return (("  ", ""), (share, "dim"))
