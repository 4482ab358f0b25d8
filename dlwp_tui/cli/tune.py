"""`dlwp tune`: search a lesson's params with Optuna, as runs in the queue."""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from dlwp_tui.cli import output
from dlwp_tui.cli.options import Data, Device, Json
from dlwp_tui.core import formats
from dlwp_tui.core.errors import UsageError
from dlwp_tui.core.language import _

if TYPE_CHECKING:
    from dlwp_tui.engine.tune import Outcome, Search, Trial
    from dlwp_tui.engine.zygote import Zygote

GAUGE = 11
"""Cells of the mark that shows where a value lies on its axis."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("tune", help=_("Search a lesson's parameters: dlwp tune 3.5 --over units=16..256:log"))(tune)


def tune(
    lesson: Annotated[str, typer.Argument(metavar="ID", help=_("The lesson."))],
    *,
    over: Annotated[
        str,
        typer.Option("--over", help=_("What to search: units=16..256:log,hidden_layers=1..3,optimizer=rmsprop|adam")),
    ],
    trials: Annotated[int, typer.Option("--trials", min=1, max=10_000, help=_("How many sets of values to try."))] = 20,
    preset: Annotated[
        str, typer.Option("--preset", metavar="NAME", help=_("Where all other values come from."))
    ] = "quick",
    metric: Annotated[str, typer.Option("--metric", help=_("What is judged, at its best epoch."))] = "val_loss",
    sampler: Annotated[str, typer.Option("--sampler", metavar="tpe|random", help=_("How values are chosen."))] = "tpe",
    pruner: Annotated[
        str, typer.Option("--pruner", metavar="median|halving|none", help=_("When a hopeless trial is ended."))
    ] = "median",
    confirm: Annotated[
        int, typer.Option("--confirm", min=0, max=20, help=_("Runs of the best values with other seeds, at the end."))
    ] = 2,
    seed: Annotated[int, typer.Option("--seed", min=0, help=_("Of the choice of values."))] = 0,
    source: Data = "auto",
    device: Device = "auto",
    name: Annotated[
        str, typer.Option("--name", help=_("The search's name; the same search goes on where it was left."))
    ] = "",
    json: Json = False,
) -> None:
    from dlwp_tui.course import axes, reader
    from dlwp_tui.engine import tune as engine
    from dlwp_tui.engine.zygote import Zygote

    engine.require()
    chosen = reader.load().lesson(lesson)
    for value, allowed, option in (
        (sampler, engine.SAMPLERS, "--sampler"),
        (pruner, engine.PRUNERS, "--pruner"),
        (source, ("auto", "real", "synthetic"), "--data"),
        (device, ("auto", "cpu", "gpu"), "--device"),
    ):
        if value not in allowed:
            message = _("{option} {value} is not allowed: {allowed}.")
            raise UsageError(message.format(option=option, value=value, allowed=" | ".join(allowed)))
    facts = repr((lesson, over, preset, metric, sampler, pruner, seed, source))
    search = engine.Search(
        chosen,
        axes.read(chosen, over),
        metric,
        preset,
        sampler,  # type: ignore[arg-type]
        pruner,  # type: ignore[arg-type]
        seed,
        source,  # type: ignore[arg-type]
        device,
        name or f"{lesson}-{hashlib.sha256(facts.encode()).hexdigest()[:6]}",
    )
    engine.study(search)  # refuses a metric of which it is not known whether a high one is good
    zygote = Zygote()
    try:
        zygote.start()
        _search(search, trials, zygote, json)
        outcome = engine.conclude(search, confirm, zygote)
    finally:
        zygote.close()
    if json:
        facts_ = {"best": asdict(outcome.best), "importance": outcome.importance, "again": outcome.again}
        output.json_line({"search": search.name, **facts_, "test": outcome.test, "luck": outcome.luck})
    else:
        _report(search, outcome)


def _search(search: Search, trials: int, zygote: Zygote, json: bool) -> None:
    """Run the trials, a line each; Ctrl-C leaves the search as it is."""
    from dlwp_tui.engine import tune as engine

    if not json:
        output.say(_("Search {name}. Ctrl-C leaves it; the same command goes on with it.").format(name=search.name))
    best: Trial | None = None
    for trial in engine.run(search, trials, zygote):
        if trial.state == "running":
            continue
        if trial.state == "done" and (best is None or search.best([trial.score, best.score]) == trial.score):  # type: ignore[list-item]
            best = trial
        if json:
            output.json_line(asdict(trial))
        else:
            mark = "*" if trial is best else " "
            output.line(f"{mark} {trial.number:>{len(str(trials))}}/{trials}  {_values(trial)}  {_end(search, trial)}")


def _values(trial: Trial) -> str:
    return "  ".join(f"{name}={_shown(value)}" for name, value in trial.params.items())


def _shown(value: object) -> str:
    return formats.number(value) if isinstance(value, float) else str(value)


def _end(search: Search, trial: Trial) -> str:
    score = "" if trial.score is None else f"{search.metric} {formats.number(trial.score)}"
    match trial.state:
        case "pruned":
            return _("{score}  pruned after {count} epochs").format(score=score, count=trial.epochs)
        case "failed":
            return _("failed: {run}").format(run=trial.run)
        case _:
            return score


def _report(search: Search, outcome: Outcome) -> None:
    """All trials side by side, what mattered, the best values, and how much of their score is luck."""
    best = outcome.best
    done = sorted(
        (trial for trial in outcome.trials if trial.score is not None),
        key=lambda trial: (trial.state != "done", -(trial.score or 0) if search.maximise else trial.score or 0),
    )
    heads = ["", search.metric, *(axis.name for axis in search.axes), _("run")]
    rows = []
    for trial in done:
        places = [
            f"{_gauge(axis.share(trial.params[axis.name]))} {_shown(trial.params[axis.name])}" for axis in search.axes
        ]
        mark = "*" if trial.number == best.number else "-" if trial.state == "pruned" else ""
        rows.append([mark, formats.number(trial.score or 0.0), *places, trial.run])
    output.line("")
    output.table(heads, rows)
    if outcome.importance:
        shares = "  ".join(f"{name} {share:.0%}" for name, share in outcome.importance.items())
        output.line("\n" + _("Importance: {shares}").format(shares=shares))
    again = " ".join(f"--{name.replace('_', '-')} {_shown(value)}" for name, value in best.params.items())
    output.line(_("Best: dlwp run {lesson} --preset {preset} {values}").format(
        lesson=search.lesson.id, preset=search.preset, values=again
    ))  # fmt: skip
    _warn(search, outcome)


def _gauge(share: float) -> str:
    at = round(share * (GAUGE - 1))
    return "·" * at + "●" + "·" * (GAUGE - 1 - at)


def _warn(search: Search, outcome: Outcome) -> None:
    """How far the chosen score may be trusted, in numbers."""
    from statistics import fmean

    from dlwp_tui.engine.tune import expected_luck

    count = len(outcome.trials)
    score = formats.number(outcome.best.score or 0.0)
    output.line("")
    output.line(
        _("! {score} is the best of {count} trials on the validation set, so part of it is luck.").format(
            score=score, count=count
        )
    )
    if outcome.again:
        mean = formats.number(fmean(outcome.again))
        output.line(
            _("  The same values with {count} other seeds: {metric} {mean} on average.").format(
                count=len(outcome.again), metric=search.metric, mean=mean
            )
        )
    if outcome.noise:
        luck = formats.number(expected_luck(count) * outcome.noise)
        output.line(
            _(
                "  Seeds differ by {noise} (standard deviation); the best of {count} equally good ones is {luck} off."
            ).format(noise=formats.number(outcome.noise), count=count, luck=luck)
        )
    if outcome.test:
        figures = "  ".join(f"{name} {formats.number(value)}" for name, value in outcome.test.items())
        output.line(_("  On the test set, which chose nothing: {figures}").format(figures=figures))
    else:
        output.line(_("  This lesson reports no figure of a test set: judge the best values on data of their own."))
