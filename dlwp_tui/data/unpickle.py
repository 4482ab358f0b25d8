"""Reads object arrays of integer lists, and CIFAR-10's batches, from a pickle, without trusting it.

imdb.npz and reuters.npz hold their sequences as pickled numpy object arrays, and a pickle may run any code. Here it
is first scanned: only the instructions that build lists of small integers and one array pass, so what is refused is
known before anything is built. What passes is read by an unpickler in which the few names such a file needs
stand for harmless stand-ins, so not even numpy is called with values from the file.
"""

from __future__ import annotations

import io
import pickle
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dlwp_tui.core.errors import DataError
from dlwp_tui.core.language import _
from dlwp_tui.data.sequences import Sequences, offsets_of

if TYPE_CHECKING:
    from pathlib import Path

ALLOWED = {
    ("numpy", "ndarray"),
    ("numpy", "dtype"),
    ("numpy.core.multiarray", "_reconstruct"),  # written by numpy 1
    ("numpy._core.multiarray", "_reconstruct"),  # written by numpy 2
    ("_codecs", "encode"),  # how Python 3 writes bytes in the protocols of Python 2
}
MEMO_BYTES = 5
"""An object that is put into the memo takes at least so many bytes of the stream."""
MAX_STRING = 64
"""Bytes of the longest string such a pickle needs: a module name."""


def sequences(stream: bytes, count: int, path: Path, member: str) -> Sequences:
    """The `count` integer lists pickled in `stream`, as Sequences of int32.

    Raises DataError naming `path`, `member` and what was found when the pickle holds anything else.
    """
    scan(stream, path, member)
    array = _built(stream, path, member)
    if not isinstance(array, _Array) or not isinstance(array.items, list):
        raise refused(path, member, _("{type} instead of an array of lists").format(type=type(array).__name__))
    if len(array.items) != count:
        raise refused(path, member, _("{got} lists instead of {want}").format(got=len(array.items), want=count))
    return _flat(array.items, len(stream), path, member)


def batch(stream: bytes, path: Path, member: str, longest: int) -> dict[str, Any]:
    """A dictionary of lists, texts and arrays, as CIFAR-10's python form has; arrays as their bytes, shapes are lost.

    longest: bytes of its longest array. Raises DataError naming `path`, `member` and what was found otherwise.
    """
    scan(stream, path, member, longest)
    found = _built(stream, path, member)
    if not isinstance(found, dict):
        raise refused(path, member, _("{type} instead of a dictionary").format(type=type(found).__name__))
    return {str(key): _bytes(value) if isinstance(value, _Array) else value for key, value in found.items()}


def _bytes(array: _Array) -> bytes | None:
    """What an array's pickle keeps its numbers in: bytes, or the latin-1 text that Python 2 makes of them."""
    raw = array.items
    if isinstance(raw, str):
        return raw.encode("latin-1", "replace")
    return raw if isinstance(raw, bytes) else None


def _built(stream: bytes, path: Path, member: str) -> Any:
    try:
        return _Unpickler(stream, path, member).load()
    except (pickle.UnpicklingError, EOFError, ValueError, TypeError, LookupError, AttributeError, ArithmeticError,
            MemoryError, RecursionError) as error:  # fmt: skip
        raise refused(path, member, _("a broken pickle ({reason})").format(reason=error)) from error


def refused(path: Path, member: str, found: str) -> DataError:
    """The error for a pickle that is not what the dataset needs."""
    return DataError(
        _("{path}: {member} holds {found}. It was not loaded.").format(path=path, member=member, found=found),
        _("A genuine file holds only lists of numbers. Delete this one and get the file again from its publisher."),
    )


# Instructions that need no look at their arguments, one alternative each, repeated possessively (no backtracking
# stack): BININT1, BININT2, BININT, EMPTY_LIST, MEMOIZE, MARK, APPENDS, APPEND, BINPUT, BINGET, NONE, NEWTRUE,
# NEWFALSE, EMPTY_TUPLE, TUPLE, TUPLE1, TUPLE2, TUPLE3, REDUCE, BUILD. Calls (REDUCE, BUILD) are harmless because
# only the stand-ins of `_Unpickler` can be called.
_SIMPLE = rb"K.|M..|J....|\]|\x94|\(|e|a|q.|h.|N|\x88|\x89|\)|R|b"
_TUPLES = rb"t|\x85|\x86|\x87"
_PLAIN = re.compile(rb"(?:%b|%b)*+" % (_SIMPLE, _TUPLES), re.DOTALL)
_PLAIN_OR_DICT = re.compile(rb"(?:%b|\}|u|s)*+" % _SIMPLE, re.DOTALL)
"""The same with EMPTY_DICT, SETITEMS, SETITEM, and without tuples."""
MOST_TUPLES = 50
"""Of a pickle with dictionaries: a key of tuples in tuples without end would overflow the stack when it is hashed."""
_NAMES = {
    b"c": "GLOBAL", b"\x93": "STACK_GLOBAL", b"i": "INST", b"o": "OBJ", b"\x81": "NEWOBJ", b"\x92": "NEWOBJ_EX",
    b"P": "PERSID", b"Q": "BINPERSID", b"\x82": "EXT1", b"\x83": "EXT2", b"\x84": "EXT4", b"}": "EMPTY_DICT",
    b"G": "BINFLOAT", b"F": "FLOAT", b"\x8a": "LONG1", b"\x8b": "LONG4", b"B": "BINBYTES", b"I": "INT", b"L": "LONG",
    b"X": "BINUNICODE", b"\x8d": "BINUNICODE8", b"\x8e": "BINBYTES8", b"\x96": "BYTEARRAY8", b"l": "LIST",
}  # fmt: skip


