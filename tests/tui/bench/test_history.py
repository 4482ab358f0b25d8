"""History: a table of runs and what can be done with one; the hardware bar."""

from __future__ import annotations

from collections.abc import Sequence
from time import process_time

import pytest
from rich.cells import cell_len
from textual import events
from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.widgets import Input

from dlwp_tui.core import hardware
from dlwp_tui.course import reader
from dlwp_tui.runs import labels, store, trash
from dlwp_tui.runs.folder import RunFolder
from dlwp_tui.runs.labels import Labels
from dlwp_tui.tui.app import DlwpApp
from dlwp_tui.tui.bench.filter_line import FilterInput
from dlwp_tui.tui.bench.history import HistoryView
from dlwp_tui.tui.bench.messages import (
    DeleteRequested,
    ExportRequested,
    RerunRequested,
    UseParamsRequested,
)
from dlwp_tui.tui.bench.pane import BenchPane
from dlwp_tui.tui.bench.run_table import RunTable
from dlwp_tui.tui.dialogs import TextDialog
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


def cursor(app: BenchApp) -> str:
    """The id of the run under the cursor; "" where there is none."""
    row = table(app).current
    return "" if row is None else row.id


async def in_study(app: DlwpApp, pilot: Pilot[None], count: int) -> HistoryView:
    """The history of the whole app, open."""
    await until(pilot, lambda: app.screen.query(BenchPane) and app.screen.query_one(BenchPane).shown, "a run")
    await pilot.press("h")
    history = app.screen.query_one(HistoryView)
    await until(pilot, lambda: history.has_focus_within and len(history.listed) == count, f"{count} runs")
    return history


def ids(folders: Sequence[object]) -> list[str]:
    """Ids of runs, of their folders or rows."""
    return [str(one.id) for one in folders]  # type: ignore[attr-defined]


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
        assert "✗ failed" in text and "✓ finished" in text and "rate 2 " in text
        assert "best val_loss" in text and "0.3000" in text  # of the finished run: 1/5 + 0.1
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
        await pilot.press("P")
        await until(pilot, lambda: app.of(UseParamsRequested) and app.bench.tabs.tab == "params", "the form")
        assert app.bench.tabs.params.values()["rate"] == 2.0 and app.bench.tabs.params.values()["epochs"] == 7


async def test_delete_asks_first() -> None:
    folder = finished(ago=500)
    app = BenchApp()
    async with app.run_test(size=SIZE) as pilot:
        await open_history(app, pilot, 1)
        await pilot.press("delete")
        await until(pilot, lambda: "Del again" in "\n".join(rows(app)), "the question")
        assert not app.of(DeleteRequested)
        await pilot.press("escape")
        await until(pilot, lambda: "Del again" not in "\n".join(rows(app)), "the question to go")
        await pilot.press("delete", "delete")
        await until(pilot, lambda: app.of(DeleteRequested), "DeleteRequested")
        assert app.of(DeleteRequested)[0].run_id == folder.id


async def test_the_question_goes_with_the_cursor() -> None:
    finished(ago=500), finished(ago=5)
    app = BenchApp()
    async with app.run_test(size=SIZE) as pilot:
        await open_history(app, pilot, 2)
        await pilot.press("delete", "down", "delete")
        await pilot.pause()
        assert not app.of(DeleteRequested), "the second press was on another run"


@pytest.mark.parametrize("size", [(160, 45), (120, 40), (80, 24)])
async def test_deleted_runs_come_back_until_the_app_ends(size: tuple[int, int]) -> None:
    older, newer = finished({"rate": 2.0}, ago=500), finished(ago=5)
    app = DlwpApp(reader.load(), "1.1", warm_up=False)
    async with app.run_test(size=size) as pilot:
        history = await in_study(app, pilot, 2)
        await pilot.press("down", "delete", "delete")
        await until(pilot, lambda: [row.id for row in history.rows] == [newer.id], "the run to go")
        text = "\n".join(rows(app))
        assert "U brings" in text and not older.path.exists() and "Runs: 1" in text
        await pilot.press("delete", "delete")
        await until(pilot, lambda: not history.rows and history.deleted[0] == 2, "the other one to go")
        await pilot.press("U")
        await until(pilot, lambda: [row.id for row in history.rows] == [newer.id], "the last one first")
        await pilot.press("U")
        await until(pilot, lambda: len(history.rows) == 2 and history.current is not None, "both")
        assert history.current is not None and history.current.id == older.id
        await until(pilot, lambda: history.deleted == (0, 0), "nothing left to bring back")
        await pilot.press("U")
        await until(pilot, lambda: "Nothing was deleted" in "\n".join(rows(app)), "a sentence")
        await pilot.press("delete", "delete")
        await until(pilot, lambda: history.deleted[0] == 1, "one more deleted")
        assert len(trash.kept()) == 1
    assert trash.kept() == [], "the app has ended"
    assert [folder.id for folder in store.all()] == [newer.id]


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


