"""What the cards of the notes have shown, kept while the app is open.

A page is made anew each time it is opened; its cards then show again what they showed before.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import TYPE_CHECKING

from dlwp_tui.tui.reader.cards import ExperimentBlock, RunBlock

if TYPE_CHECKING:
    from textual.widget import Widget

    from dlwp_tui.analysis.verdict import Verdict
    from dlwp_tui.tui.reader.quiz import QuizBlock


class CardMemory:
    """Answers, verdicts and states of runs so far. `page` is the widget whose cards are on the screen."""

    def __init__(self, page: Widget) -> None:
        self._page = page
        self._answers: dict[tuple[str, int], list[int]] = {}
        self._verdicts: dict[tuple[str, str], Verdict] = {}
        self._states: dict[Hashable, str] = {}

    def answer(self, section_id: str, index: int, chosen: Iterable[int]) -> None:
        """Quiz `index` of a section was answered."""
        self._answers[section_id, index] = list(chosen)

    def verdict(self, lesson: str, experiment_id: str, verdict: Verdict) -> None:
        """An experiment has this verdict by now."""
        self._verdicts[lesson, experiment_id] = verdict
        self._show()

    def run_state(self, key: Hashable, state: str) -> None:
        """The newest run with this `run_key` is going like this."""
        self._states[key] = state
        self._show()

    def restore(self, section_id: str, quizzes: Iterable[tuple[int, QuizBlock]]) -> None:
        """Fill the cards of the page that was just mounted; `quizzes` with their numbers in the section."""
        for index, quiz in quizzes:
            if chosen := self._answers.get((section_id, index)):
                quiz.restore(chosen)
        self._show()

    def _show(self) -> None:
        """Each card redraws itself only where what it shows has changed."""
        for experiment in self._page.query(ExperimentBlock):
            if verdict := self._verdicts.get((experiment.lesson_id, experiment.experiment_id)):
                experiment.show_verdict(verdict)
        for run in self._page.query(RunBlock):
            run.show_state(self._states.get(run.key, ""))
