"""What a run's figures come from: a better sentence changes nothing, another step does."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from dlwp_tui.analysis import provenance
from dlwp_tui.core.versions import versions
from dlwp_tui.course import reader
from dlwp_tui.course.lesson import Lesson


@pytest.fixture
def lesson(course_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lesson:
    copy = tmp_path / "course"
    shutil.copytree(course_dir, copy)
    monkeypatch.setenv("DLWP_CONTENT", str(copy))
    return reader.load(copy).lesson("1.1")


def edit(file: Path, before: str, after: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert before in text
    file.write_text(text.replace(before, after), encoding="utf-8")


def test_comments_and_docstrings_do_not_count(lesson: Lesson) -> None:
    before = provenance.depends(lesson)
    assert set(before) == {"code", "proofs"}
    edit(lesson.code_file, '"""Answer with the text reversed."""', '"""Another sentence."""  # and a comment')
    assert provenance.depends(lesson) == before
    edit(lesson.code_file, "rate / step + 0.1", "rate / step + 0.2")
    after = provenance.depends(lesson)
    assert after["code"] != before["code"] and after["proofs"] == before["proofs"]
    edit(lesson.folder / "proofs.py", "rate / epochs", "rate / epochs + 0")
    assert provenance.depends(lesson)["proofs"] != before["proofs"]


def test_what_the_lesson_imports_of_the_kit_counts(lesson: Lesson) -> None:
    before = provenance.depends(lesson)["code"]
    edit(lesson.code_file, "import annotations\n", "import annotations\n\nfrom dlwp_tui.kit import clocks\n")
    alone = provenance.depends(lesson)["code"]
    files = provenance._code(lesson.code_file, 0, 0)[1]
    assert alone != before and [file.name for file in files] == ["clocks.py"]


def test_twins_count_for_synthetic_data(lesson: Lesson) -> None:
    with_data = lesson.model_copy(update={"datasets": ("reuters", "mnist")})
    made = provenance.depends(with_data)
    assert set(made) == {"code", "proofs", "twins"}
    other = made | {"twins": "0" * 16}
    now = versions()
    assert provenance.changed(other, now, made, synthetic=False, proofs=False) == ()
    assert provenance.changed(other, now, made, synthetic=True, proofs=False) == (
        "The synthetic data has changed since.",
    )


def test_what_has_changed_in_words() -> None:
    now = {"code": "a", "proofs": "b"}
    old = dict(versions(), keras="2.0", python="3.0")
    assert provenance.changed({"code": "a", "proofs": "x"}, versions(), now, synthetic=False, proofs=False) == ()
    assert provenance.changed({"code": "x", "proofs": "x"}, old, now, synthetic=False, proofs=True) == (
        "The lesson's code has changed since.",
        "The lesson's proofs have changed since.",
        f"It was keras 2.0, now it is {versions()['keras']}.",
    )
    assert provenance.changed({}, {}, now, synthetic=False, proofs=False) == (
        "The runs are of before the code of runs was recorded.",
    )