@pytest.mark.parametrize(("columns", "text"), [(60, ""), (90, "GPU0  37%  12/141G"), (140, "GPU0")])
async def test_the_bar_keeps_to_the_room_there_is(monkeypatch: pytest.MonkeyPatch, columns: int, text: str) -> None:
    gpu = hardware.Gpu(0, "NVIDIA H200", 12 * 2**30, 141 * 2**30, 37, 54, 210.0)
    sample = hardware.Hardware(41.0, 2, 5 * 2**30, 24 * 2**30, (gpu,))
    monkeypatch.setattr(hardware, "sample", lambda: sample)
    app = BarApp()
    async with app.run_test(size=(columns, 5)) as pilot:
        bar = app.query_one(HardwareBar)
        await until(pilot, lambda: bar.sample is not None, "a sample")
        assert text in bar.text and ("210" in bar.text) == (columns == 140)


# -- what the table shows, and where its cursor is -----------------------------------------------------------------


async def test_the_cursor_opens_on_the_newest_run_and_stays_on_its_run() -> None:
    runs = [finished({"rate": float(number)}, ago=500 - number) for number in range(1, 4)]
    app = BenchApp()
    async with app.run_test(size=SIZE) as pilot:
        await open_history(app, pilot, 3)
        history = table(app)
        assert history.current is not None and history.current.id == runs[-1].id
        await pilot.press("down")
        finished({"rate": 9.0}, ago=1)  # from elsewhere
        history.reload()
        await until(pilot, lambda: len(history.rows) == 4, "the new run")
        assert history.current.id == runs[1].id
        store.delete(runs[2])
        history.reload()
        await until(pilot, lambda: len(history.rows) == 3, "one to go")
        assert history.current.id == runs[1].id
        store.delete(runs[1])
        history.reload()
        await until(pilot, lambda: len(history.rows) == 2, "the one under the cursor to go")
        assert history.current.id == runs[0].id, "the run at its place"


async def test_the_cursor_is_on_a_run_started_since_the_tab_was_open() -> None:
    older = finished({"rate": 2.0}, ago=500)
    finished(ago=50)
    app = BenchApp()
    async with app.run_test(size=SIZE) as pilot:
        await open_history(app, pilot, 2)
        await pilot.press("down")
        app.bench.tabs.action_open("curves")
        await pilot.pause()
        app.bench.tabs.action_open("history")
        await until(pilot, lambda: table(app).has_focus_within, "the table to have the focus")
        assert cursor(app) == older.id
        app.bench.tabs.action_open("curves")
        newest = finished({"rate": 3.0}, ago=1)
        app.bench.tabs.action_open("history")
        await until(pilot, lambda: cursor(app) == newest.id, "the cursor on the new run")


@pytest.mark.parametrize("width", [46, 58, 78, 118, 158])
async def test_nothing_needed_is_pushed_off_the_screen(width: int) -> None:
    finished({"rate": 2.0, "epochs": 7, "mode": "ok"}, ago=500), finished(ago=5)
    app = BenchApp()
    async with app.run_test(size=(width, 22)) as pilot:
        await open_history(app, pilot, 2)
        head, first, second = rows(app)[2:5]
        assert {cell_len(line) for line in rows(app)} == {width}
        assert "✓" in second and "book · epochs 7 · rate 2" in second and second.count("…") == 0
        assert "0.3000" in first and "best" in head and ("✓ finished" in second) == (width > 50)
        shown = app.bench.tabs.history.query_one(RunTable).shown_columns
        assert ("seed" in shown) == (width > 80) and ("epoch" in shown) == (width > 60)
        text = "\n".join(rows(app))
        assert "Runs: 2 · " in text and table(app).rows[0].id[-4:] in text


