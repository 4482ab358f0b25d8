"""Whether an experiment's runs bear out the note's statement. Each seed votes; the majority of the seeds decides.

The `label` of a verdict on synthetic data or an unverified file names its source.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import fmean, median
from typing import Literal

from dlwp_tui.analysis import wording
from dlwp_tui.analysis.seeds import by_epoch
from dlwp_tui.core.language import _
from dlwp_tui.core.types import UsedSource, Value
from dlwp_tui.course import expect
from dlwp_tui.course.lesson import Experiment, Lesson
from dlwp_tui.runs import facts, store
from dlwp_tui.runs.folder import RunFolder
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
class Vote:
    """The outcome of one seed."""

    vote: int
    holds: bool | None
    """None when it does not count: see `why`."""
    figures: dict[str, float]
    """The value of each function in `expect`, by its text: `{"argmin(small.val_loss)": 6.0}`."""
    why: tuple[str, ...] = ()
    """Why it does not count, a sentence each."""


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
    batch: str = ""
    """The id of this start of the experiment (see `ExperimentVote`)."""
    ended: int = 0
    """How many of its runs are over."""

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
    def synthetic(self) -> bool:
        """True when the figures may not be compared with the note's."""
        return self.source == "synthetic"

    @property
    def label(self) -> str:
        """The verdict as it is shown: a glyph, a word and, unless it is real data, the source."""
        word = {
            "holds": "✓ " + _("holds"),
            "does not hold": "✗ " + _("does not hold"),
            "undecided": "? " + _("undecided"),
            "pending": "… " + _("running"),
        }[self.kind]
        if self.source == "synthetic":
            return word + " " + _("(on synthetic data)")
        return word + " " + _("(on an unverified file)") if self.source == "unverified" else word


def plan(lesson: Lesson, experiment: Experiment) -> tuple[PlannedRun, ...]:
    """The runs an experiment needs: each side once per seed, vote by vote, so that an early end leaves whole votes."""
    preset = lesson.preset(experiment.preset).values
    sides = {side: lesson.values(overrides=preset | changed) for side, changed in experiment.runs.items()}
    return tuple(
        PlannedRun(side, vote, params, FIRST_SEED + vote)
        for vote in range(experiment.seeds)
        for side, params in sides.items()
    )


def judge(experiment: Experiment, views: Mapping[tuple[str, int], RunView], batch: str = "") -> Verdict:
    """The verdict of runs given by (side, vote). The views are taken as they are: update them first."""
    expression = expect.parse(experiment.expect)
    votes = tuple(_vote(experiment, expression, views, vote) for vote in range(experiment.seeds))
    kind = _kind(votes, views)
    counted = [vote for vote in votes if vote.holds is not None]
    if not counted and kind != "pending":
        counted = list(votes)
    names = dict.fromkeys(name for vote in counted for name in vote.figures)
    return Verdict(
        kind=kind,
        votes=votes,
        figures={name: median(v.figures[name] for v in counted if name in v.figures) for name in names},
        source=facts.worst_source(view.source for view in views.values() if view.source),
        why=tuple(dict.fromkeys(sentence for vote in votes for sentence in vote.why)),
        batch=batch,
        ended=sum(not view.state.active for view in views.values()),
    )


def latest(lesson: Lesson, experiment: Experiment) -> Verdict | None:
    """The verdict of the experiment's newest start; None when it was never started."""
    batch, folders = newest_runs(lesson.id, experiment.id)
    views = {place: RunView.whole(folder) for place, folder in folders.items()}
    return judge(experiment, views, batch) if views else None


def newest_runs(lesson_id: str, experiment_id: str) -> tuple[str, dict[tuple[str, int], RunFolder]]:
    """(batch, folder by side and vote) of the experiment's newest start; ("", {}) when it was never started."""
    batch = ""
    found: dict[tuple[str, int], RunFolder] = {}
    for folder in store.all():  # newest first: of two runs in one place the later one counts
        spec = store.read_spec(folder)
        place = spec.experiment
        if place is None or spec.lesson != lesson_id or place.id != experiment_id:
            continue
        batch = batch or place.batch
        if place.batch == batch:
            found.setdefault((place.side, place.vote), folder)
    return batch, found


def arms(lesson: Lesson, experiment: Experiment) -> dict[RunFolder, str]:
    """The runs of the experiment's newest start, vote by vote, and what the side of each is called."""
    called = wording.side_names(lesson, experiment)
    _batch, folders = newest_runs(lesson.id, experiment.id)
    order = {side: number for number, side in enumerate(experiment.runs)}
    known = [place for place in folders if place[0] in order]
    return {folders[place]: called[place[0]] for place in sorted(known, key=lambda one: (one[1], order[one[0]]))}


def in_words(found: Verdict, lesson: Lesson, experiment: Experiment) -> tuple[str, ...]:
    """The figures of a verdict as sentences, each with the value of every side."""
    wanted = expect.parse(experiment.expect).figures
    values = {figure: found.figures[str(figure)] for figure in wanted if str(figure) in found.figures}
    return wording.sentences(values, wording.side_names(lesson, experiment), lesson.words)


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
    experiment: Experiment, expression: expect.Expression, views: Mapping[tuple[str, int], RunView], vote: int
) -> Vote:
    why = []
    sides: dict[str, RunView] = {}
    for side in experiment.runs:
        view = views.get((side, vote))
        if view is None:
            why.append(_("Run {side} of seed {vote} was not started.").format(side=side, vote=vote + 1))
        elif view.state is not RunState.FINISHED:
            why.append(
                _("Run {side} of seed {vote}: {state}.").format(side=side, vote=vote + 1, state=label(view.state))
            )
        else:
            sides[side] = view
    outcome = expression.evaluate(
        {side: figures_of(view) for side, view in sides.items()},
        {side: scalars_of(view) for side, view in sides.items()},
    )
    holds = None if why else outcome.holds
    if not why and holds is None:
        why += outcome.missing
    if len({view.source == "synthetic" for view in sides.values()}) > 1:
        why.append(_("One side ran on real data and the other on synthetic data: they cannot be compared."))
        holds = None
    return Vote(vote, holds, outcome.figures, tuple(why))


def _kind(votes: tuple[Vote, ...], views: Mapping[tuple[str, int], RunView]) -> Kind:
    if any(view.state.active for view in views.values()):
        return "pending"
    yes, no = (sum(vote.holds is holds for vote in votes) for holds in (True, False))
    return "holds" if 2 * yes > len(votes) else "does not hold" if 2 * no > len(votes) else "undecided"
