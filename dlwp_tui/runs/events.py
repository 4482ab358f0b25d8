"""A run's `events.jsonl`: one JSON object a line, appended by one writer. `runs/scan.py` reads it.

The kinds of event and their fields are in `runs/kinds.py`. Whenever a process or the machine dies, every line that was
written whole can be read.
"""

from __future__ import annotations

import json
import math
import os
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from dlwp_tui.core import paths
from dlwp_tui.core.errors import StorageError
from dlwp_tui.core.language import _
from dlwp_tui.runs.kinds import REPORTS, VERSION, WARNING

Event = dict[str, Any]

_DEEPEST = 32  # nesting beyond this is written as text
_LONGEST = 2 << 20  # bytes of a line; the longest of a lesson (a table of 5000 rows) has 1 MB
_CUTS = ((100_000, 5000), (10_000, 500), (1000, 50), (100, 5))  # characters of a text, items of a list: until it fits
MOST_REPORTS = 16 << 20
"""Bytes of texts, tables, checks, models and pictures that a process may write: readers hold them in memory."""


class EventWriter:
    """Appends events to `path`, one `os.write` a line. Safe to use from several threads and from a signal handler.

    Opening ends a torn last line that an earlier crash left, so that no event is glued to it. Raises StorageError when
    the file cannot be opened or written (on a full disk it is first cut back to its last whole line) or was deleted: a
    run without its file can be neither seen nor stopped.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.RLock()  # re-entrant: a SIGTERM handler may write while the same thread is in write()
        self._torn = False
        self._reported = 0
        self._fd = -1
        self._open(os.O_CREAT)
        try:
            self._end_torn_line()
        except BaseException:
            self.close()
            raise

    def write(self, kind: str, /, **fields: Any) -> None:
        """Append one event of `kind`, stamped with the time. NumPy and Keras scalars and arrays are accepted."""
        line = encode({"v": VERSION, "t": time.time(), "e": kind, **fields})
        with self._lock:
            if kind in REPORTS:
                fitted, self._reported = self._reported <= MOST_REPORTS, self._reported + len(line)
                if self._reported > MOST_REPORTS:
                    if fitted:
                        self.write(WARNING, code="much", message=_too_much())
                    return
            if not self._is_ours():
                self._open(0)
            if self._torn:
                self._end_torn_line()
            self._append(line)
            if not os.fstat(self._fd).st_nlink:  # 0.5 µs
                raise StorageError(
                    _("{path} was deleted while the run was at work.").format(path=self.path),
                    _("Nothing of it can be kept: start it again."),
                )

    def close(self) -> None:
        """Close the file; a second call does nothing."""
        with self._lock:
            fd, self._fd = self._fd, -1
            if fd >= 0:
                os.close(fd)

    def __enter__(self) -> EventWriter:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def _open(self, how: int) -> None:
        try:
            self._fd = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CLOEXEC | os.O_NONBLOCK | how, 0o600)
            facts = os.fstat(self._fd)
        except OSError as error:
            raise paths.storage_error(self.path, error) from error
        self._file = facts.st_dev, facts.st_ino

    def _is_ours(self) -> bool:
        """Whether the descriptor is still the file's: a lesson may have closed it, and opened another file since."""
        try:
            facts = os.fstat(self._fd)
        except OSError:
            return False
        return (facts.st_dev, facts.st_ino) == self._file

    def _append(self, data: bytes) -> None:
        done = 0
        self._torn = True  # and stays true where a signal handler raises between two parts of a line
        try:
            while done < len(data):
                done += os.write(self._fd, data[done:])
        except OSError as error:
            self._take_back(done)
            raise paths.storage_error(self.path, error) from error
        self._torn = False

    def _take_back(self, written: int) -> None:
        """Cut the file to its last whole line, after `written` bytes of a line that did not fit."""
        if written:
            os.ftruncate(self._fd, max(0, os.fstat(self._fd).st_size - written))
        self._torn = False

    def _end_torn_line(self) -> None:
        size = os.fstat(self._fd).st_size
        if size and os.pread(self._fd, 1, size - 1) != b"\n":
            self._append(b"\n")
        self._torn = False


