"""`dlwp data import`: takes a file or folder brought by hand into DLWP_HOME/data, or refuses it with the reason.

Everything is judged before anything is kept: what the file is, its checksum, its content. A file other than the
publisher's is taken only with `accept`, where its shapes and value ranges fit, and counts as unverified from then on.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from dlwp_tui.core import paths
from dlwp_tui.core.errors import DataError, DlwpError
from dlwp_tui.core.language import _, sentences
from dlwp_tui.data import archive, checksum, content, convert, folders, locate, npz, registry
from dlwp_tui.data.content import Content
from dlwp_tui.data.dataset import DataFile, Dataset
from dlwp_tui.data.locate import State

MAX_GROWTH = 4
"""A repacked file has at most so many times the publisher's bytes (uncompressed, imdb.npz has 28 MB instead of 17)."""
SHOWN = 6
"""Checks that a sentence names: a network has some for each of its layers."""

Doing = Callable[[str, Path], None]


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
        known = registry.get(self.dataset).file(self.file)
        if known and not known.published:
            message = _(
                "{file} of {name} was checked ({checks}); there is no checksum to compare. "
                "Runs on it say: unverified file."
            )
        else:
            message = _(
                "{file} of {name} is not the original file; of its content this was checked: {checks}. "
                "Runs on it say: unverified file."
            )
        checks = "; ".join(self.checks[:SHOWN])
        if (more := len(self.checks) - SHOWN) > 0:
            checks = _("{checks} and {count} more").format(checks=checks, count=more)
        return message.format(file=self.file, name=self.dataset, checks=checks)


def import_path(
    path: Path | str, name: str | None = None, accept: bool = False, doing: Doing = lambda _what, _file: None
) -> list[Imported]:
    """Take over the dataset file at `path`, or all of them in a folder or archive.

    name: the dataset, where neither file name nor content show it. accept: also take files whose checksum is not
    the publisher's, after checking shapes, value ranges and classes. doing: called with what is done, and to which
    file. Raises DataError (nothing is kept then), UsageError for an unknown `name`.
    """
    dataset = registry.get(name) if name else None
    path = paths.expanded(path)
    if not paths.is_there(path):
        raise DataError(_("{path} is not there.").format(path=path), _("Check the path; nothing was imported."))
    if path.is_dir():
        return _folder(path, dataset, accept, doing)
    if not path.is_file():
        raise DataError(_("{path} is not a regular file.").format(path=path), _("Give a file, a folder or an archive."))
    if not os.access(path, os.R_OK):
        raise DataError(_("{path} may not be read.").format(path=path), _("Change its permissions with chmod."))
    if _known(path, dataset) is None and not npz.keys(path) and archive.is_archive(path):
        return _archive(path, dataset, accept, doing)
    return [_keep(_plan(path, dataset, accept, doing), doing)]


@dataclass(frozen=True)
class _Plan:
    """A file that passed every check and only has to be copied."""

    source: Path
    dataset: Dataset
    file: DataFile
    state: State
    sha256: str
    content: Content


def _folder(folder: Path, dataset: Dataset | None, accept: bool, doing: Doing) -> list[Imported]:
    datasets = [dataset] if dataset else list(registry.all_sets().values())
    wanted = {f.name for d in datasets for f in d.files}
    found = [p for p in _entries(folder) if p.name in wanted and p.is_file()]
    with _workshop() as into:
        doing(_("packing its files"), folder)
        packs = [(d, d.pack(folder, into)) for d in datasets if d.pack]
        plans = [_plan(p, dataset, accept, doing) for p in found]  # all are judged before the first is kept
        for owner, path in packs:
            if path:
                with _called(path, folder):
                    plans.append(_plan(path, owner, accept, doing, packed=True))
        if plans:
            return [_keep(plan, doing) for plan in plans]
    below = folders.below(folder, wanted, [d for d in datasets if d.pack])
    if len(below) == 1:
        return _folder(below[0], dataset, accept, doing)
    if below:
        raise DataError(
            _("There is data in several folders below {path}.").format(path=folder),
            _("Import one of them: {folders}.").format(folders=", ".join(map(str, below))),
        )
    raise folders.none_in(folder, datasets, wanted)


