"""What the cards of the notes have shown, kept while the app is open: answers, verdicts, how runs are going.

A page is made anew each time it is opened; its cards then say again what they said before.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from dlwp_tui.tui.reader.cards import ExperimentBlock, RunBlock

if TYPE_CHECKING:
    from textual.widget import Widget

    from dlwp_tui.analysis.verdict import Verdict
    from dlwp_tui.course.blocks import RunCard
    from dlwp_tui.tui.reader.quiz import QuizBlock

    Known = tuple[Verdict | None, tuple[int, int] | None]


class CardMemory:
    """Everything said so far. `page` is the widget whose cards are on the screen."""

    def __init__(self, page: Widget) -> None:
        self._page = page
        self._answers: dict[tuple[str, int], list[int]] = {}
        self._verdicts: dict[tuple[str, str], Known] = {}
        self._states: list[tuple[RunCard, str]] = []

    def answer(self, section_id: str, index: int, chosen: Iterable[int]) -> None:
        """Quiz `index` of a section was answered."""
        self._answers[section_id, index] = list(chosen)

    def verdict(self, lesson: str, experiment_id: str, verdict: Verdict | None) -> None:
        """What an experiment has shown; how far its runs are goes on being said while it is pending."""
        pending = verdict is not None and verdict.kind == "pending"
        self._show_experiment(
            lesson, experiment_id, verdict, self._known(lesson, experiment_id)[1] if pending else None
        )

    def progress(self, lesson: str, experiment_id: str, done: int, total: int) -> None:
        """`done` of `total` runs of an experiment have ended."""
        self._show_experiment(lesson, experiment_id, self._known(lesson, experiment_id)[0], (done, total))

    def run_state(self, card: RunCard, state: str) -> None:
        """How the run of a card is going; an empty text says nothing again."""
        self._states = [(other, text) for other, text in self._states if other != card] + [(card, state)]
        self._show_states([(card, state)])

    def restore(self, section_id: str, quizzes: Iterable[tuple[int, QuizBlock]]) -> None:
        """Say everything again on the page just mounted; `quizzes` with their numbers in the section."""
        for index, quiz in quizzes:
            if chosen := self._answers.get((section_id, index)):
                quiz.restore(chosen)
        for experiment in self._page.query(ExperimentBlock):
            if known := self._verdicts.get((experiment.lesson_id, experiment.experiment_id)):
                experiment.show_verdict(*known)
        self._show_states(self._states)

    def _known(self, lesson: str, experiment_id: str) -> Known:
        return self._verdicts.get((lesson, experiment_id), (None, None))

    def _show_experiment(
        self, lesson: str, experiment_id: str, verdict: Verdict | None, progress: tuple[int, int] | None
    ) -> None:
        self._verdicts[lesson, experiment_id] = (verdict, progress)
        for block in self._page.query(ExperimentBlock):
            if (block.lesson_id, block.experiment_id) == (lesson, experiment_id):
                block.show_verdict(verdict, progress)

    def _show_states(self, states: Iterable[tuple[RunCard, str]]) -> None:
        for card, state in states:
            for block in self._page.query(RunBlock):
                if block.card == card:
                    block.show_state(state)
