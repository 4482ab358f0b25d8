"""Whether an experiment's runs bear out the note's statement, beyond what seeds differ: see `effects`.

A comparison that does not hold decides; else one that is undecided leaves the whole undecided. Which runs are judged is
found in `evidence`. The `label` of a verdict on synthetic data or an unverified file names its source.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from statistics import fmean, median
from typing import Literal

from dlwp_tui.analysis import effects, wording
from dlwp_tui.analysis.effects import MOST_SEEDS, Effect
from dlwp_tui.analysis.seeds import by_epoch
from dlwp_tui.core.language import _
from dlwp_tui.core.types import UsedSource, Value
from dlwp_tui.course import expect
from dlwp_tui.course.lesson import Experiment, Lesson
from dlwp_tui.runs import facts
from dlwp_tui.runs.series import Curve
from dlwp_tui.runs.state import RunState, label
from dlwp_tui.runs.view import RunView

Kind = Literal["holds", "does not hold", "undecided", "pending"]
FIRST_SEED = 1
"""The seed of vote 0; vote 1 has the next one. The sides of a vote share a seed and differ in their params only."""


@dataclass(frozen=True)
class PlannedRun:
    """One of the runs an experiment needs."""

    side: str
    vote: int
    """0-based."""
    params: dict[str, Value]
    seed: int


@dataclass(frozen=True)
class Measured:
    """What a verdict needs of one run."""

    id: str
    state: RunState
    source: UsedSource | None
    seconds: float
    value: Callable[[expect.Figure], float | str]
    """A figure of it, or a sentence why there is none."""


@dataclass(frozen=True)
class Vote:
    """The outcome of one seed."""

    vote: int
    holds: bool | None
    """None when it does not count: see `why`."""
    figures: dict[str, float]
    """The value of each function in `expect`, by its text: `{"argmin(small.val_loss)": 6.0}`."""
    why: tuple[str, ...] = ()
    """Why it does not count, a sentence each."""
    whole: bool = True
    """Every side has finished, all on one kind of data: its figures have a say, though one of them may be missing."""


@dataclass(frozen=True)
class Verdict:
    """The outcome of all seeds together."""

    kind: Kind
    votes: tuple[Vote, ...]
    figures: dict[str, float]
    """The median of each function in `expect` over the seeds that have voted: a seed that is not through changes
    nothing. Where in the end none of them counts, over all that have the figure."""
    source: UsedSource | None
    """The worst source any of the runs used."""
    why: tuple[str, ...] = ()
    """Why it is undecided or pending, a sentence each."""
    ended: int = 0
    """How many of its runs are over."""
    effects: tuple[Effect, ...] = ()
    """Each comparison of `expect`, in its order."""
    stale: tuple[str, ...] = ()
    """What has changed since its runs were made, a sentence each; () where they would come out the same."""
    seconds: float = 0.0
    """What its runs have worked, all together."""
    runs: tuple[str, ...] = ()
    """Their ids."""

    @property
    def voted(self) -> int:
        """How many seeds have voted."""
        return sum(vote.holds is not None for vote in self.votes)

    @property
    def of_seeds(self) -> str:
        """How many seeds the figures are of, in words; "" where the experiment has a single one."""
        count = self.voted or len(self.votes)
        if len(self.votes) < 2:
            return ""
        return _("median of {count} seeds").format(count=count) if count > 1 else _("of a single seed")

    @property
    def seeds_needed(self) -> int | None:
        """About how many seeds would decide it; None where it is decided or nobody can tell."""
        return max((needed for effect in self.effects if (needed := effect.seeds_needed)), default=None)

    @property
    def synthetic(self) -> bool:
        """True when the figures may not be compared with the note's."""
        return self.source == "synthetic"

    @property
    def label(self) -> str:
        """The verdict as it is shown: a glyph, a word, the source where it is not real data, `(out of date)`."""
        source = {"synthetic": _("(on synthetic data)"), "unverified": _("(on an unverified file)")}
        parts = (word(self.kind), source.get(self.source or "", ""), _("(out of date)") if self.stale else "")
        return " ".join(filter(None, parts))


def word(kind: Kind) -> str:
    """A kind of verdict as lists and cards show it: a glyph and a word, since colour is never the only sign."""
    return {
        "holds": "✓ " + _("holds"),
        "does not hold": "✗ " + _("does not hold"),
        "undecided": "? " + _("undecided"),
        "pending": "… " + _("running"),
    }[kind]


def plan(lesson: Lesson, experiment: Experiment) -> tuple[PlannedRun, ...]:
    """The runs an experiment needs: each side once per seed, vote by vote, so that an early end leaves whole votes."""
    preset = lesson.preset(experiment.preset).values
    sides = {side: lesson.values(overrides=preset | changed) for side, changed in experiment.runs.items()}
    return tuple(
        PlannedRun(side, vote, params, FIRST_SEED + vote)
        for vote in range(experiment.seeds)
        for side, params in sides.items()
    )


