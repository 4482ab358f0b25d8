"""`dlwp search` from outside."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dlwp_tui.__main__ import run
from dlwp_tui.course import search


@pytest.fixture(autouse=True)
def _forget() -> None:
    search._loaded.clear()


def test_places_are_printed_with_their_section(course_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["search", "没有", "实验"]) == 0
    out, err = capsys.readouterr()
    assert out.splitlines() == ["1.2 只读的一节  [note text]", "    没有实验的一节。"]
    assert err == ""


def test_json_gives_kind_place_and_spans(course_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["search", "OVERFITTING", "--json"]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    found = json.loads(line)
    assert (found["kind"], found["heading"]) == ("term", "过拟合 · overfitting")
    assert [found["heading"][start:end] for start, end in found["heading_spans"]] == ["overfitting"]


def test_the_limit_holds(course_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["search", "一", "--json", "--limit", "2"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 2


def test_nothing_found_is_said_and_exits_1(course_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["search", "zzqq"]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert "zzqq" in err
