"""Reads and unpacks zip and tar archives of any origin: no path outside the folder, no links, no bomb."""

from __future__ import annotations

import bz2
import contextlib
import errno
import gzip
import lzma
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import IO, Any

from dlwp_tui.core import paths
from dlwp_tui.core.errors import DataError
from dlwp_tui.core.language import _

MAX_FILES = 150_000
"""aclImdb, the largest archive of the course by number, has 100,000 files."""
MAX_BYTES = 4 << 30
MAX_GROWTH, SMALL = 50, 64 << 20
"""An archive unpacks to at most so many times its size, or to 64 MB. Texts grow fourfold, zeros a thousandfold."""
MAX_NAME = 255
"""Bytes of one part of a path, as the usual file systems have it."""
LOOK = 64 << 20
"""Bytes of a tar that are unpacked to see what it is."""
PADDING = 1 << 20
"""Zeros after a tar's last member; GNU tar writes up to 10 kB."""
TAR_HEADER, ZIP_DIRECTORY = 1 << 20, 16 << 20
"""Bytes of what a tar says of a member, and a zip of all members: 150,000 take 12 MB."""
DAMAGED = (
    zipfile.BadZipFile, tarfile.TarError, gzip.BadGzipFile, zlib.error, lzma.LZMAError, EOFError, NotImplementedError,
    RuntimeError, ValueError, OverflowError, MemoryError, struct.error, OSError,
)  # a RuntimeError is an encrypted zip, or headers nested without end  # fmt: skip
"""What Python's readers raise for an archive that is cut off or wrong."""
_BLOCK = 1 << 20  # bytes written at once
_PACKED: tuple[tuple[bytes, Any], ...] = (
    (b"\x1f\x8b", gzip.open), (b"BZh", bz2.open), (b"\xfd7zXZ\0", lzma.open),
)  # fmt: skip


def is_archive(path: Path) -> bool:
    """True for a zip or tar archive, judged by its content, also for one that is cut off.

    An npz is a zip as well: look at its keys first.
    """
    try:
        if is_zip(path):
            return True
        with _tar(path):
            return True
    except tarfile.ReadError:
        return False
    except (*DAMAGED, DataError):  # whoever reads it finds out
        return True


@contextlib.contextmanager
def members(path: Path, wanted: Callable[[str], bool]) -> Iterator[Iterator[tuple[str, IO[bytes], int]]]:
    """The members of `path` whose path `wanted` accepts, one after another as (path, stream, bytes).

    A tar is read once, from front to back, so a stream must be read before the next member is taken. Raises DataError
    for a member that would leave a folder, a link or device, too many or too large members, and for a damaged archive.
    """
    try:
        if is_zip(path):
            with open_zip(path) as archive:
                infos = _judged(path, archive)
                yield ((i.filename, archive.open(i), i.file_size) for i in infos if wanted(i.filename))
        else:
            with _tar(path) as (tar, file):
                yield _tar_members(path, tar, file, wanted)
    except DAMAGED as error:
        raise _damaged(path, error) from error


def is_zip(path: Path) -> bool:
    """True for what ends like a zip archive. Raises OSError."""
    with paths.open_file(path) as file:
        return zipfile.is_zipfile(file)


@contextlib.contextmanager
def open_zip(path: Path, most: int = ZIP_DIRECTORY) -> Iterator[zipfile.ZipFile]:
    """A zip archive whose list of members has at most `most` bytes. Raises DataError, and what `DAMAGED` names."""
    with paths.open_buffered(path) as raw:
        file = _Bounded(path, raw, most)
        with zipfile.ZipFile(file) as archive:
            file.left = None
            yield archive


@contextlib.contextmanager
def _tar(path: Path) -> Iterator[tuple[tarfile.TarFile, _Bounded]]:
    """A tar archive, packed or not. Raises DataError, and what `DAMAGED` names."""
    with paths.open_buffered(path) as raw:
        start = raw.peek(6)
        unpack = next((one for magic, one in _PACKED if start.startswith(magic)), None)
        file = _Bounded(path, raw if unpack is None else unpack(raw), TAR_HEADER)
        with tarfile.open(fileobj=file, mode="r:") as tar:
            yield tar, file


