from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from dlwp_tui.core.errors import ContentError, UsageError
from dlwp_tui.course import reader
from tests.course.conftest import Copy


def test_tree_of_the_fixture(course_dir: Path) -> None:
    course = reader.load()
    assert course.content == course_dir
    assert [section.id for section in course.sections] == ["1.1", "1.2"]
    assert [section.title for section in course.sections] == ["假的一课", "只读的一节"]
    assert [section.has_lesson for section in course.sections] == [True, False]
    assert str(course.chapters[0].title) == "Chapter one"
    assert course.section("1.1").chapter is course.chapters[0]
    assert course.problems == ()
    assert reader.load() is course


def test_next_and_previous_cross_chapters(copy: Copy) -> None:
    copy.append("book.toml", '\n[[chapters]]\nid = "2"\nfolder = "ch02"\ntitle = "第二章"\n')
    copy.write("ch02/2.1-a/note.md", "# 2.1 甲\n\n文字\n")
    course = reader.load(copy.folder)
    following, before = course.next("1.2"), course.previous("2.1")
    assert following and following.id == "2.1"
    assert before and before.id == "1.2"
    assert course.next("2.1") is None and course.previous("1.1") is None


def test_ids_sort_as_numbers(copy: Copy) -> None:
    for name in ("1.10-j", "1.9-i", "1.2.10-x", "1.2.9-y"):
        copy.write(f"ch01/{name}/note.md", f"# {name.partition('-')[0]} 题\n")
    ids = [section.id for section in reader.load(copy.folder).sections]
    assert ids == ["1.1", "1.2", "1.2.9", "1.2.10", "1.9", "1.10"]


def test_spaces_around_an_id_do_not_matter(course_dir: Path) -> None:
    assert reader.load().section(" 1.1\n").id == "1.1"


@pytest.mark.parametrize(("asked", "meant"), [("1.11", "1.1"), ("fake", "1.1"), ("只读", "1.2")])
def test_unknown_id_says_what_was_meant(course_dir: Path, asked: str, meant: str) -> None:
    with pytest.raises(UsageError) as caught:
        reader.load().section(asked)
    assert asked in caught.value.message
    assert f"Did you mean {meant}" in caught.value.hint
    assert caught.value.exit_code == 2


@pytest.mark.parametrize("asked", ["", "01.1", "../1.1", "\x00"])
def test_odd_ids_are_unknown(course_dir: Path, asked: str) -> None:
    with pytest.raises(UsageError):
        reader.load().section(asked)


def test_section_without_a_lesson_names_those_with(course_dir: Path) -> None:
    with pytest.raises(UsageError) as caught:
        reader.load().lesson("1.2")
    assert "1.2" in caught.value.message
    assert "1.1" in caught.value.hint


def test_lesson_is_read_again_when_its_file_changes(copy: Copy) -> None:
    course = reader.load(copy.folder)
    first = course.lesson("1.1")
    assert course.lesson("1.1") is first
    file = copy.edit(copy.lesson, "ram_mb = 50", "ram_mb = 5000")
    os.utime(file, ns=(1, 1))
    assert course.lesson("1.1").ram_mb == 5000


def test_note_is_read_again_when_its_file_changes(copy: Copy) -> None:
    section = reader.load(copy.folder).section("1.2")
    assert section.note().title == "只读的一节"
    copy.write("ch01/1.2-reading/note.md", "# 1.2 新的题目很长\n\n正文\n")
    assert section.note().title == "新的题目很长"


def test_a_broken_lesson_leaves_the_rest_usable(copy: Copy) -> None:
    copy.write(copy.lesson, "format 1")
    copy.write("ch01/1.2-reading/note.md", b"# 1.2 \xd6\xd0\n")
    course = reader.load(copy.folder)
    assert [section.id for section in course.sections] == ["1.1", "1.2"]
    assert course.section("1.1").note().pages
    with pytest.raises(ContentError):
        course.lesson("1.1")
    with pytest.raises(ContentError, match="UTF-8"):
        course.section("1.2").note()


def test_missing_note_leaves_the_slug_as_title(copy: Copy) -> None:
    (copy / "ch01/1.2-reading/note.md").unlink()
    section = reader.load(copy.folder).section("1.2")
    assert section.title == "reading"
    with pytest.raises(ContentError, match=r"note\.md: The file is missing"):
        section.note()


@pytest.mark.parametrize(
    "text", ["", "\n\n", "没有题目\n", "#\n", "#没有空格\n", "# 1.2\n\n正文\n", "```\n# 1.2 in code\n```\n"]
)
def test_note_without_a_title(copy: Copy, text: str) -> None:
    copy.write("ch01/1.2-reading/note.md", text)
    section = reader.load(copy.folder).section("1.2")
    assert section.title == "reading"
    with pytest.raises(ContentError) as caught:
        section.note()
    assert "# 1.2" in caught.value.hint