def scan(stream: bytes, path: Path, member: str, longest: int = 0) -> None:
    """Walk the pickle's instructions without executing any; DataError at the first that has no place there.

    longest: where it is not 0, dictionaries may be there as well, and texts and bytes as long as that.
    """
    at = tuples = 0
    while True:
        plain = (_PLAIN_OR_DICT if longest else _PLAIN).match(stream, at)
        assert plain is not None  # the pattern matches the empty string
        at = plain.end()
        op = stream[at : at + 1]
        if not op:
            raise refused(path, member, _("a pickle that breaks off after {count} bytes").format(count=len(stream)))
        if op == b".":
            return
        if op == b"\x80":  # PROTO
            at += 2
        elif op == b"\x95":  # FRAME: the length must lie inside the stream, or it would be allocated
            _inside(stream, at + 9, int.from_bytes(stream[at + 1 : at + 9], "little"), path, member)
            at += 9
        elif op in b"rj":  # LONG_BINPUT, LONG_BINGET: a huge index would make the memo that large
            if int.from_bytes(stream[at + 1 : at + 5], "little") > len(stream) // MEMO_BYTES:
                raise refused(path, member, _("a pickle made to exhaust the memory"))
            at += 5
        elif op in b"\x8cUC":  # SHORT_BINUNICODE, SHORT_BINSTRING, SHORT_BINBYTES
            at = _string(stream, at, 1, longest, (path, member))
        elif op in b"XTB":  # BINUNICODE, BINSTRING, BINBYTES
            at = _string(stream, at, 4, longest, (path, member))
        elif op == b"c":
            end = stream.find(b"\n", stream.find(b"\n", at) + 1)
            module, _newline, name = stream[at + 1 : max(end, 0)].decode("latin-1")[: 4 * MAX_STRING].partition("\n")
            _allowed(module, name, path, member)
            at = end + 1
        elif op == b"\x93" or (op in b"t\x85\x86\x87" and tuples < MOST_TUPLES):
            at, tuples = at + 1, tuples + 1  # STACK_GLOBAL's names may come from the memo, so `find_class` judges them
        else:
            found = _NAMES.get(op, f"0x{op.hex()}")
            raise refused(path, member, _("a pickle instruction that has no place there ({found})").format(found=found))


def _string(stream: bytes, at: int, width: int, longest: int, where: tuple[Path, str]) -> int:
    """Where the text ends whose instruction stands `at`; its length has `width` bytes."""
    start = at + 1 + width
    size = int.from_bytes(stream[at + 1 : start], "little")
    _inside(stream, start, size, *where)
    if size > (longest or MAX_STRING):
        raise refused(*where, _("a text of {size} bytes").format(size=size))
    return start + size


def _inside(stream: bytes, start: int, size: int, path: Path, member: str) -> None:
    if start + size > len(stream):
        raise refused(path, member, _("a pickle that breaks off after {count} bytes").format(count=len(stream)))


def _allowed(module: str, name: str, path: Path, member: str) -> None:
    if (module, name) not in ALLOWED:
        raise refused(
            path, member, _("a call of {name}, and a call could run any program").format(name=f"{module}.{name}")
        )


class _Array:
    """Stands for the numpy array: keeps the list of items it is given and nothing else."""

    items: object = None

    def __setstate__(self, state: object) -> None:
        if not isinstance(state, tuple) or not state:
            raise pickle.UnpicklingError("array without a state")
        self.items = state[-1]  # (version, shape, dtype, fortran order, items)


@dataclass(frozen=True)
class _Dtype:
    """Stands for numpy.dtype: takes any arguments, does nothing."""

    args: tuple[object, ...] = ()

    def __setstate__(self, state: object) -> None:
        """Byte order and the like: of no interest for an object array."""


class _Unpickler(pickle.Unpickler):
    def __init__(self, stream: bytes, path: Path, member: str) -> None:
        super().__init__(io.BytesIO(stream), encoding="latin-1")  # numpy's own pickles from Python 2 hold latin-1
        self._where = path, member

    def find_class(self, module: str, name: str) -> Any:
        _allowed(module, name, *self._where)
        return {"ndarray": _ndarray, "dtype": _dtype, "_reconstruct": _reconstruct, "encode": _encode}[name]


def _ndarray(*_args: object) -> _Array:
    return _Array()


def _dtype(*args: object) -> _Dtype:
    return _Dtype(args)


def _reconstruct(*_args: object) -> _Array:
    return _Array()


def _encode(text: object, encoding: object = "") -> bytes:
    if not isinstance(text, str) or encoding not in ("latin1", "latin-1"):
        raise pickle.UnpicklingError("bytes in another encoding")
    return text.encode("latin-1", "replace")


def _flat(items: list[Any], stream_bytes: int, path: Path, member: str) -> Sequences:
    import numpy as np

    for index, item in enumerate(items):
        if type(item) is not list:
            what = _("{type} as item {index}").format(type=type(item).__name__, index=index)
            raise refused(path, member, what)
    offsets = offsets_of([len(item) for item in items])
    if offsets[-1] > stream_bytes:  # a number takes at least 2 bytes: more of them means one list used many times
        raise refused(path, member, _("a pickle made to exhaust the memory"))
    values = np.empty(int(offsets[-1]), np.int32)
    bounds = offsets.tolist()
    for index, item in enumerate(items):
        # set() of the types is a C loop: a bool or None hidden among the numbers is found at 20 ns an item
        if set(map(type, item)) - {int}:
            raise refused(path, member, _("something other than whole numbers in item {index}").format(index=index))
        values[bounds[index] : bounds[index + 1]] = item
        items[index] = None  # the lists take 36 bytes a number: let each go as soon as it is copied
    return Sequences(values, offsets)
