"""A quiz of a note: choose an answer, learn at once whether and why it is right, try again."""

from __future__ import annotations

from dataclasses import dataclass

from markdown_it.token import Token
from rich.text import Text
from textual.content import Content
from textual.events import Key
from textual.message import Message
from textual.widgets.markdown import Markdown

from dlwp_tui.core import progress
from dlwp_tui.core.language import _
from dlwp_tui.course import blocks
from dlwp_tui.render import inline
from dlwp_tui.render.note import LETTERS
from dlwp_tui.tui import keys
from dlwp_tui.tui.reader.cards import Card
from dlwp_tui.tui.reader.text import content


class QuizBlock(Card):
    """A question with answers. ↑ ↓ move, Enter or the answer's letter chooses; every choice shows its reason."""

    BINDINGS = keys.bindings("quiz")

    @dataclass
    class Answered(Message):
        """An answer was chosen."""

        block: QuizBlock
        right: bool

    def __init__(self, markdown: Markdown, token: Token, quiz: blocks.Quiz) -> None:
        super().__init__(markdown, token)
        self.quiz = quiz.shuffled(progress.learner())
        self.cursor = 0
        self.chosen: list[int] = []
        """Answers chosen so far, in order."""

    def restore(self, chosen: list[int]) -> None:
        """Show earlier choices again, after a page was left and came back."""
        self.chosen = list(chosen)
        self.redraw()

    @property
    def solved(self) -> bool:
        """True when a right answer was chosen."""
        return any(self.quiz.options[at].right for at in self.chosen)

    def build(self, width: int) -> Content:
        title = Text.assemble(("? " + _("Quiz"), "accent"), "  ")
        lines = [inline.hanging(title, inline.parse(self.quiz.question), width), Text()]
        for at, option in enumerate(self.quiz.options):
            lines += self._option(at, option, width)
        lines.append(Text())
        if self.solved:
            lines.append(Text(_("✓ Solved"), "right"))
        else:
            again = _("choose") if not self.chosen else _("try another")
            pressed = " ".join(map(keys.label, ("quiz.up", "quiz.down", "card.press")))
            lines.append(self.hints((pressed, again, f"choose({self.cursor})")))
        return content(inline.lines(lines))

    def action_move(self, step: int) -> None:
        """Move to another answer."""
        self.cursor = (self.cursor + step) % len(self.quiz.options)
        self.redraw()

    def action_press(self) -> None:
        """Choose the answer under the cursor."""
        self.action_choose(self.cursor)

    def action_choose(self, at: int) -> None:
        """Choose an answer; choosing it again changes nothing."""
        self.cursor = at
        if at not in self.chosen:
            self.chosen.append(at)
            self.post_message(self.Answered(self, self.quiz.options[at].right))
        self.redraw()

    def on_key(self, event: Key) -> None:
        """An answer's letter chooses it."""
        at = LETTERS.find(event.character or " ")
        if 0 <= at < len(self.quiz.options):
            event.stop()
            event.prevent_default()
            self.action_choose(at)

    def _option(self, at: int, option: blocks.Option, width: int) -> list[Text]:
        here = self.has_focus and at == self.cursor
        letter = f" {LETTERS[at]} "
        sign = Text.assemble("› " if here else "  ", (letter, "reverse" if here else "accent"), " ")
        line = inline.hanging(sign, inline.parse(option.text), width)
        line.stylize(f"@choose({at})")
        if at not in self.chosen:
            return [line]
        glyph, word, mark = ("✓", _("Right."), "right") if option.right else ("✗", _("Not quite."), "wrong")
        written = option.why.startswith(word.rstrip(".。"))  # the note's own words begin with it
        reason = Text.assemble((glyph if written else f"{glyph} {word}", mark), " ", inline.parse(option.why))
        return [line, inline.hanging(Text("      "), reason, width)]
