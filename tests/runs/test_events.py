"""Writing the event log: every line is whole, whatever happens in between."""

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

from dlwp_tui.core.errors import StorageError
from dlwp_tui.runs.events import EventWriter, decode, encode, number
from dlwp_tui.runs.scan import Tail, scan


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

        def write(n: int) -> None:
            for i in range(100):
                writer.write("batch", n=n, i=i, pad="x" * 300)

        threads = [threading.Thread(target=write, args=(n,)) for n in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    events = list(scan(path))
    assert len(events) == 400
    assert all([e["i"] for e in events if e["n"] == n] == list(range(100)) for n in range(4))


def test_a_place_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match=r"events\.jsonl"):
        EventWriter(tmp_path / "missing" / "events.jsonl")


def test_an_event_is_never_longer_than_two_megabytes(tmp_path: Path) -> None:
    """Whatever it holds, its kind and the short fields stay."""
    shapes: list[Any] = [
        "猫" * 20_000_000,
        ["y" * 1000] * 50_000,
        [[1.5] * 1000] * 1000,
        {f"metric {number}": 0.5 for number in range(300_000)},
        [[["z" * 200] * 60] * 60] * 60,
    ]
    for shape in shapes:
        line = encode({"v": 1, "t": 0.5, "e": "ended", "state": "failed", "body": shape})
        assert len(line) <= 2 << 20 and line.count(b"\n") == 1
        event = decode(line)
        assert event is not None
        assert (event["e"], event["state"], event["cut"]) == ("ended", "failed", True)
