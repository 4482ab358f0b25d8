"""A search for params with Optuna: its trials are ordinary runs, one after the other in the queue.

Optuna chooses the params (sampler), ends hopeless trials (pruner) and keeps its journal in the data home. After a kill
the same search goes on: trials that have ended count, the one that was at work is taken up again.
Needs the extra `tune`.
"""

from __future__ import annotations

import hashlib
import importlib.util
import math
import re
import statistics
import time
import warnings
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

from dlwp_tui.core import paths
from dlwp_tui.core.errors import RunError, UsageError
from dlwp_tui.core.language import _
from dlwp_tui.core.types import Source, Value
from dlwp_tui.course.axes import Axis
from dlwp_tui.course.lesson import Lesson
from dlwp_tui.course.param import ParamError
from dlwp_tui.engine import control, launch
from dlwp_tui.runs import store
from dlwp_tui.runs.folder import RunFolder
from dlwp_tui.runs.series import higher_is_better
from dlwp_tui.runs.spec import SearchTrial
from dlwp_tui.runs.state import RunState
from dlwp_tui.runs.view import RunView

if TYPE_CHECKING:
    import optuna

    from dlwp_tui.engine.zygote import Zygote

Sampler = Literal["tpe", "random"]
Pruner = Literal["median", "halving", "none"]
SAMPLERS: tuple[Sampler, ...] = ("tpe", "random")
PRUNERS: tuple[Pruner, ...] = ("median", "halving", "none")
POLL_S = 0.2
FAILURES = 3
"""Trials that fail one after the other before the search gives up."""
WARM_UP = 3
"""Epochs of a trial before it may be pruned."""
FIRST = 4
"""Trials that run to their end before any is pruned: the pruner compares with them."""
MOST_TRIALS = 10_000
TRIALS_SEED = 1
"""Of every trial, so that they differ in their params alone."""
ANEW = "begun anew"
"""The attribute of an Optuna study that lists the trials a kill ended."""
RUN = "run"
"""The attribute of an Optuna trial that names its run."""


def require() -> None:
    """Raises UsageError where Optuna is not installed."""
    if importlib.util.find_spec("optuna") is None:
        raise UsageError(_("Optuna is not installed."), _("Install it: pip install 'dlwp-tui[tune]'"))


@dataclass(frozen=True)
class Search:
    """What is searched, and how. The same search has the same name, and so goes on where it was."""

    lesson: Lesson
    axes: Sequence[Axis]
    metric: str = "val_loss"
    preset: str | None = None
    sampler: Sampler = "tpe"
    pruner: Pruner = "median"
    seed: int = 0
    """Of the sampler."""
    source: Source = "auto"
    device: str = "auto"
    name: str = ""

    @property
    def maximise(self) -> bool:
        """Whether a higher metric is better. Raises UsageError for a metric of which that is not known."""
        higher = higher_is_better(self.metric)
        if higher is None:
            raise UsageError(
                _("Whether a high {metric} is good is not known.").format(metric=self.metric),
                _("Take a loss, an error or an accuracy, such as val_loss or val_accuracy."),
            )
        return higher

    def best(self, values: Sequence[float]) -> float:
        """The best of a run's epochs, which is what its trial counts with; NaN where none is a number."""
        finite = [value for value in values if math.isfinite(value)]
        return (max if self.maximise else min)(finite, default=math.nan)


@dataclass
class Trial:
    """One set of params, as the learner sees it."""

    number: int
    """From 1."""
    params: dict[str, Value]
    run: str = ""
    state: Literal["running", "done", "pruned", "failed"] = "running"
    score: float | None = None
    """The best epoch's; of a pruned trial up to its end."""
    epochs: int = 0


@dataclass
class Outcome:
    """What a search found. Figures of the test set are those of the best trial alone: nothing was chosen by them."""

    trials: list[Trial]
    best: Trial
    importance: dict[str, float]
    """Each param's share, adding up to 1; empty with too few trials."""
    again: list[float] = field(default_factory=list)
    """The best params' score with other seeds."""
    test: dict[str, float] = field(default_factory=dict)

    @property
    def luck(self) -> float | None:
        """How far the score that was chosen lies above (or below) the mean of the same params with other seeds."""
        return (
            abs(self.best.score - statistics.fmean(self.again)) if self.again and self.best.score is not None else None
        )

    @property
    def noise(self) -> float | None:
        """The standard deviation over seeds; None with fewer than two."""
        return statistics.stdev(self.again) if len(self.again) > 1 else None


def name_of(lesson_id: str, *facts: object) -> str:
    """The name of a search that was given none: the same for the same lesson, space, preset, metric and so on."""
    return f"{lesson_id}-{hashlib.sha256(repr((lesson_id, *facts)).encode()).hexdigest()[:6]}"


def expected_luck(trials: int) -> float:
    """By how many standard deviations the best of so many equally good trials lies above their mean, on average.

    The numerical integral of the largest of n normal variables: 0 for 1, 1.54 for 10, 2.25 for 50.
    """
    normal = statistics.NormalDist()
    step = 0.01
    points = [-8 + step * at for at in range(1601)]
    return sum(step * x * trials * normal.cdf(x) ** (trials - 1) * normal.pdf(x) for x in points)


