"""The search screen in the whole app, on the fixture course, by keyboard alone."""

from __future__ import annotations

import asyncio
import shutil
import threading
from pathlib import Path

import pytest
from textual import events
from textual.pilot import Pilot
from textual.widgets import Input, OptionList, Static
from textual.worker import Worker

from dlwp_tui.core import own_notes
from dlwp_tui.course import reader, search
from dlwp_tui.course.search import Index, Result
from dlwp_tui.tui.app import DlwpApp
from dlwp_tui.tui.reader.blocks import NoteFence
from dlwp_tui.tui.reader.note import NotePane
from dlwp_tui.tui.reader.own import OwnNote
from dlwp_tui.tui.reader.search import LONGEST, SearchScreen
from dlwp_tui.tui.reader.text import FOUND, NoteText
from dlwp_tui.tui.screens.study import StudyScreen
from tests.tui.bench.bench_runs import rows, until

SIZES = [(80, 24), (120, 40)]
LONG = (
    "## 长的一页\n\n"
    + "别处的话，与要找的无关。\n\n" * 40
    + "到这里才说到量子退火。\n\n```python\nannealing_step = 3\n```\n\n"
    + "尾声。\n\n" * 5
)


@pytest.fixture
def course(course_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> reader.Course:
    folder = tmp_path / "course"
    shutil.copytree(course_dir, folder, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setenv("DLWP_CONTENT", str(folder))
    with (folder / "ch01/1.1-fake/note.md").open("a", encoding="utf-8") as note:
        note.write("\n" + LONG)
    return reader.load(folder)


async def opened(pilot: Pilot[None], app: DlwpApp) -> StudyScreen:
    def shown() -> bool:
        if not isinstance(app.screen, StudyScreen) or not app.screen.query(NotePane):
            return False  # still behind the first frame
        return note(app).note is not None

    await until(pilot, shown, "the study screen")
    screen = app.screen
    assert isinstance(screen, StudyScreen)
    return screen


def note(app: DlwpApp) -> NotePane:
    return app.screen_stack[1].query_one(NotePane)


def open_section(app: DlwpApp) -> str:
    section = note(app).section
    return section.id if section is not None else ""


async def typed(pilot: Pilot[None], app: DlwpApp, text: str) -> SearchScreen:
    """Open the search by its key and type `text`; back when its results are listed."""
    await pilot.press("slash")
    await until(pilot, lambda: isinstance(app.screen, SearchScreen), "the search screen")
    screen = app.screen
    assert isinstance(screen, SearchScreen)
    for char in text:
        await pilot.press(char)
    await until(pilot, lambda: screen.searched == text, f"the results of {text}")
    await pilot.pause()
    return screen


@pytest.mark.parametrize("size", SIZES)
async def test_typing_lists_and_enter_opens_the_page_at_the_marked_place(
    course: reader.Course, size: tuple[int, int]
) -> None:
    app = DlwpApp(course, "1.2", warm_up=False)
    async with app.run_test(size=size) as pilot:
        await opened(pilot, app)
        screen = await typed(pilot, app, "量子退火")
        assert [(result.section, result.page) for result in screen.results] == [("1.1", 3)]
        shown = "\n".join(rows(app))
        assert "长的一页" in shown
        assert "到这里才说到量子退火" in shown
        assert "1 place" in shown
        await pilot.press("enter")
        await until(pilot, lambda: open_section(app) == "1.1", "section 1.1")
        await until(pilot, lambda: note(app).scroll_offset.y > 0, "the scroll to the place")
        await pilot.pause()
        assert note(app).page == 3
        block = next(block for block in app.screen.query(NoteText) if "量子退火" in block._content.plain)
        assert [
            block._content.plain[span.start : span.end] for span in block._content.spans if span.style == FOUND
        ] == ["量子退火"]
        assert note(app).region.contains_region(block.region), "the marked place is in view"
        assert any("到这里才说到量子退火" in row for row in rows(app))


async def test_code_is_marked_too(course: reader.Course) -> None:
    app = DlwpApp(course, "1.2", warm_up=False)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot, app)
        await typed(pilot, app, "ANNEALING")
        await pilot.press("enter")
        await until(pilot, lambda: note(app).scroll_offset.y > 0, "the scroll to the place")
        fence = note(app).query_one("NoteFence", NoteFence)
        assert [span.style for span in fence._content.spans].count(FOUND) == 1
        assert any("annealing_step" in row for row in rows(app))


def marked(app: DlwpApp) -> list[str]:
    """What is marked as found in the learner's own note, block by block."""
    own = note(app).query_one(OwnNote)
    return [
        block._content.plain[span.start : span.end]
        for block in own.query(NoteText)
        for span in block._content.spans
        if span.style == FOUND
    ]


@pytest.mark.parametrize("size", SIZES)
async def test_a_hit_in_your_own_note_is_marked_and_in_view(course: reader.Course, size: tuple[int, int]) -> None:
    """The section's text holds the word too, higher up: the page is scrolled to the learner's all the same."""
    with (course.content / "ch01/1.1-fake/note.md").open("a", encoding="utf-8") as file:
        file.write("\n## 最后一页\n\n量子退火在课文里。\n\n" + "别处的话。\n\n" * 30)
    text = "# 我的\n\n" + "闲话。\n\n" * 30 + "我的量子退火笔记。\n\n" + "尾声。\n\n" * 30
    own_notes.write(own_notes.read("1.1"), text)
    app = DlwpApp(course, "1.2", warm_up=False)
    async with app.run_test(size=size) as pilot:
        await opened(pilot, app)
        screen = await typed(pilot, app, "量子退火")
        place = [result.kind for result in screen.results].index("own")
        await pilot.press(*["down"] * place, "enter")
        await until(pilot, lambda: marked(app) == ["量子退火"], "the mark")
        await until(pilot, lambda: any("我的量子退火笔记" in row for row in rows(app)), "the scroll to the place")
        assert note(app).page == 4
        above = note(app).scroll_offset.y
        note(app).scroll_home(animate=False)
        own_notes.write(own_notes.read("1.1"), own_notes.read("1.1").text + "又想到量子退火。\n")
        study = app.screen
        assert isinstance(study, StudyScreen)
        study.writing.show_note()
        await until(pilot, lambda: len(marked(app)) == 2, "the marks after an edit")
        assert above > 0 and note(app).scroll_offset.y == 0, "an edit does not scroll again"


async def test_a_hit_far_down_a_long_own_note_is_shown(course: reader.Course) -> None:
    own_notes.write(own_notes.read("1.2"), "闲话一句。\n\n" * 2000 + "深处的量子退火。\n\n" + "尾声。\n\n" * 2000)
    app = DlwpApp(course, "1.1", warm_up=False)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot, app)
        screen = await typed(pilot, app, "深处的量子退火")
        assert [result.kind for result in screen.results] == ["own"]
        await pilot.press("enter")
        await until(pilot, lambda: marked(app) == ["深处的量子退火"], "the mark")
        await until(pilot, lambda: any("深处的量子退火" in row for row in rows(app)), "the scroll to the place")


