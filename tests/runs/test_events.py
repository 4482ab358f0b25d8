"""The event log: what is written is read, whole, once, whatever happens in between."""

from __future__ import annotations

import errno
import json
import math
import os
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dlwp_tui.core.errors import StorageError
from dlwp_tui.runs.events import EventWriter, Tail, decode, encode, number

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
EVENTS = st.lists(st.dictionaries(st.text("abcxyz你", min_size=2, max_size=5), VALUES, max_size=4), max_size=12)


def as_read(value: Any) -> Any:
    """A value as JSON gives it back, NaN and infinity as strings."""
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, dict):
        return {key: as_read(item) for key, item in value.items()}
    return [as_read(item) for item in value] if isinstance(value, list) else value


@given(EVENTS, st.data())
@settings(max_examples=60, deadline=None)
def test_round_trip_in_random_chunks(tmp_path_factory: pytest.TempPathFactory, events: list[dict], data: Any) -> None:
    path = tmp_path_factory.mktemp("events") / "events.jsonl"
    lines = b"".join(encode({"v": 1, "t": 0.5, "e": "text", **event}) for event in events)
    tail, read = Tail(path), []
    with path.open("wb", buffering=0) as file:
        position = 0
        while position < len(lines):
            size = data.draw(st.integers(1, max(1, len(lines) // 3)))
            file.write(lines[position : position + size])
            position += size
            read += tail.read(limit=data.draw(st.integers(1, 300)))
            while tail.more:
                read += tail.read(limit=50)
    read += tail.read_all()
    assert read == [{"v": 1, "t": 0.5, "e": "text", **as_read(event)} for event in events]
    assert tail.skipped == 0 and tail.generation == 0 and tail.offset == len(lines)


def test_a_crash_at_every_byte_loses_no_whole_line(tmp_path: Path) -> None:
    whole = tmp_path / "whole.jsonl"
    with EventWriter(whole) as writer:
        for index in range(6):
            writer.write("text", title="标题", body="断电\n" * index, index=index)
    data = whole.read_bytes()
    path = tmp_path / "events.jsonl"
    for cut in range(len(data) + 1):
        path.write_bytes(data[:cut])
        tail = Tail(path)
        survivors = [event["index"] for event in tail.read()]
        assert survivors == list(range(data[:cut].count(b"\n")))
        with EventWriter(path) as writer:  # the next process after the crash
            writer.write("ended", state="failed")
        # A reader that was there all along, and one that comes later, see the same.
        rest = tail.read()
        assert rest[-1]["e"] == "ended" and tail.generation == 0
        again = Tail(path)
        assert [event.get("index", "end") for event in again.read()] == [
            *survivors, *(event["index"] for event in rest[:-1]), "end",
        ]  # fmt: skip
        # A cut exactly before a newline leaves a whole event, anything else a line that is skipped and counted.
        torn = cut and data[cut - 1 : cut] != b"\n"
        assert again.skipped == int(bool(torn) and data[cut : cut + 1] != b"\n")


def test_a_partial_line_is_kept_for_later(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    tail = Tail(path)
    assert tail.read() == []
    line = encode({"e": "phase", "name": "准备"})
    path.write_bytes(line[:9])
    assert tail.read() == [] and tail.offset == 0
    path.write_bytes(line + line[:3])
    assert [event["name"] for event in tail.read()] == ["准备"]
    assert tail.read() == [] and tail.generation == 0


def test_broken_lines_are_skipped_and_counted(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    good = encode({"e": "phase", "name": "a"})
    broken = [
        b"{",
        b"[1]",
        b"null",
        b'{"e": 3}',
        b"\0\0\0\0",
        b'{"no": "kind"}',
        b"[" * 100_000,
        b'{"e":"x"' + b"9" * 99,
    ]
    path.write_bytes(b"\n".join([*broken, b"", b"  "]) + b"\n" + good)
    tail = Tail(path)
    assert [event["e"] for event in tail.read()] == ["phase"]
    assert tail.skipped == len(broken)


def test_bytes_that_are_not_utf8_lose_one_character_only(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    path.write_bytes(b'{"e":"text","body":"a\xffb"}\n')
    assert Tail(path).read() == [{"e": "text", "body": "a�b"}]


def test_a_line_longer_than_the_limit_is_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    with EventWriter(path) as writer:
        writer.write("text", body="x" * 5000)
        for _ in range(50):
            writer.write("phase", name="after" * 40)
    tail = Tail(path)
    read = tail.read(limit=100)
    assert read[0]["body"] == "x" * 5000
    while tail.more:
        read += tail.read(limit=100)
    assert [event["e"] for event in read] == ["text", *["phase"] * 50]


def test_endless_garbage_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dlwp_tui.runs.events._LONGEST_LINE", 1000)
    path = tmp_path / "events.jsonl"
    path.write_bytes(b"x" * 5300 + b"\n" + encode({"e": "phase"}))
    tail = Tail(path)
    read = tail.read(limit=64)
    while tail.more:
        read += tail.read(limit=64)
    assert read == [{"e": "phase"}]
    assert tail.skipped == 1


@pytest.mark.parametrize("how", ["cut", "replaced", "rewritten longer"])
def test_another_file_is_read_from_its_start(tmp_path: Path, how: str) -> None:
    path = tmp_path / "events.jsonl"
    path.write_bytes(encode({"e": "a"}) * 3)
    tail = Tail(path)
    assert len(tail.read()) == 3
    if how == "replaced":
        other = tmp_path / "other"
        other.write_bytes(encode({"e": "b"}) * 3)
        other.replace(path)
    else:
        path.write_bytes(encode({"e": "b"}) * (2 if how == "cut" else 9))
    assert {event["e"] for event in tail.read()} == {"b"}
    assert tail.generation == 1


def test_a_deleted_file_is_no_error(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    path.write_bytes(encode({"e": "a"}))
    tail = Tail(path)
    tail.read()
    path.unlink()
    assert tail.read() == []
    assert Tail(tmp_path / "no" / "such").read() == []


def test_figures_of_every_kind_are_written(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    with EventWriter(path) as writer:
        writer.write(
            "result",
            a=np.float32(1.5), b=np.int64(7), c=np.bool_(True), d=np.float64("nan"), e_=np.array([1.0, np.inf]),
            f={np.int64(3): float("-inf")}, g=(1, 2), h=Path("/x"), i="\udc80", j={1, },
        )  # fmt: skip
    (event,) = Tail(path).read()
    assert event["a"] == 1.5 and event["b"] == 7 and event["c"] is True and event["d"] == "nan"
    assert event["e_"] == [1.0, "inf"] and event["f"] == {"3": "-inf"} and event["g"] == [1, 2]
    assert event["h"] == "/x" and event["i"] == "\udc80" and event["j"] == [1]
    assert event["v"] == 1 and event["t"] > 1e9
    json.loads(path.read_bytes(), parse_constant=lambda word: pytest.fail(f"{word} is not JSON"))


def test_number_reads_what_encode_wrote() -> None:
    for value in (1, -2.5, float("inf"), float("-inf")):
        event = decode(encode({"e": "x", "y": value}))
        assert event is not None and number(event["y"]) == value
    event = decode(encode({"e": "x", "y": float("nan")}))
    assert event is not None and math.isnan(number(event["y"]) or 0)
    assert number(True) is None and number("1") is None and number(None) is None
    assert number(10**400) == math.inf and number(-(10**400)) == -math.inf


def test_partial_writes_are_completed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.write
    monkeypatch.setattr(os, "write", lambda fd, data: real(fd, data[:7]))
    with EventWriter(tmp_path / "events.jsonl") as writer:
        writer.write("text", body="你" * 40)
    assert Tail(tmp_path / "events.jsonl").read()[0]["body"] == "你" * 40


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
@pytest.mark.parametrize("room", [0, 1, 10])
def test_a_full_disk_leaves_whole_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, room: int) -> None:
    path = tmp_path / "events.jsonl"
    writer = EventWriter(path)
    writer.write("phase", name="before")
    before = path.read_bytes()
    tail = Tail(path)
    tail.read()
    left = [room]
    real = os.write

    def full(fd: int, data: bytes) -> int:
        if left[0] <= 0:
            raise OSError(code, os.strerror(code))
        written = real(fd, data[: left[0]])
        left[0] -= written
        assert tail.read() == []  # a reader that sees the half line
        return written

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(StorageError, match="disk is full"):
        writer.write("phase", name="too much")
    assert path.read_bytes() == before
    monkeypatch.setattr(os, "write", real)
    writer.write("phase", name="after")
    writer.close()
    assert [event["name"] for event in tail.read()] == ["after"]
    assert tail.generation == 0 and tail.skipped == 0


def test_an_exception_inside_a_write_tears_no_second_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "events.jsonl"
    writer = EventWriter(path)
    real = os.write

    def interrupted(fd: int, data: bytes) -> int:
        real(fd, data[:5])
        raise KeyboardInterrupt  # a signal handler that raises between two parts

    monkeypatch.setattr(os, "write", interrupted)
    with pytest.raises(KeyboardInterrupt):
        writer.write("batch", step=1)
    monkeypatch.setattr(os, "write", real)
    writer.write("ended", state="stopped")
    writer.close()
    tail = Tail(path)
    assert [event["e"] for event in tail.read()] == ["ended"] and tail.skipped == 1


def test_threads_do_not_mix_their_lines(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    with EventWriter(path) as writer:
        threads = [
            threading.Thread(target=lambda n=n: [writer.write("batch", n=n, i=i, pad="x" * 300) for i in range(100)])
            for n in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    events = Tail(path).read_all()
    assert len(events) == 400
    assert all([e["i"] for e in events if e["n"] == n] == list(range(100)) for n in range(4))


def test_a_place_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match=r"events\.jsonl"):
        EventWriter(tmp_path / "missing" / "events.jsonl")


@given(st.binary(max_size=400))
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_bytes_make_a_reader_raise(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.mktemp("noise") / "events.jsonl"
    path.write_bytes(data)
    tail = Tail(path)
    tail.read(limit=16)
    tail.read_all()
    assert tail.offset == data.rfind(b"\n") + 1