def study(search: Search) -> optuna.Study:
    """The search's study, new or as it was left. Its journal is a file that outlives a kill.

    Raises RunError where that cannot be read, UsageError for a metric of which no best is known.
    """
    import optuna
    from optuna.storages.journal import JournalFileBackend

    direction: Literal["maximize", "minimize"] = "maximize" if search.maximise else "minimize"
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    file = paths.ensure(paths.home() / "searches") / (re.sub(r"[^\w.-]+", "-", search.name) + ".journal")
    pruners: dict[Pruner, Callable[[], optuna.pruners.BasePruner]] = {
        "median": lambda: optuna.pruners.MedianPruner(n_startup_trials=FIRST, n_warmup_steps=WARM_UP),
        "halving": lambda: optuna.pruners.SuccessiveHalvingPruner(min_resource=WARM_UP),
        "none": optuna.pruners.NopPruner,
    }
    samplers: dict[Sampler, Callable[[], optuna.samplers.BaseSampler]] = {
        "tpe": lambda: optuna.samplers.TPESampler(seed=search.seed, n_startup_trials=6),
        "random": lambda: optuna.samplers.RandomSampler(seed=search.seed),
    }
    try:
        return optuna.create_study(
            storage=optuna.storages.JournalStorage(JournalFileBackend(str(file))),
            study_name=search.name,
            sampler=samplers[search.sampler](),
            pruner=pruners[search.pruner](),
            direction=direction,
            load_if_exists=True,
        )
    except OSError as error:
        raise paths.storage_error(file, error) from error
    except Exception as error:
        raise RunError(
            _("The search's journal {file} cannot be read: {reason}.").format(
                file=file, reason=str(error)[:200] or type(error).__name__
            ),
            _("Its runs are in the history; move the file away to search anew."),
        ) from error


def run(
    search: Search, trials: int, zygote: Zygote | None = None, cancelled: Callable[[], bool] = lambda: False
) -> Generator[Trial, None, None]:
    """Run the search until `trials` have ended; yields each trial when it begins, after each epoch and at its end.

    Those of earlier calls come first. Once `cancelled()`, the run at work is stopped and nothing more is begun; the
    next call takes that trial up again. Raises RunError when several trials fail one after the other, and what
    `launch.start` raises.
    """
    require()
    from optuna.trial import TrialState

    found = study(search)
    failures = 0
    _take_up(found)
    yield from _ended(search, found)
    while (ended := len(_ended(search, found))) < trials and not cancelled():
        trial = found.ask({axis.name: _distribution(axis) for axis in search.axes})
        shown = Trial(ended + 1, dict(trial.params), trial.user_attrs.get(RUN, ""))
        try:
            folder = _folder(search, trial, shown, zygote)
        except ParamError:  # values that a search may draw, but that do not go together
            found.tell(trial, state=TrialState.FAIL)
            continue
        yield replace(shown)
        yield from _follow(search, trial, folder, shown, cancelled)
        if shown.state == "running":
            return
        yield shown
        failures = failures + 1 if shown.state == "failed" else 0
        if failures >= FAILURES:
            message = _("{count} trials failed one after the other.").format(count=failures)
            raise RunError(message, _why(search, store.find(shown.run)))


def conclude(
    search: Search, confirm: int, zygote: Zygote | None = None, cancelled: Callable[[], bool] = lambda: False
) -> Outcome:
    """The best trial, each param's importance, its score with `confirm` other seeds, and its figures on the test set.

    Once `cancelled()`, no further seed is tried. Raises RunError when no trial has been completed.
    """
    found = study(search)
    shown = _ended(search, found)
    done = [trial for trial in shown if trial.state == "done" and trial.score is not None]
    if not done:
        raise RunError(_("No trial has been completed."), _("Search on with more trials, or with --pruner none."))
    best = (max if search.maximise else min)(done, key=lambda trial: trial.score or 0.0)
    outcome = Outcome(shown, best, _importance(found))
    for seed in range(TRIALS_SEED + 1, TRIALS_SEED + 1 + confirm):
        if cancelled():
            break
        folder = _start(search, best.params, seed, None, zygote)
        control.wait(folder)
        view = RunView.whole(folder)
        if view.state is RunState.FINISHED and (values := _values(view, search.metric)):
            outcome.again.append(search.best(values))
    view = RunView.whole(store.find(best.run))
    figures = view.results.get("", {})
    outcome.test = {name: value for name, value in figures.items() if name.startswith("test_")}
    return outcome


# -- one trial -------------------------------------------------------------------------------------------------------


