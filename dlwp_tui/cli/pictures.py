"""`dlwp open`, `picture`: the files a run left, and a picture among them on a plain terminal."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dlwp_tui.cli import output
from dlwp_tui.cli.options import Json, Run
from dlwp_tui.core.errors import DataError, UsageError
from dlwp_tui.core.language import _

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dlwp_tui.runs.facts import Picture
    from dlwp_tui.runs.folder import RunFolder


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("open", help=_("List what a run left: pictures, models and other files."))(open_)
    app.command("picture", help=_("Show a run's picture in the terminal."))(picture)


def open_(run: Run, json: Json = False) -> None:
    from dlwp_tui.runs import store
    from dlwp_tui.runs.view import RunView

    folder = store.find(run)
    pictures = RunView.whole(folder).pictures
    rows = [_row(folder, one) for one in pictures] + _others(folder, pictures)
    if json:
        for row in rows:
            output.json_line(row)
    elif rows:
        output.table(
            [_("name"), _("kind"), _("what"), _("size"), _("file")],
            [[str(row[key]) for key in ("name", "kind", "what", "size", "file")] for row in rows],
        )
        if pictures:
            output.say(_("See one: dlwp picture {run} NAME").format(run=folder.id))
    else:
        output.say(_("{run} left no files.").format(run=folder.id))


def picture(
    run: Run,
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", help=_("Its name, the beginning of it, or its number."))
    ] = None,
    step: Annotated[
        int | None, typer.Option("--step", help=_("Of a picture that changed: the state at this step."))
    ] = None,
    width: Annotated[
        int | None, typer.Option("--width", min=4, max=1000, help=_("Cells across; the terminal's width."))
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", "-o", metavar="FILE", help=_("Copy the PNG instead."))] = None,
) -> None:
    from dlwp_tui.runs import store
    from dlwp_tui.runs.view import RunView

    folder = store.find(run)
    pictures = RunView.whole(folder).pictures
    if not pictures:
        raise UsageError(
            _("{run} has no pictures.").format(run=folder.id), _("What it left: dlwp open {run}").format(run=folder.id)
        )
    chosen = pictures[0] if name is None and len(pictures) == 1 else _named(pictures, name)
    file = folder.artifacts / _state(chosen, step)
    if out is not None:
        _copy(file, out)
        output.say(_("Wrote {path}.").format(path=out))
    elif output.is_terminal():
        from dlwp_tui.cli.show_picture import show

        show(chosen, file, width)
    else:
        output.line(str(file))


def _named(pictures: Sequence[Picture], name: str | None) -> Picture:
    """The picture with this name, number (from 1) or beginning of a name. Raises UsageError."""
    listed = ", ".join(f"{number} {one.name}" for number, one in enumerate(pictures, 1))
    hint = _("Its pictures: {names}").format(names=listed)
    if name is None:
        raise UsageError(_("The run has {count} pictures.").format(count=len(pictures)), hint)
    found = [one for one in pictures if name in (one.name, one.file)]
    if not found and name.isdecimal() and 1 <= int(name) <= len(pictures):
        found = [pictures[int(name) - 1]]
    found = found or [one for one in pictures if one.name.startswith(name)]
    if not found:
        raise UsageError(_("There is no picture {name!r}.").format(name=name), hint)
    if len(found) > 1:
        raise UsageError(_("{count} pictures begin with {name!r}.").format(count=len(found), name=name), hint)
    return found[0]


def _state(chosen: Picture, step: int | None) -> str:
    """The file of a picture, of one that changed the state at `step`. Raises UsageError."""
    if step is None:
        return chosen.file
    if not chosen.frames:
        raise UsageError(_("{name} did not change: it has no steps.").format(name=chosen.name))
    files = dict(chosen.frames)
    if step not in files:
        steps = ", ".join(map(str, files))
        raise UsageError(
            _("{name} was not kept at step {step}.").format(name=chosen.name, step=step),
            _("Its steps: {steps}").format(steps=steps),
        )
    return files[step]


def _copy(file: Path, out: Path) -> None:
    import shutil

    try:
        shutil.copyfile(file, out)
    except OSError as error:
        raise DataError(
            _("{path} cannot be written: {reason}.").format(path=out, reason=error.strerror or error)
        ) from error


def _row(folder: RunFolder, one: Picture) -> dict[str, object]:
    kind, what = _("picture"), f"{one.width}×{one.height}"
    if one.tiles is not None:
        kind, what = _("grid"), _("{count} pictures of {width}×{height}").format(
            count=one.tiles.count, width=one.tiles.width, height=one.tiles.height
        )  # fmt: skip
    elif one.frames:
        first, last = one.frames[0][0], one.frames[-1][0]
        kind = _("changing picture")
        what = _("{count} steps, {first}–{last}").format(count=len(one.frames), first=first, last=last)
    path = folder.artifacts / one.file
    return {"name": one.name, "kind": kind, "what": what, "size": _size(path), "file": str(path)}


def _others(folder: RunFolder, pictures: Sequence[Picture]) -> list[dict[str, object]]:
    """Files that are no pictures of the run, by name; half-written and hidden ones are left out."""
    known = {one.file for one in pictures} | {file for one in pictures for _step, file in one.frames}
    rows: list[dict[str, object]] = []
    for path in sorted(folder.artifacts.rglob("*")):
        name = path.relative_to(folder.artifacts)
        if not path.is_file() or name.as_posix() in known or any(part.startswith(".") for part in name.parts):
            continue
        kind = _("model") if path.suffix in (".keras", ".h5") else _("file")
        rows.append({"name": name.as_posix(), "kind": kind, "what": "–", "size": _size(path), "file": str(path)})
    return rows


def _size(path: Path) -> str:
    try:
        size = path.stat().st_size
    except OSError:
        return "–"
    return f"{size / 1e6:.1f} MB" if size >= 1e6 else f"{max(1, round(size / 1e3))} KB"
