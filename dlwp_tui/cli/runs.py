"""`dlwp runs`, `stop`, `pause`, `resume`, `export`, `delete`: commands on runs that exist already."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.cells import cell_len

from dlwp_tui.cli import output
from dlwp_tui.cli.options import Force, Json, Run, started
from dlwp_tui.core import formats
from dlwp_tui.core.errors import RunError, UsageError
from dlwp_tui.core.language import _

if TYPE_CHECKING:
    from dlwp_tui.analysis.history import HistoryRow


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("runs", help=_("List runs, newest first."))(list_runs)
    app.command(
        "stop", help=_("Stop a run, or with `prove` what `dlwp prove --detach` does. Curves and weights stay.")
    )(stop)
    app.command("pause", help=_("Pause a run; its memory stays taken."))(pause)
    app.command("resume", help=_("Let a paused run go on, or continue a stopped one from its checkpoint."))(resume)
    app.command("export", help=_("Write a run's curves as CSV, or all of it as JSON."))(export)
    app.command("delete", help=_("Delete a run and everything it left."))(delete)


def list_runs(
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[WORD...]",
            help=_(
                "Only runs that fit each word: a lesson, a state, units=64, 'val_loss<0.3', #tag, since:2d, "
                "until:2026-11-01, a part of the name or id. sort:val_loss and sort:-created order them, "
                "archived adds those put away."
            ),
        ),
    ] = None,
    active: Annotated[bool, typer.Option("--active", help=_("Only runs that are going on."))] = False,
    archived: Annotated[bool, typer.Option("--archived", help=_("Also runs that were put away."))] = False,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, help=_("At most so many."))] = 30,
    json: Json = False,
) -> None:
    from dlwp_tui.analysis import filters, history, listing
    from dlwp_tui.runs import store

    asked = filters.parse(" ".join(_lesson(word) for word in words or ()))
    asked.archived = asked.archived or archived
    every = history.history()
    rows = [row for row in asked.apply(every) if row.state.active or not active]
    for problem in store.problems({row.id for row in every}):
        output.say(problem.message)
    if wrong := filters.unknown(asked, every):
        output.say(wrong)
    if json:
        for row in rows[:limit]:
            output.json_line(row.as_json())
    elif rows:
        _print(rows[:limit], asked.sort)
        output.say(listing.summary(every, min(limit, len(rows))))
    elif not every:
        output.say(_("No runs yet. Start one: dlwp run 3.4 --preset quick"))
    elif active and not words:
        output.say(_("No run is going on."))
    else:
        output.say(_("No run fits. `dlwp runs` lists them all."))


def _lesson(word: str) -> str:
    """A word of the filter; of a section's number, one that the course has. Raises UsageError."""
    from dlwp_tui.course import reader

    return reader.load().section(word).id if reader.ID.fullmatch(word) else word


def _print(rows: Sequence[HistoryRow], sort: str) -> None:
    """A table: on a terminal the columns that fit, in a pipe all of them."""
    import shutil

    from dlwp_tui.analysis import listing, names

    metric = sort if any(row.figure(sort) for row in rows) else listing.watched(rows)
    columns = listing.columns(rows, names.of_rows(rows, by_preset=True), metric, ids=True)
    placed = listing.fit(columns, shutil.get_terminal_size().columns if output.is_terminal() else None)
    for cells in zip(*([one.column.head, *one.column.cells] for one in placed), strict=True):
        line = ""
        for one, text in zip(placed, cells, strict=True):
            line += " " * (one.start - cell_len(line)) + one.cell(text)
        output.line(line.rstrip())


def stop(run: Run) -> None:
    from dlwp_tui.engine import control, detached
    from dlwp_tui.runs import store

    if run == detached.PROVE:
        names = detached.stop()
        if not names:
            raise RunError(_("Nothing is being proved by itself."), _("`dlwp runs` shows what is at work."))
        output.say(_("Stopped {run}.").format(run=", ".join(f"prove {name}" for name in names)))
        return
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
    parts = exporter.to_csv(folder) if csv else exporter.to_json(folder)
    if out is None:
        for part in parts:
            output.part(part)
    else:
        exporter.save(parts, out)
        output.say(_("Wrote {path}.").format(path=out))


def delete(run: Run, yes: Annotated[bool, typer.Option("--yes", "-y", help=_("Do not ask."))] = False) -> None:
    from dlwp_tui.runs import store, trash

    folder = store.find(run)
    if not yes and not sys.stdin.isatty():
        raise UsageError(
            _("Nobody can be asked whether {run} may be deleted.").format(run=folder.id),
            _("Without asking: dlwp delete {run} --yes").format(run=folder.id),
        )
    if not yes and not typer.confirm(_("Delete {run} and all its files?").format(run=folder.id), err=True):
        raise typer.Exit(1)
    size = folder.size
    store.delete(folder)
    trash.purge_old()
    output.say(_("Deleted {run}; that frees {size}.").format(run=folder.id, size=formats.disk_used(size)))