async def test_arrows_choose_and_escape_changes_nothing(course: reader.Course) -> None:
    app = DlwpApp(course, "1.2", warm_up=False)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot, app)
        screen = await typed(pilot, app, "一")
        choices = screen.query_one(OptionList)
        assert len(screen.results) > 2
        assert choices.highlighted == 0
        await pilot.press("down", "down")
        assert choices.highlighted == 2
        await pilot.press("up")
        assert choices.highlighted == 1
        assert screen.query_one(Input).has_focus, "typing goes on"
        await pilot.press("pagedown")
        assert choices.highlighted == min(len(screen.results) - 1, 1 + choices.content_size.height // 2)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, StudyScreen), "the study screen again")
        assert open_section(app) == "1.2"


async def test_a_term_opens_the_glossary_at_it(course: reader.Course) -> None:
    app = DlwpApp(course, "1.2", warm_up=False)
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(pilot, app)
        screen = await typed(pilot, app, "overfitting")
        assert [result.kind for result in screen.results] == ["term"]
        await pilot.press("enter")
        await until(pilot, lambda: "模型记住了训练数据" in "\n".join(rows(app)), "the term's meaning")
        assert not isinstance(app.screen, SearchScreen)


async def test_nothing_found_is_said_and_enter_stays(course: reader.Course) -> None:
    app = DlwpApp(course, "1.2", warm_up=False)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot, app)
        screen = await typed(pilot, app, "zzqq")
        assert "Nothing found" in str(screen.query_one("#search-status", Static).content)
        await pilot.press("enter")
        assert app.screen is screen
        for _key in range(4):
            await pilot.press("backspace")
        await until(pilot, lambda: screen.searched == "", "the empty search")
        assert "Notes, glossary" in str(screen.query_one("#search-status", Static).content)


