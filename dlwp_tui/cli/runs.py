"""`dlwp runs`, `stop`, `pause`, `resume`, `export`, `delete`: commands on runs that exist already."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from dlwp_tui.cli import output
from dlwp_tui.cli.options import Force, Json, Run, started
from dlwp_tui.core import formats
from dlwp_tui.core.errors import UsageError
from dlwp_tui.core.language import _


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("runs", help=_("List runs, newest first."))(list_runs)
    app.command("stop", help=_("Stop a run; its curves and weights stay."))(stop)
    app.command("pause", help=_("Pause a run; its memory stays taken."))(pause)
    app.command("resume", help=_("Let a paused run go on, or continue a stopped one from its checkpoint."))(resume)
    app.command("export", help=_("Write a run's curves as CSV, or all of it as JSON."))(export)
    app.command("delete", help=_("Delete a run and everything it left."))(delete)


def list_runs(
    lesson: Annotated[str | None, typer.Argument(metavar="ID", help=_("Only runs of this lesson."))] = None,
    active: Annotated[bool, typer.Option("--active", help=_("Only runs that are going on."))] = False,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, help=_("At most so many."))] = 30,
    json: Json = False,
) -> None:
    from dlwp_tui.analysis import history
    from dlwp_tui.runs import store

    if lesson is not None:
        from dlwp_tui.course import reader

        lesson = reader.load().section(lesson).id
    rows = [row for row in history.history(lesson) if row.state.active or not active][:limit]
    for problem in store.problems():
        output.say(problem.message)
    if json:
        for row in rows:
            output.json_line(row.as_json())
    elif rows:
        output.table(
            [_("run"), _("state"), _("data"), _("time"), _("changed"), _("best")],
            [
                [
                    row.id,
                    row.label,
                    formats.source_word(row.source),
                    formats.duration(row.seconds, tenths=True),
                    " ".join(f"{name}={value}" for name, value in row.changed.items()) or (row.preset or ""),
                    formats.numbers(row.best_figures),
                ]
                for row in rows
            ],
        )
    elif active:
        output.say(_("No run is going on."))
    else:
        output.say(_("No runs yet. Start one: dlwp run 3.4 --preset quick"))


def stop(run: Run) -> None:
    from dlwp_tui.engine import control
    from dlwp_tui.runs import store

    folder = store.find(run)
    control.stop(folder)
    output.say(_("Stopped {run}.").format(run=folder.id))


def pause(run: Run) -> None:
    from dlwp_tui.engine import control
    from dlwp_tui.runs import store

    folder = store.find(run)
    control.pause(folder)
    output.say(_("Paused {run}. Go on with: dlwp resume {run}").format(run=folder.id))


def resume(run: Run, force: Force = False) -> None:
    from functools import partial

    from dlwp_tui.engine import launch
    from dlwp_tui.runs import store

    folder = store.find(run)
    started(partial(launch.resume, folder), force=force)
    output.say(_("{run} goes on. Watch it: dlwp watch {run}").format(run=folder.id))


def export(
    run: Run,
    csv: Annotated[bool, typer.Option("--csv", help=_("One row per epoch."))] = False,
    json: Annotated[bool, typer.Option("--json", help=_("Everything: params, curves, results."))] = False,
    out: Annotated[Path | None, typer.Option("--out", "-o", help=_("A file instead of standard output."))] = None,
) -> None:
    from dlwp_tui.analysis import export as exporter
    from dlwp_tui.runs import store

    if csv == json:
        raise UsageError(_("Choose one format: --csv or --json."))
    folder = store.find(run)
    text = exporter.to_csv(folder) if csv else exporter.to_json(folder)
    if out is None:
        output.line(text.rstrip("\n"))
    else:
        exporter.save(text, out)
        output.say(_("Wrote {path}.").format(path=out))


def delete(run: Run, yes: Annotated[bool, typer.Option("--yes", "-y", help=_("Do not ask."))] = False) -> None:
    from dlwp_tui.runs import store

    folder = store.find(run)
    if not yes and not sys.stdin.isatty():
        raise UsageError(
            _("Nobody can be asked whether {run} may be deleted.").format(run=folder.id),
            _("Without asking: dlwp delete {run} --yes").format(run=folder.id),
        )
    if not yes and not typer.confirm(_("Delete {run} and all its files?").format(run=folder.id), err=True):
        raise typer.Exit(1)
    store.delete(folder)
    output.say(_("Deleted {run}.").format(run=folder.id))