def test_title_cut_in_the_middle_of_a_character(copy: Copy) -> None:
    text = "# 1.2 题\n" + "字" * 3000
    for pad in range(3):
        copy.write("ch01/1.2-reading/note.md", text.replace("\n", "\n" + "a" * pad, 1))
        assert reader.read(copy.folder).section("1.2").title == "题"


def test_byte_order_mark_and_windows_line_ends(copy: Copy) -> None:
    copy.write("ch01/1.2-reading/note.md", b"\xef\xbb\xbf# 1.2 abc\r\n\r\n## d\r\n\r\ntext\r\n")
    section = reader.load(copy.folder).section("1.2")
    assert section.title == "abc"
    assert [page.markdown for page in section.note().pages] == ["## d\n\ntext\n"]


def test_duplicate_id_keeps_the_first_and_tells(copy: Copy) -> None:
    copy.write("ch01/1.1-other/note.md", "# 1.1 另一个\n")
    course = reader.load(copy.folder)
    assert [section.id for section in course.sections] == ["1.1", "1.2"]
    assert [problem.file for problem in course.problems] == ["ch01/1.1-other"]
    assert "ch01/1.1-fake" in course.problems[0].message


def test_misnamed_and_hidden_folders(copy: Copy) -> None:
    for name in ("1.3", "intro", "1.x-y", ".git", "__pycache__", "_draft"):
        (copy / f"ch01/{name}").mkdir()
    course = reader.load(copy.folder)
    assert len(course.sections) == 2
    assert [problem.file for problem in course.problems] == ["ch01/1.3", "ch01/1.x-y", "ch01/intro"]


def test_missing_chapter_folder_is_an_empty_chapter(copy: Copy) -> None:
    copy.append("book.toml", '\n[[chapters]]\nid = "9"\nfolder = "ch09"\ntitle = { zh = "九" }\n')
    course = reader.load(copy.folder)
    assert course.chapters[1].sections == ()
    assert course.problems[0].where == "chapters.9.folder"


def test_missing_course_folder(tmp_path: Path) -> None:
    with pytest.raises(ContentError) as caught:
        reader.load(tmp_path / "nowhere")
    assert "nowhere" in caught.value.message and "DLWP_CONTENT" in caught.value.hint


@pytest.mark.parametrize(
    ("book", "place"),
    [
        ("", "format"),
        ('format = 2\ntitle = "x"\n', "format"),
        ('format = 1\ntitle = ""\n[[chapters]]\nid="1"\nfolder="ch01"\ntitle="x"\n', "title"),
        ('format = 1\ntitle = "x"\n', "chapters"),
        ('format = 1\ntitle = "x"\nchapters = [1]\n', "chapters"),
        ('format = 1\ntitle = "x"\n[[chapters]]\nfolder="ch01"\ntitle="x"\n', "chapters.#1.id"),
        ('format = 1\ntitle = "x"\n[[chapters]]\nid="1"\ntitle="x"\n', "chapters.1.folder"),
        ('format = 1\ntitle = "x"\n[[chapters]]\nid="1"\nfolder="ch01"\n', "chapters.1.title"),
        ('format = 1\ntitle = "x"\n[[chapters]]\nid="1"\nfolder="ch01"\ntitle="x"\nname="y"\n', "chapters.1.name"),
        ('format = 1\ntitle = "x"\nchapter = 3\n[[chapters]]\nid="1"\nfolder="ch01"\ntitle="x"\n', "chapter"),
        ("format = 1\ntitle =\n", "line 2"),
    ],
)
def test_broken_book(copy: Copy, book: str, place: str) -> None:
    copy.write("book.toml", book)
    with pytest.raises(ContentError) as caught:
        reader.load(copy.folder)
    assert caught.value.message.startswith(f"book.toml, {place}: ")
    assert caught.value.hint


def test_same_chapter_twice(copy: Copy) -> None:
    copy.append("book.toml", '\n[[chapters]]\nid = "1"\nfolder = "ch02"\ntitle = "x"\n')
    with pytest.raises(ContentError, match=r"chapters\.1\.id: This id is used twice"):
        reader.load(copy.folder)


def test_the_tree_loads_no_heavy_module(course_dir: Path) -> None:
    script = (
        "import sys; from dlwp_tui.course import reader; c = reader.load(); [s.has_lesson for s in c.sections];"
        "print([m for m in ('pydantic', 'markdown_it', 'rich', 'numpy', 'textual', 'tensorflow') if m in sys.modules]);"
        "c.lesson('1.1'); print([m for m in ('markdown_it', 'rich', 'numpy', 'textual') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[:2] == ["[]", "[]"]
