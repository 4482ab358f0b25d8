"""Time and memory in the form: where they are from, that they follow what is typed, and that too little memory asks."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Button

from dlwp_tui.analysis.estimates import Estimator, Timing
from dlwp_tui.core import hardware, paths
from dlwp_tui.core.types import Value
from dlwp_tui.course import reader
from dlwp_tui.engine import control
from dlwp_tui.runs import state, store
from dlwp_tui.runs.state import RunState
from dlwp_tui.tui.app import DlwpApp
from dlwp_tui.tui.bench.estimate_line import EstimateLine
from dlwp_tui.tui.bench.field import FieldInput
from dlwp_tui.tui.bench.form import ParamsForm
from dlwp_tui.tui.bench.pane import BenchPane
from dlwp_tui.tui.dialogs import AskDialog
from dlwp_tui.tui.reader.cards import ExperimentBlock
from dlwp_tui.tui.reader.note import NotePane
from dlwp_tui.tui.session import RunRequest, Session
from tests.tui.bench.bench_runs import BenchApp, rows, until

pytestmark = pytest.mark.usefixtures("playground_dir")
PARAMS: dict[str, Value] = {"epochs": 5, "pause": 0.0, "batch_size": 8, "units": 16}


def estimator(*timings: Timing) -> Estimator:
    return Estimator(reader.load().lesson("1.1"), timings)


def timing(seconds: float, **fields: Any) -> Timing:
    return Timing("run", PARAMS, seconds, **fields)


def line(app: BenchApp | DlwpApp) -> EstimateLine:
    return app.screen.query_one(EstimateLine)


async def test_time_and_memory_follow_what_is_typed() -> None:
    app = BenchApp()
    async with app.run_test(size=(70, 30)) as pilot:
        app.bench.tabs.show_tab("params")
        assert line(app).text == ""  # nothing is claimed before anything was read
        epochs = app.bench.query_one("#param-epochs", FieldInput)
        epochs.value = "5"
        app.bench.tabs.params.set_estimator(estimator(timing(10, peak_mb=460)), 18637)
        await pilot.pause()
        assert line(app).text == "about 10 s (as last time)\nmemory: needs up to 460 MB, 18.2 GB free"
        assert "memory: needs up to 460 MB, 18.2 GB free" in "\n".join(rows(app))
        epochs.value = "20"
        await pilot.pause()
        assert line(app).text.startswith("about 40 s (as last time)")
        epochs.value = "-"
        await pilot.pause()
        assert line(app).text == ""
        epochs.value = "5"
        app.bench.query_one("#param-units", FieldInput).value = "100"
        await pilot.pause()
        assert line(app).text.startswith("time: not known yet   T tries a few steps\nmemory: needs up to 50 MB")
        await until(pilot, lambda: "memory: needs up to 50 MB" in "\n".join(rows(app)), "the second row")


async def test_little_memory_is_marked_by_a_sign_too() -> None:
    app = BenchApp()
    async with app.run_test(size=(70, 30)) as pilot:
        app.bench.tabs.show_tab("params")
        app.bench.tabs.params.set_estimator(estimator(timing(10, peak_mb=460)), 18637)
        line(app).free_mb = 459
        await pilot.pause()
        assert "! memory: needs up to 460 MB, 459 MB free" in "\n".join(rows(app))
        line(app).free_mb = 460
        await pilot.pause()
        assert "!" not in line(app).text


async def test_a_dry_run_is_started_and_cancelled(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[RunRequest] = []
    over = threading.Event()

    def dry_run(_session: Session, request: RunRequest) -> None:
        asked.append(request)
        over.wait(30)

    monkeypatch.setattr(Session, "dry_run", dry_run)
    monkeypatch.setattr(Session, "cancel_dry_run", lambda _session: over.set())
    app = DlwpApp(reader.load(), "1.1", warm_up=False)
    async with app.run_test(size=(160, 45)) as pilot:
        form = await opened(pilot)
        over.clear()
        form.set_values({"epochs": 0})
        await pilot.press("v", "T")
        await until(pilot, lambda: isinstance(app.focused, FieldInput), "the bad field")
        assert not asked and app.screen.query_one(BenchPane).tabs.tab == "params"  # a bad value starts nothing
        form.set_values({"epochs": 7})
        await pilot.press("T")
        await until(pilot, lambda: asked, "the dry run")
        assert asked[0].values == PARAMS | {"epochs": 7}
        assert "trying the first steps: 0 s   T calls it off" in line(app).text
        await pilot.press("T")
        await until(pilot, lambda: line(app).text.startswith("time: not known yet"), "its end")
        assert len(asked) == 1


async def test_another_lessons_estimate_is_not_shown() -> None:
    app = BenchApp()
    async with app.run_test(size=(70, 30)) as pilot:
        other = reader.load().lesson("1.1").model_copy(update={"id": "9.9"})
        app.bench.tabs.params.set_estimator(Estimator(other, (timing(10),)), 9999)
        await pilot.pause()
        assert line(app).text == ""


async def opened(pilot: Pilot[None]) -> ParamsForm:
    await until(
        pilot, lambda: pilot.app.screen.query(EstimateLine) and pilot.app.screen.query_one(EstimateLine).estimate
    )
    return pilot.app.screen.query_one(ParamsForm)


async def test_the_app_makes_a_dry_run_and_keeps_its_result() -> None:
    app = DlwpApp(reader.load(), "1.1", warm_up=False)
    async with app.run_test(size=(160, 45)) as pilot:
        form = await opened(pilot)
        assert line(app).text.startswith("time: not known yet")
        form.set_values({"epochs": 300, "pause": 0.2})
        await pilot.press("T")
        await until(pilot, lambda: line(app).dry_run_began, "the dry run")
        await until(pilot, lambda: "(after a dry run)" in line(app).text, "its result", 30)
        estimate = line(app).estimate
        assert estimate is not None and 50 < (estimate.seconds or 0) < 100
        assert not paths.runs().exists() or not list(paths.runs().iterdir())
        form.set_values({"epochs": 2, "pause": 0.0})
        await pilot.press("r")
        await until(pilot, lambda: "about 1 s (as last time)" in line(app).text, "its own history", 30)


async def test_leaving_the_section_cancels_the_dry_run(course_dir: object) -> None:
    app = DlwpApp(reader.load(), "1.1", warm_up=False)
    async with app.run_test(size=(160, 45)) as pilot:
        form = await opened(pilot)
        form.set_values({"mode": "hang", "epochs": 100000})
        await pilot.press("T")
        root = paths.cache() / "dry-runs"
        await until(pilot, lambda: root.exists() and list(root.iterdir()), "its folder", 30)
        await pilot.press("n")
        await until(pilot, lambda: not list(root.iterdir()), "its end", 30)
        await until(pilot, lambda: line(app).dry_run_began is None, "the form to show it")


@pytest.fixture
def little(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hardware, "ram_free", lambda: 20 << 20)


@pytest.mark.usefixtures("little")
async def test_too_little_memory_asks_and_the_safe_answer_comes_first() -> None:
    app = DlwpApp(reader.load(), "1.1", warm_up=False)
    async with app.run_test(size=(100, 30)) as pilot:
        await opened(pilot)
        await pilot.press("r")
        await until(pilot, lambda: isinstance(app.screen, AskDialog), "the question")
        text = "\n".join(rows(app))
        assert "needs about 50 MB of memory, 20 MB are free" in text
        assert isinstance(app.focused, Button) and app.focused.id == "no"
        await pilot.press("enter")
        await until(pilot, lambda: not isinstance(app.screen, AskDialog), "its end")
        assert store.all() == []
        await pilot.press("r")
        await until(pilot, lambda: isinstance(app.screen, AskDialog), "the question again")
        await pilot.press("right", "enter")
        await until(pilot, store.all, "the run")
        (folder,) = store.all()
        await until(pilot, lambda: state.current(folder) is RunState.FINISHED, "its end", 30)
        await until(pilot, lambda: app.screen.query_one(BenchPane).shown is not None, "the run in the bench")
    assert control.active() == []


async def test_free_memory_is_kept_up_to_date(monkeypatch: pytest.MonkeyPatch) -> None:
    app = DlwpApp(reader.load(), "1.1", warm_up=False)
    async with app.run_test(size=(160, 45)) as pilot:
        await opened(pilot)
        monkeypatch.setattr(hardware, "ram_free", lambda: 12345 << 20)
        await until(pilot, lambda: "12.1 GB free" in line(app).text, "the new figure")


async def test_an_experiment_says_how_long_its_runs_take_together(course_dir: object) -> None:
    lesson = reader.load().lesson("1.1")
    app = DlwpApp(reader.load(), "1.1", warm_up=False)
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(pilot)
        form, note = app.screen.query_one(ParamsForm), app.screen.query_one(NotePane)
        form.set_estimator(Estimator(lesson), 18637)
        await _ask(pilot, note)
        assert "not known yet" in "\n".join(rows(app))
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(app.screen, AskDialog), "its end")
        base, big = (lesson.values("quick", {"rate": rate}) for rate in (lesson.values("quick")["rate"], 2.0))
        form.set_estimator(Estimator(lesson, (Timing("run", base, 30.0), Timing("run", big, 70.0))), 18637)
        await _ask(pilot, note)
        assert "That takes about 5 min here." in "\n".join(rows(app))  # three seeds of both
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(app.screen, AskDialog), "its end")
        form.set_estimator(Estimator(lesson, (Timing("preset", base, 60.0),)), 18637)
        await _ask(pilot, note)
        assert "about 6 min" in "\n".join(rows(app))  # the side that is not known counts as the preset


async def _ask(pilot: Pilot[None], note: NotePane) -> None:
    """Press the experiment card."""
    lesson = reader.load().lesson("1.1")
    note.post_message(ExperimentBlock.Pressed(lesson, lesson.experiment("more-rate-more-loss")))
    await until(pilot, lambda: isinstance(pilot.app.screen, AskDialog), "the question")
    await pilot.pause()
