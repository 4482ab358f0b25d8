"""All runs of the learner: the folders under `$DLWP_HOME/runs`. There is no index that could disagree with them."""

from __future__ import annotations

import os
import shutil
from difflib import get_close_matches
from pathlib import Path

from pydantic import ValidationError

from dlwp_tui.core import paths
from dlwp_tui.core.errors import Problem, RunError, StorageError
from dlwp_tui.core.language import _
from dlwp_tui.runs import packed, state
from dlwp_tui.runs.folder import RUN_ID, RunFolder
from dlwp_tui.runs.spec import RunSpec

_SUFFIX = 4  # characters at the end of an id by which runs of one minute and lesson differ
_LISTED = 10  # ids that the error for an ambiguous prefix lists


def create(spec: RunSpec, root: Path | None = None) -> RunFolder:
    """Make the folder of a new run with its `run.json`, under `root` for a run that the learner is not to see.

    Raises RunError where the id is taken, StorageError where nothing can be written; then nothing is left behind.
    """
    folder = RunFolder(paths.ensure(paths.runs() if root is None else root) / spec.id)
    try:
        folder.path.mkdir(mode=0o700)
    except FileExistsError as error:
        raise RunError(_("There is a run {run} already.").format(run=spec.id), _("Start it again.")) from error
    except OSError as error:
        raise paths.storage_error(folder.path, error) from error
    try:
        paths.atomic_write(folder.spec, spec.model_dump_json(indent=2) + "\n")
    except StorageError:
        shutil.rmtree(folder.path, ignore_errors=True)
        raise
    return folder


def read_spec(folder: RunFolder) -> RunSpec:
    """The run's spec. Raises RunError naming the file when it is missing or broken."""
    try:
        stat = folder.spec.stat()
        stamp = (stat.st_mtime_ns, stat.st_size)
        cached = _specs.get(folder.path)
        if cached is None or cached[0] != stamp:
            cached = (stamp, RunSpec.model_validate_json(folder.spec.read_bytes()))
            _specs[folder.path] = cached
    except (FileNotFoundError, NotADirectoryError) as error:
        raise RunError(
            _("Run {run} has no run.json in {path}.").format(run=folder.id, path=folder.path),
            _("It cannot be used any more; the folder can be deleted."),
        ) from error
    except OSError as error:
        raise RunError(
            _("Run {run} cannot be read: {path}: {reason}.").format(
                run=folder.id, path=folder.spec, reason=error.strerror or error
            )
        ) from error
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        reason = f"{where}: {first['msg']}" if where else first["msg"]
        raise RunError(
            _("Run {run} cannot be read: {path} is damaged ({reason}).").format(
                run=folder.id, path=folder.spec, reason=reason
            ),
            _("Its log and artifacts are still in that folder; the folder can be deleted."),
        ) from error
    return cached[1]


def all() -> list[RunFolder]:
    """Every usable run, newest first. Broken and foreign folders are skipped; `problems` lists them."""
    return _scan()[0]


def folders() -> list[RunFolder]:
    """Every folder that is named like a run, whether or not it is usable; nothing in it is read."""
    return [RunFolder(entry) for entry in _entries() if RUN_ID.match(entry.name) and entry.is_dir()]


def next_number(lesson_id: str) -> int:
    """The number of a new run of a lesson: one more than the newest run's, and than there are runs."""
    found = sorted((folder for folder in folders() if folder.id.split("-")[2] == lesson_id), key=lambda one: one.id)
    try:
        newest = read_spec(found[-1]).number if found else 0
    except RunError:  # broken: how many there are is good enough for a colour
        newest = 0
    return max(newest, len(found)) + 1


def problems() -> tuple[Problem, ...]:
    """What lies under `runs` and is no usable run, and why not."""
    return tuple(_scan()[1])


