"""`dlwp tune`: search a lesson's params with Optuna, as runs in the queue."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from dlwp_tui.cli import output
from dlwp_tui.cli.options import Data, Device, Json
from dlwp_tui.core.errors import UsageError
from dlwp_tui.core.language import _

if TYPE_CHECKING:
    from dlwp_tui.engine.tune import Search, Trial
    from dlwp_tui.engine.zygote import Zygote


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
    from dlwp_tui.engine import tune_words
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
        name or engine.name_of(lesson, over, preset, metric, sampler, pruner, seed, source),
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
        output.line("")
        output.table(*tune_words.table(search, outcome.trials))
        output.line("")
        for line in tune_words.conclusions(search, outcome):
            output.line(line)


def _search(search: Search, trials: int, zygote: Zygote, json: bool) -> None:
    """Run the trials, a line each; Ctrl-C leaves the search as it is."""
    from dlwp_tui.engine import tune as engine
    from dlwp_tui.engine import tune_words

    if not json:
        output.say(_("Search {name}. Ctrl-C leaves it; the same command goes on with it.").format(name=search.name))
    ended: list[Trial] = []
    for trial in engine.run(search, trials, zygote):
        if trial.state == "running":
            continue
        ended.append(trial)
        if json:
            output.json_line(asdict(trial))
        else:
            mark = "*" if trial is tune_words.best_of(search, ended) else " "
            place = f"{trial.number:>{len(str(trials))}}/{trials}"
            output.line(f"{mark} {place}  {tune_words.values(trial)}  {tune_words.end(search, trial)}")
