from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from dlwp_tui.core import paths, progress
from dlwp_tui.core.errors import StorageError


def test_a_first_visit_is_empty() -> None:
    assert progress.load() == progress.Progress()


def test_visits_and_answers_are_kept() -> None:
    progress.visit("3.4", 0)
    progress.visit("3.4", 2)
    progress.answer("3.4", 1, True)
    seen = progress.load()
    assert (seen.section, seen.page) == ("3.4", 2)
    assert seen.of("3.4").pages == {0, 2}
    assert seen.of("3.4").quiz == {1: True}
    assert seen.of("3.4").state(page_count=3) == "started"
    assert seen.of("3.5").state(page_count=3) == "unread"
    progress.visit("3.4", 1)
    assert progress.load().of("3.4").state(page_count=3) == "read"
    assert progress.load().of("3.4").state(page_count=3, quiz_count=9) == "started", "leafed through only"


def test_reset_of_one_section_keeps_the_others() -> None:
    progress.visit("3.4", 0)
    progress.visit("3.5", 0)
    progress.reset("3.4")
    assert progress.load().of("3.4").pages == frozenset()
    assert progress.load().of("3.5").pages == {0}
    progress.reset()
    assert progress.load() == progress.Progress()


@pytest.mark.parametrize("rubbish", ["", "{", "[]", '{"sections": 3}', "\x00"])
def test_a_broken_file_is_set_aside_not_lost(rubbish: str) -> None:
    path = paths.progress_file()
    path.parent.mkdir(parents=True)
    path.write_text(rubbish, encoding="utf-8")
    assert progress.load() == progress.Progress()
    assert path.with_name("progress.json.broken").read_text(encoding="utf-8") == rubbish
    progress.visit("3.4", 0)
    assert progress.load().section == "3.4"


def test_values_of_a_wrong_type_are_ignored() -> None:
    path = paths.progress_file()
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({"last": {"section": 3}, "sections": {"3.4": {"pages": ["x", 1], "quiz": []}}}))
    assert progress.load().section is None
    assert progress.load().of("3.4").pages == {1}


def test_two_apps_at_once_lose_nothing() -> None:
    visits = "import sys; from dlwp_tui.core import progress; [progress.visit(sys.argv[1], page) for page in range(20)]"
    apps = [subprocess.Popen([sys.executable, "-c", visits, section]) for section in ("3.4", "3.5")]
    assert [app.wait(60) for app in apps] == [0, 0]
    seen = progress.load()
    assert len(seen.of("3.4").pages) == len(seen.of("3.5").pages) == 20


def test_an_unwritable_home_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setenv("DLWP_HOME", str(tmp_path / "file"))
    with pytest.raises(StorageError, match="DLWP_HOME"):
        progress.visit("3.4", 0)


def test_a_bookmark_is_set_and_taken_away() -> None:
    progress.visit("3.4", 0)
    assert progress.bookmark("3.4", 2)
    assert progress.bookmark("3.5", 0)
    assert progress.load().bookmarks == {("3.4", 2), ("3.5", 0)}
    assert progress.load().of("3.4").pages == {0}, "a bookmark is no reading"
    assert not progress.bookmark("3.4", 2)
    assert progress.load().bookmarks == {("3.5", 0)}
    progress.reset("3.5")
    assert progress.load().bookmarks == frozenset()


def test_two_apps_bookmarking_at_once_lose_nothing() -> None:
    marks = (
        "import sys; from dlwp_tui.core import progress\n"
        "for page in range(int(sys.argv[1]), 40, 2): progress.bookmark('3.4', page); progress.visit('3.4', page)"
    )
    apps = [subprocess.Popen([sys.executable, "-c", marks, first]) for first in "01"]
    assert [app.wait(60) for app in apps] == [0, 0]
    seen = progress.load()
    assert seen.bookmarks == {("3.4", page) for page in range(40)}
    assert seen.of("3.4").pages == set(range(40))
