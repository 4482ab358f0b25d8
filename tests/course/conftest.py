"""A copy of the tiny course that a test may break."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

FIXTURE = Path(__file__).parent.parent / "fixtures" / "course"


class Copy:
    """A course in tmp_path; `edit` and `write` change its files."""

    lesson = "ch01/1.1-fake/lesson.toml"
    code = "ch01/1.1-fake/lesson.py"
    note = "ch01/1.1-fake/note.md"

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __truediv__(self, name: str) -> Path:
        return self.folder / name

    def edit(self, name: str, old: str, new: str) -> Path:
        """Replace `old`, which must stand there exactly once."""
        file = self.folder / name
        text = file.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {name}"
        file.write_text(text.replace(old, new), encoding="utf-8")
        return file

    def append(self, name: str, text: str) -> Path:
        file = self.folder / name
        file.write_text(file.read_text(encoding="utf-8") + text, encoding="utf-8")
        return file

    def write(self, name: str, text: str | bytes) -> Path:
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return file


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    folder = tmp_path / "course"
    shutil.copytree(FIXTURE, folder, ignore=shutil.ignore_patterns("__pycache__"))
    return Copy(folder)