async def test_the_scroll_bar_covers_no_column() -> None:
    copies(finished(ago=5), 30)
    app = BenchApp()
    async with app.run_test(size=(78, 22)) as pilot:
        await open_history(app, pilot, 31)
        shown = app.bench.tabs.history.query_one(RunTable)
        assert shown.show_vertical_scrollbar
        for columns in range(60, 110):
            await pilot.resize_terminal(columns, 22)
            await pilot.pause()
            headings = rows(app)[2].split()
            assert cell_len(rows(app)[2]) == columns
            assert {*shown.shown_columns} - {"sign", "state", "figure"} <= {*headings}, "each is whole"


async def test_best_or_last() -> None:
    run = LiveRun()
    for number, value in enumerate((0.5, 0.25, 0.75), 1):
        run.epoch(number, 3, loss=1 / number, val_loss=value)
    run.end()
    app = BenchApp()
    async with app.run_test(size=SIZE) as pilot:
        await open_history(app, pilot, 1)
        assert "best val_loss" in rows(app)[2] and "0.2500" in rows(app)[3]
        await pilot.press("g")
        await until(pilot, lambda: "last val_loss" in rows(app)[2], "the last one")
        assert "0.7500" in rows(app)[3]


# -- filter and order ----------------------------------------------------------------------------------------------


async def test_the_filter_lists_what_fits_while_it_is_typed() -> None:
    other, book = finished({"rate": 2.0}, ago=500), finished(ago=5)
    app = BenchApp()
    async with app.run_test(size=SIZE) as pilot:
        await open_history(app, pilot, 2)
        await pilot.press("f", *"rate=2")
        await until(pilot, lambda: ids(table(app).listed) == [other.id], "one of two")
        assert "Runs: 1 of 2" in "\n".join(rows(app)) and ids(table(app).rows) == [book.id, other.id]
        await pilot.press(*".5")
        await until(pilot, lambda: "No run fits. f changes" in "\n".join(rows(app)), "what to do")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.focused, RunTable), "the table to have the focus")
        assert "rate=2.5" in "\n".join(rows(app)), "the words stay in sight"
        await pilot.press("escape")
        await until(pilot, lambda: len(table(app).listed) == 2, "both again")
        assert "rate=2.5" not in "\n".join(rows(app))


async def test_a_mistake_stands_under_the_line() -> None:
    finished(ago=5)
    app = BenchApp()
    async with app.run_test(size=SIZE) as pilot:
        await open_history(app, pilot, 1)
        await pilot.press("f")
        await until(pilot, lambda: "sort:val_loss" in "\n".join(rows(app)), "an example")
        await pilot.press(*"rate=")
        await until(pilot, lambda: "rate= lacks a value." in "\n".join(rows(app)), "the mistake")
        assert len(table(app).listed) == 1, "the beginning of a name is no word yet"
        await pilot.press("backspace", *"z=3")
        await until(pilot, lambda: "No run has ratez. Did you mean rate?" in "\n".join(rows(app)), "a suggestion")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.focused, RunTable), "the table to have the focus")
        assert "ratez" not in "\n".join(rows(app)) and len(table(app).listed) == 1


async def test_letters_in_one_piece_with_the_key_are_typed() -> None:
    finished({"rate": 2.0}, ago=500), finished(ago=5)
    app = BenchApp()
    async with app.run_test(size=SIZE) as pilot:
        await open_history(app, pilot, 2)
        for letter in "fab=1":
            app.post_message(events.Key({"=": "equals_sign"}.get(letter, letter), letter))
        await until(pilot, lambda: table(app).query_one(FilterInput).value == "ab=1", "all letters")
        assert not table(app).every_lesson and not table(app).rows[0].labels.archived, "none of them was a key"


async def test_letters_in_one_piece_with_a_key_that_opens_a_dialog_are_typed() -> None:
    finished(ago=5)
    app = BenchApp()
    async with app.run_test(size=SIZE) as pilot:
        await open_history(app, pilot, 1)
        for letter in "Rab":
            app.post_message(events.Key(letter, letter))
        await until(pilot, lambda: isinstance(app.screen, TextDialog) and app.screen.query_one(Input).value == "ab")
        await pilot.press("enter")
        await until(pilot, lambda: table(app).rows[0].labels.name == "ab", "the name")