def _folder(search: Search, trial: optuna.Trial, shown: Trial, zygote: Zygote | None) -> RunFolder:
    """The trial's run: the one it has, unless that died or was deleted, else a new one."""
    try:
        folder = store.find(shown.run) if shown.run else None
    except RunError:
        folder = None
    if folder is not None and RunView.whole(folder).state not in (RunState.DIED, RunState.STOPPED):
        return folder
    folder = _start(search, shown.params, TRIALS_SEED, shown.number, zygote)
    trial.set_user_attr(RUN, folder.id)
    shown.run = folder.id
    return folder


def _start(search: Search, params: dict[str, Value], seed: int, number: int | None, zygote: Zygote | None) -> RunFolder:
    values = search.lesson.values(search.preset, params)
    mark = SearchTrial(search=search.name, number=number or 0)
    return launch.start(
        search.lesson, values, seed=seed, source=search.source, device=search.device, zygote=zygote, search=mark
    )


def _follow(
    search: Search, trial: optuna.Trial, folder: RunFolder, shown: Trial, cancelled: Callable[[], bool]
) -> Iterator[Trial]:
    """Report each epoch to the pruner, stop the run where it says so, and write down how the trial ended.

    Yields the trial after each epoch. It is still "running" at the end where the search was cancelled.
    """
    from optuna.trial import TrialState

    found, view = trial.study, RunView.open(folder)
    while True:
        view.update()
        values = _values(view, search.metric)
        for value in values[shown.epochs :]:
            shown.epochs += 1
            trial.report(value, shown.epochs)
            yield replace(shown)
        active = view.state.active
        if active and cancelled():
            control.stop(folder)
            return
        if active and shown.epochs and trial.should_prune():
            control.stop(folder)
            shown.state, shown.score = "pruned", search.best(values)
            found.tell(trial, state=TrialState.PRUNED)
            return
        if not active:
            break
        time.sleep(POLL_S)
    score = search.best(values)
    if view.state is RunState.FINISHED and math.isfinite(score):
        shown.state, shown.score = "done", score
        found.tell(trial, score)
    else:
        shown.state = "failed"
        found.tell(trial, state=TrialState.FAIL)


def _why(search: Search, folder: RunFolder) -> str:
    """What to do about a trial that failed."""
    view = RunView.whole(folder)
    if view.state is RunState.FINISHED and not _values(view, search.metric):
        names = ", ".join(dict.fromkeys(key.metric for key in view.curves))
        text = _("Lesson {lesson} draws no {metric}; it draws: {names}")
        return text.format(lesson=search.lesson.id, metric=search.metric, names=names)
    return _("See why: dlwp watch {run}").format(run=folder.id)


def _values(view: RunView, metric: str) -> list[float]:
    """The metric's epochs; of a lesson that has only labelled curves those of the first."""
    curves = [curve for key, curve in view.curves.items() if key.metric == metric and not key.label]
    curves = curves or [curve for key, curve in view.curves.items() if key.metric == metric]
    return curves[0].values if curves else []


def _shown(search: Search, trial: Any, number: int) -> Trial:
    from optuna.trial import TrialState

    states: dict[Any, Any] = {TrialState.COMPLETE: "done", TrialState.PRUNED: "pruned", TrialState.FAIL: "failed"}
    values = list(trial.intermediate_values.values())
    state = states.get(trial.state, "running")
    score = trial.value if state == "done" else search.best(values) if values else None
    return Trial(number, dict(trial.params), trial.user_attrs.get(RUN, ""), state, score, len(values))


def _ended(search: Search, found: optuna.Study) -> list[Trial]:
    """The trials that have ended; those that were begun anew do not count."""
    again = found.user_attrs.get(ANEW, [])
    trials = [one for one in found.get_trials(deepcopy=False) if one.state.is_finished() and one.number not in again]
    return [_shown(search, one, number) for number, one in enumerate(trials, 1)]


def _take_up(found: optuna.Study) -> None:
    """Trials that a kill left at work are queued again, with the run they had begun."""
    from optuna.trial import TrialState

    for trial in found.get_trials(deepcopy=False, states=(TrialState.RUNNING,)):
        found.set_user_attr(ANEW, [*found.user_attrs.get(ANEW, []), trial.number])
        found.tell(trial.number, state=TrialState.FAIL)
        found.enqueue_trial(trial.params, user_attrs=trial.user_attrs)


def _distribution(axis: Axis) -> Any:
    from optuna import distributions

    if axis.choices:
        return distributions.CategoricalDistribution(axis.choices)
    if axis.whole:
        step = 1 if axis.step is None else max(1, round(axis.step))
        return distributions.IntDistribution(round(axis.low), round(axis.high), log=axis.log, step=step)
    return distributions.FloatDistribution(axis.low, axis.high, log=axis.log, step=axis.step)


def _importance(found: optuna.Study) -> dict[str, float]:
    from optuna import importance

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of few trials it says that they are few
            evaluator = importance.PedAnovaImportanceEvaluator()  # this one needs no scikit-learn
            shares = importance.get_param_importances(found, evaluator=evaluator)
    except (RuntimeError, ValueError):
        return {}  # too few trials, or all of them equally good
    return {name: float(share) for name, share in shares.items() if math.isfinite(share)}
