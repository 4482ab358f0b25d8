"""`dlwp glossary` and `dlwp progress`."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from dlwp_tui.core import progress
from tests.cli.conftest import Cli

TERM = '\n[[terms]]\nzh = "损失函数"\nen = "loss function"\ntext = "看 `val_loss`，即 $L$。"\nsection = "1.1"\n'


@pytest.fixture
def content(course_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the course with a second term, in force."""
    folder = tmp_path / "course"
    shutil.copytree(course_dir, folder)
    with (folder / "glossary.toml").open("a", encoding="utf-8") as file:
        file.write(TERM)
    monkeypatch.setenv("DLWP_CONTENT", str(folder))
    return folder


@pytest.mark.usefixtures("content")
def test_a_term_by_name_by_part_and_all(cli: Cli) -> None:
    assert cli("glossary", "over-fitting").stdout.splitlines() == [
        "过拟合 · overfitting",
        "  also: 过度拟合",
        "  模型记住了训练数据，而不是规律。",
    ]
    part = cli("glossary", "loss", "func").stdout.splitlines()
    assert part == ["损失函数 · loss function", "  看 val_loss，即 L。", "  dlwp show 1.1"]
    table = cli("glossary").stdout.splitlines()
    assert table[0].split() == ["Chinese", "English", "Section"], "`section` is the footer's word for the next one"
    assert [row.split()[0] for row in table] == ["Chinese", "过拟合", "损失函数"]


@pytest.mark.usefixtures("content")
def test_terms_as_json(cli: Cli) -> None:
    rows = [json.loads(line) for line in cli("glossary", "--json").stdout.splitlines()]
    assert [row["zh"] for row in rows] == ["过拟合", "损失函数"]
    assert rows[0]["also"] == ["过度拟合"] and rows[0]["section"] == ""
    assert json.loads(cli("glossary", "过度拟合", "--json").stdout)["en"] == "overfitting"


def test_an_unknown_term_says_which_was_meant(cli: Cli) -> None:
    done = cli("glossary", "overfiting")
    assert done.returncode == 2 and done.stdout == ""
    assert "'overfiting'" in done.stderr and "Did you mean overfitting?" in done.stderr


def test_progress_of_a_first_visit(cli: Cli) -> None:
    done = cli("progress")
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert "1 Chapter one" in lines[1] and "0/2 read" in lines[1] and "0/4" in lines[1] and "0/1" in lines[1]
    assert lines[2].startswith("  ○ 1.1 假的一课") and "unread" in lines[2]
    assert "Bookmarks:" not in done.stdout


def test_progress_counts_pages_answers_runs_and_bookmarks(cli: Cli) -> None:
    progress.visit("1.1", 0)
    progress.visit("1.1", 7)  # a page that is no longer there
    progress.answer("1.1", 0, True)
    progress.answer("1.1", 5, True)  # nor this quiz
    progress.bookmark("1.1", 1)
    progress.visit("1.2", 0)
    assert cli("run", "1.1", "--epochs", "1").returncode == 0
    first, second = [json.loads(line) for line in cli("progress", "--json").stdout.splitlines()]
    assert first == {
        "section": "1.1",
        "chapter": "1",
        "title": "假的一课",
        "state": "begun",
        "pages": 3,
        "pages_read": 1,
        "quiz": 1,
        "quiz_answered": 1,
        "quiz_right": 1,
        "lesson": True,
        "runs": 1,
        "bookmarks": [{"page": 2, "title": "第一页"}],
    }
    assert (second["state"], second["pages_read"], second["runs"], second["lesson"]) == ("read", 1, 0, False)
    text = cli("progress").stdout
    assert "1/2 read" in text and "  ◐ 1.1" in text and "  ✓ 1.2" in text and "  ★ 1.1 假的一课 › 2 第一页" in text


def test_a_wrong_answer_is_not_counted_as_right(cli: Cli) -> None:
    progress.answer("1.1", 0, False)
    row = json.loads(cli("progress", "--json").stdout.splitlines()[0])
    assert (row["quiz_answered"], row["quiz_right"]) == (1, 0)


def test_a_broken_note_does_not_hide_the_rest(cli: Cli, content: Path) -> None:
    next(content.glob("ch01/1.2-*/note.md")).write_bytes(b"\xff")
    progress.visit("1.2", 0)
    rows = [json.loads(line) for line in cli("progress", "--json").stdout.splitlines()]
    assert [row["pages"] for row in rows] == [3, 0]


def test_reset_of_one_section_and_of_all(cli: Cli) -> None:
    for section in ("1.1", "1.2"):
        progress.visit(section, 0)
    progress.bookmark("1.1", 0)
    done = cli("progress", "--reset", "1.1")
    assert done.returncode == 0 and "1.1 假的一课" in done.stderr
    assert progress.load().bookmarks == frozenset()
    assert progress.load().of("1.1").pages == frozenset() and progress.load().of("1.2").pages == {0}
    assert cli("progress", "--reset-all").returncode == 0
    assert progress.load() == progress.Progress()


def test_what_cannot_be_reset_changes_nothing(cli: Cli) -> None:
    progress.visit("1.1", 0)
    for args in (("--reset", "9.9"), ("--reset", "1.1", "--reset-all")):
        done = cli("progress", *args)
        assert done.returncode == 2 and done.stderr, args
    assert progress.load().of("1.1").pages == {0}