async def test_the_order_walks_round_and_the_figure_follows_it() -> None:
    worse, better = finished({"rate": 2.0}, epochs=2, ago=500), finished(ago=900)
    app = BenchApp()
    async with app.run_test(size=SIZE) as pilot:
        await open_history(app, pilot, 2)
        assert ids(table(app).listed) == [worse.id, better.id], "newest first"
        await pilot.press("O")
        await until(pilot, lambda: ids(table(app).listed) == [better.id, worse.id], "the best first")
        assert "sort:val_loss" in "\n".join(rows(app)) and cursor(app) == worse.id, "still on its run"
        for _ in range(3):
            await pilot.press("O")
        await until(pilot, lambda: "sort:created" in "\n".join(rows(app)), "the oldest first")
        await pilot.press("O")
        await until(pilot, lambda: ids(table(app).listed) == [worse.id, better.id], "newest first")
        assert "sort:" not in "\n".join(rows(app))


# -- labels --------------------------------------------------------------------------------------------------------


async def test_name_tags_and_note_are_written_from_the_history() -> None:
    folder = finished(ago=5)
    app = BenchApp()
    async with app.run_test(size=SIZE) as pilot:
        await open_history(app, pilot, 1)
        for key, text in (("R", "mine"), ("number_sign", "good old"), ("W", "look again")):
            await pilot.press(key)
            await until(pilot, lambda: isinstance(app.screen, TextDialog), "the dialog")
            await pilot.press(*(letter if letter != " " else "space" for letter in text), "enter")
            await until(pilot, lambda: not isinstance(app.screen, TextDialog), "the dialog to go")
        await until(pilot, lambda: table(app).rows[0].labels.note, "the note")
        assert labels.read(folder) == Labels("mine", ("good", "old"), "look again")
        await until(pilot, lambda: "look again" in "\n".join(rows(app)), "the details")
        text = "\n".join(rows(app))
        assert "mine" in text and "#good #old" in text


async def test_a_run_that_was_put_away_is_listed_on_demand() -> None:
    finished({"rate": 2.0}, ago=500)
    newer = finished(ago=5)
    app = BenchApp()
    async with app.run_test(size=SIZE) as pilot:
        await open_history(app, pilot, 2)
        await pilot.press("a")
        await until(pilot, lambda: len(table(app).listed) == 1, "one to go")
        text = "\n".join(rows(app))
        assert "put away: 1" in text and f"Put away {newer.id[-4:]}" in text
        await pilot.press("f", *"archived", "enter")
        await until(pilot, lambda: len(table(app).listed) == 2, "both")
        assert "archived" in rows(app)[4], "the newest run's row, below line and headings"
        await pilot.press("home", "a")
        await until(pilot, lambda: not labels.read(newer).archived, "taken out again")
        await pilot.press("a", "end", "a", "escape")
        await until(pilot, lambda: "All runs are put away." in "\n".join(rows(app)), "what to do")


# -- many runs -----------------------------------------------------------------------------------------------------


def copies(folder: RunFolder, count: int) -> None:
    """So many runs more, each with a seed and a time of its own."""
    spec, events_ = store.read_spec(folder), folder.events.read_bytes()
    for number in range(count):
        run_id = f"20260102-{number // 60:02d}{number % 60:02d}-1.1-aaaa"
        made = store.create(spec.model_copy(update={"id": run_id, "created": spec.created - number, "seed": number}))
        made.events.write_bytes(events_)


async def test_a_thousand_runs_make_no_key_slow() -> None:
    copies(finished(ago=5), 999)
    app = BenchApp()
    times: dict[str, float] = {}
    async with app.run_test(size=SIZE) as pilot:
        await open_history(app, pilot, 1000)
        for key in ("down", "pagedown", "end", "home", "g", "O", "f", "9", "escape"):
            began = process_time()
            await pilot.press(key)
            await pilot.pause()
            times[key] = process_time() - began
        began = process_time()
        table(app).reload()
        await until(pilot, lambda: not list(app.workers), "the reading")
        times["reading"] = process_time() - began
    slow = {key: seconds for key, seconds in times.items() if seconds > 0.25}
    assert not slow, f"0.01 to 0.05 s on a quiet machine: {slow}"
