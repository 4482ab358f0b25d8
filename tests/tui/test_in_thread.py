"""What goes wrong in a thread behind the screen is told, whatever it is; a bug leaves its traceback in the log."""

from __future__ import annotations

import threading
from functools import partial

import pytest
from textual.app import App, ComposeResult
from textual.widget import Widget

from dlwp_tui.core.errors import StorageError
from dlwp_tui.course import reader
from dlwp_tui.tui.app import DlwpApp
from dlwp_tui.tui.bench.messages import DemoAsked
from dlwp_tui.tui.bench.output import OutputView
from dlwp_tui.tui.bench.pane import BenchPane
from dlwp_tui.tui.in_thread import LOG_SIZE, in_thread, log_file
from dlwp_tui.tui.screens.panes import Panes
from dlwp_tui.tui.screens.study import StudyScreen
from dlwp_tui.tui.session import Session
from tests.tui.bench.bench_runs import BenchApp, settled, until


class Worker(Widget):
    """Raises in a thread what it is told to; None goes well."""

    begun, gate, over = threading.Event(), threading.Event(), threading.Event()

    @in_thread(group="once")
    def once(self, error: BaseException | None) -> None:
        if error is not None:
            raise error

    @in_thread(group="polled", polled=True)
    def poll(self, error: BaseException | None) -> None:
        if error is not None:
            raise error

    @in_thread(group="late")
    def late(self) -> None:
        self.begun.set()
        self.gate.wait(10)
        try:
            self.query_one("#gone")
        finally:
            self.over.set()

    @in_thread(group="callback")
    def call_back(self) -> None:
        self.app.call_from_thread(lambda: dict[str, str]()["none"])


class Bench(App[None]):
    def compose(self) -> ComposeResult:
        yield Worker()

    @property
    def worker(self) -> Worker:
        return self.query_one(Worker)


def notices(app: App[None]) -> list[tuple[str, str, str]]:
    return [(notice.title, notice.message, notice.severity) for notice in app._notifications]


def count_is(app: App[None], count: int) -> bool:
    return len(notices(app)) == count


async def test_an_expected_error_is_its_sentence_and_leaves_no_log() -> None:
    app = Bench()
    async with app.run_test() as pilot:
        app.worker.once(StorageError("The disk is [full].", "Free some space."))
        await until(pilot, lambda: len(notices(app)) == 1, "the first")
        app.worker.once(FileNotFoundError(2, "No such file", "/x"))
        await until(pilot, lambda: len(notices(app)) == 2, "the second")
        assert notices(app) == [
            ("The disk is [full].", "Free some space.", "error"),
            ("", "FileNotFoundError: [Errno 2] No such file: '/x'", "error"),
        ]
    assert not log_file().exists()


@pytest.mark.parametrize(("action", "kind"), [("once", "ZeroDivisionError: {odd}"), ("call_back", "KeyError: 'none'")])
async def test_a_bug_is_told_and_its_traceback_written(action: str, kind: str) -> None:
    app = Bench()
    async with app.run_test() as pilot:
        getattr(app.worker, action)(*([ZeroDivisionError("{odd}")] if action == "once" else []))
        await until(pilot, lambda: notices(app), "the notice")
        [(title, message, severity)] = notices(app)
        assert kind in title and severity == "error"
        assert str(log_file()) in message
        assert app.is_running
    log = log_file().read_text(encoding="utf-8")
    assert kind in log and "Traceback" in log and "test_in_thread.py" in log


async def test_a_log_that_cannot_be_written_keeps_nothing_from_the_learner() -> None:
    log_file().mkdir(parents=True)
    app = Bench()
    async with app.run_test() as pilot:
        app.worker.once(KeyError("x"))
        await until(pilot, lambda: notices(app), "the notice")
        [(title, message, _severity)] = notices(app)
        assert "KeyError" in title and "directory" in message


