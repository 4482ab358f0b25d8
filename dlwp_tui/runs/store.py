"""All runs of the learner: the folders under `$DLWP_HOME/runs`. There is no index that could disagree with them."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Container
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from dlwp_tui.core import parsed, paths
from dlwp_tui.core.errors import Problem, RunError, StorageError
from dlwp_tui.core.language import _
from dlwp_tui.runs import state, trash
from dlwp_tui.runs.folder import RUN_ID, RunFolder, unreadable

if TYPE_CHECKING:
    from dlwp_tui.runs.spec import RunSpec

FORMAT = 1
"""Of run.json: the newest that this version reads."""
_SUFFIX = 4  # characters at the end of an id by which runs of one minute and lesson differ
_RESERVE, _RESERVED = ".reserve", 16 << 10  # bytes; the last event of a run that failed has up to 14 KB
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


def reserve(folder: RunFolder) -> None:
    """Keep room on the disk, so that a full one still has some for the event that reports it. Raises StorageError."""
    try:
        fd = os.open(folder.path / _RESERVE, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            os.posix_fallocate(fd, 0, _RESERVED)
        finally:
            os.close(fd)
    except OSError as error:
        raise paths.storage_error(folder.path, error) from error


def free_reserve(folder: RunFolder) -> None:
    """The run ends: what was reserved is there for its last event."""
    with contextlib.suppress(OSError):
        (folder.path / _RESERVE).unlink(missing_ok=True)


def read_spec(folder: RunFolder) -> RunSpec:
    """The run's spec. Raises RunError naming the file when it is missing or broken."""
    from pydantic import ValidationError  # 0.07 s, which a list of runs that have ended can do without

    from dlwp_tui.runs.spec import RunSpec

    try:
        stat = folder.spec.stat()
        stamp = (stat.st_mtime_ns, stat.st_size)
        cached = _specs.get(folder.path)
        if cached is None or cached[0] != stamp:
            raw = parsed.read_json(folder.spec)
            cached = _specs[folder.path] = (stamp, RunSpec.model_validate(raw))
    except (FileNotFoundError, NotADirectoryError) as error:
        raise RunError(
            _("Run {run} has no run.json in {path}.").format(run=folder.id, path=folder.path),
            _("It cannot be used any more; the folder can be deleted."),
        ) from error
    except OSError as error:
        raise unreadable(folder, folder.spec, error) from error
    except ValidationError as error:
        version = raw.get("v") if isinstance(raw, dict) else None
        if isinstance(version, int) and version > FORMAT:
            raise RunError(
                _("Run {run} was made by a newer dlwp (format {version}); this one reads format {known}.").format(
                    run=folder.id, version=version, known=FORMAT
                ),
                _("Update dlwp to see it; nothing of it was changed."),
            ) from error
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise _damaged(folder, f"{where}: {first['msg']}" if where else first["msg"]) from error
    except ValueError as error:
        raise _damaged(folder, str(error)) from error
    return cached[1]


def all() -> list[RunFolder]:
    """Every usable run, newest first. Broken and foreign folders are skipped; `problems` lists them."""
    return _scan()[0]


def folders() -> list[RunFolder]:
    """Every folder that is named like a run, whether or not it is usable; nothing in it is read."""
    return [RunFolder(Path(entry.path)) for entry in _entries() if _is_run(entry)]


def next_number(lesson_id: str) -> int:
    """The number of a new run of a lesson: one more than the newest run's, and than there are runs."""
    found = sorted((folder for folder in folders() if folder.id.split("-")[2] == lesson_id), key=lambda one: one.id)
    try:
        newest = read_spec(found[-1]).number if found else 0
    except RunError:  # broken: how many there are is good enough for a colour
        newest = 0
    return max(newest, len(found)) + 1


def problems(usable: Container[str] = ()) -> tuple[Problem, ...]:
    """What lies under `runs` and is no usable run, and why not; `usable` are ids that need no look."""
    return tuple(_scan(usable)[1])


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
    found = {folder.id: folder for folder in folders()}
    if wanted in found:
        return found[wanted]
    matches = [name for name in found if wanted and (name.startswith(wanted) or name[-_SUFFIX:] == wanted)]
    if len(matches) == 1:
        return found[matches[0]]
    if not found:
        raise _none_yet()
    raise _ambiguous(wanted, sorted(matches, reverse=True)) if matches else _unknown(wanted, list(found))


def delete(folder: RunFolder) -> None:
    """Remove a run for good. Raises RunError while it is at work, StorageError when it cannot be removed."""
    trash.purge(trash.take(folder))


_readable: set[Path] = set()
"""Runs whose events and lock this process could read: looking at those of a thousand runs takes 0.05 s."""
_specs: dict[Path, tuple[tuple[int, int], RunSpec]] = {}
"""Specs read so far by this process, with the time and size of their `run.json`, which is written once."""


def _is_run(entry: os.DirEntry[str]) -> bool:
    return RUN_ID.match(entry.name) is not None and entry.is_dir()


def _damaged(folder: RunFolder, reason: str) -> RunError:
    return RunError(
        _("Run {run} cannot be read: {path} is damaged ({reason}).").format(
            run=folder.id, path=folder.spec, reason=reason
        ),
        _("Its log and artifacts are still in that folder; the folder can be deleted."),
    )


def _entries() -> list[os.DirEntry[str]]:
    try:
        with os.scandir(paths.runs()) as entries:
            return [entry for entry in entries if not entry.name.startswith(".")]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise StorageError(
            _("The runs in {path} cannot be listed: {reason}.").format(
                path=paths.runs(), reason=error.strerror or error
            ),
            _("Set DLWP_HOME to a folder of your own, for example: export DLWP_HOME=~/dlwp"),
        ) from error


def _scan(usable: Container[str] = ()) -> tuple[list[RunFolder], list[Problem]]:
    """The usable runs but those of `usable`, newest first, and what is wrong with the rest."""
    good: list[tuple[float, str, RunFolder]] = []
    bad: list[Problem] = []
    for entry in _entries():
        if entry.name in usable:
            continue
        if not _is_run(entry):
            bad.append(Problem(entry.path, "", _("{path} is no run and is ignored.").format(path=entry.path)))
            continue
        folder = RunFolder(Path(entry.path))
        try:
            created = read_spec(folder).created
            if folder.path not in _readable:
                state.current(folder)  # raises where its events or its lock cannot be read
                _readable.add(folder.path)
            good.append((created, folder.id, folder))
        except RunError as error:
            bad.append(Problem(entry.path, "", error.message, error.hint))
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
