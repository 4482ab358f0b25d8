"""Reads a run's `events.jsonl`: `Tail` follows it while it grows, `scan` picks out the events of some kinds.

Both take whole lines only, hold one block of the file in memory, and pass over a line that is no event.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from io import FileIO
from pathlib import Path

from dlwp_tui.core import paths
from dlwp_tui.core.errors import RunError
from dlwp_tui.runs.alike import Alike, alike
from dlwp_tui.runs.events import MOST_REPORTS, Event, decode, decode_all
from dlwp_tui.runs.folder import RunFolder, unreadable
from dlwp_tui.runs.kinds import REPORTS

MOST = 4 * MOST_REPORTS
"""Bytes of texts, tables, checks, models and pictures that are taken from a run: one process writes a quarter."""
BLOCK = 1 << 20
"""Bytes of a run's events that are read at a time."""
_ANCHOR = 64  # bytes before the offset that are compared again, to notice a file that was cut and has grown back
_BLOCK = 1 << 18  # bytes read at a time
_LAST_BLOCK = 1 << 12  # bytes read first from the end of a file: enough for the end of a finished run
_LONGEST_LINE = 16 << 20  # a longer "line" is no event; the largest real one (a 5 000-row table) has about 1 MB


def scan(
    path: Path, *kinds: str, newest_first: bool = False, keep: Callable[[bytes], bool] | None = None
) -> Iterator[Event]:
    """The events of `path`, of these kinds only where some are given, in the order of the file or the newest first.

    `keep` picks among their lines, too, before they are parsed.

    Lines of other kinds are not parsed: a long run's batches cost 1 ms a MB. No file has no events. Raises RunError
    where the file cannot be read.
    """
    try:
        file = paths.open_file(path)
    except (FileNotFoundError, NotADirectoryError):  # a run that never started has none
        return
    except OSError as error:
        raise _unreadable(path, error) from error
    with file:
        for block in _from_the_end(file) if newest_first else _forwards(file):
            lines = _lines(block, kinds)
            for line in reversed(list(lines)) if newest_first else lines:
                if keep is not None and not keep(line):
                    continue
                event = decode(line)
                if event is not None and (not kinds or event["e"] in kinds):
                    yield event


