"""`dlwp data`: where datasets lie, getting and importing them, checking them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dlwp_tui.cli import output
from dlwp_tui.cli.options import Json
from dlwp_tui.core import formats
from dlwp_tui.core.language import _

if TYPE_CHECKING:
    from dlwp_tui.data.dataset import Dataset
    from dlwp_tui.data.locate import FileStatus, Status

Name = Annotated[str, typer.Argument(metavar="NAME", help=_("A dataset, such as imdb."))]


def register(app: typer.Typer) -> None:
    """Add the `data` commands."""
    group = typer.Typer(help=_("Datasets: list, get, import, verify."), rich_markup_mode=None, no_args_is_help=True)
    group.command("list", help=_("Which datasets there are, and where each lies."))(list_data)
    group.command("get", help=_("Download a dataset; continues where a broken download ended."))(get)
    group.command("import", help=_("Import a file or folder carried over by hand."))(import_)
    group.command(
        "verify",
        help=_(
            "Read the files of a dataset, or of all, again and compare checksums. "
            "Exit code 1: a file is damaged or cut off, or there is none."
        ),
    )(verify)
    app.add_typer(group, name="data")


def list_data(json: Json = False) -> None:
    from dlwp_tui.data import locate
    from dlwp_tui.data.registry import all_sets

    rows = []
    for name, dataset in all_sets().items():
        status = locate.status(name)
        where = " ".join(map(str, status.files.values() or status.places))
        if json:
            output.json_line(
                {
                    "name": name,
                    "title": str(dataset.title),
                    "state": status.state,
                    "files": {file: str(path) for file, path in status.files.items()},
                    "bytes": status.size,
                    "what": str(status.main.file.what) if status.usable else "",
                    "only": status.only,
                    "by_hand": [file.name for file in status.by_hand],
                }
            )
        else:
            state = _state_word(status.state) if dataset.twin or status.state != "missing" else _("missing")
            if what := _only(status):
                state = _("{detail} ({what})").format(detail=state, what=what)
            rows.append([name, str(dataset.title), state, formats.file_size(status.size), where])
    if not json:
        output.table([_("name"), _("title"), _("state"), _("size"), _("where")], rows)
        for name in all_sets():
            for file in locate.status(name).by_hand:
                output.say(
                    _(
                        "{name}: {file} ({what}) is not downloaded; carry it over and run `dlwp data import FILE`."
                    ).format(name=name, file=file.name, what=file.what)
                )


def _only(status: Status) -> str:
    """What the usable files are, where they are not all that the dataset's name promises."""
    if not status.usable:
        return ""
    only = _("for {options} only").format(options=status.only) if status.only else ""
    return " · ".join(filter(None, (str(status.main.file.what), only)))


def get(name: Name) -> None:
    import sys

    from rich.progress import BarColumn, DownloadColumn, Progress, TaskID, TextColumn, TransferSpeedColumn

    from dlwp_tui.data import fetch
    from dlwp_tui.data.registry import get as find

    dataset = find(name)
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    progress = Progress(*columns, console=output.console(sys.stderr))
    tasks: dict[str, TaskID] = {}
    asking = _("asking {host} for {name}").format(host=_host(dataset), name=dataset.name)
    with output.waiting(asking) as answered:

        def advanced(file: str, done: int, total: int | None) -> None:
            if file not in tasks:
                answered()
                progress.start()
                tasks[file] = progress.add_task(file, total=total)
            progress.update(tasks[file], completed=done, total=total)

        try:
            paths = fetch.get(dataset.name, progress=advanced, notice=progress.console.print)
        finally:
            progress.stop()
    for path in paths:
        output.line(str(path))


def _host(dataset: Dataset) -> str:
    """Where its first file comes from."""
    from urllib.parse import urlsplit

    return next((urlsplit(url).netloc for file in dataset.files for url in file.urls), "")


def import_(
    path: Annotated[Path, typer.Argument(metavar="PATH", help=_("A file or a folder."))],
    name: Annotated[str | None, typer.Option("--name", help=_("Which dataset it is."))] = None,
    accept: Annotated[
        bool, typer.Option("--accept", help=_("Take a file whose checksum is not the official one, after checks."))
    ] = False,
) -> None:
    from dlwp_tui.data.import_ import import_path

    stages = [(_("finding out what it is"), path)]

    def now() -> str:
        what, file = stages[-1]
        return _("reading {path}").format(path=path) + f": {what}{_share_read(file)}"

    with output.waiting(now):
        taken = import_path(path, name, accept=accept, doing=lambda what, file: stages.append((what, file)))
    for imported in taken:
        output.line(str(imported.path))
        output.say(imported.message)


def _share_read(file: Path) -> str:
    """` 34 %`: how much of a file this process has read, by where it stands in it; "" where that cannot be seen."""
    import os

    import psutil

    try:
        where = os.path.realpath(file)
        places = [int(getattr(one, "position", 0)) for one in psutil.Process().open_files() if one.path == where]
        done = max(places, default=0) / file.stat().st_size
        return f" {done:.0%}" if done else ""
    except (psutil.Error, OSError, ZeroDivisionError):
        return ""


def verify(
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help=_("A dataset; all of them without."))] = None,
    json: Json = False,
) -> None:
    from dlwp_tui.data import locate, registry
    from dlwp_tui.data import verify as verifier

    names = [registry.get(name).name] if name else list(registry.all_sets())
    missing = [one for one in names if not locate.status(one).places]
    good = len(missing) < len(names)
    for one in names:
        if one in missing and name is None:
            continue
        with output.waiting(_("reading the files of {name}").format(name=one)):
            files = verifier.verify(one)
        good = good and not any(file.state in ("damaged", "half-downloaded") for file in files)
        for file in files:
            _print_verified(one, file, json=json)
    if missing and name is None:
        output.say(_("Not on this computer: {names}.").format(names=", ".join(missing)))
    if not good:
        raise typer.Exit(1)


def _print_verified(name: str, one: FileStatus, *, json: bool) -> None:
    if json:
        output.json_line(
            {
                "dataset": name,
                "file": one.file.name,
                "state": str(one.state),
                "path": one.path and str(one.path),
                "checksum": one.checksum,
                "expected": one.file.checksum,
                "algorithm": one.file.algorithm,
                "detail": one.detail,
                "good": one.usable,
            }
        )
    else:
        output.line(f"{one.file.name}  {_state_word(one.state)}  {one.detail}".rstrip())


def _state_word(state: str) -> str:
    return {
        "real": _("real"),
        "unverified": _("real (unverified file)"),
        "missing": _("missing (lessons use synthetic data)"),
        "damaged": _("damaged"),
        "half-downloaded": _("half downloaded"),
    }.get(state, state)
