"""History: a table of runs and what can be done with one; the hardware bar."""

from __future__ import annotations

import pytest
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from dlwp_tui.core import hardware
from dlwp_tui.course import reader
from dlwp_tui.tui.app import DlwpApp
from dlwp_tui.tui.bench.history import HistoryView
from dlwp_tui.tui.bench.messages import (
    DeleteRequested,
    ExportRequested,
    RerunRequested,
    UseParamsRequested,
)
from dlwp_tui.tui.bench.pane import BenchPane
from dlwp_tui.tui.hardware_bar import HardwareBar
from dlwp_tui.tui.session import Session
from tests.tui.bench.bench_runs import BenchApp, LiveRun, finished, rows, until

pytestmark = pytest.mark.usefixtures("course_dir")
SIZE = (100, 30)


def table(app: BenchApp) -> HistoryView:
    return app.bench.query_one(HistoryView)


async def open_history(app: BenchApp, pilot: Pilot[None], count: int) -> None:
    await until(pilot, lambda: app.bench.region.height, "the bench on the screen")
    app.bench.tabs.action_open("history")
    await until(pilot, lambda: len(table(app).rows) == count, f"{count} runs")
    await until(pilot, lambda: table(app).has_focus_within, "the table to have the focus")


async def test_rows_tell_state_params_and_best_figures() -> None:
    finished({"rate": 2.0}, ago=500)
    run = LiveRun()
    run.epoch(1)
    run.end("failed", error={"type": "ValueError", "message": "m", "lines": []})
    app = BenchApp()
    async with app.run_test(size=SIZE) as pilot:
        await open_history(app, pilot, 2)
        await until(pilot, lambda: "failed" in "\n".join(rows(app)), "the rows on the screen")
        text = "\n".join(rows(app))
        assert "✗ failed" in text and "✓ finished" in text and "rate=2.0" in text
        assert "0.3000" in text  # best val_loss of the finished run: 1/5 + 0.1
        assert table(app).rows[0].id == run.folder.id


async def test_an_empty_history_says_what_to_do() -> None:
    app = BenchApp()
    async with app.run_test(size=SIZE) as pilot:
        app.bench.tabs.action_open("history")
        await until(pilot, lambda: "No runs yet" in "\n".join(rows(app)), "the hint")


async def test_enter_shows_curves_and_c_toggles_an_overlay() -> None:
    older = finished({"rate": 2.0}, ago=500)
    newer = finished(ago=5)
    app = BenchApp()
    async with app.run_test(size=SIZE) as pilot:
        await open_history(app, pilot, 2)
        await until(pilot, lambda: app.bench.shown is not None, "the newest run")
        assert app.view.folder == newer
        await pilot.press("down")
        app.bench.action_compare()
        await until(pilot, lambda: [view.folder for view in app.bench.comparison.overlays] == [older], "the overlay")
        app.bench.action_compare()
        await until(pilot, lambda: app.bench.comparison.overlays == [], "the overlay to go")
        await pilot.press("enter")
        await until(pilot, lambda: app.bench.tabs.tab == "curves", "the curves")
        assert app.view.folder == older


async def test_keys_post_what_they_say() -> None:
    folder = finished({"rate": 2.0, "epochs": 7}, ago=500)
    app = BenchApp()
    async with app.run_test(size=SIZE) as pilot:
        await open_history(app, pilot, 1)
        await pilot.press("e", "w")
        await until(pilot, lambda: app.of(ExportRequested), "ExportRequested")
        assert app.of(RerunRequested)[0].run_id == app.of(ExportRequested)[0].run_id == folder.id
        await pilot.press("f")
        await until(pilot, lambda: app.of(UseParamsRequested) and app.bench.tabs.tab == "params", "the form")
        assert app.bench.tabs.params.values()["rate"] == 2.0 and app.bench.tabs.params.values()["epochs"] == 7


