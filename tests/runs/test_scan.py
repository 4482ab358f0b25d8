"""Reading the event log: whole lines, once, whatever happens to the file in between; and events of some kinds only."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dlwp_tui.runs.events import Event, EventWriter, encode
from dlwp_tui.runs.scan import Tail, scan

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


def drained(tail: Tail) -> list[Event]:
    """Everything that is left to read."""
    read = tail.read()
    while tail.more:
        read += tail.read()
    return read


@given(EVENTS, st.data())
@settings(max_examples=60, deadline=None)
def test_round_trip_in_random_chunks(
    tmp_path_factory: pytest.TempPathFactory, events: list[dict[str, Any]], data: Any
) -> None:
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
    read += drained(tail)
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
    monkeypatch.setattr("dlwp_tui.runs.scan._LONGEST_LINE", 1000)
    path = tmp_path / "events.jsonl"
    path.write_bytes(b"x" * 5300 + b"\n" + encode({"e": "phase"}))
    tail = Tail(path)
    read = tail.read(limit=64)
    while tail.more:
        read += tail.read(limit=64)
    assert read == [{"e": "phase"}]
    assert tail.skipped == 1


def test_reports_without_end_are_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder brought from elsewhere may hold gigabytes of them; their curves are read on."""
    monkeypatch.setattr("dlwp_tui.runs.scan.MOST", 200)
    lines = [{"e": "text", "title": "t", "body": "x" * 50}] * 9 + [{"e": "epoch", "epoch": 1, "metrics": {}}]
    path = tmp_path / "events.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    tail = Tail(path)
    assert [event["e"] for event in tail.read()] == ["text", "text", "epoch"] and tail.skipped == 7


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


@given(st.binary(max_size=400))
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_bytes_make_a_reader_raise(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.mktemp("noise") / "events.jsonl"
    path.write_bytes(data)
    tail = Tail(path)
    tail.read(limit=16)
    drained(tail)
    assert tail.offset == data.rfind(b"\n") + 1


KINDS = st.lists(
    st.fixed_dictionaries(
        {"e": st.sampled_from(["queued", "batch", "text", "ended"])},
        optional={
            "body": st.sampled_from(['a trap: "e":"ended"', "断电", "x" * 99]),
            "nested": st.just({"e": "ended"}),
        },
    ),
    max_size=12,
)


@given(KINDS, st.binary(max_size=20), st.sampled_from([1, 2, 7, 64, 1 << 18]), st.booleans())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_scan_finds_the_same_forwards_and_from_the_end(
    tmp_path_factory: pytest.TempPathFactory, events: list[Event], noise: bytes, block: int, torn: bool
) -> None:
    path = tmp_path_factory.mktemp("events") / "events.jsonl"
    data = b"".join(map(encode, events[:5])) + noise + b"\n" + b"".join(map(encode, events[5:]))
    path.write_bytes(data + (b'{"e":"ended","state":"finis' if torn else b""))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("dlwp_tui.runs.scan._BLOCK", block)
        patch.setattr("dlwp_tui.runs.scan._LAST_BLOCK", min(block, 1 << 12))
        assert list(scan(path)) == events
        assert list(scan(path, newest_first=True)) == events[::-1]
        for kinds in (("ended",), ("queued", "ended"), ("text",), ("no such",)):
            wanted = [event for event in events if event["e"] in kinds]
            assert list(scan(path, *kinds)) == wanted
            assert list(scan(path, *kinds, newest_first=True)) == wanted[::-1]


@pytest.mark.parametrize("newest_first", [False, True])
def test_a_scan_passes_over_endless_garbage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, newest_first: bool
) -> None:
    monkeypatch.setattr("dlwp_tui.runs.scan._LONGEST_LINE", 1000)
    monkeypatch.setattr("dlwp_tui.runs.scan._BLOCK", 64)
    path = tmp_path / "events.jsonl"
    first, last = encode({"e": "queued"}), encode({"e": "ended"})
    path.write_bytes(first + b"x" * 5300 + b"\n" + last + b"y" * 5300)
    wanted = ["ended", "queued"] if newest_first else ["queued", "ended"]
    assert [event["e"] for event in scan(path, newest_first=newest_first)] == wanted
    path.write_bytes(b"x" * 5300)
    assert list(scan(path, newest_first=newest_first)) == []


def test_a_scan_of_no_file_is_empty(tmp_path: Path) -> None:
    for path in (tmp_path / "none.jsonl", tmp_path / "no" / "such"):
        assert list(scan(path, "ended")) == [] and list(scan(path, "ended", newest_first=True)) == []


def test_a_scan_never_mixes_two_files(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    path.write_bytes(encode({"e": "a", "body": "x" * 3000}) * 1000)
    events = scan(path)
    next(events)
    other = tmp_path / "other"
    other.write_bytes(encode({"e": "b"}) * 10_000)
    other.replace(path)
    assert [event["e"] for event in events] == ["a"] * 999
