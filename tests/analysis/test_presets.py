"""Presets without parsing the lesson: from a file of the cache, and right whatever lies there."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from dlwp_tui.analysis import compare, presets
from dlwp_tui.core import paths
from dlwp_tui.course import reader


@pytest.fixture
def course(course_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A course of one's own: its lesson.toml."""
    copy = tmp_path / "course"
    shutil.copytree(course_dir, copy)
    monkeypatch.setenv("DLWP_CONTENT", str(copy))
    return reader.load().section("1.1").folder / "lesson.toml"


def next_process() -> None:
    presets._known.clear()


def test_the_second_look_parses_nothing(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = presets.of("1.1")
    assert first == compare.bases(reader.load().lesson("1.1")) and "book" in first
    monkeypatch.setattr(compare, "lesson_of", lambda _lesson: pytest.fail("the lesson was parsed again"))
    assert presets.of("1.1") is first
    next_process()
    assert presets.of("1.1") == first


def test_a_changed_lesson_is_parsed_again(course: Path) -> None:
    first = presets.of("1.1")
    text = course.read_text(encoding="utf-8")
    course.write_text(text + "\n[presets.mine]\nepochs = 3\n", encoding="utf-8")
    assert presets.of("1.1").keys() == {*first, "mine"}
    next_process()
    assert presets.of("1.1")["mine"]["epochs"] == 3


def test_a_lesson_that_is_gone_or_broken_has_none(course: Path) -> None:
    assert presets.of("9.9") == {} and presets.of("9.9") is presets.of("1.2")
    course.write_text("[", encoding="utf-8")
    assert presets.of("1.1") == {}


@pytest.mark.parametrize("text", ["", "{", "[]", '{"1.1": 3}', '{"1.1": []}', '{"1.1": [["0"], {"x": {}}]}'])
def test_any_file_is_a_cache(course: Path, text: str) -> None:
    paths.ensure(paths.cache())
    (paths.cache() / "presets.json").write_text(text)
    assert "book" in presets.of("1.1")


def test_a_cache_that_cannot_be_written_costs_time_only(course: Path) -> None:
    paths.ensure(paths.home())
    paths.cache().write_text("no folder")
    assert "book" in presets.of("1.1")
    paths.cache().unlink()
