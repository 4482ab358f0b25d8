"""A search in words: its trials side by side, what mattered, and how far the best score may be trusted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from statistics import fmean

from dlwp_tui.core import formats
from dlwp_tui.core.language import _
from dlwp_tui.engine.tune import Outcome, Search, Trial, expected_luck

GAUGE = 11
"""Cells of the mark that shows where a value lies on its axis."""


def values(trial: Trial) -> str:
    """`units=64  dropout=0.2`."""
    return "  ".join(f"{name}={_shown(value)}" for name, value in trial.params.items())


def end(search: Search, trial: Trial) -> str:
    """How a trial ended; its best score so far while it is at work."""
    score = "" if trial.score is None else f"{search.metric} {formats.number(trial.score)}"
    match trial.state:
        case "pruned":
            return _("{score}  pruned after {count} epochs").format(score=score, count=trial.epochs)
        case "failed":
            return _("failed: {run}").format(run=trial.run)
        case _:
            return score


def best_of(search: Search, trials: Sequence[Trial]) -> Trial | None:
    """The completed trial with the best score."""
    done = [trial for trial in trials if trial.state == "done" and trial.score is not None]
    return (max if search.maximise else min)(done, key=lambda trial: trial.score or 0.0, default=None)


def table(search: Search, trials: Sequence[Trial]) -> tuple[list[str], list[list[str]]]:
    """Heads and rows of all trials with a score, the completed ones first, best first."""
    best = best_of(search, trials)
    scored = sorted(
        (trial for trial in trials if trial.score is not None),
        key=lambda trial: (trial.state != "done", -(trial.score or 0) if search.maximise else trial.score or 0),
    )
    rows = []
    for trial in scored:
        places = [
            f"{_gauge(axis.share(trial.params[axis.name]))} {_shown(trial.params[axis.name])}" for axis in search.axes
        ]
        mark = "*" if trial is best else "-" if trial.state == "pruned" else ""
        rows.append([mark, formats.number(trial.score or 0.0), *places, trial.run])
    return ["", search.metric, *(axis.name for axis in search.axes), _("run")], rows


def conclusions(search: Search, outcome: Outcome) -> Iterator[str]:
    """What mattered, the best values as a command, and how much of their score is luck; a line each."""
    if outcome.importance:
        shares = "  ".join(f"{name} {share:.0%}" for name, share in outcome.importance.items())
        yield _("Importance: {shares}").format(shares=shares)
    best = outcome.best
    again = " ".join(f"--{name.replace('_', '-')} {_shown(value)}" for name, value in best.params.items())
    yield _("Best: dlwp run {lesson} --preset {preset} {values}").format(
        lesson=search.lesson.id, preset=search.preset, values=again
    )
    yield ""
    count = len(outcome.trials)
    yield _("! {score} is the best of {count} trials on the validation set, so part of it is luck.").format(
        score=formats.number(best.score or 0.0), count=count
    )
    if outcome.again:
        mean = formats.number(fmean(outcome.again))
        yield _("  The same values with {count} other seeds: {metric} {mean} on average.").format(
            count=len(outcome.again), metric=search.metric, mean=mean
        )
    if outcome.noise:
        luck = formats.number(expected_luck(count) * outcome.noise)
        text = _("  Seeds differ by {noise} (standard deviation); the best of {count} equally good ones is {luck} off.")
        yield text.format(noise=formats.number(outcome.noise), count=count, luck=luck)
    if outcome.test:
        figures = "  ".join(f"{name} {formats.number(value)}" for name, value in outcome.test.items())
        yield _("  On the test set, which chose nothing: {figures}").format(figures=figures)
    else:
        yield _("  This lesson reports no figure of a test set: judge the best values on data of their own.")


def _shown(value: object) -> str:
    return formats.number(value) if isinstance(value, float) else str(value)


def _gauge(share: float) -> str:
    at = round(share * (GAUGE - 1))
    return "·" * at + "●" + "·" * (GAUGE - 1 - at)
