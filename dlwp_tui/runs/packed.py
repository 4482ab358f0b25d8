"""A long run that has ended, packed into one file of the cache: a million events open in a tenth of a second.

The file holds all curves as arrays, and as lines the events that are no batches, waits or progress; of a long loop's
epochs those worth a line. It is made from `events.jsonl` and good for that file only; lost, broken or of another
version it is made again.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import sys
import zlib
from array import array
from collections.abc import Iterable
from io import FileIO
from pathlib import Path
from typing import Any

from dlwp_tui.charts.points import Points
from dlwp_tui.core import parsed, paths
from dlwp_tui.core.errors import StorageError
from dlwp_tui.runs import kinds
from dlwp_tui.runs.events import Event, decode, encode
from dlwp_tui.runs.folder import RunFolder
from dlwp_tui.runs.scan import MOST, scan
from dlwp_tui.runs.series import Curve, CurveKey

FORMAT = 2
WORTH = 4 << 20
"""Bytes of events from which a run is packed: below, reading them takes less than a tenth of a second."""
_MAGIC = b"dlwp packed run\n"
_OTHERS = tuple(kind for kind in kinds.ALL if kind not in (kinds.BATCH, kinds.WAIT, kinds.PROGRESS))
_EPOCH = re.compile(rb'"e": ?"epoch".{0,300}?"epoch": ?(\d{1,15}), ?"epochs": ?(\d{1,15}|null)')
_TIMES = "times"  # of an epoch's end; the other groups of curves are `epochs` and `batches`


class Packed:
    """What is packed of a run."""

    def __init__(self, header: dict[str, Any], curves: list[Curve], names: Iterable[str]) -> None:
        self.size: int = header["size"]
        """Bytes of events.jsonl that it stands for."""
        self.events: list[Event] = [event for line in header["events"] if (event := decode(line.encode())) is not None]
        """Those that are kept."""
        self.facts: dict[str, Any] = {name: header["facts"][name] for name in names}
        """What the others add to those: `Folded`'s attributes by name."""
        named = list(zip(header["curves"], curves, strict=True))
        self.epochs = {CurveKey(one["label"], one["metric"]): curve for one, curve in named if one["of"] == "epochs"}
        self.batches = {CurveKey(one["label"], one["metric"]): curve for one, curve in named if one["of"] == "batches"}
        self.times_of = {str(one["label"]): curve for one, curve in named if one["of"] == _TIMES}


def save(
    folder: RunFolder,
    size: int,
    *,
    epochs: dict[CurveKey, Curve],
    batches: dict[CurveKey, Curve],
    times_of: dict[str, Points],
    facts: dict[str, Any],
) -> None:
    """Pack a run that has ended, whose first `size` bytes of events were folded into these curves and facts.

    May take a second: call it in a thread. Where the cache cannot be written the run is read as it is next time.
    """
    if size < WORTH:
        return
    room = MOST
    described, arrays = [], []
    times = {CurveKey(label, ""): points for label, points in times_of.items()}
    for of, curves in (("epochs", epochs), ("batches", batches), (_TIMES, times)):
        for key, curve in curves.items():
            own_facts, own = curve.dump()
            sizes = [[one.typecode, len(one)] for one in own]
            described.append({"of": of, "label": key.label, "metric": key.metric, "arrays": sizes, **own_facts})
            arrays += own
    kept: list[str] = []
    for event in scan(folder.events, *_OTHERS, keep=_kept):
        kept.append(encode(event).decode().rstrip("\n"))
        room -= len(kept[-1])
        if room < 0:
            return
    header = {
        "format": FORMAT,
        "order": sys.byteorder,
        "stamp": _stamp(folder),
        "size": size,
        "facts": facts,
        "curves": described,
        "events": kept,
    }
    text = json.dumps(header, ensure_ascii=False).encode()
    path = _path(folder)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        paths.ensure(path.parent)
        with part.open("wb") as file:
            file.write(_MAGIC + len(text).to_bytes(8, "little") + zlib.crc32(text).to_bytes(4, "little") + text)
            for one in arrays:
                one.tofile(file)
        part.replace(path)
    except (OSError, StorageError):
        with contextlib.suppress(OSError):  # where the folder is none, there is no part either
            part.unlink(missing_ok=True)


def load(folder: RunFolder, facts: Iterable[str] = ()) -> Packed | None:
    """What is packed of a run, with these facts; None where they are not all there, or it is another state of it."""
    try:
        with paths.open_file(_path(folder)) as file:
            if file.read(len(_MAGIC)) != _MAGIC:
                return None
            size, crc = int.from_bytes(file.read(8), "little"), int.from_bytes(file.read(4), "little")
            text = _read(file, size)
            if zlib.crc32(text) != crc:
                return None
            header = parsed.json_value(text)
            if (header["format"], header["order"], header["stamp"]) != (FORMAT, sys.byteorder, _stamp(folder)):
                return None
            curves = []
            for one in header["curves"]:
                arrays = []
                for code, count in one["arrays"]:
                    values: array[Any] = array(code)
                    values.frombytes(_read(file, count * values.itemsize))
                    arrays.append(values)
                curve = Curve()
                curve.restore(one, arrays)
                curves.append(curve)
            return Packed(header, curves, facts)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, EOFError, OverflowError, MemoryError):
        return None


def _read(file: FileIO, size: int) -> bytes:
    """The next `size` bytes; EOFError where there are fewer, before room is made for them."""
    if not 0 <= size <= os.fstat(file.fileno()).st_size - file.tell():
        raise EOFError
    return file.read(size)


def _kept(line: bytes) -> bool:
    """Whether a line is kept as it is: all but most epochs of a long loop."""
    found = _EPOCH.search(line[:600])
    return found is None or kinds.worth_a_line(int(found[1]), None if found[2] == b"null" else int(found[2]))


def worth(folder: RunFolder) -> bool:
    """Whether a run is so long that it is packed once it has ended."""
    try:
        return folder.events.stat().st_size >= WORTH
    except OSError:
        return False


def forget(folder: RunFolder) -> None:
    """The run was deleted."""
    _path(folder).unlink(missing_ok=True)


def _path(folder: RunFolder) -> Path:
    return paths.cache() / "runs" / f"{folder.id}.packed"


def _stamp(folder: RunFolder) -> list[int]:
    try:
        stat = folder.events.stat()
    except OSError:
        return []
    return [stat.st_mtime_ns, stat.st_size, stat.st_ino]