async def test_delete_asks_first() -> None:
    folder = finished(ago=500)
    app = BenchApp()
    async with app.run_test(size=SIZE) as pilot:
        await open_history(app, pilot, 1)
        await pilot.press("delete")
        assert "Del again" in "\n".join(rows(app)) and not app.of(DeleteRequested)
        await pilot.press("escape")
        assert "Del again" not in "\n".join(rows(app))
        await pilot.press("delete", "delete")
        await until(pilot, lambda: app.of(DeleteRequested), "DeleteRequested")
        assert app.of(DeleteRequested)[0].run_id == folder.id


async def test_a_run_at_work_is_not_deleted_but_can_be_stopped_and_paused(
    course_dir: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, str]] = []
    monkeypatch.setattr(Session, "stop", lambda _session, run_id: asked.append(("stop", run_id)))
    monkeypatch.setattr(
        Session, "pause_or_go_on", lambda _session, run_id, force=False: asked.append(("pause", run_id))
    )
    run = LiveRun()
    run.epoch(1)
    app = DlwpApp(reader.load(), "1.1", warm_up=False)
    async with app.run_test(size=(160, 45)) as pilot:
        await until(pilot, lambda: app.screen.query(BenchPane) and app.screen.query_one(BenchPane).running, "the run")
        await pilot.press("h")
        await until(pilot, lambda: app.screen.query_one(HistoryView).has_focus_within, "the table to have the focus")
        await until(pilot, lambda: app.screen.query_one(HistoryView).rows, "its row")
        await pilot.press("delete", "delete", "s", "z")
        await until(pilot, lambda: len(asked) == 2, "both")
        assert sorted(asked) == [("pause", run.folder.id), ("stop", run.folder.id)]
        assert run.folder.path.exists() and any("Stop it first" in one.message for one in app._notifications)
    run.end()


async def test_a_deleted_run_is_shown_no_longer() -> None:
    folder = finished(ago=500)
    app = BenchApp()
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: app.bench.shown is not None, "the run")
        from dlwp_tui.runs import store

        store.delete(folder)
        app.bench.forget(folder.id)
        assert app.bench.shown is None
        await until(pilot, lambda: table(app).rows == [], "an empty history")


class BarApp(App[None]):
    def compose(self) -> ComposeResult:
        yield HardwareBar()


async def test_the_hardware_bar_shows_a_sample_and_the_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    gpu = hardware.Gpu(0, "NVIDIA H200", 12 * 2**30, 141 * 2**30, 37, 54, 210.0)
    sample = hardware.Hardware(41.0, 2, 5 * 2**30, 24 * 2**30, (gpu,))
    monkeypatch.setattr(hardware, "sample", lambda: sample)
    app = BarApp()
    async with app.run_test(size=(140, 5)) as pilot:
        bar = app.query_one(HardwareBar)
        await until(pilot, lambda: bar.sample is not None, "a sample")
        bar.set_runs(3, 2)
        await pilot.pause()
        assert "CPU  41%" in rows(app)[0] and "GPU0 H200  37%" in rows(app)[0]
        assert "runs 1 · queued 2" in rows(app)[0]
        assert bar.size.width == len(bar.text)


@pytest.mark.parametrize(("columns", "text"), [(60, ""), (90, "CPU  41%"), (140, "GPU0")])
async def test_the_bar_keeps_to_the_room_there_is(monkeypatch: pytest.MonkeyPatch, columns: int, text: str) -> None:
    gpu = hardware.Gpu(0, "NVIDIA H200", 12 * 2**30, 141 * 2**30, 37, 54, 210.0)
    sample = hardware.Hardware(41.0, 2, 5 * 2**30, 24 * 2**30, (gpu,))
    monkeypatch.setattr(hardware, "sample", lambda: sample)
    app = BarApp()
    async with app.run_test(size=(columns, 5)) as pilot:
        bar = app.query_one(HardwareBar)
        await until(pilot, lambda: bar.sample is not None, "a sample")
        assert text in bar.text and ("GPU" in bar.text) == (columns == 140)
