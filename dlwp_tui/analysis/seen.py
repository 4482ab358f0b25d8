"""Whether a finished run showed what its preset promises: in words for the learner (`see`), in figures (`expect`)."""

from __future__ import annotations

from dataclasses import dataclass

from dlwp_tui.analysis import verdict, wording
from dlwp_tui.core.language import _
from dlwp_tui.course import expect
from dlwp_tui.course.lesson import PRESET_RUN, Lesson
from dlwp_tui.runs.state import RunState
from dlwp_tui.runs.view import RunView


@dataclass(frozen=True)
class Seen:
    """What became of a preset's promise in one run."""

    holds: bool | None
    """None: a figure that decides is missing, see `missing`."""
    promise: str
    """The preset's `see`."""
    figures: dict[str, float]
    """Each function of `expect` and its value: `{"argmin(run.val_loss)": 4.0}`."""
    sentences: tuple[str, ...]
    """The same in words."""
    missing: tuple[str, ...] = ()
    """Why figures are missing, a sentence each."""

    @property
    def label(self) -> str:
        """A glyph and a word, since colour is never the only sign."""
        if self.holds is None:
            return "? " + _("cannot be told")
        return "✓ " + _("seen here") if self.holds else "✗ " + _("not seen here")


def seen(view: RunView, lesson: Lesson | None) -> Seen | None:
    """Judge a run by its preset's promise; None unless it finished with exactly the params the preset has today.

    The view is taken as it is: update it first.
    """
    if lesson is None or view.state is not RunState.FINISHED or view.spec.lesson != lesson.id:
        return None
    preset = lesson.presets.get(view.spec.preset or "")
    if preset is None or not preset.expect or lesson.values(view.spec.preset) != view.spec.params:
        return None
    expression = expect.parse(preset.expect)
    outcome = expression.evaluate({PRESET_RUN: verdict.figures_of(view)}, {PRESET_RUN: verdict.scalars_of(view)})
    values = {figure: outcome.figures[str(figure)] for figure in expression.figures if str(figure) in outcome.figures}
    sentences = wording.sentences(values, {PRESET_RUN: ""}, lesson.words)
    return Seen(outcome.holds, str(preset.see), outcome.figures, sentences, outcome.missing)