async def test_results_of_an_earlier_text_are_dropped(course: reader.Course, monkeypatch: pytest.MonkeyPatch) -> None:
    app = DlwpApp(course, "1.2", warm_up=False)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot, app)
        screen = await typed(pilot, app, "")
        slow, release, done = threading.Event(), threading.Event(), threading.Event()
        original = Index.search

        def held(self: Index, text: str, *rest: object) -> list[search.Result]:
            if text != "一":
                return original(self, text, *rest)  # type: ignore[arg-type]
            slow.set()
            release.wait(20)
            found = original(self, text, *rest)  # type: ignore[arg-type]
            done.set()
            return found

        monkeypatch.setattr(Index, "search", held)
        listed: list[str] = []
        show = screen._show

        def counted(text: str, results: list[Result]) -> None:
            listed.append(text)
            show(text, results)

        monkeypatch.setattr(screen, "_show", counted)
        try:
            await pilot.press("一")
            await until(pilot, slow.is_set, "the slow search to begin")
            await pilot.press("节")
            await until(pilot, lambda: screen.searched == "一节", "the results of the longer text")
        finally:
            release.set()
        await until(pilot, done.is_set, "the slow search to end")
        await pilot.pause()
        assert listed == ["一节"]


async def test_a_page_pasted_as_keys_is_not_searched_letter_by_letter(
    course: reader.Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = DlwpApp(course, "1.2", warm_up=False)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot, app)
        screen = await typed(pilot, app, "一")
        asked: list[str] = []
        real = Index.search

        def counted(self: Index, text: str, *rest: object) -> list[Result]:
            asked.append(text)
            return real(self, text, *rest)  # type: ignore[arg-type]

        monkeypatch.setattr(Index, "search", counted)
        monkeypatch.setattr(
            "dlwp_tui.tui.reader.search.PAUSE", 1.0
        )  # on a busy machine a key may take longer than 0.02
        for _key in range(10 * LONGEST):
            screen.post_message(events.Key("a", "a"))
        await until(pilot, lambda: len(screen.searched) == 1 + 10 * LONGEST, "the search for all of it")
        assert len(asked) < 20 and max(map(len, asked)) <= LONGEST


async def test_a_broken_note_is_counted_and_the_rest_is_found(course: reader.Course) -> None:
    (course.content / "ch01/1.2-reading/note.md").write_bytes(b"# 1.2 \xff")
    app = DlwpApp(course, "1.1", warm_up=False)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot, app)
        screen = await typed(pilot, app, "量子退火")
        assert len(screen.results) == 1
        assert "1 file cannot be read" in str(screen.query_one("#search-status", Static).content)


class Lingering(Static):
    """A widget whose removal lasts until `go` is set: what stands beside it is gone long before the screen is."""

    go: asyncio.Event

    async def on_unmount(self) -> None:
        await self.go.wait()


async def test_results_that_come_while_the_screen_closes_are_dropped(
    course: reader.Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its list is gone then, but its workers are not cancelled yet."""
    release = threading.Event()
    real = Index.search

    def slow(self: Index, text: str, count: int, own: list[tuple[str, str]]) -> list[Result]:
        if text == "量":
            release.wait(10)
        return real(self, text, count, own)

    monkeypatch.setattr(Index, "search", slow)
    app = DlwpApp(course, "1.1", warm_up=False)
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(pilot, app)
        await pilot.press("slash")
        await until(pilot, lambda: isinstance(app.screen, SearchScreen), "the search")
        screen = app.screen
        choices = screen.query_one(OptionList)
        lingering = Lingering()
        lingering.go = asyncio.Event()
        await screen.mount(lingering)
        await pilot.press("量")

        def finding() -> list[Worker[None]]:
            return [worker for worker in app.workers if worker.group == "find" and worker.is_running]

        await until(pilot, lambda: bool(finding()), "the search for what was typed")
        (worker,) = finding()
        app.post_message(events.Key("escape", None))
        async with asyncio.timeout(10):  # the pilot itself would wait for the removal
            while choices.is_running:
                await asyncio.sleep(0)
            release.set()
            while not worker.is_finished:
                await asyncio.sleep(0)
        lingering.go.set()
        assert worker.error is None
