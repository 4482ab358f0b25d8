"""Reads and unpacks zip and tar archives of any origin: no path outside the folder, no links, no bomb."""

from __future__ import annotations

import contextlib
import gzip
import itertools
import lzma
import shutil
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import IO

from dlwp_tui.core import paths
from dlwp_tui.core.errors import DataError
from dlwp_tui.core.language import _

MAX_FILES = 150_000
"""aclImdb, the largest archive of the course by number, has 100,000 files."""
MAX_BYTES = 4 << 30
LOOK = 64 << 20
"""Bytes of a tar that are unpacked to see what it is."""
PADDING = 1 << 20
"""Zeros after a tar's last member; GNU tar writes up to 10 kB."""
_DAMAGED = (
    zipfile.BadZipFile, tarfile.TarError, gzip.BadGzipFile, zlib.error, lzma.LZMAError, EOFError, NotImplementedError,
    RuntimeError,
)  # a RuntimeError is an encrypted zip  # fmt: skip


def is_archive(path: Path) -> bool:
    """True for a zip or tar archive, judged by its content. An npz is a zip as well: look at its keys first."""
    return zipfile.is_zipfile(path) or tarfile.is_tarfile(path)


@contextlib.contextmanager
def members(path: Path, wanted: Callable[[str], bool]) -> Iterator[Iterator[tuple[str, IO[bytes], int]]]:
    """The members of `path` whose path `wanted` accepts, one after another as (path, stream, bytes).

    A tar is read once, from front to back, so a stream must be read before the next member is taken. Raises DataError
    for a member that would leave a folder, a link or device, too many or too large members, and for a damaged archive.
    """
    try:
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                infos = _judged(path, archive)
                yield ((i.filename, archive.open(i), i.file_size) for i in infos if wanted(i.filename))
        else:
            with tarfile.open(path, "r:*") as tar:
                yield _tar_members(path, tar, wanted)
    except _DAMAGED as error:
        raise _damaged(path, error) from error


def _tar_members(
    path: Path, tar: tarfile.TarFile, wanted: Callable[[str], bool]
) -> Iterator[tuple[str, IO[bytes], int]]:
    files, size = 0, 0
    for member in tar:
        if member.isdir():
            continue
        _judge(path, member.name, is_file=member.isfile())
        files, size = files + 1, size + member.size
        _bounded(path, files, size)
        if wanted(member.name):
            stream = tar.extractfile(member)
            assert stream is not None  # only regular files passed
            yield member.name, stream, member.size
        tar.members.clear()  # type: ignore[attr-defined]  # else 100,000 members with their headers stay in memory
    _read_to_the_end(tar)


def first_names(path: Path, count: int = 50) -> list[str]:
    """The paths of the first `count` members of a zip or tar archive; [] for what is no archive, or damaged."""
    try:
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                return archive.namelist()[:count]
        names: list[str] = []
        with tarfile.open(path, "r:*") as tar:
            for member in itertools.islice(tar, count):
                names.append(member.name)
                if member.offset_data + member.size > LOOK:
                    break
        return names
    except (*_DAMAGED, OSError):
        return []


def unpack(path: Path, folder: Path, wanted: Callable[[str], bool]) -> list[Path]:
    """Unpack the members of `path` whose path `wanted` accepts, into `folder`; return where they lie.

    The whole list of members is judged before anything is written. Raises DataError as `members`, StorageError where
    nothing can be written.
    """
    try:
        with members(path, lambda _name: False) as nothing:
            list(nothing)
        with members(path, wanted) as found:
            return [_write(stream, folder, name, size) for name, stream, size in found]
    except OSError as error:
        raise paths.storage_error(folder, error) from error


def _judged(path: Path, archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    infos = [i for i in archive.infolist() if not i.is_dir()]
    for info in infos:
        link = (info.external_attr >> 16) & 0o170000 == 0o120000
        _judge(path, info.filename, is_file=not link)
    _bounded(path, len(infos), sum(i.file_size for i in infos))
    return infos


def _read_to_the_end(tar: tarfile.TarFile) -> None:
    """Raise ReadError where more than padding follows the last member: at a damaged header, tarfile just stops."""
    assert tar.fileobj is not None  # open
    rest = tar.fileobj.read(PADDING + 1)
    if len(rest) > PADDING or rest.strip(b"\0"):
        raise tarfile.ReadError("damaged header")


def _judge(path: Path, name: str, *, is_file: bool) -> None:
    inner = PurePosixPath(name.replace("\\", "/"))
    if inner.is_absolute() or ".." in inner.parts or ":" in inner.parts[0]:
        raise _hostile(path, _("{member} would be written outside the folder").format(member=repr(name)))
    if not is_file:
        raise _hostile(path, _("{member} is a link or a device").format(member=repr(name)))


def _bounded(path: Path, files: int, size: int) -> None:
    if files > MAX_FILES or size > MAX_BYTES:
        raise _hostile(path, _("it would unpack to {files} files and {size} bytes").format(files=files, size=size))


def _damaged(path: Path, error: Exception) -> DataError:
    return DataError(
        _("{path} is damaged or cut off: {reason}.").format(path=path, reason=error),
        _("Get the archive again and compare its size."),
    )


def _hostile(path: Path, what: str) -> DataError:
    return DataError(
        _("{path} was not unpacked: {what}.").format(path=path, what=what),
        _("A genuine archive has no such member. Get it again from its publisher."),
    )


def _write(stream: IO[bytes], folder: Path, name: str, size: int) -> Path:
    target = folder.joinpath(*PurePosixPath(name.replace("\\", "/")).parts)
    target.parent.mkdir(parents=True, exist_ok=True)
    with stream, target.open("wb") as out:
        shutil.copyfileobj(stream, out)
    if target.stat().st_size != size:
        raise EOFError(f"{name}: {target.stat().st_size} of {size} bytes")
    return target
