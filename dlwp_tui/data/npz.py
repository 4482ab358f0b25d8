"""Reading .npz files that may be cut off, wrong or hostile. Never `np.load(allow_pickle=True)`."""

from __future__ import annotations

import contextlib
import errno
import io
import math
import tokenize
import zipfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dlwp_tui.core import paths
from dlwp_tui.core.errors import DataError
from dlwp_tui.core.language import _
from dlwp_tui.data import archive, unpickle
from dlwp_tui.data.sequences import Sequences

if TYPE_CHECKING:
    from numpy.typing import NDArray

MAX_MEMBER = 256 << 20
"""Bytes all arrays may unpack to. The largest of Keras' own npz files, MNIST's, has 55 MB."""
MAX_LISTS = 40 << 20
"""Bytes of a pickle, of which every two may become a number of 8; imdb.npz has 14 MB."""
MAX_MEMBERS = 32
LISTED = 8
"""Names that a sentence lists."""
_BAD_HEADER = (*archive.DAMAGED, SyntaxError, TypeError, tokenize.TokenError)
_DIRECTORY = 1 << 18  # bytes of the list of 32 members, and of the end of a zip, of which 64 kB are searched


def read(path: Path) -> dict[str, NDArray[Any] | Sequences]:
    """All arrays of the npz file at `path` by key: numeric ones as arrays, object ones as Sequences.

    Raises DataError with what is wrong and what to do: not an npz, cut off, absurd sizes, hostile content.
    """
    return dict(_arrays(path))


def keys(path: Path) -> frozenset[str] | None:
    """The keys of the npz file at `path`, or None when it is no readable zip archive."""
    try:
        with archive.open_zip(path, _DIRECTORY) as packed:
            return frozenset(n.removesuffix(".npy") for n in packed.namelist()[: MAX_MEMBERS + 1] if n.endswith(".npy"))
    except (*archive.DAMAGED, DataError):
        return None


def shapes(path: Path) -> dict[str, tuple[int, ...]]:
    """The shape of each array that the headers in the npz file at `path` announce; () for one that cannot be read."""
    from numpy.lib import format as npy

    found: dict[str, tuple[int, ...]] = {}
    with contextlib.suppress(*archive.DAMAGED, DataError), archive.open_zip(path, _DIRECTORY) as packed:
        for name in packed.namelist()[: MAX_MEMBERS + 1]:
            found[name.removesuffix(".npy")] = ()
            with contextlib.suppress(*_BAD_HEADER):
                with packed.open(name) as member:
                    head = io.BytesIO(member.read(1024))
                version = npy.read_magic(head)
                read_header = npy.read_array_header_1_0 if version[0] == 1 else npy.read_array_header_2_0
                found[name.removesuffix(".npy")] = read_header(head, max_header_size=10_000)[0]
    return found


def what_is(path: Path) -> str:
    """What the file at `path` seems to be, judged by its first bytes, as the end of a sentence."""
    try:
        with paths.open_file(path) as file:
            head = file.read(512)
    except OSError as error:
        return _("cannot be read ({reason})").format(reason=error.strerror or error)
    start = head.lstrip()[:16].lower()
    if not head:
        return _("is empty")
    if is_web_page(head):
        return _("is a web page (a login or error page saved under this name?)")
    if head.startswith(b"PK"):
        return _what_zip(path)
    for beginning, kind in _KINDS.items():
        if head.startswith(beginning):
            return kind()
    if start.startswith((b"{", b"[")):
        return _("is a JSON text")
    if b"\0" not in head and head.isascii():
        return _("is a text file")
    return _("is of an unknown kind")


def is_web_page(head: bytes) -> bool:
    """Whether a file that begins with `head` is HTML or XML."""
    return head.lstrip()[:16].lower().startswith((b"<!doctype", b"<html", b"<?xml"))


_KINDS: dict[bytes, Callable[[], str]] = {
    b"\x1f\x8b": lambda: _("is a gzip archive"),
    b"\x89HDF": lambda: _("is an HDF5 file, as weights are kept in"),
    b"\x93NUMPY": lambda: _("is one array (.npy), no archive of arrays"),
    b"\x89PNG": lambda: _("is a picture"),
    b"\xff\xd8\xff": lambda: _("is a picture"),
    b"%PDF": lambda: _("is a PDF document"),
}


