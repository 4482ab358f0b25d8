"""The contents of a section: its pages listed, the open one marked, and every way to jump."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from rich.cells import cell_len
from textual.pilot import Pilot
from textual.widgets import OptionList

from dlwp_tui.core import progress
from dlwp_tui.course import reader
from dlwp_tui.tui.app import DlwpApp
from dlwp_tui.tui.reader.pages import PagesScreen
from dlwp_tui.tui.screens.study import StudyScreen
from tests.tui.bench.bench_runs import rows, until
from tests.tui.reader.test_reading import at, note

LONG = "# 1.2 十二页\n\n" + "".join(f"## 第 {number} 部分\n\n" + "说明。" * 120 + "\n\n" for number in range(1, 13))


@pytest.fixture
def course(course_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> reader.Course:
    folder = tmp_path / "course"
    shutil.copytree(course_dir, folder, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setenv("DLWP_CONTENT", str(folder))
    (folder / "ch01/1.2-reading/note.md").write_text(LONG, encoding="utf-8")
    return reader.load(folder)


async def listed(pilot: Pilot[None], app: DlwpApp) -> PagesScreen:
    await pilot.press("P")
    await until(pilot, lambda: isinstance(app.screen, PagesScreen), "the list of pages")
    await until(pilot, lambda: isinstance(app.focused, OptionList), "the list to have the focus")
    await pilot.pause()
    assert isinstance(app.screen, PagesScreen)
    return app.screen


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (50, 14)])
async def test_the_list_says_where_you_are_and_what_the_pages_hold(
    course: reader.Course, size: tuple[int, int]
) -> None:
    progress.bookmark("1.1", 2)
    app = DlwpApp(course, "1.1", warm_up=False)
    async with app.run_test(size=size) as pilot:
        await at(pilot, app, "1.1", 0)
        await pilot.press("right_square_bracket")
        await at(pilot, app, "1.1", 1)
        screen = await listed(pilot, app)
        shown = [str(option.prompt) for option in screen.query_one(OptionList).options]
        assert [row.split() for row in shown] == [
            ["✓", "1", "假的一课"],
            ["›", "✓", "2", "第一页", "▶"],
            ["○", "3", "第二页", "?", "★"],
        ]
        assert len({cell_len(row) for row in shown}) == 1
        assert all(any(row in line for line in rows(app)) for row in shown), "no row is cut"
        assert {cell_len(row) for row in rows(app)} == {size[0]}
        assert "▶ something to run" in "\n".join(rows(app)) or size[1] == 14
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, StudyScreen))
        assert note(app).page == 1


async def test_arrows_and_enter_jump(course: reader.Course) -> None:
    app = DlwpApp(course, "1.1", warm_up=False)
    async with app.run_test(size=(80, 24)) as pilot:
        await at(pilot, app, "1.1", 0)
        await listed(pilot, app)
        await pilot.press("down", "down", "enter")
        await at(pilot, app, "1.1", 2)
        await listed(pilot, app)
        await pilot.press("k", "enter")
        await at(pilot, app, "1.1", 1)
        await pilot.press("less_than_sign")
        await at(pilot, app, "1.1", 2)


@pytest.mark.parametrize(
    ("keys", "page"), [("2", 1), ("9", 8), ("12", 11), ("10", 9), ("1\r", 0), ("15", 4), ("01", 0)]
)
async def test_a_number_jumps(course: reader.Course, keys: str, page: int) -> None:
    """Of twelve pages 1 may become 10, 11 or 12, so it waits; 15 is no page, so its 5 counts."""
    app = DlwpApp(course, "1.2", warm_up=False)
    async with app.run_test(size=(120, 40)) as pilot:
        await at(pilot, app, "1.2", 0)
        await pilot.press("right_square_bracket")
        await at(pilot, app, "1.2", 1)
        screen = await listed(pilot, app)
        for key in keys:
            assert app.screen is screen
            await pilot.press("enter" if key == "\r" else key)
        if keys == "01":
            assert app.screen is screen
            assert screen.query_one(OptionList).highlighted == 0
            return
        await at(pilot, app, "1.2", page)
        assert isinstance(app.screen, StudyScreen)


async def test_a_click_on_the_title_opens_the_list(course: reader.Course) -> None:
    app = DlwpApp(course, "1.1", warm_up=False)
    async with app.run_test(size=(120, 40)) as pilot:
        await at(pilot, app, "1.1", 0)
        await pilot.click("#note-title")
        await until(pilot, lambda: isinstance(app.screen, PagesScreen), "the list of pages")


async def test_a_note_that_cannot_be_read_has_no_list(course: reader.Course) -> None:
    course.section("1.2").note_file.write_bytes(b"\xff\xfe")
    app = DlwpApp(course, "1.1", warm_up=False)
    async with app.run_test(size=(120, 40)) as pilot:
        await at(pilot, app, "1.1", 0)
        await pilot.press("n")
        await until(pilot, lambda: note(app).note is None, "the broken note")
        await pilot.press("P")
        await pilot.pause()
        assert isinstance(app.screen, StudyScreen)
