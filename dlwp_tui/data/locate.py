"""Where a dataset's files lie and whether they are what their publisher offers."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from dlwp_tui.core import parsed, paths
from dlwp_tui.core.language import _
from dlwp_tui.data import checksum, registry
from dlwp_tui.data.dataset import DataFile


class State(StrEnum):
    """The state of a file, or of a dataset."""

    REAL = "real"
    """There, with the publisher's checksum."""
    UNVERIFIED = "unverified"
    """There with another checksum (accepted by the learner) or with none to compare; its content was checked."""
    HALF_DOWNLOADED = "half-downloaded"
    """A download was cut off; `dlwp data get` goes on where it stopped."""
    DAMAGED = "damaged"
    """There, but not the publisher's file, and not accepted."""
    MISSING = "missing"


USABLE = (State.REAL, State.UNVERIFIED)
_WORST_FIRST = (State.MISSING, State.DAMAGED, State.HALF_DOWNLOADED, State.UNVERIFIED, State.REAL)


@dataclass(frozen=True)
class FileStatus:
    """One file: the best copy found."""

    file: DataFile
    state: State
    path: Path | None = None
    """Where it lies (the `.part` file of a half download); None when missing."""
    checksum: str = ""
    """Of the algorithm the publisher uses."""
    detail: str = ""
    """What is wrong, in words."""
    whole: bool = False
    """True where nothing is gained by downloading it: the publisher's file, or one that has all it should have."""

    @property
    def usable(self) -> bool:
        """True for a file that can be trained on."""
        return self.state in USABLE


@dataclass(frozen=True)
class Status:
    """A dataset: the state of its samples, and every file."""

    name: str
    state: State
    each: tuple[FileStatus, ...]

    @property
    def usable(self) -> bool:
        """True where the samples are there."""
        return self.state in USABLE

    @property
    def main(self) -> FileStatus:
        """The best of the forms in which the samples can be there."""
        return best(self.forms(self.each[0].file))

    def forms(self, file: DataFile) -> tuple[FileStatus, ...]:
        """`file` and the files that can stand for it."""
        return tuple(s for s in self.each if s.file is file or s.file.form_of == file.name)

    @property
    def files(self) -> dict[str, Path]:
        """Paths of the usable files by name."""
        return {s.file.name: s.path for s in self.each if s.path and s.usable}

    @property
    def places(self) -> list[Path]:
        """Paths of the files that are there, damaged and half downloaded ones too."""
        return [one.path for one in self.each if one.path]

    @property
    def size(self) -> int:
        """Bytes of the files that are there, whole or not; where the samples are missing, what the publisher offers."""
        if self.main.path:
            return sum(_bytes(one.path) for one in self.each if one.path)
        return sum(one.file.size for one in self.each if not one.file.form_of)

    @property
    def by_hand(self) -> list[DataFile]:
        """Published files that no program can fetch, that are worth a word and are not there."""
        missing = (one.file for one in self.each if not one.usable)
        return [file for file in missing if file.published and str(file.what) and not file.urls and not file.wheel]

    @property
    def only(self) -> str:
        """The options that the usable files serve (`dim = 50`); "" where they serve all, and where none is usable."""
        dataset = registry.get(self.name)
        usable = [s.path for s in self.forms(dataset.main) if s.path and s.usable]
        return dataset.only(usable) if dataset.only is not None and usable else ""

    @property
    def detail(self) -> str:
        """What is wrong with the files, one sentence each."""
        return " ".join(s.detail for s in self.each if s.detail)


def status(name: str) -> Status:
    """The state of the dataset `name` and of its files. Raises UsageError for an unknown name.

    Instant after the first look: checksums are remembered.
    """
    dataset = registry.get(name)
    each = tuple(_file_status(f, dataset.folder) for f in dataset.files)
    found = Status(name, State.MISSING, each)
    needed = [best(found.forms(f)).state for f in dataset.files if f.required and not f.form_of]
    return replace(found, state=min(needed, key=_WORST_FIRST.index))


def best(found: Sequence[FileStatus]) -> FileStatus:
    """The one in the best state; the first of equals."""
    return max(found, key=lambda one: _WORST_FIRST.index(one.state))


def keras_folders() -> tuple[Path, ...]:
    """Keras' own caches of datasets, and of the weights of `keras.applications`: read, never written."""
    homes = [home for home in (os.environ.get("KERAS_HOME"), "~/.keras") if home]
    found = (paths.expanded(home) / cache for cache in ("datasets", "models") for home in homes)
    return tuple(dict.fromkeys(found))


def target(file: DataFile) -> Path:
    """Where `dlwp data get` and `import` put `file`."""
    return paths.data() / file.name


def part_of(path: Path) -> Path:
    """The name a download goes by until it is complete and checked."""
    return path.with_name(path.name + ".part")


def record_of(path: Path) -> Path:
    """The record beside an accepted file: what was checked in it."""
    return path.with_name(path.name + ".accepted.json")


def _file_status(file: DataFile, beside: Path | None) -> FileStatus:
    """The best copy of `file`: an official one anywhere, else an accepted one, else what is wrong.

    beside: the folder of the dataset's reader.py; what its author puts there needs no import.
    """
    found = [_judge(file, folder / file.name) for folder in (*keras_folders(), paths.data())]
    if beside is not None:
        found.insert(0, _judge(file, beside / file.name, ours=True))
    for state in (State.REAL, State.UNVERIFIED):
        for one in found:
            if one.state is state:
                return one
    part = part_of(target(file))
    if part.is_file():
        detail = _("{path}: {got} of {want} bytes are there.").format(
            path=part, got=part.stat().st_size, want=file.size or "?"
        )
        return FileStatus(file, State.HALF_DOWNLOADED, part, detail=detail)
    return next((one for one in found if one.state is State.DAMAGED), FileStatus(file, State.MISSING))


def _bytes(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:  # taken away since it was found
        return 0


def _judge(file: DataFile, path: Path, *, ours: bool = False) -> FileStatus:
    try:
        if not path.is_file():
            return FileStatus(file, State.MISSING)
        size = path.stat().st_size
        digest = checksum.of(path, file.algorithm)
        if digest == file.checksum:
            return FileStatus(file, State.REAL, path, digest, whole=True)
        record = _record(path)
        if record.get("sha256") == checksum.of(path, "sha256"):
            whole = not file.published and record.get("whole") is True
            return FileStatus(file, State.UNVERIFIED, path, digest, whole=whole)
        expected = file.exact_size == size or (ours and not file.exact_size)
        if not file.published and not record and expected:  # from Keras' cache, for example; `read` checks the rest
            return FileStatus(file, State.UNVERIFIED, path, digest, whole=True)
    except OSError as error:
        detail = _("{path} cannot be read: {reason}.").format(path=path, reason=error.strerror or error)
        return FileStatus(file, State.DAMAGED, path, detail=detail)
    if record:
        detail = _("{path} ({got} bytes) was changed since it was accepted.")
    elif file.published:
        detail = _("{path} ({got} bytes) is not the publisher's file ({want} bytes): its checksum differs.")
    else:
        detail = _("{path} ({got} bytes) was not checked yet: `dlwp data import {path}` does it.")
    return FileStatus(file, State.DAMAGED, path, digest, detail.format(path=path, got=size, want=file.size or "?"))


def _record(path: Path) -> dict[str, Any]:
    try:
        record: Any = parsed.read_json(record_of(path))
    except (OSError, ValueError):
        return {}  # no record, or a broken one: not accepted
    return record if isinstance(record, dict) else {}