def _what_zip(path: Path) -> str:
    """What a file is that begins like a zip archive, from its list of members; of a healthy one their names."""
    try:
        with archive.open_zip(path) as packed:
            names = packed.namelist()
    except (*archive.DAMAGED, DataError):
        return _("is a zip or npz archive that breaks off or is damaged")
    if names and all(name.endswith(".npy") for name in names):
        return _("is an npz archive of the arrays {names}").format(names=_listed(sorted(keys(path) or ())))
    return _("is a zip archive of {names}").format(names=_listed(names) or _("no files"))


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:LISTED]) + (", …" if len(names) > LISTED else "")


def looks_like_json(path: Path) -> bool:
    """True when the file at `path` begins like a JSON object."""
    with paths.open_file(path) as file:
        return file.read(64).lstrip().startswith(b"{")


def not_npz(path: Path) -> DataError:
    """The error for a file that should be an npz archive and is none, or one that cannot be unpacked."""
    what = _("is damaged: its list of arrays is there, what is in them is not") if keys(path) else what_is(path)
    return DataError(
        _("{path} {what}; a NumPy archive (.npz) is needed.").format(path=path, what=what),
        _("Get the file again, compare its size with the one `dlwp data list` shows, then import it."),
    )


def _arrays(path: Path) -> Iterator[tuple[str, NDArray[Any] | Sequences]]:
    """The arrays one after the other: the bytes of each are let go before the next is unpacked."""
    try:
        with archive.open_zip(path, _DIRECTORY) as packed:
            infos = packed.infolist()
            if len(infos) > MAX_MEMBERS:
                raise _hostile(path, _("it lists {count} arrays").format(count=len(infos)))
            if (size := sum(info.file_size for info in infos)) > MAX_MEMBER:
                raise _hostile(path, _("its arrays would unpack to {size} bytes").format(size=size))
            for info in infos:
                if info.filename.endswith(".npy"):
                    key = info.filename.removesuffix(".npy")
                    yield key, array(path, key, _body(path, packed, info))
    except FileNotFoundError as error:
        raise DataError(_("{path} is not there.").format(path=path), _("Check the path.")) from error
    except OSError as error:
        if error.errno in (None, errno.EINVAL):  # a place before its beginning
            raise not_npz(path) from error
        raise DataError(
            _("{path} cannot be read: {reason}.").format(path=path, reason=error.strerror or error)
        ) from error
    except archive.DAMAGED as error:
        raise not_npz(path) from error


def _body(path: Path, packed: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    with packed.open(info) as file:
        body = file.read(MAX_MEMBER + 1)  # zipfile stops at the declared size and checks the CRC there
    if len(body) != info.file_size:
        raise not_npz(path)
    return body


def array(path: Path, key: str, body: bytes) -> NDArray[Any] | Sequences:
    """The array of a .npy file's bytes. Raises DataError, which names `path` and `key`."""
    import numpy as np
    from numpy.lib import format as npy

    stream = io.BytesIO(body)
    try:
        version = npy.read_magic(stream)
        read_header = npy.read_array_header_1_0 if version[0] == 1 else npy.read_array_header_2_0
        shape, fortran, dtype = read_header(stream, max_header_size=10_000)
    except _BAD_HEADER as error:
        raise _hostile(path, _("the header of {key} cannot be read").format(key=key)) from error
    rest = len(body) - stream.tell()
    if dtype == np.dtype(object):
        if len(shape) != 1:
            raise _hostile(path, _("{key} has the shape {shape}").format(key=key, shape=shape))
        if rest > MAX_LISTS:
            raise _hostile(path, _("{member} would unpack to {size} bytes").format(member=key, size=rest))
        return unpickle.sequences(body[stream.tell() :], int(shape[0]), path, key)
    if dtype.hasobject or dtype.kind not in "biuf":
        raise _hostile(path, _("{key} is of the type {dtype}").format(key=key, dtype=dtype))
    if any(n < 0 for n in shape) or math.prod(shape) * dtype.itemsize != rest:
        raise _hostile(path, _("the header of {key} announces {shape}, which its {size} bytes do not fill").format(
            key=key, shape=shape, size=rest))  # fmt: skip
    flat = np.frombuffer(body, dtype=dtype, offset=stream.tell())
    shaped = flat.reshape(shape, order="F" if fortran else "C")
    return shaped.astype(dtype.newbyteorder("="), copy=True)


def _hostile(path: Path, what: str) -> DataError:
    return DataError(
        _("{path} is not a genuine data file: {what}. It was not loaded.").format(path=path, what=what),
        _("Delete it and get it again from its publisher."),
    )