def judge(experiment: Experiment, runs: Mapping[tuple[str, int], Measured], stale: tuple[str, ...] = ()) -> Verdict:
    """The verdict of runs given by (side, vote)."""
    expression = expect.parse(experiment.expect)
    votes = tuple(_vote(experiment, expression, runs, vote) for vote in range(experiment.seeds))
    whole = [vote.figures for vote in votes if vote.whole]
    judged = tuple(
        Effect(term, tuple(m for figures in whole if (m := term.margin(figures)) is not None), experiment.seeds)
        for term in expression.terms
    )
    kind = _kind(judged, runs)
    counted = [vote for vote in votes if vote.holds is not None]
    if not counted and kind != "pending":
        counted = list(votes)
    names = dict.fromkeys(name for vote in counted for name in vote.figures)
    found = Verdict(
        kind=kind,
        votes=votes,
        figures={name: median(v.figures[name] for v in counted if name in v.figures) for name in names},
        source=facts.worst_source(run.source for run in runs.values() if run.source),
        why=tuple(dict.fromkeys(sentence for vote in votes for sentence in vote.why)),
        ended=sum(not run.state.active for run in runs.values()),
        effects=judged,
        stale=stale,
        seconds=sum(run.seconds for run in runs.values()),
        runs=tuple(run.id for run in runs.values()),
    )
    return replace(found, why=(*found.why, *_too_small(found)))


def measured(view: RunView) -> Measured:
    """A run as it was folded: update the view first."""

    def value(figure: expect.Figure) -> float | str:
        return figure.value({figure.run: figures_of(view)}, {figure.run: scalars_of(view)})

    return Measured(view.folder.id, view.state, view.source, view.elapsed_s, value)


def in_words(found: Verdict, lesson: Lesson, experiment: Experiment) -> tuple[str, ...]:
    """The figures of a verdict as sentences, each with the value of every side."""
    wanted = expect.parse(experiment.expect).figures
    values = {figure: found.figures[str(figure)] for figure in wanted if str(figure) in found.figures}
    return wording.sentences(values, wording.side_names(lesson, experiment), lesson.words)


def effects_in_words(found: Verdict, lesson: Lesson, experiment: Experiment) -> tuple[str, ...]:
    """The size of what the experiment compares as sentences, each with how far seeds differ in it."""
    figures = [vote.figures for vote in found.votes if vote.whole]
    return effects.in_words(found.effects, figures, wording.side_names(lesson, experiment), lesson.words)


def figures_of(view: RunView) -> dict[str, expect.Values]:
    """A run's per-epoch values by metric, NaN included, with their epochs, as `expect` reads them.

    Curves without a label as they are. A metric that only labelled curves have (folds) is their mean, epoch by epoch,
    as far as all of them go. A metric that was logged per step only comes from its batch curve: extremes and the last
    value are exact there. Final results are single values, `result_accuracy` for `accuracy`.
    """
    labelled: dict[str, list[Curve]] = {}
    for key, curve in view.curves.items():
        if key.label:
            labelled.setdefault(key.metric, []).append(curve)
    found = {}
    for metric, curves in labelled.items():
        values = by_epoch(curves)
        found[metric] = expect.Values(map(fmean, values.values()), values)
    found |= {
        key.metric: expect.Values(curve.values, curve.all_xs) for key, curve in view.curves.items() if not key.label
    }
    for key, curve in view.batch_curves.items():
        if not key.label:
            found.setdefault(key.metric, expect.Values(curve.ys))
    for metric, value in view.results.get("", {}).items():
        found[f"result_{metric}"] = expect.Values([value])
    return found


def scalars_of(view: RunView) -> dict[str, float]:
    """A run's single figures as `expect` reads them: seconds worked and, where a model was shown, its params."""
    scalars = {"seconds": view.elapsed_s}
    if view.models:
        scalars["params"] = float(view.models[0].params)
    return scalars


def _vote(
    experiment: Experiment, expression: expect.Expression, runs: Mapping[tuple[str, int], Measured], vote: int
) -> Vote:
    why = []
    sides: dict[str, Measured] = {}
    for side in experiment.runs:
        run = runs.get((side, vote))
        if run is None:
            why.append(_("Run {side} of seed {vote} was not started.").format(side=side, vote=vote + 1))
        elif run.state is not RunState.FINISHED:
            why.append(
                _("Run {side} of seed {vote}: {state}.").format(side=side, vote=vote + 1, state=label(run.state))
            )
        else:
            sides[side] = run
    outcome = expression.outcome({one: sides[one.run].value(one) for one in expression.figures if one.run in sides})
    if len({run.source == "synthetic" for run in sides.values()}) > 1:
        why.append(_("One side ran on real data and the other on synthetic data: they cannot be compared."))
    if why:
        return Vote(vote, None, outcome.figures, tuple(why), whole=False)
    return Vote(vote, outcome.holds, outcome.figures, outcome.missing if outcome.holds is None else ())


def _kind(judged: tuple[Effect, ...], runs: Mapping[tuple[str, int], Measured]) -> Kind:
    if any(run.state.active for run in runs.values()):
        return "pending"
    decisions = {effect.decision for effect in judged}
    return "does not hold" if "does not hold" in decisions else "undecided" if "undecided" in decisions else "holds"


def _too_small(found: Verdict) -> tuple[str, ...]:
    """Why it is undecided though every figure is there."""
    if found.kind != "undecided" or (needed := found.seeds_needed) is None:
        return ()
    count = _("more than {count}").format(count=MOST_SEEDS) if needed > MOST_SEEDS else str(needed)
    return (_("Seeds differ by more than the effect: {count} seeds would decide.").format(count=count),)