class Tail:
    """Follows `path`: each `read` returns the events of the whole lines added since the one before.

    A line that is no event is counted in `skipped`, as are reports after `MOST` bytes of them. A file that was cut,
    replaced or rewritten is read again from its start and `generation` goes up, so that whoever folds events starts
    afresh; one `read` never mixes two generations.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.offset = 0
        """Bytes of whole lines read so far."""
        self.skipped = 0
        self.generation = 0
        self.more = False
        """True when the last read stopped at its limit and more lines wait."""
        self._file_id: tuple[int, int] | None = None
        self._anchor = b""
        self._in_long_line = False
        self._reports = 0

    def read(self, limit: int = BLOCK) -> list[Event]:
        """Events of the next whole lines, from about `limit` bytes at most; [] when there is nothing new or no file."""
        return self._parse(self._next(limit))

    def read_alike(self, limit: int = BLOCK) -> Sequence[Event | Alike]:
        """The same, with the epochs of a long loop as one."""
        data = self._next(limit)
        many = None if self._in_long_line else alike(data)
        return self._parse(data) if many is None else [many]

    def _next(self, limit: int) -> bytes:
        self.more = False
        try:
            stat = self.path.stat()
            file_id = (stat.st_dev, stat.st_ino)
            if self._file_id not in (None, file_id) or stat.st_size < self.offset:
                self._restart()
            self._file_id = file_id
            if stat.st_size == self.offset:
                return b""
            return self._fetch(max(1, limit))
        except (FileNotFoundError, NotADirectoryError):
            return b""
        except OSError as error:
            raise _unreadable(self.path, error) from error

    def skip(self, size: int) -> None:
        """Pass over the first `size` bytes, whole lines whose events are known already."""
        stat = self.path.stat()
        self._file_id = (stat.st_dev, stat.st_ino)
        with paths.open_file(self.path) as file:
            file.seek(max(0, size - _ANCHOR))
            self._anchor = file.read(min(size, _ANCHOR))
        self.offset = size

    def _fetch(self, limit: int) -> bytes:
        """The next whole lines: about `limit` bytes, or more where one line is longer."""
        with paths.open_file(self.path) as file:
            file.seek(self.offset - len(self._anchor))
            if file.read(len(self._anchor)) != self._anchor:
                self._restart()
                file.seek(0)
            data = file.read(limit)
            while len(data) >= limit and b"\n" not in data and len(data) < _LONGEST_LINE:
                part = file.read(len(data))
                if not part:
                    break
                data += part
            self.more = len(data) >= limit and bool(file.read(1))
        if b"\n" not in data and len(data) >= _LONGEST_LINE:
            self.skipped += not self._in_long_line
            self._in_long_line = True
            self._advance(data)
            return b""
        whole = data[: data.rfind(b"\n") + 1]
        if not whole:
            self.more = False
        self._advance(whole)
        return whole

    def _parse(self, data: bytes) -> list[Event]:
        if data and self._in_long_line:
            data = data[data.index(b"\n") + 1 :]
            self._in_long_line = False
        lines = list(_lines(data))
        if (at_once := decode_all(lines)) is not None and not any(event["e"] in REPORTS for event in at_once):
            return at_once
        events = []
        for line in lines:
            event = decode(line)
            self._reports += len(line) if event is not None and event["e"] in REPORTS else 0
            if event is not None and (self._reports <= MOST or event["e"] not in REPORTS):
                events.append(event)
            else:
                self.skipped += 1
        return events

    def _advance(self, data: bytes) -> None:
        self.offset += len(data)
        self._anchor = (self._anchor + data[-_ANCHOR:])[-_ANCHOR:]

    def _restart(self) -> None:
        self.offset, self._anchor, self._in_long_line, self._reports = 0, b"", False, 0
        self.generation += 1


def _unreadable(path: Path, error: OSError) -> RunError:
    return unreadable(RunFolder(path.parent), path, error)


def _forwards(file: FileIO) -> Iterator[bytes]:
    """The whole lines of a file in blocks."""
    rest = b""
    """The beginning of a line that ends in a later block."""
    too_long = False
    while data := file.read(_BLOCK):
        data = rest + data
        start = data.find(b"\n") + 1 if too_long else 0
        end = data.rfind(b"\n") + 1
        too_long = (too_long and not end) or len(data) - end > _LONGEST_LINE
        rest = b"" if too_long else data[end:]
        if start < end:
            yield data[start:end]


def _from_the_end(file: FileIO) -> Iterator[bytes]:
    """The whole lines of a file in blocks, the last block first."""
    position = file.seek(0, os.SEEK_END)
    block = _LAST_BLOCK
    rest: list[bytes] = []
    """The end of a line that begins in an earlier block, its last part first: joined once, however long the line."""
    complete = False
    """False until the last newline was found: what stands after it is still being written."""
    while position:
        size = min(block, position)
        position -= size
        block = min(4 * block, _BLOCK)
        file.seek(position)
        data = file.read(size)
        if not complete:
            data = data[: data.rfind(b"\n") + 1]
            complete = bool(data)
        start = data.find(b"\n") + 1
        if position and not start:
            rest.append(data)
        else:
            begins = start if position else 0
            whole = b"".join((data[begins:], *reversed(rest)))
            rest = [data[:begins]]
            if whole:
                yield whole
        if sum(map(len, rest)) > _LONGEST_LINE:
            rest, complete = [], False


def _lines(data: bytes, kinds: tuple[str, ...] = ()) -> Iterator[bytes]:
    """The lines of `data` that are not blank, only those that name one of `kinds` where some are given."""
    if not kinds:
        yield from (line for line in data.split(b"\n") if line.strip())
        return
    pattern = _pattern(kinds)
    end = 0
    while match := pattern.search(data, end):
        start = data.rfind(b"\n", end, match.start()) + 1 or end
        end = data.find(b"\n", match.end())
        yield data[start:end]


@cache
def _pattern(kinds: tuple[str, ...]) -> re.Pattern[bytes]:
    return re.compile(b'"e": ?"(?:%s)"' % "|".join(map(re.escape, kinds)).encode())
