"""`dlwp open` and `dlwp picture`: what a run left, and its pictures on a terminal or as files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image

from dlwp_tui.cli import output
from tests.cli.conftest import Cli

LESSON = """
import numpy as np

from dlwp_tui.lab import Lab


def run(lab: Lab, *, epochs: int, pause: float, batch_size: int, units: int) -> None:
    lab.picture("digit", np.eye(4), "a line")
    lab.picture_grid("maps of layer 1", np.ones((5, 4, 4)), [f"channel {i}" for i in range(5)])
    for step in (1, 2, 3):
        lab.frames("GAN", step, np.full((4, 4), step / 3), "it grows")
    lab.artifact("model.keras").write_bytes(bytes(3_000_000))
"""


@pytest.fixture
def drawn(cli: Cli, playground_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cli:
    """A run with a picture, a grid, a changing picture and a model, called `last`."""
    folder = tmp_path / "drawing"
    section = folder / "ch01" / "1.1-draw"
    section.mkdir(parents=True)
    for name in ("book.toml", "ch01/1.1-draw/note.md", "ch01/1.1-draw/lesson.toml"):
        (folder / name).write_text((playground_dir / name).read_text(encoding="utf-8"), encoding="utf-8")
    (section / "lesson.py").write_text(LESSON, encoding="utf-8")
    monkeypatch.setenv("DLWP_CONTENT", str(folder))
    assert cli("run", "1.1").returncode == 0
    return cli


def test_open_lists_what_a_run_left(drawn: Cli) -> None:
    done = drawn("open", "last")
    rows = [line.split() for line in done.stdout.splitlines()]
    assert rows[0] == ["name", "kind", "what", "size", "file"]
    assert [row[0] for row in rows[1:]] == ["digit", "maps", "GAN", "model.keras"]
    assert "5 pictures of 4×4" in done.stdout and "3 steps, 1–3" in done.stdout and "3.0 MB" in done.stdout
    listed = [json.loads(line) for line in drawn("open", "last", "--json").stdout.splitlines()]
    assert [Path(row["file"]).is_file() for row in listed] == [True] * 4
    assert "dlwp picture" in done.stderr


def test_in_a_pipe_it_is_the_files_path(drawn: Cli, tmp_path: Path) -> None:
    with Image.open(drawn("picture", "last", "digit").stdout.strip()) as picture:
        assert picture.size == (4, 4)
    assert drawn("picture", "last", "GAN").stdout.endswith("GAN/000003.png\n")
    assert drawn("picture", "last", "3", "--step", "2").stdout.endswith("GAN/000002.png\n")
    assert drawn("picture", "last", "maps", "--out", str(tmp_path / "a.png")).stdout == ""
    with Image.open(tmp_path / "a.png") as picture:
        assert picture.size == (24, 4)


def test_on_a_terminal_it_is_drawn(drawn: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(output, "is_terminal", lambda: True)
    text = drawn("picture", "last", "digit", "--width", "16").stdout
    assert text.splitlines() == ["▀" * 16] * 8 + ["a line"]
    grid = drawn("picture", "last", "maps", "--width", "30").stdout
    assert [f"channel {i}" in grid for i in range(6)] == [True] * 5 + [False]


@pytest.mark.parametrize(
    ("args", "words"),
    [
        ((), "1 digit, 2 maps of layer 1, 3 GAN"),
        (("dagger",), "no picture 'dagger'"),
        (("4",), "no picture '4'"),
        (("digit", "--step", "2"), "did not change"),
        (("GAN", "--step", "9"), "Its steps: 1, 2, 3"),
        (("GAN", "--out", "/nowhere/a.png"), "cannot be written"),
    ],
)
def test_what_is_not_there_is_named(drawn: Cli, args: tuple[str, ...], words: str) -> None:
    done = drawn("picture", "last", *args)
    assert done.returncode != 0 and words in done.stderr and done.stdout == ""


def test_a_run_without_pictures(cli: Cli, playground_dir: Path) -> None:
    cli("run", "1.1")
    assert "left no files" in cli("open", "last").stderr
    assert "has no pictures" in cli("picture", "last").stderr
