"""The first start: three lines and one key that trains a lesson; and a footer that offers what can be done."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from textual.pilot import Pilot

from dlwp_tui.core import progress
from dlwp_tui.course import reader
from dlwp_tui.course.reader import Course
from dlwp_tui.runs.folder import RunFolder
from dlwp_tui.tui.app import DlwpApp
from dlwp_tui.tui.bench.pane import BenchPane
from dlwp_tui.tui.keybar import KeyBar
from dlwp_tui.tui.reader import stops
from dlwp_tui.tui.reader.note import NotePane
from dlwp_tui.tui.reader.welcome import Welcome
from dlwp_tui.tui.session import RunRequest, Session
from tests.tui.bench.bench_runs import LiveRun, finished, rows, until
from tests.tui.reader.test_reading import at

WIDE, NARROW = (160, 45), (80, 24)


@pytest.fixture
def course(course_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Course:
    """The fixture course, which begins with 1.1."""
    folder = tmp_path / "course"
    shutil.copytree(course_dir, folder, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setenv("DLWP_CONTENT", str(folder))
    book = folder / "book.toml"
    book.write_text('begin = "1.1"\n' + book.read_text(encoding="utf-8"), encoding="utf-8")
    return reader.load(folder)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[RunRequest]:
    """What was started; the run itself is this test's."""
    requests: list[RunRequest] = []

    def start(_session: Session, request: RunRequest, *, force: bool = False) -> RunFolder:
        requests.append(request)
        return LiveRun(dict(request.values)).folder

    monkeypatch.setattr(Session, "start", start)
    return requests


def footer(app: DlwpApp) -> str:
    return str(app.screen.query_one(KeyBar).render())


async def welcomed(pilot: Pilot[None], app: DlwpApp) -> Welcome:
    await until(pilot, lambda: isinstance(app.focused, Welcome), "the three lines to have the focus")
    return app.screen.query_one(Welcome)


@pytest.mark.parametrize("size", [WIDE, NARROW])
async def test_one_key_trains_the_first_lesson_and_takes_the_learner_to_its_curves(
    course: Course, asked: list[RunRequest], size: tuple[int, int]
) -> None:
    app = DlwpApp(course, warm_up=False)
    async with app.run_test(size=size) as pilot:
        welcome = await welcomed(pilot, app)
        assert welcome.content_size.height >= 3
        assert ("1 contents" in str(welcome.content)) == (size == NARROW)
        await pilot.press("enter")
        await until(pilot, lambda: asked, "the run")
        assert asked[0].lesson.id == "1.1"
        assert asked[0].values == asked[0].lesson.values("quick")
        bench = app.screen.query_one(BenchPane)
        await until(pilot, lambda: bench.tabs.tab == "curves" and bench.display, "its curves")
        assert bench.running is not None and not welcome.display
        assert bench.has_focus_within == (size == NARROW), "where there is room, the note stays to be read"
        assert app.screen.query_one(NotePane).section is course.section("1.1")


async def test_escape_puts_the_lines_away_and_leaves_the_note_to_read(course: Course) -> None:
    app = DlwpApp(course, warm_up=False)
    async with app.run_test(size=WIDE) as pilot:
        welcome = await welcomed(pilot, app)
        await pilot.press("escape")
        await until(pilot, lambda: not welcome.display, "the lines to go")
        assert isinstance(app.focused, NotePane)
        assert welcome not in stops.of(app.focused), "what is hidden is no stop"


async def test_the_lines_stay_while_the_learner_leafs_and_go_with_the_first_run(course: Course) -> None:
    app = DlwpApp(course, warm_up=False)
    async with app.run_test(size=WIDE) as pilot:
        welcome = await welcomed(pilot, app)
        await pilot.press("right_square_bracket")
        await at(pilot, app, "1.1", 1)
        assert welcome.display
        run = LiveRun()
        await until(pilot, lambda: not welcome.display, "the lines to go")
        run.end()


@pytest.mark.parametrize("before", ["read", "run", "no begin"])
async def test_who_was_here_before_is_offered_nothing(course: Course, course_dir: Path, before: str) -> None:
    if before == "read":
        progress.visit("1.1", 0)
    elif before == "run":
        finished()
    chosen = reader.load(course_dir) if before == "no begin" else course
    app = DlwpApp(chosen, warm_up=False)
    async with app.run_test(size=WIDE) as pilot:
        await at(pilot, app, "1.1", 0)
        assert not app.screen.query_one(Welcome).display


def test_a_course_that_begins_with_no_section_of_its_own(course: Course) -> None:
    assert course.begin == "1.1" and not course.problems
    book = course.content / "book.toml"
    book.write_text(book.read_text(encoding="utf-8").replace('begin = "1.1"', 'begin = "7.7"'), encoding="utf-8")
    (problem,) = reader.read(course.content).problems
    assert (problem.file, problem.where) == ("book.toml", "begin") and "7.7" in problem.message


async def test_the_footer_offers_what_can_be_done_here(course: Course) -> None:
    app = DlwpApp(course, "1.1", warm_up=False)
    async with app.run_test(size=WIDE) as pilot:
        await at(pilot, app, "1.1", 0)
        await until(pilot, lambda: "r run" in footer(app), "the first look")
        assert "stop" not in footer(app) and "compare" not in footer(app) and "panes" not in footer(app)
        run = LiveRun({"epochs": 3})
        await until(pilot, lambda: "s stop" in footer(app), "a run at work")
        run.epoch(1, 3)
        run.end()
        await until(pilot, lambda: "stop" not in footer(app), "its end")
        await pilot.press("n")
        await at(pilot, app, "1.2", 0)
        await until(pilot, lambda: "r run" not in footer(app), "a section without a lesson")
        assert "params" not in footer(app) and "? help" in footer(app)


async def test_in_a_narrow_window_the_footer_names_the_panes(course: Course) -> None:
    app = DlwpApp(course, "1.1", warm_up=False)
    async with app.run_test(size=NARROW) as pilot:
        await at(pilot, app, "1.1", 0)
        await until(pilot, lambda: "1 2 3 panes" in "\n".join(rows(app)), "the panes")