def find(prefix: str) -> RunFolder:
    """The run with this id; `prefix` may be its beginning or its last four characters, or `last` for the newest run.

    Raises RunError (exit code 2) that suggests similar ids, or lists the matches when there are several.
    """
    wanted = prefix.strip().rstrip("/")
    if wanted == "last":
        runs = all()
        if not runs:
            raise _none_yet()
        return runs[0]
    folders = {entry.name: RunFolder(entry) for entry in _entries() if RUN_ID.match(entry.name) and entry.is_dir()}
    if wanted in folders:
        return folders[wanted]
    matches = [name for name in folders if wanted and (name.startswith(wanted) or name[-_SUFFIX:] == wanted)]
    if len(matches) == 1:
        return folders[matches[0]]
    if not folders:
        raise _none_yet()
    raise _ambiguous(wanted, sorted(matches, reverse=True)) if matches else _unknown(wanted, list(folders))


def delete(folder: RunFolder) -> None:
    """Remove a run's folder. Raises RunError while the run is at work, StorageError when it cannot be removed."""
    if state.locked(folder):
        raise RunError(
            _("Run {run} is still at work.").format(run=folder.id),
            _("Stop it first: dlwp stop {run}").format(run=folder.id),
        )
    doomed = folder.path.with_name(f".deleted-{folder.id}-{os.getpid()}")  # hidden, also if removing it fails
    try:
        folder.path.rename(doomed)
        shutil.rmtree(doomed)
    except FileNotFoundError as error:
        raise RunError(_("Run {run} is gone already.").format(run=folder.id)) from error
    except OSError as error:
        raise paths.storage_error(folder.path, error) from error
    _specs.pop(folder.path, None)
    packed.forget(folder)


_specs: dict[Path, tuple[tuple[int, int], RunSpec]] = {}
"""Specs read so far by this process, with the time and size of their `run.json`, which is written once."""


def _entries() -> list[Path]:
    try:
        return [entry for entry in paths.runs().iterdir() if not entry.name.startswith(".")]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise StorageError(
            _("The runs in {path} cannot be listed: {reason}.").format(
                path=paths.runs(), reason=error.strerror or error
            ),
            _("Set DLWP_HOME to a folder of your own, for example: export DLWP_HOME=~/dlwp"),
        ) from error


def _scan() -> tuple[list[RunFolder], list[Problem]]:
    good: list[tuple[float, str, RunFolder]] = []
    bad: list[Problem] = []
    for entry in _entries():
        if not RUN_ID.match(entry.name) or not entry.is_dir():
            bad.append(Problem(str(entry), "", _("{path} is no run and is ignored.").format(path=entry)))
            continue
        folder = RunFolder(entry)
        try:
            good.append((read_spec(folder).created, folder.id, folder))
        except RunError as error:
            bad.append(Problem(str(entry), "", error.message, error.hint))
    good.sort(key=lambda row: row[:2], reverse=True)
    return [folder for _created, _id, folder in good], sorted(bad, key=lambda problem: problem.file)


def _none_yet() -> RunError:
    return RunError(_("There are no runs yet."), _("Start one with: dlwp run 3.4 --preset quick"), exit_code=2)


def _unknown(wanted: str, names: list[str]) -> RunError:
    by_suffix = {name[-_SUFFIX:]: name for name in names}
    near = get_close_matches(wanted, names, n=3, cutoff=0.6)
    near += [by_suffix[end] for end in get_close_matches(wanted[-_SUFFIX:], by_suffix, n=3, cutoff=0.7)]
    if near:
        hint = _("Did you mean {name}?").format(name=", ".join(dict.fromkeys(near[:3])))
    else:
        hint = _("`dlwp runs` lists them; `last` is the newest.")
    return RunError(_("There is no run {run!r}.").format(run=wanted), hint, exit_code=2)


def _ambiguous(wanted: str, matches: list[str]) -> RunError:
    shown = "\n".join(f"  {name}" for name in matches[:_LISTED])
    if len(matches) > _LISTED:
        shown += "\n  " + _("and {count} more").format(count=len(matches) - _LISTED)
    return RunError(
        _("{run!r} fits {count} runs:").format(run=wanted, count=len(matches)) + "\n" + shown,
        _("Give more of the id, or its last four characters."),
        exit_code=2,
    )
