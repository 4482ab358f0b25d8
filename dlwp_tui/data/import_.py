"""`dlwp data import`: takes a file or folder brought by hand into DLWP_HOME/data, or refuses it with the reason.

Everything is judged before anything is kept: what the file is, its checksum, its content. A file other than the
publisher's is taken only with `accept`, where its shapes and value ranges fit, and counts as unverified from then on.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from dlwp_tui.core import paths
from dlwp_tui.core.errors import DataError, DlwpError
from dlwp_tui.core.language import _
from dlwp_tui.data import archive, checksum, content, convert, locate, npz, registry
from dlwp_tui.data.content import Content
from dlwp_tui.data.dataset import DataFile, Dataset
from dlwp_tui.data.locate import State

HDF5 = b"\x89HDF\r\n\x1a\n"
PATIENCE = 60
"""CPU seconds for reading a file that may be damaged; VGG16's 553 MB take one."""
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
        known = registry.get(self.dataset).file(self.file)
        if known and not known.published:
            message = _(
                "{file} of {name} was checked; there is no checksum to compare. Runs on it say: unverified file."
            )
        else:
            message = _(
                "{file} of {name} is not the original file; its content was checked. Runs on it say: unverified file."
            )
        return message.format(file=self.file, name=self.dataset)


def import_path(path: Path | str, name: str | None = None, accept: bool = False) -> list[Imported]:
    """Take over the dataset file at `path`, or all of them in a folder or archive.

    name: the dataset, where neither file name nor content show it. accept: also take files whose checksum is not
    the publisher's, after checking shapes and value ranges. Raises DataError (nothing is kept then), UsageError
    for an unknown `name`.
    """
    dataset = registry.get(name) if name else None
    path = paths.expanded(path)
    if not paths.is_there(path):
        raise DataError(_("{path} is not there.").format(path=path), _("Check the path; nothing was imported."))
    if path.is_dir():
        return _folder(path, dataset, accept)
    if not path.is_file():
        raise DataError(_("{path} is not a regular file.").format(path=path), _("Give a file, a folder or an archive."))
    if not os.access(path, os.R_OK):
        raise DataError(_("{path} may not be read.").format(path=path), _("Change its permissions with chmod."))
    if _known(path, dataset) is None and not npz.keys(path) and archive.is_archive(path):
        return _archive(path, dataset, accept)
    return [_keep(_plan(path, dataset, accept))]


@dataclass(frozen=True)
class _Plan:
    """A file that passed every check and only has to be copied."""

    source: Path
    dataset: Dataset
    file: DataFile
    state: State
    sha256: str
    content: Content


def _folder(folder: Path, dataset: Dataset | None, accept: bool) -> list[Imported]:
    datasets = [dataset] if dataset else list(registry.all_sets().values())
    wanted = {f.name for d in datasets for f in d.files}
    try:
        found = [p for p in sorted(folder.iterdir()) if p.name in wanted and p.is_file()]
    except OSError as error:
        raise DataError(_("{path} cannot be read: {reason}.").format(path=folder, reason=error.strerror)) from error
    with _workshop() as into:
        packed = [(d, d.pack(folder, into)) for d in datasets if d.pack]
        plans = [_plan(p, dataset, accept) for p in found]  # all are judged before the first is kept
        for owner, path in packed:
            if path:
                with _called(path, folder):
                    plans.append(_plan(path, owner, accept))
        if not plans:
            raise _nothing_in(_("There is no dataset file in {path}.").format(path=folder), wanted)
        return [_keep(plan) for plan in plans]


def _nothing_in(message: str, wanted: set[str]) -> DataError:
    return DataError(message, _("Files by name: {names}.").format(names=", ".join(sorted(wanted))))


def _archive(path: Path, dataset: Dataset | None, accept: bool) -> list[Imported]:
    wanted = {f.name for d in ([dataset] if dataset else registry.all_sets().values()) for f in d.files}
    with _workshop() as folder:
        files = archive.unpack(path, folder, lambda member: PurePosixPath(member).name in wanted)
        if not files:
            raise _nothing_in(_("The archive {path} holds no dataset file.").format(path=path), wanted)
        plans = []
        for file in files:
            with _called(file, path / file.relative_to(folder)):
                plans.append(_plan(file, dataset, accept))
        return [_keep(plan) for plan in plans]


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


def _plan(path: Path, dataset: Dataset | None, accept: bool) -> _Plan:
    owner, file = _known(path, dataset) or _by_content(path, dataset)
    _not_absurd(path, file)
    official = checksum.of(path, file.algorithm) == file.checksum
    if not official:
        _readable(path, owner)
    found = content.judge(path, owner, file)
    if not accept and not official and (file.published or not found.whole):
        raise _not_official(path, path.stat().st_size, file, found)
    state = State.REAL if official else State.UNVERIFIED
    return _Plan(path, owner, file, state, checksum.of(path, "sha256"), found)


def _readable(path: Path, owner: Dataset) -> None:
    """Read an HDF5 file in a process of its own first: its library follows some damaged lists without end."""
    with paths.open_file(path) as file:
        if file.read(len(HDF5)) != HDF5:
            return
    code = (
        f"import resource, sys; resource.setrlimit(resource.RLIMIT_CPU, ({PATIENCE}, {PATIENCE}))\n"
        "from pathlib import Path; from dlwp_tui.data import registry\n"
        "registry.get(sys.argv[1]).read(Path(sys.argv[2]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, owner.name, str(path)], stdin=subprocess.DEVNULL, capture_output=True, check=False
    )
    if done.returncode < 0:  # by a signal; another error is found again, and said, where it is read
        raise DataError(
            _("{path} is damaged: reading it does not end, or crashes.").format(path=path),
            _("Get the file again, compare its size with the one `dlwp data list` shows, then import it."),
        )


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
    misfits = []
    for owner in registry.all_sets().values():
        if keys and owner.npz_keys and owner.npz_keys <= keys:
            try:
                content.judge(path, owner, owner.main)
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


def _not_official(path: Path, size: int, file: DataFile, found: Content) -> DataError:
    if file.published:
        message = _("{path} is not the file its publisher offers: it has {got} bytes, the original {want}, and its "
                    "checksum differs.")  # fmt: skip
    elif file.exact_size:
        message = _("{path} is not the file its publisher offers: it has {got} bytes, the original {want}.")
    else:
        message = _("{path} is not all that its publisher offers.")
    return DataError(
        message.format(path=path, got=size, want=file.size or "?"),
        _("Its content looks right ({checks}). If you trust where it comes from, import it with --accept; every run "
          "on it will say that the file is unverified.").format(checks="; ".join(found.checks)),
    )  # fmt: skip


def _keep(plan: _Plan) -> Imported:
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