def _too_much() -> str:
    return _("The lesson reports more texts, tables, checks and pictures than a run keeps; only the first are here.")


def encode(event: Mapping[str, Any]) -> bytes:
    """One line for an event, newline included; NaN and infinity become the strings "nan", "inf", "-inf".

    Of a longer one than 2 MB the texts and lists are cut, and it has a field `cut`.
    """
    line = _encode(event)
    for characters, items in _CUTS:
        if len(line) <= _LONGEST:
            break
        line = _encode({**_cut(plain(event), characters, items), "cut": True})
    return line


def _encode(event: Mapping[str, Any]) -> bytes:
    try:
        text = json.dumps(event, ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=plain)
    except (ValueError, TypeError):  # a NaN somewhere, or a key json does not take
        text = json.dumps(plain(event), ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    # A lone surrogate (a file name that is not UTF-8) becomes \udcxx, which is its JSON escape as well.
    return text.encode("utf-8", "backslashreplace") + b"\n"


def _cut(value: Any, characters: int, items: int) -> Any:
    """Plain JSON values without the ends of long texts, lists and tables; a mark stands where they were cut."""
    if isinstance(value, str):
        return value if len(value) <= characters else value[:characters] + " …"
    if isinstance(value, dict):
        return {_cut(key, 100, 0): _cut(value[key], characters, items) for key in list(value)[: max(items, 20)]}
    if isinstance(value, list):
        kept = [_cut(item, characters, items) for item in value[:items]]
        if len(value) > items:
            kept.append(["…"] * len(kept[-1]) if isinstance(kept[-1], list) else "…")  # a row of a table, or an item
        return kept
    return value


def decode_all(lines: list[bytes]) -> list[Event] | None:
    """The events in these lines, read at once in a third of the time; None where one is none: `decode` them singly."""
    try:
        found = json.loads(b"[" + b",".join(lines) + b"]")
    except (ValueError, RecursionError):
        return None
    whole = len(found) == len(lines)
    return found if whole and all(type(one) is dict and type(one.get("e")) is str for one in found) else None


def decode(line: bytes) -> Event | None:
    """The event in one line, or None when it is none. Bytes that are not UTF-8 become U+FFFD."""
    try:
        event = json.loads(line.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return None
    return event if isinstance(event, dict) and isinstance(event.get("e"), str) else None


def number(value: object) -> float | None:
    """A figure as an event holds it, back as a float ("nan" and "inf" included); None when it is no figure."""
    if type(value) is float:  # most are: long runs have millions
        return value
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        try:
            return float(value)
        except OverflowError:  # an integer above 1.8e308
            return math.inf if value > 0 else -math.inf
    if isinstance(value, str) and value in ("nan", "inf", "-inf"):
        return float(value)
    return None


def figures(event: Event) -> dict[str, float]:
    """The metrics of an event, without what is no figure."""
    metrics = event.get("metrics")
    if not isinstance(metrics, dict):
        return {}
    return {name: value for name, raw in metrics.items() if (value := number(raw)) is not None}


def plain(value: Any, depth: int = 0) -> Any:
    """`value` as JSON can hold it: NumPy scalars and arrays unpacked, anything unknown as its text."""
    if value is None or isinstance(value, bool | str | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else str(float(value))
    if depth > _DEEPEST:
        return str(value)
    if isinstance(value, Mapping):
        return {str(key): plain(item, depth + 1) for key, item in value.items()}
    if isinstance(value, Sequence | set | frozenset) and not isinstance(value, bytes | bytearray):
        return [plain(item, depth + 1) for item in value]
    for method in ("numpy", "tolist"):  # a tensor becomes an array, an array or NumPy scalar plain numbers
        if callable(convert := getattr(value, method, None)):
            return plain(convert(), depth + 1)
    return str(value)