class _Bounded:
    """An archive's bytes. While its headers are read, no more than `left`: what a header announces is read at once."""

    def __init__(self, path: Path, file: IO[bytes], left: int) -> None:
        self._path, self._file = path, file
        self.left: int | None = left

    def read(self, size: int = -1) -> bytes:
        if self.left is not None:
            data = self._file.read(self.left + 1 if size < 0 else min(size, self.left + 1))
            self.left -= len(data)
            if self.left < 0:
                raise _hostile(self._path, _("one of its headers is endless"))
            return data
        return self._file.read(size)

    def __getattr__(self, name: str) -> Any:  # seek, tell, seekable
        return getattr(self._file, name)


def _tar_members(
    path: Path, tar: tarfile.TarFile, file: _Bounded, wanted: Callable[[str], bool]
) -> Iterator[tuple[str, IO[bytes], int]]:
    count = 0
    while member := tar.next():
        file.left, count = TAR_HEADER, count + 1
        _bounded(path, count, member.offset_data + member.size)
        if not member.isdir():
            _judge(path, member.name, is_file=member.isfile())
            if wanted(member.name):
                stream = tar.extractfile(member)
                assert stream is not None  # only regular files passed
                file.left = None
                yield member.name, stream, member.size
                file.left = TAR_HEADER
        tar.members.clear()  # type: ignore[attr-defined]  # else 100,000 members with their headers stay in memory
    file.left = None
    _read_to_the_end(tar)


def first_names(path: Path, count: int = 50) -> list[str]:
    """The paths of the first `count` members of a zip or tar archive; [] for what is no archive, or damaged."""
    try:
        if is_zip(path):
            with open_zip(path) as archive:
                return archive.namelist()[:count]
        names: list[str] = []
        with _tar(path) as (tar, file):
            while len(names) < count and (member := tar.next()):
                names.append(member.name)
                file.left = TAR_HEADER
                if member.offset_data + member.size > LOOK:
                    break
        return names
    except (*DAMAGED, DataError):
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
            return [_write(path, stream, folder, name, size) for name, stream, size in found]
    except _NotWritten as error:
        raise paths.storage_error(folder, error.reason) from error


class _NotWritten(Exception):
    """A member could not be written, while reading it went well."""

    def __init__(self, reason: OSError) -> None:
        super().__init__()
        self.reason = reason


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
    shown = repr(name if len(name) <= MAX_NAME else name[:MAX_NAME] + "…")
    if inner.is_absolute() or ".." in inner.parts or ":" in "".join(inner.parts[:1]) or "\0" in name:
        raise _hostile(path, _("{member} would be written outside the folder").format(member=shown))
    if not inner.parts or any(len(part.encode("utf-8", "replace")) > MAX_NAME for part in inner.parts):
        raise _hostile(path, _("{member} is no name for a file").format(member=shown))
    if not is_file:
        raise _hostile(path, _("{member} is a link or a device").format(member=shown))


def _bounded(path: Path, files: int, size: int) -> None:
    if files > MAX_FILES or size > min(MAX_BYTES, max(SMALL, MAX_GROWTH * path.stat().st_size)):
        raise _hostile(path, _("it would unpack to {files} files and {size} bytes").format(files=files, size=size))


def _damaged(path: Path, error: Exception) -> DataError:
    if isinstance(error, OSError) and error.errno not in (None, errno.EINVAL):  # EINVAL: a place before its beginning
        return DataError(_("{path} cannot be read: {reason}.").format(path=path, reason=error.strerror))
    return DataError(
        _("{path} is damaged or cut off: {reason}.").format(path=path, reason=str(error) or type(error).__name__),
        _("Get the archive again and compare its size."),
    )


def _hostile(path: Path, what: str) -> DataError:
    return DataError(
        _("{path} was not unpacked: {what}.").format(path=path, what=what),
        _("A genuine archive has no such member. Get it again from its publisher."),
    )


def _write(path: Path, stream: IO[bytes], folder: Path, name: str, size: int) -> Path:
    target = folder.joinpath(*PurePosixPath(name.replace("\\", "/")).parts)
    written = 0
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        out = target.open("wb")
    except (FileExistsError, NotADirectoryError, IsADirectoryError) as error:
        raise _hostile(path, _("{member} is a file and a folder").format(member=repr(name))) from error
    except OSError as error:
        raise _NotWritten(error) from error
    with stream, out:
        while block := stream.read(_BLOCK):
            written += len(block)
            try:
                out.write(block)
            except OSError as error:
                raise _NotWritten(error) from error
    if written != size:
        raise EOFError(f"{name}: {written} of {size} bytes")
    return target