async def test_the_log_does_not_grow_for_ever() -> None:
    log_file().parent.mkdir(parents=True)
    log_file().write_text("old" * LOG_SIZE, encoding="utf-8")
    app = Bench()
    async with app.run_test() as pilot:
        for number in (1, 2):
            app.worker.once(KeyError(f"number {number}"))
            await until(pilot, partial(count_is, app, number), "the notice")
    log = log_file().read_text(encoding="utf-8")
    assert "old" not in log and "number 1" in log and "number 2" in log


async def test_what_is_done_each_second_says_the_same_once_until_it_goes_well() -> None:
    app = Bench()
    async with app.run_test() as pilot:
        for errors, count in (
            ([ValueError("a"), ValueError("a"), ValueError("b")], 2),
            ([ValueError("b"), None, ValueError("b")], 3),
        ):
            for error in errors:
                await app.worker.poll(error)._task  # type: ignore[misc]
            await until(pilot, partial(count_is, app, count), f"{count} notices")
        for _again in range(2):
            await app.worker.once(ValueError("b"))._task  # type: ignore[misc]
        await until(pilot, lambda: len(notices(app)) == 5, "both: a key was pressed twice")


async def test_a_screen_that_was_left_has_nothing_to_tell() -> None:
    app = Bench()
    async with app.run_test() as pilot:
        worker = app.worker
        worker.late()
        await until(pilot, worker.begun.is_set, "the thread to begin")
        await worker.remove()
        Worker.gate.set()
        await until(pilot, worker.over.is_set, "the thread to end")
        await settled(pilot)
        assert notices(app) == []
    assert not log_file().exists()


async def test_a_history_that_cannot_be_read_leaves_the_app_open(
    course_dir: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_lesson: str | None) -> list[object]:
        raise PermissionError(13, "no entry", "runs")

    monkeypatch.setattr("dlwp_tui.analysis.history.history", broken)
    app = BenchApp()
    async with app.run_test(size=(64, 40)) as pilot:
        app.bench.tabs.show_tab("history", focus=True)
        await until(pilot, lambda: any("no entry" in message for _title, message, _sev in notices(app)), "the notice")
        await pilot.press("down")
        assert app.is_running and app.query_one(BenchPane).tabs.tab == "history"


async def test_a_bug_while_the_runs_are_looked_at_is_told_once(
    course_dir: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[int] = []

    def broken(_session: Session) -> tuple[list[object], int]:
        calls.append(1)
        raise AttributeError("a bug")

    monkeypatch.setattr(Session, "active", broken)
    monkeypatch.setattr("dlwp_tui.tui.screens.runs.POLL_ACTIVE_S", 0.1)
    app = DlwpApp(reader.load(), warm_up=False)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: len(calls) > 3, "some looks")
        assert [title for title, _message, _sev in notices(app)] == ["An error in the program: AttributeError: a bug"]
    assert log_file().read_text(encoding="utf-8").count("AttributeError: a bug") == 1


async def test_a_demo_with_a_bug_answers_and_is_told(course_dir: object, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: object) -> dict[str, object]:
        raise TypeError("in the demo")

    monkeypatch.setattr("dlwp_tui.tui.bench.demos.Demos.ask", broken)
    answers: list[object] = []
    monkeypatch.setattr(OutputView, "set_demo_answer", lambda self, answer: answers.append(answer) if answer else None)
    app = DlwpApp(reader.load(), warm_up=False)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, StudyScreen) and app.screen.panes.lesson, "the screen")
        assert isinstance(app.screen, StudyScreen)
        app.screen.query_one(OutputView).post_message(DemoAsked("run", "demo", "text"))
        await until(pilot, lambda: notices(app), "the notice")
        assert answers == [{"error": "TypeError: in the demo"}]


async def test_the_section_is_opened_once(course_dir: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """And not once for each controller, or each class of the screen, that handles Mount."""
    opened: list[str] = []
    open_section = Panes.open_section

    def counted(panes: Panes, section: reader.Section, page: int = 0) -> None:
        opened.append(section.id)
        open_section(panes, section, page)

    monkeypatch.setattr(Panes, "open_section", counted)
    app = DlwpApp(reader.load(), warm_up=False)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, StudyScreen) and app.screen.panes.lesson, "the screen")
        await settled(pilot)
        assert opened == ["1.1"]
