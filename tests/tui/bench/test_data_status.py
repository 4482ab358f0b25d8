"""The line under the form's data field: what a run would train on."""

from __future__ import annotations

from pathlib import Path

from dlwp_tui.course import reader
from dlwp_tui.data.import_ import import_path
from dlwp_tui.tui.session import Session


def test_vectors_of_one_dimension_are_not_called_real_for_all(tmp_path: Path) -> None:
    course = reader.load()
    lesson, session = course.lesson("6.1.3"), Session(course)
    assert session.data_status(lesson).count("real file not found") == 2
    words = (f"word{n} " + " ".join(f"{n / 7:.3f}" for _ in range(50)) for n in range(1, 400))
    (tmp_path / "mine.txt").write_text("\n".join(words) + "\n", encoding="utf-8")
    import_path(tmp_path / "mine.txt", accept=True)
    found = session.data_status(lesson)
    assert "glove: real data (unverified file) for dim = 50 only, else synthetic data" in found
