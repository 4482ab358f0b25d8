"""`dlwp data import`: a file or folder carried over by hand is taken into DLWP_HOME/data, or refused with the reason.

Everything is judged before anything is kept: what the file is, its checksum, its content. A file other than the
publisher's is taken only with `accept`, after its shapes and value ranges fit, and is called unverified ever after.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from dlwp_tui import paths
from dlwp_tui.data import archive, checksum, convert, locate, npz, registry
from dlwp_tui.data.dataset import DataFile, Dataset
from dlwp_tui.data.locate import State
from dlwp_tui.errors import DataError, DlwpError
from dlwp_tui.i18n import _

if TYPE_CHECKING:
    from dlwp_tui.data.dataset import Arrays

MAX_GROWTH = 4
"""A repacked file has at most so many times the publisher's bytes (uncompressed, imdb.npz has 28 MB instead of 17)."""


@dataclass(frozen=True)
class Imported:
    """One file that was taken over."""

    dataset: str
    file: str
    state: State
    """REAL or UNVERIFIED."""
    path: Path
    checks: tuple[str, ...] = ()
    """For an unverified file: what was checked, one line each."""

    @property
    def message(self) -> str:
        """One sentence for the learner."""
        if self.state is State.REAL:
            return _("{file} of {name} is the original file; lessons train on it now.").format(
                file=self.file, name=self.dataset
            )
        return _(
            "{file} of {name} is not the original file; its content was checked. Runs on it say: unverified file."
        ).format(file=self.file, name=self.dataset)


def import_path(path: Path | str, name: str | None = None, accept: bool = False) -> list[Imported]:
    """Take over the dataset file at `path`, or all of them in a folder or archive.

    name: the dataset, where neither file name nor content tell. accept: also take files whose checksum is not
    the publisher's, after checking shapes and value ranges. Raises DataError (nothing is kept then), UsageError
    for an unknown `name`.
    """
    dataset = registry.get(name) if name else None
    path = Path(path).expanduser()
    if not path.exists():
        raise DataError(_("{path} is not there.").format(path=path), _("Check the path; nothing was imported."))
    if path.is_dir():
        return _folder(path, dataset, accept)
    if not path.is_file():
        raise DataError(_("{path} is not a regular file.").format(path=path), _("Give a file, a folder or an archive."))
    if not os.access(path, os.R_OK):
        raise DataError(_("{path} may not be read.").format(path=path), _("Change its permissions with chmod."))
    known = registry.owner_of(path.name)
    if known is None and not npz.keys(path) and archive.is_archive(path):
        return _archive(path, dataset, accept)
    plans = [_plan(path, dataset, accept)]
    return [_keep(plan) for plan in plans]


@dataclass(frozen=True)
class _Plan:
    """A file that passed every check and only has to be copied."""

    source: Path
    dataset: Dataset
    file: DataFile
    state: State
    sha256: str
    arrays: Arrays | None
    checks: tuple[str, ...]


def _folder(folder: Path, dataset: Dataset | None, accept: bool) -> list[Imported]:
    wanted = {f.name for d in ([dataset] if dataset else registry.DATASETS.values()) for f in d.files}
    try:
        found = [p for p in sorted(folder.iterdir()) if p.name in wanted and p.is_file()]
    except OSError as error:
        raise DataError(_("{path} cannot be read: {reason}.").format(path=folder, reason=error.strerror)) from error
    if not found:
        raise DataError(
            _("There is no dataset file in {path}.").format(path=folder),
            _("Files by name: {names}.").format(names=", ".join(sorted(wanted))),
        )
    plans = [_plan(p, dataset, accept) for p in found]  # all are judged before the first is kept
    return [_keep(plan) for plan in plans]


def _archive(path: Path, dataset: Dataset | None, accept: bool) -> list[Imported]:
    wanted = {f.name for d in ([dataset] if dataset else registry.DATASETS.values()) for f in d.files}
    paths.ensure(paths.data())
    with tempfile.TemporaryDirectory(dir=paths.data(), prefix=".import-") as folder:
        files = archive.unpack(path, Path(folder), lambda member: PurePosixPath(member).name in wanted)
        if not files:
            raise DataError(
                _("The archive {path} holds no dataset file.").format(path=path),
                _("Files by name: {names}.").format(names=", ".join(sorted(wanted))),
            )
        plans = [_plan(f, dataset, accept) for f in files]
        return [_keep(plan) for plan in plans]


def _plan(path: Path, dataset: Dataset | None, accept: bool) -> _Plan:
    owner, file = _recognise(path, dataset)
    _not_absurd(path, file)
    arrays, checks = _content(path, owner, file)
    sha256 = checksum.of(path, "sha256")
    official = checksum.of(path, file.algorithm) == file.checksum
    if not official and not accept:
        raise _not_official(path, file, checks)
    state = State.REAL if official else State.UNVERIFIED
    return _Plan(path, owner, file, state, sha256, arrays, checks)