def _entries(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError as error:
        raise DataError(_("{path} cannot be read: {reason}.").format(path=folder, reason=error.strerror)) from error


def _archive(path: Path, dataset: Dataset | None, accept: bool, doing: Doing) -> list[Imported]:
    wanted = {f.name for d in ([dataset] if dataset else registry.all_sets().values()) for f in d.files}
    with _workshop() as folder:
        doing(_("unpacking {file}").format(file=path.name), path)
        files = archive.unpack(path, folder, lambda member: PurePosixPath(member).name in wanted)
        if not files:
            raise folders.nothing_in(_("The archive {path} holds no dataset file.").format(path=path), wanted)
        plans = []
        for file in files:
            with _called(file, path / file.relative_to(folder)):
                plans.append(_plan(file, dataset, accept, doing))
        return [_keep(plan, doing) for plan in plans]


@contextlib.contextmanager
def _called(path: Path, known: Path) -> Iterator[None]:
    """Errors name `known`, the learner's own file, instead of the copy at `path` that is gone afterwards."""
    try:
        yield
    except DataError as error:
        raise DataError(
            error.message.replace(str(path), str(known)), error.hint.replace(str(path), str(known))
        ) from error


@contextlib.contextmanager
def _workshop() -> Iterator[Path]:
    paths.ensure(paths.data())
    with tempfile.TemporaryDirectory(dir=paths.data(), prefix=".import-") as folder:
        yield Path(folder)


def _plan(path: Path, dataset: Dataset | None, accept: bool, doing: Doing, *, packed: bool = False) -> _Plan:
    """packed: `path` was made here, of the learner's folder."""
    doing(_("finding out what it is"), path)
    owner, file = _known(path, dataset) or _by_content(path, dataset)
    _not_absurd(path, file)
    doing(_("reading the content of {file}").format(file=file.name), path)
    official = checksum.of(path, file.algorithm) == file.checksum
    found = content.judge(path, owner, file, packed=packed)
    if not accept and not official and (file.published or not found.whole):
        raise _not_official(path, 0 if packed else path.stat().st_size, file, found)
    state = State.REAL if official else State.UNVERIFIED
    return _Plan(path, owner, file, state, checksum.of(path, "sha256"), found)


def _known(path: Path, dataset: Dataset | None) -> tuple[Dataset, DataFile] | None:
    """Which file of which dataset this is: by checksum, by name, by its first bytes, in this order."""
    for owner in registry.all_sets().values():
        for file in owner.files:
            if not file.published:
                continue
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
        return _its_form(path, *known)
    for owner in [dataset] if dataset else registry.all_sets().values():
        if owner.recognise and (name := owner.recognise(path)) and (found := owner.file(name)):
            return owner, found
    return None


def _its_form(path: Path, owner: Dataset, file: DataFile) -> tuple[Dataset, DataFile]:
    """`file`, or the form of it that the content shows, for a file under another's name."""
    if file in owner.forms and owner.recognise and (name := owner.recognise(path)):
        return owner, owner.file(name) or file
    return owner, file


def _by_content(path: Path, dataset: Dataset | None) -> tuple[Dataset, DataFile]:
    keys = npz.keys(path)
    if dataset:
        if keys is None and npz.looks_like_json(path):
            for file in dataset.files[1:]:
                return dataset, file
        return dataset, dataset.main
    misfits: dict[str, DataError] = {}
    for owner in registry.all_sets().values():
        if keys and owner.npz_keys and owner.npz_keys <= keys:
            try:
                content.judge(path, owner, owner.main)
            except DataError as error:
                misfits.setdefault(error.message, error)
            else:
                return owner, owner.main
    if misfits:
        raise DataError(
            _("{path} fits no dataset of this course. {reasons}").format(path=path, reasons=" ".join(misfits)),
            sentences(*dict.fromkeys(error.hint for error in misfits.values())),
        )
    message = _("{path} is no dataset this course knows. It {what}.").format(path=path, what=npz.what_is(path))
    if keys:
        raise DataError(message, _keys_wanted())
    raise DataError(
        message, _("If you know what it is, say so: `dlwp data import {path} --name NAME`.").format(path=path)
    )


def _keys_wanted() -> str:
    """Which arrays the npz files of the course have."""
    names: dict[frozenset[str], list[str]] = {}
    for owner in registry.all_sets().values():
        if owner.npz_keys:
            names.setdefault(owner.npz_keys, []).append(owner.name)
    each = (f"{', '.join(sorted(keys))} ({', '.join(owners)})" for keys, owners in names.items())
    return _(
        "Files of this course have these arrays: {arrays}. To train on your own, see LESSONS.md, Data sets."
    ).format(arrays="; ".join(each))


def _not_absurd(path: Path, file: DataFile) -> None:
    size = path.stat().st_size
    if file.size and size > file.size * MAX_GROWTH + (1 << 20):
        raise DataError(
            _("{path} has {got} bytes, {name} has {want}: this is another file.").format(
                path=path, got=size, name=file.name, want=file.size
            ),
            _("Nothing was imported."),
        )


def _not_official(path: Path, size: int, file: DataFile, found: Content) -> DataError:
    """size: bytes of the learner's file; 0 where it is a folder."""
    if not size and file.published:
        message = _("{path} is a folder: there is no checksum to compare with the publisher's archive.")
    elif file.published:
        message = _("{path} is not the file its publisher offers: it has {got} bytes, the original {want}, and its "
                    "checksum differs.")  # fmt: skip
    elif size and file.exact_size:
        message = _("{path} is not the file its publisher offers: it has {got} bytes, the original {want}.")
    else:
        message = _("{path} is not all that its publisher offers.")
    return DataError(
        message.format(path=path, got=size, want=file.size or "?"),
        _("Its content looks right ({checks}). If you trust where it comes from, import it with --accept; every run "
          "on it will say that the file is unverified.").format(checks="; ".join(found.checks)),
    )  # fmt: skip


def _keep(plan: _Plan, doing: Doing) -> Imported:
    doing(_("copying {file}").format(file=plan.file.name), plan.source)
    target = locate.target(plan.file)
    paths.ensure(target.parent)
    record = locate.record_of(target)
    with _copied(plan.source, target, plan.sha256) as part:  # a full disk must find the old file with its old record
        if plan.state is State.UNVERIFIED:  # before the file: without its record it would count as damaged
            content.record(target, plan.sha256, plan.source.stat().st_size, plan.content)
        if part is not None:
            part.replace(target)
    if plan.state is State.REAL:
        record.unlink(missing_ok=True)
    locate.part_of(target).unlink(missing_ok=True)
    if plan.content.arrays is not None:
        convert.store(plan.dataset, checksum.of(target, plan.file.algorithm), plan.content.arrays)
    return Imported(plan.dataset.name, plan.file.name, plan.state, target, plan.content.checks)


@contextlib.contextmanager
def _copied(source: Path, target: Path, sha256: str) -> Iterator[Path | None]:
    """A checked copy of `source` beside `target`; None where they are one file."""
    if target.exists() and target.samefile(source):
        yield None
        return
    part = target.with_name(f".{target.name}.{os.getpid()}.import")
    try:
        shutil.copyfile(source, part)
        if checksum.of(part, "sha256") != sha256:
            raise DlwpError(_("{path} changed while it was copied.").format(path=source), _("Import it again."))
        yield part
    except OSError as error:
        raise paths.storage_error(target, error) from error
    finally:
        part.unlink(missing_ok=True)
