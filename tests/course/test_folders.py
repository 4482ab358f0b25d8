"""Further folders of lessons: added to the course, never instead of it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from dlwp_tui.core import content, paths, settings
from dlwp_tui.core.errors import UsageError
from dlwp_tui.course import reader, search
from dlwp_tui.course.check import check
from dlwp_tui.publish import tree
from tests.course.conftest import Copy


@pytest.fixture
def further(tmp_path: Path) -> Copy:
    """A folder with two sections of chapter 1 and one of a chapter that the course lacks; no book.toml."""
    folder = Copy(tmp_path / "mine")
    folder.write("ch01/1.10-late/note.md", "# 1.10 后来的一节\n\n见 [1.1](sec:1.1)。\n")
    folder.write("1.1.5-between/note.md", "# 1.1.5 中间的一节\n")
    folder.write("ch07/7.1-new/note.md", "# 7.1 新的一章\n")
    folder.write("datasets/x/reader.py", "")
    return folder


def ids(course: reader.Course) -> list[str]:
    return [section.id for section in course.sections]


def test_sections_join_the_chapters_by_their_number(course_dir: Path, further: Copy) -> None:
    content.add(further.folder)
    course = reader.load()
    assert course.folders == (course_dir, further.folder)
    assert ids(course) == ["1.1", "1.1.5", "1.2", "1.10", "7.1"]
    assert [chapter.id for chapter in course.chapters] == ["1", "7"]
    assert course.problems == ()
    late = course.section("1.10")
    assert (late.title, late.chapter, late.origin, late.content) == (
        "后来的一节", course.chapters[0], further.folder, course_dir
    )  # fmt: skip
    assert course.section("1.1").origin == course_dir


def test_a_new_chapter_stands_in_its_place_with_the_title_of_its_own_book(copy: Copy, further: Copy) -> None:
    copy.append("book.toml", '\n[[chapters]]\nid = "9"\nfolder = "ch09"\ntitle = "九"\n')
    (copy / "ch09").mkdir()
    chapters = reader.read(copy.folder, further.folder).chapters
    assert [(chapter.id, str(chapter.title)) for chapter in chapters] == [
        ("1", "Chapter one"), ("7", "Chapter 7"), ("9", "九")
    ]  # fmt: skip
    further.write("book.toml", 'format = 1\ntitle = "我的"\n[[chapters]]\nid = "7"\nfolder = "ch07"\ntitle = "高级"\n')
    assert str(reader.read(copy.folder, further.folder).chapters[1].title) == "高级"
    further.write("book.toml", "format = 1\n")
    broken = reader.read(copy.folder, further.folder)
    assert str(broken.chapters[1].title) == "Chapter 7"
    assert {problem.file for problem in broken.problems} == {str(further / "book.toml")}


def test_an_id_that_exists_twice_names_both_and_the_first_counts(course_dir: Path, further: Copy) -> None:
    further.write("ch01/1.2-again/note.md", "# 1.2 again\n")
    course = reader.read(course_dir, further.folder)
    assert course.section("1.2").origin == course_dir
    [problem] = course.problems
    assert problem.file == str(further / "ch01/1.2-again") and "ch01/1.2-reading" in problem.message


def test_a_folder_that_is_gone_is_a_problem_and_the_course_stays(course_dir: Path, tmp_path: Path) -> None:
    course = reader.read(course_dir, tmp_path / "gone")
    assert ids(course) == ["1.1", "1.2"]
    assert [problem.file for problem in course.problems] == [str(tmp_path / "gone")]
    with pytest.raises(UsageError, match="gone"):
        content.add(tmp_path / "gone")


def test_where_further_folders_come_from(course_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert content.folders() == (course_dir,)
    paths.ensure(content.own())
    settings.save(settings.Settings(content=["lessons", "~/theirs", str(tmp_path / "a")]))
    monkeypatch.setenv("DLWP_CONTENT", os.pathsep.join([str(course_dir), str(tmp_path / "b")]))
    content.add(tmp_path)
    assert content.folders() == (
        course_dir, tmp_path / "b", tmp_path, content.own(), Path.home() / "theirs", tmp_path / "a",
    )  # fmt: skip
    monkeypatch.setenv("DLWP_CONTENT", f"{os.pathsep}{tmp_path}")
    assert content.folders()[:2] == (Path(__file__).parents[2] / "content", tmp_path)


def test_settings_that_are_no_list_of_folders(course_dir: Path) -> None:
    paths.ensure(paths.home())
    for value in ('"mine"', "[1]"):
        paths.settings_file().write_text(f"content = {value}\n")
        assert len(settings.problems()) == 1 and content.folders() == (course_dir,)
        paths.settings_file().unlink()


def test_the_linter_names_files_of_a_further_folder_by_their_whole_path(course_dir: Path, further: Copy) -> None:
    content.add(further.folder)
    assert check(datasets=[]) == []
    further.edit("ch01/1.10-late/note.md", "sec:1.1", "sec:1.11")
    further.write("ch07/7.1-new/lesson.toml", "format = 2\n")
    found = {problem.file for problem in check(datasets=[])}
    assert found == {
        str(further / name) for name in ("ch01/1.10-late/note.md", "ch07/7.1-new/lesson.toml", "ch07/7.1-new/lesson.py")
    }


def test_search_and_export_hold_them(course_dir: Path, further: Copy) -> None:
    content.add(further.folder)
    course = reader.load()
    assert [result.section for result in search.load(course).search("后来")] == ["1.10"]
    files = tree.build(course)
    assert "ch01/1.10-late/README.md" in files and "ch07/7.1-new/README.md" in files
    assert b"(../1.1-fake/README.md)" in files["ch01/1.10-late/README.md"]
    assert b"ch07/README.md" in files["README.md"]


def test_a_lesson_is_found_by_the_folder_it_came_from(course_dir: Path, further: Copy, tmp_path: Path) -> None:
    for name in ("lesson.toml", "lesson.py"):
        further.write(f"ch07/7.1-new/{name}", (course_dir / "ch01/1.1-fake" / name).read_bytes())
    other = Copy(tmp_path / "other")
    for name in ("book.toml", "ch01/1.1-fake/lesson.toml", "ch01/1.1-fake/note.md"):
        other.write(name, (course_dir / name).read_bytes())
    assert "7.1" not in ids(reader.load())
    assert reader.lesson_from(further.folder, "7.1").content == further.folder  # a folder that is not in force
    assert reader.lesson_from(other.folder, "1.1").content == other.folder  # another course
    assert reader.lesson_from(course_dir, "1.1").content == course_dir
    assert reader.lesson_from(tmp_path / "gone", "1.1").content == course_dir
