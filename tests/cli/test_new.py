"""`dlwp new`: a section that runs and passes the linter as it stands."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from dlwp_tui.__main__ import run
from dlwp_tui.core import content
from dlwp_tui.course import reader
from dlwp_tui.course.check import check
from tests.cli.conftest import Cli


@pytest.mark.keras
def test_the_new_lesson_runs_at_once(cli: Cli, home: Path) -> None:
    made = cli("new", "4.6", "我的“第一课”", "--en", "My first lesson")
    folder = home / "dlwp" / "lessons" / "ch04" / "4.6-my-first-lesson"
    assert made.stdout == f"{folder}\n" and "dlwp run 4.6" in made.stderr
    assert sorted(file.name for file in folder.iterdir()) == ["lesson.py", "lesson.toml", "note.md", "proofs.py"]
    assert cli("check").returncode == 0
    done = cli("run", "4.6", "--preset", "quick", "--seed", "1", "--json")
    assert done.returncode == 0, done.stderr
    *events, summary = map(json.loads, done.stdout.splitlines())
    assert [event["ok"] for event in events if event["e"] == "check"] == [True]
    assert summary["state"] == "finished"
    assert len([event for event in events if event["e"] == "epoch"]) == 5


def test_it_passes_the_linters_of_the_repository(course_dir: Path, home: Path) -> None:
    assert run(["new", "4.6", '引号 " 和 \\']) == 0
    folder = content.own() / "ch04" / "4.6-lesson"
    assert tomllib.loads((folder / "lesson.toml").read_text(encoding="utf-8"))["title"] == {"zh": '引号 " 和 \\'}
    reader._load.cache_clear()
    assert check(datasets=[]) == []
    lesson = reader.load().lesson("4.6")
    assert lesson.content == content.own() and lesson.values("quick")["epochs"] == 5
    root = Path(__file__).parents[2]
    for command in (["check"], ["format", "--check"]):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *command, "--config", str(root / "pyproject.toml"), str(folder)],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout


def test_where_it_is_written(course_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = tmp_path / "other"
    assert run(["new", "12.1", "新", "--content", str(other)]) == 0
    assert (other / "ch12" / "12.1-lesson" / "lesson.py").is_file()
    assert f"dlwp --content {other} run 12.1" in capsys.readouterr().err
    assert run(["--content", str(other), "new", "12.2", "新"]) == 0
    assert (other / "ch12" / "12.2-lesson").is_dir()
    assert "dlwp run 12.2" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("args", "part"),
    [
        (["1.1", "x"], "1.1-fake"),
        (["4.6", "x"], "4.6-lesson"),
        (["4", "x"], "'4'"),
        (["4.x", "x"], "'4.x'"),
        (["4.7", " "], "title"),
        (["4.7", "a\nb"], "title"),
    ],
)
def test_what_is_refused(course_dir: Path, capsys: pytest.CaptureFixture[str], args: list[str], part: str) -> None:
    assert run(["new", "4.6", "x"]) == 0
    before = sorted(content.own().rglob("*"))
    assert run(["new", *args]) == 2
    assert part in capsys.readouterr().err
    assert sorted(content.own().rglob("*")) == before


def test_the_course_itself_needs_the_chapter(
    course_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = tmp_path / "course"
    shutil.copytree(course_dir, copy)
    monkeypatch.setenv("DLWP_CONTENT", str(copy))
    assert run(["new", "9.1", "x", "--content", str(copy)]) == 2
    assert "no chapter 9" in capsys.readouterr().err
    assert run(["new", "1.3", "x", "--content", str(copy)]) == 0
    assert (copy / "ch01" / "1.3-lesson" / "note.md").is_file()


def test_a_folder_that_cannot_be_written(course_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("")
    assert run(["new", "4.6", "x", "--content", str(tmp_path / "file")]) == 1
    assert str(tmp_path / "file") in capsys.readouterr().err
