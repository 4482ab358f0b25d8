"""Reading in the whole app, on the fixture course: glossary, bookmarks, back and forward."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, OptionList, Static
from textual.widgets.markdown import Markdown

from dlwp_tui.core import progress
from dlwp_tui.course import reader, style
from dlwp_tui.tui.app import DlwpApp
from dlwp_tui.tui.bench.pane import BenchPane
from dlwp_tui.tui.bench.source import SourceView
from dlwp_tui.tui.palette import CourseCommands
from dlwp_tui.tui.reader.blocks import NoteFence, NoteMarkdown, Scroller
from dlwp_tui.tui.reader.glossary import GlossaryScreen
from dlwp_tui.tui.reader.note import NotePane
from dlwp_tui.tui.screens.study import StudyScreen
from tests.tui.bench.bench_runs import rows, until
from tests.tui.reader.note_reader import own_course

SIZE = (120, 40)
TERMS = """
[[terms]]
zh = "过拟合"
en = "overfitting"
also = ["过度拟合"]
text = "模型记住了训练数据，而不是规律；看 `val_loss`。"
section = "1.2"

[[terms]]
zh = "损失函数"
en = "loss function"
text = "衡量预测离目标多远。"
"""


@pytest.fixture
def course(copy_of_course: Path) -> reader.Course:
    (copy_of_course / "glossary.toml").write_text(TERMS, encoding="utf-8")
    return reader.load(copy_of_course)


@pytest.fixture
def copy_of_course(course_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    import shutil

    folder = tmp_path / "course"
    shutil.copytree(course_dir, folder, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setenv("DLWP_CONTENT", str(folder))
    return folder


def open_app(course: reader.Course, section: str | None = None) -> DlwpApp:
    return DlwpApp(course, section, warm_up=False)


def note(app: DlwpApp) -> NotePane:
    return app.screen_stack[1].query_one(NotePane)


async def at(pilot: Pilot[None], app: DlwpApp, section: str, page: int) -> None:
    """Wait until a page is open and remembered."""

    def shown() -> bool:
        if len(app.screen_stack) < 2 or not app.screen_stack[1].query(NotePane):
            return False  # still behind the first frame
        pane, seen = note(app), progress.load()
        there = pane.section is not None and (pane.section.id, pane.page) == (section, page)
        return there and pane.settled and (seen.section, seen.page) == (section, page)

    await until(pilot, shown, f"{section} page {page}")
    await pilot.pause()


def follow(app: DlwpApp, href: str) -> None:
    """What a link of the note does when it is pressed."""
    body = note(app).query_one(NoteMarkdown)
    body.post_message(Markdown.LinkClicked(body, href))


def shown_above(app: DlwpApp, title: str) -> bool:
    """Whether the top line shows a title."""
    return title in rows(app)[0]


def toasts(app: DlwpApp) -> str:
    return "\n".join(notice.message for notice in app._notifications)


async def test_back_and_forward_after_a_link(course: reader.Course) -> None:
    app = open_app(course)
    async with app.run_test(size=SIZE) as pilot:
        await at(pilot, app, "1.1", 0)
        await pilot.press("right_square_bracket")
        await at(pilot, app, "1.1", 1)
        follow(app, "sec:1.2")
        await at(pilot, app, "1.2", 0)
        await pilot.press("less_than_sign")
        await at(pilot, app, "1.1", 1)
        await pilot.press("less_than_sign")
        await at(pilot, app, "1.1", 0)
        await pilot.press("less_than_sign")
        await until(pilot, lambda: "No page was opened before." in toasts(app))
        await pilot.press("greater_than_sign", "greater_than_sign")
        await at(pilot, app, "1.2", 0)
        await pilot.press("greater_than_sign")
        await until(pilot, lambda: "No page lies ahead." in toasts(app))


async def test_two_quick_steps_back_keep_the_way_forward(course: reader.Course) -> None:
    app = open_app(course)
    async with app.run_test(size=SIZE) as pilot:
        await at(pilot, app, "1.1", 0)
        for page in (1, 2):
            await pilot.press("right_square_bracket")
            await at(pilot, app, "1.1", page)
        screen = app.screen
        assert isinstance(screen, StudyScreen)
        screen.reading.action_travel(-1)
        screen.reading.action_travel(-1)
        await at(pilot, app, "1.1", 0)
        screen.reading.action_travel(1)
        screen.reading.action_travel(1)
        await at(pilot, app, "1.1", 2)


async def test_back_from_a_note_that_cannot_be_read(course: reader.Course) -> None:
    course.section("1.2").note_file.write_bytes(b"\xff\xfe\x00")
    app = open_app(course)
    async with app.run_test(size=SIZE) as pilot:
        await at(pilot, app, "1.1", 0)
        await pilot.press("n")
        await until(pilot, lambda: note(app).note is None, "the broken note")
        await pilot.press("B")
        assert progress.load().bookmarks == frozenset()
        await pilot.press("less_than_sign")
        await at(pilot, app, "1.1", 0)


async def test_a_bookmark_is_set_shown_listed_and_removed(course: reader.Course) -> None:
    app = open_app(course)
    async with app.run_test(size=(160, 45)) as pilot:
        await at(pilot, app, "1.1", 0)
        await pilot.press("right_square_bracket")
        await at(pilot, app, "1.1", 1)
        await pilot.press("B")
        assert progress.load().bookmarks == {("1.1", 1)}
        await until(pilot, lambda: "第一页  ★ bookmark" in "\n".join(rows(app)), "the sign in the title line")
        assert any("1.1 假的一课 ★ ▸" in row for row in rows(app))
        await pilot.press("left_square_bracket")
        await at(pilot, app, "1.1", 0)
        assert "★ bookmark" not in "\n".join(rows(app))
        commands = {text: run for _key, text, _about, run in CourseCommands(app.screen)._commands()}
        commands["Bookmark: 1.1 假的一课 › 第一页"]()
        await at(pilot, app, "1.1", 1)
        await pilot.press("B")
        await until(pilot, lambda: "★" not in "\n".join(rows(app)), "no sign left")
        assert progress.load().bookmarks == frozenset()
        assert not [
            text for _key, text, _about, _run in CourseCommands(app.screen)._commands() if text.startswith("Bookmark:")
        ]


async def test_bookmarks_of_an_earlier_day_are_shown(course: reader.Course) -> None:
    progress.visit("1.1", 0)
    progress.bookmark("1.1", 0)
    app = open_app(course)
    async with app.run_test(size=SIZE) as pilot:
        await at(pilot, app, "1.1", 0)
        assert "★ bookmark" in "\n".join(rows(app))


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
async def test_the_glossary_filters_and_opens_the_section(course: reader.Course, size: tuple[int, int]) -> None:
    app = open_app(course)
    async with app.run_test(size=size) as pilot:
        await at(pilot, app, "1.1", 0)
        await pilot.press("G")
        await until(pilot, lambda: isinstance(app.screen, GlossaryScreen), "the glossary")
        await until(pilot, lambda: "而不是规律；看 val_loss。" in "\n".join(rows(app)), "the first entry")
        await pilot.press("down")
        await until(pilot, lambda: "衡量预测离目标多远。" in "\n".join(rows(app)), "the second entry")
        await until(pilot, lambda: isinstance(app.focused, Input), "the filter to have the focus")
        await pilot.press(*"over")
        await until(pilot, lambda: app.screen.query_one(OptionList).option_count == 1, "one term")
        await until(pilot, lambda: "also: 过度拟合" in "\n".join(rows(app)), "its entry")
        await pilot.press("enter")
        await at(pilot, app, "1.2", 0)
        assert isinstance(app.screen, StudyScreen)


async def test_the_glossary_without_a_match_and_without_a_section(course: reader.Course) -> None:
    app = open_app(course)
    async with app.run_test(size=SIZE) as pilot:
        await at(pilot, app, "1.1", 0)
        await pilot.press("G")
        await until(pilot, lambda: isinstance(app.focused, Input), "the filter to have the focus")
        await pilot.press(*"los-functions")
        await until(pilot, lambda: "No term fits los-functions." in "\n".join(rows(app)))
        assert "Did you mean loss function?" in "\n".join(rows(app))
        await pilot.press("enter")
        assert isinstance(app.screen, GlossaryScreen)
        app.screen.query_one(Input).value = "损失函数"
        await until(pilot, lambda: app.screen.query_one(OptionList).option_count == 1)
        await pilot.press("enter")
        await until(pilot, lambda: "no section on 损失函数 alone" in toasts(app))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, StudyScreen))


async def test_a_term_link_opens_its_entry(course: reader.Course) -> None:
    app = open_app(course)
    async with app.run_test(size=SIZE) as pilot:
        await at(pilot, app, "1.1", 0)
        follow(app, "term:loss-function")
        await until(pilot, lambda: isinstance(app.screen, GlossaryScreen), "the glossary")
        await until(pilot, lambda: "衡量预测离目标多远。" in "\n".join(rows(app)), "the entry")
        term = app.screen.term  # type: ignore[attr-defined]
        assert term is not None and term.zh == "损失函数"
        await pilot.press("escape")
        follow(app, "term:没有的词")
        await until(pilot, lambda: "没有的词 is not in the glossary." in toasts(app))
        assert isinstance(app.screen, StudyScreen)


async def test_a_broken_or_empty_glossary_is_said(course: reader.Course) -> None:
    file = course.content / "glossary.toml"
    file.write_text("[[terms]\n", encoding="utf-8")
    app = open_app(course)
    async with app.run_test(size=SIZE) as pilot:
        await at(pilot, app, "1.1", 0)
        await pilot.press("G")
        await until(pilot, lambda: bool(toasts(app)), "what is wrong")
        assert isinstance(app.screen, StudyScreen)
        file.unlink()
        await pilot.press("G")
        await until(pilot, lambda: isinstance(app.screen, GlossaryScreen))
        assert str(app.screen.query_one("#term", Static).render()).startswith("This course has no glossary.")


async def test_the_bench_follows_the_note_and_a_key_for_it_does_not_wait(course: reader.Course) -> None:
    app = open_app(course, "1.2")
    async with app.run_test(size=SIZE) as pilot:
        await at(pilot, app, "1.2", 0)
        bench = app.screen.query_one(BenchPane)
        await until(pilot, lambda: bench.section is not None and bench.section.id == "1.2", "the bench of 1.2")
        screen = app.screen
        assert isinstance(screen, StudyScreen)
        screen.panes.open_section(course.section("1.1"))
        assert bench.section is not None and bench.section.id == "1.2", "the note comes first"
        screen.panes.action_pane("bench")
        assert bench.section.id == "1.1", "who asks for the bench has it at once"
        await until(pilot, lambda: bench.has_focus_within, "the focus in the bench")
        for number in range(4):
            screen.panes.open_section(course.section("1.2" if number % 2 == 0 else "1.1"))
        screen.panes.open_section(course.section("1.2"))
        await until(
            pilot, lambda: bench.section is not None and bench.section.id == "1.2", "the bench follows by itself"
        )


@pytest.mark.asyncio
async def test_the_title_comes_before_the_machines_figures_where_both_do_not_fit() -> None:
    """At 80 columns the longest titles of the book leave no room for them."""
    app = open_app(reader.load(), "3.4")
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: len(app.screen_stack) > 1 and any("RAM" in row for row in rows(app)[:1]))
        for section in ("7.1", "7.2", "3.4"):
            assert isinstance(app.screen, StudyScreen)
            app.screen.panes.open_section(app.course.section(section))
            await until(pilot, partial(shown_above, app, app.course.section(section).title))
        await until(pilot, lambda: "RAM" in rows(app)[0])


@pytest.mark.asyncio
async def test_where_only_the_bench_is_in_view_reading_on_reads_there_and_a_page_key_brings_the_note(
    course: reader.Course,
) -> None:
    """At 80 columns the note behind the bench is not turned, and no section opens, without anybody seeing it."""
    app = open_app(course, "1.1")
    async with app.run_test(size=(80, 24)) as pilot:
        await at(pilot, app, "1.1", 0)
        await pilot.press("u")
        code = app.screen.query_one("#source", SourceView)
        await until(pilot, lambda: app.focused is code, "the source")
        for _press in range(12):
            await pilot.press("space")
        await until(pilot, lambda: code.scroll_y > 0, "a scroll")
        section = note(app).section
        assert section is not None and (section.id, note(app).page) == ("1.1", 0)
        for _press in range(12):
            await pilot.press("backspace")
        await until(pilot, lambda: code.scroll_y == 0, "its top")
        await pilot.press("right_square_bracket")
        await at(pilot, app, "1.1", 1)
        assert note(app).display


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
async def test_the_widest_code_and_drawing_that_a_note_may_hold_are_whole(
    size: tuple[int, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wide, narrow = "x" * style.NOTE_COLUMNS, "x" * (style.NOTE_COLUMNS - style.ALERT_COLUMNS)
    note = (
        f"# 1.2 宽\n\n```python\n{wide}\n```\n\n```diagram\n{wide}\n```\n\n> [!NOTE]\n> ```python\n> {narrow}\n> ```\n"
    )
    course = own_course(tmp_path, note + "\n换行\n" * 30)  # a scroll bar stands beside it
    monkeypatch.setenv("DLWP_CONTENT", str(course.content))
    app = DlwpApp(course, "1.2", warm_up=False)
    async with app.run_test(size=size) as pilot:
        await at(pilot, app, "1.2", 0)
        wide_ones = [*app.screen.query(NoteFence), *app.screen.query(Scroller)]
        await until(pilot, lambda: all(one.size.width for one in wide_ones), "laid out")
        assert len(wide_ones) == 3 and not any(one.max_scroll_x for one in wide_ones)