def _recognise(path: Path, dataset: Dataset | None) -> tuple[Dataset, DataFile]:
    """Which file of which dataset this is: by checksum, by name, by content, in this order."""
    for owner in registry.DATASETS.values():
        for file in owner.files:
            # the size is compared first, so that a foreign file of many gigabytes is not read to the end
            if path.stat().st_size == file.size and checksum.of(path, file.algorithm) == file.checksum:
                if dataset and owner is not dataset:
                    raise DataError(
                        _("{path} is {got}, not {want}.").format(path=path, got=owner.name, want=dataset.name),
                        _("Import it without a name, or as {name}.").format(name=owner.name),
                    )
                return owner, file
    if path.name.endswith(".part"):
        raise DataError(
            _("{path} is a half-finished download.").format(path=path),
            _("Let `dlwp data get` finish it, or bring the whole file."),
        )
    if known := registry.owner_of(path.name):
        if dataset and known[0] is not dataset:
            raise DataError(
                _("{path} is called like a file of {got}, not of {want}.").format(
                    path=path, got=known[0].name, want=dataset.name
                ),
                _("Rename it if it really belongs to {want}.").format(want=dataset.name),
            )
        return known
    return _by_content(path, dataset)


def _by_content(path: Path, dataset: Dataset | None) -> tuple[Dataset, DataFile]:
    keys = npz.keys(path)
    if dataset:
        if keys is None and npz.looks_like_json(path):
            for file in dataset.files[1:]:
                return dataset, file
        return dataset, dataset.main
    misfits = []
    for owner in registry.DATASETS.values():
        if keys and owner.npz_keys and owner.npz_keys <= keys:
            try:
                _content(path, owner, owner.main)
            except DataError as error:
                misfits.append(error.message)
            else:
                return owner, owner.main
    what = " ".join(misfits) or _("It {what}.").format(what=npz.what_is(path))
    raise DataError(
        _("{path} is no dataset this course knows. {what}").format(path=path, what=what),
        _("If you know what it is, say so: `dlwp data import {path} --name NAME`.").format(path=path),
    )


def _not_absurd(path: Path, file: DataFile) -> None:
    size = path.stat().st_size
    if file.size and size > file.size * MAX_GROWTH + (1 << 20):
        raise DataError(
            _("{path} has {got} bytes, {name} has {want}: this is another file.").format(
                path=path, got=size, name=file.name, want=file.size
            ),
            _("Nothing was imported."),
        )


def _content(path: Path, dataset: Dataset, file: DataFile) -> tuple[Arrays | None, tuple[str, ...]]:
    """The arrays (main file) and what was checked. DataError when the content does not fit."""
    if file is not dataset.main:
        if dataset.check_extra:
            dataset.check_extra(path)
        return None, (_("the words have ranks from 1"),)
    try:
        arrays = dataset.read(path)
    except DataError as error:
        if file.size and path.stat().st_size < file.size and npz.keys(path) is None:
            error.hint = _("It has {got} of {want} bytes. {hint}").format(
                got=path.stat().st_size, want=file.size, hint=error.hint
            )
        raise
    for key, count in dataset.samples.items():
        if len(arrays[key]) != count:
            raise DataError(
                _("{path}: {key} has {got} samples, {name} has {want}.").format(
                    path=path, key=key, got=len(arrays[key]), name=dataset.name, want=count
                ),
                _("The file was cut or made for something else; get the original."),
            )
    return arrays, tuple(
        f"{key}: {'x'.join(map(str, a.shape))} {a.dtype}, {a.min()}..{a.max()}"
        for key, a in arrays.items()
        if not key.endswith("_offsets")
    )


def _not_official(path: Path, file: DataFile, checks: tuple[str, ...]) -> DataError:
    return DataError(
        _("{path} is not the file its publisher offers: it has {got} bytes, the original {want}, and its checksum "
          "differs.").format(path=path, got=path.stat().st_size, want=file.size or "?"),
        _("Its content looks right ({checks}). If you trust where it comes from, import it with --accept; every run "
          "on it will say that the file is unverified.").format(checks="; ".join(checks)),
    )  # fmt: skip


def _keep(plan: _Plan) -> Imported:
    target = locate.target(plan.file)
    paths.ensure(target.parent)
    record = locate.record_of(target)
    if plan.state is State.UNVERIFIED:  # before the file: without its record it would count as damaged
        facts = {"sha256": plan.sha256, "size": plan.source.stat().st_size, "checks": plan.checks,
                 "accepted_at": time.strftime("%Y-%m-%dT%H:%M:%S%z")}  # fmt: skip
        paths.atomic_write(record, json.dumps(facts, ensure_ascii=False, indent=1))
    if not (target.exists() and target.samefile(plan.source)):
        _copy(plan.source, target, plan.sha256)
    if plan.state is State.REAL:
        record.unlink(missing_ok=True)
    locate.part_of(target).unlink(missing_ok=True)
    if plan.arrays is not None:
        convert.store(plan.dataset, checksum.of(target, plan.file.algorithm), plan.arrays)
    return Imported(plan.dataset.name, plan.file.name, plan.state, target, plan.checks)


def _copy(source: Path, target: Path, sha256: str) -> None:
    part = target.with_name(f".{target.name}.{os.getpid()}.import")
    try:
        shutil.copyfile(source, part)
        if checksum.of(part, "sha256") != sha256:
            raise DlwpError(_("{path} changed while it was copied.").format(path=source), _("Import it again."))
        part.replace(target)
    except OSError as error:
        raise paths.storage_error(target, error) from error
    finally:
        part.unlink(missing_ok=True)
