"""Curves: a live run from hand-written events, overlays, warnings, scales, and not one redraw too many."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from functools import partial
from statistics import median
from typing import Any

import pytest
from rich.cells import cell_len
from textual.pilot import Pilot
from textual.widgets import Static

from dlwp_tui.analysis import charting
from dlwp_tui.core import formats
from dlwp_tui.runs import packed
from dlwp_tui.runs.folder import RunFolder
from dlwp_tui.runs.state import RunState
from dlwp_tui.tui.bench import follow, style
from dlwp_tui.tui.bench.chart import Chart
from dlwp_tui.tui.bench.curves import LEAST_ROWS, CurvesView
from dlwp_tui.tui.bench.messages import RunStateChanged
from dlwp_tui.tui.bench.strip import RunStrip
from tests.tui.bench.bench_runs import BenchApp, LiveRun, finished, rows, settled, until

pytestmark = pytest.mark.usefixtures("course_dir")
SIZE = (70, 36)


def curves(app: BenchApp) -> CurvesView:
    return app.bench.query_one(CurvesView)


def charts(app: BenchApp) -> list[Chart]:
    return list(curves(app).query(Chart))


def dots(app: BenchApp) -> bool:
    """Whether the first chart has any curve."""
    return any(0x2800 < ord(sign) < 0x2900 for sign in charts(app)[0].text.split("\n", 2)[-1])


def note(app: BenchApp) -> str:
    return str(app.bench.query_one("#curves-note", Static).content)


async def test_an_empty_bench_says_what_to_do() -> None:
    app = BenchApp()
    async with app.run_test(size=SIZE) as pilot:
        app.bench.tabs.action_open("curves")
        await pilot.pause()
        assert "Press r to run" in "\n".join(rows(app))


async def test_a_run_is_followed_while_it_trains() -> None:
    run = LiveRun()
    app = BenchApp()
    async with app.run_test(size=SIZE) as pilot:
        app.show(run.folder, "curves")
        assert app.bench.running == run.folder
        run.epoch(1)
        await until(pilot, lambda: charts(app) and dots(app), "the first point")
        axis = charts(app)[0].text.split("\n")[-1]
        run.epoch(2)
        run.epoch(3)
        await until(pilot, lambda: app.view.epoch == 3 and "0.3333" in "\n".join(rows(app)), "three epochs")
        assert charts(app)[0].text.split("\n")[-1] == axis  # a running axis does not rescale
        assert dots(app)
        text = "\n".join(rows(app))
        assert "● training" in text and "epoch 3/5" in text and "loss  0.3333" in text
        run.end()
        await until(pilot, lambda: app.bench.running is None, "the end to be seen")
        await until(pilot, lambda: app.of(RunStateChanged), "RunStateChanged")
        changed = app.of(RunStateChanged)[-1]
        assert (changed.run_id, changed.lesson_id, changed.state) == (run.folder.id, "1.1", RunState.FINISHED)
        assert "✓ finished" in "\n".join(rows(app))


async def ticks(pilot: Pilot[Any], app: BenchApp) -> None:
    """Two looks for news, as the timers make them."""
    for _ in range(2):
        app.bench.follower.tick()
        app.bench.query_one(CurvesView)._tick()
        await settled(pilot)


async def test_nothing_is_redrawn_without_news_or_out_of_sight() -> None:
    run = LiveRun()
    run.epoch(1)
    app = BenchApp()
    async with app.run_test(size=SIZE) as pilot:
        app.show(run.folder, "curves")
        await until(pilot, lambda: charts(app) and charts(app)[0].builds, "a first frame")
        await until(pilot, lambda: not app.bench.follower._unread, "the run to be read")
        await ticks(pilot, app)
        builds = charts(app)[0].builds
        await ticks(pilot, app)
        charts(app)[0].refresh()  # a repaint (focus, scroll) takes the cached frame
        await pilot.pause()
        assert charts(app)[0].builds == builds
        app.bench.tabs.show_tab("params")
        await ticks(pilot, app)
        run.epoch(2)
        await until(pilot, lambda: len(next(iter(app.view.curves.values()))) == 2, "the reader to go on unseen")
        await ticks(pilot, app)
        assert charts(app)[0].builds == builds
        app.bench.tabs.show_tab("curves")
        await until(pilot, lambda: charts(app)[0].builds == builds + 1, "the one redraw on return")
    run.end()


async def test_the_newest_run_of_the_lesson_is_shown_on_opening() -> None:
    finished({"rate": 2.0}, ago=500)
    newest = finished(ago=5)
    app = BenchApp()
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: app.bench.shown is not None, "the newest run")
        assert app.view.folder == newest and app.bench.tabs.tab == "params"


async def test_compare_lays_earlier_runs_over_by_what_differs_and_opens_the_picker() -> None:
    older = finished({"rate": 2.0}, ago=500)
    app = BenchApp()
    run = finished(ago=5)
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: app.bench.shown is not None and app.bench.shown.curves, "the newest run")
        app.bench.tabs.action_open("curves")
        await until(pilot, lambda: len(app.bench.tabs.history.rows) == 2, "the history")
        app.bench.action_compare()
        await until(pilot, lambda: "rate 2" in charts(app)[0].text, "the overlay's legend")
        picker = curves(app).picker
        assert picker.has_focus and picker.current is not None and picker.current.folder == run
        assert [row.folder for row in picker.rows] == [run, older]
        await until(pilot, lambda: "rate 2" in "\n".join(rows(app)[picker.region.y :]), "a name that is not cut")
        app.bench.action_compare()
        await until(pilot, lambda: "rate 2" not in charts(app)[0].text, "the overlay to go")
        assert not picker.display and curves(app).has_focus


async def test_what_the_picker_does() -> None:
    finished({"rate": 2.0}, ago=500)
    finished({"rate": 4.0}, ago=300)
    finished(ago=5)
    app = BenchApp()
    async with app.run_test(size=(100, 40)) as pilot:
        await until(pilot, lambda: app.bench.shown is not None and app.bench.shown.curves, "the newest run")
        app.bench.tabs.action_open("curves")
        await until(pilot, lambda: len(app.bench.tabs.history.rows) == 3, "the history")
        app.bench.action_compare()
        legend: Callable[[], str] = lambda: charts(app)[0].text  # noqa: E731
        await until(pilot, lambda: "rate 2" in legend() and "rate 4" in legend(), "both over the newest")
        await pilot.press("down", "minus")
        await until(pilot, lambda: "rate 4" not in legend() and "1 run hidden" in note(app), "one hidden")
        await pilot.press("minus", "exclamation_mark")
        await until(pilot, lambda: "validation" in legend() and "rate 2" not in legend(), "one alone")
        await pilot.press("exclamation_mark", "space")
        await until(pilot, lambda: len(app.bench.comparison.runs) == 2, "one taken away")
        await pilot.press("R", *"best", "enter")
        await until(pilot, lambda: any("best" in row for row in rows(app)), "its name")
        await pilot.press("equals_sign")
        await pilot.press("enter")
        await until(pilot, lambda: app.view.spec.params["rate"] != 1.0, "another run shown")
        await pilot.press("escape")
        assert curves(app).has_focus


async def test_the_cursor_reads_every_curve_best_first_with_the_difference_to_the_reference(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    finished({"rate": 2.0}, ago=500)
    finished(ago=5)
    app = BenchApp()
    async with app.run_test(size=(110, 40)) as pilot:
        await until(pilot, lambda: app.bench.shown is not None and app.bench.shown.curves, "the newest run")
        app.bench.tabs.action_open("curves")
        await until(pilot, lambda: len(app.bench.tabs.history.rows) == 2, "the history")
        app.bench.action_compare()
        await pilot.press("escape", "end", "left")
        readings: Callable[[], str] = lambda: str(app.bench.query_one("#curves-readings", Static).content)  # noqa: E731
        await until(pilot, lambda: "epoch 4 · val_loss" in readings(), "the readings")
        assert readings().count("0.35") == 2 and "(+0)" in readings()
        built: list[str] = []
        build = charting.chart

        def counted(metric: str, members: Any, look: Any) -> charting.Chart:
            built.append(metric)
            return build(metric, members, look)

        monkeypatch.setattr(charting, "chart", counted)
        await pilot.press("left")
        await until(pilot, lambda: "epoch 3 · val_loss" in readings(), "the readings at the epoch before")
        await pilot.pause()
        assert built == [], "a moved cursor builds no series anew"
        await pilot.press("escape")
        await until(pilot, lambda: not app.bench.query_one("#curves-readings").display, "no cursor")


async def test_zoom_and_pan() -> None:
    folder = finished(epochs=40)
    app = BenchApp()
    async with app.run_test(size=SIZE) as pilot:
        app.show(folder, "curves")
        await until(pilot, lambda: charts(app) and charts(app)[0].ends == (1, 40), "all epochs")
        curves(app).focus()
        await pilot.press("plus")
        await until(pilot, lambda: charts(app)[0].ends == (20.5, 40), "the last half")
        await pilot.press("comma")
        await until(pilot, lambda: charts(app)[0].ends == (15.625, 35.125), "a quarter to the left")
        await pilot.press("minus")
        await until(pilot, lambda: charts(app)[0].ends == (1, 40), "all again")
        await pilot.press("home", "plus")
        await until(pilot, lambda: charts(app)[0].ends == (1, 20.5), "the first half, round the cursor")
        await pilot.press("0", "X", "X")
        await until(pilot, lambda: charts(app)[0].text.split("\n")[-1].startswith("second"), "seconds")


async def test_nan_is_said_above_the_charts() -> None:
    run = LiveRun()
    run.epoch(1)
    run.epoch(2, loss=math.nan, val_loss=math.nan)
    app = BenchApp()
    async with app.run_test(size=SIZE) as pilot:
        app.show(run.folder, "curves")
        await until(pilot, lambda: "⚠" in note(app), "the warning")
        assert "not a number" in note(app)
        assert "⚠" in "\n".join(rows(app))
    run.end()


async def test_scales_smoothing_batches_and_single_metrics() -> None:
    run = LiveRun()
    for number in range(1, 6):
        for step in (1, 2, 3):
            run.events.write(
                "batch",
                label="",
                epoch=number,
                epochs=5,
                step=step,
                steps=3,
                metrics={"loss": 1 / number, "accuracy": 0.5},
            )
        run.epoch(number, loss=1 / number, accuracy=0.5 + number / 20, val_loss=0.4, val_accuracy=0.6)
    run.end()
    app = BenchApp()
    async with app.run_test(size=SIZE) as pilot:
        app.show(run.folder, "curves")
        await until(pilot, lambda: curves(app).shown_metrics == ["loss", "accuracy"], "both charts")
        await until(pilot, lambda: len(charts(app)) == 2 and charts(app)[0].builds, "both frames")
        for action, title in (("log_scale", "log axis"), ("smooth", "smoothing 0.6")):
            getattr(curves(app), f"action_{action}")()
            await until(pilot, lambda title=title: title in charts(app)[0].text, title)  # type: ignore[misc]
        curves(app).action_batches()
        await until(pilot, lambda: "batches" in charts(app)[0].text, "the batches' curve")
        app.bench.tabs.curves.action_smooth()
        app.bench.tabs.curves.action_smooth()
        assert curves(app).smoothing == 0
        app.do("chart.metric")
        await until(pilot, lambda: len(charts(app)) == 1 and charts(app)[0].text.startswith("Loss"), "loss alone")
        app.do("chart.metric")
        await until(pilot, lambda: charts(app)[0].text.startswith("Accuracy"), "accuracy alone")
        app.do("chart.metric")
        await until(pilot, lambda: len(charts(app)) == 2, "both again")


async def test_synthetic_data_are_labelled_in_title_and_strip() -> None:
    run = LiveRun()
    run.events.write("dataset", name="imdb", source="synthetic", detail="")
    run.epoch(1)
    app = BenchApp()
    async with app.run_test(size=SIZE) as pilot:
        app.show(run.folder, "curves")
        await until(pilot, lambda: charts(app) and "synthetic data" in charts(app)[0].text, "the title")
        assert "synthetic data" in rows(app)[-1]
    run.end()


@pytest.mark.parametrize("size", [(50, 14), (50, 24), (60, 30), (80, 24), (100, 40), (64, 60), (30, 10)])
async def test_rows_are_exactly_as_wide_as_the_screen(size: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DLWP_LANG", "zh")
    finished({"rate": 2.0}, ago=500)
    folder = finished(ago=5)
    app = BenchApp()
    async with app.run_test(size=size) as pilot:
        app.bench.show_run(folder)
        await until(pilot, lambda: len(app.bench.tabs.history.rows) == 2, "the history")
        app.bench.action_compare()
        for tab in ("params", "curves", "output", "source", "history"):
            app.bench.tabs.action_open(tab)
            await settled(pilot)
            assert {cell_len(row) for row in rows(app)} == {size[0]}, tab


def epoch_is(app: BenchApp, number: int) -> bool:
    return app.view.epoch == number


async def test_strip_keeps_its_width_while_figures_change() -> None:
    run = LiveRun()
    app = BenchApp()
    async with app.run_test(size=SIZE) as pilot:
        app.bench.show_run(run.folder)
        strip = app.bench.query_one(RunStrip)
        places = set()
        for number, loss in ((1, 0.5), (2, 12.25), (3, 1234.5)):
            run.epoch(number, 10, loss=loss, val_loss=0.1)
            await until(pilot, partial(epoch_is, app, number), f"epoch {number}")
            await pilot.pause()
            row = next(row for row in rows(app) if "val_loss" in row)
            places.add(row.index("val_loss"))
            assert "epoch" in next(row for row in rows(app) if "● training" in row)
        assert len(places) == 1
        assert strip.size.height == 2
    run.end()


def test_figures_are_always_seven_cells() -> None:
    for value in (0, 1, -1, 0.00012, 1e-9, 12.3456, 999.99, 123456, 9e12, -4.5e-7, math.nan, math.inf, 1e300, 9.99999):
        assert len(formats.fixed(value)) == 7, value
        if math.isfinite(value) and abs(value) < 1e300:
            assert float(formats.fixed(value)) == pytest.approx(value, rel=0.2, abs=1e-4 * (abs(value) >= 1e-4))


async def test_opening_a_long_run_never_keeps_a_key_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(follow, "BUDGET", 0)  # one slice in a look: how many there are does not depend on the machine
    run = LiveRun()
    for step in range(8000):
        run.events.write(
            "batch",
            label="",
            epoch=1 + step // 200,
            epochs=40,
            step=step % 200 + 1,
            steps=200,
            metrics={"loss": 0.5, "accuracy": 0.8},
        )
    run.epoch(40, 40)
    run.end()
    app = BenchApp()
    async with app.run_test(size=SIZE) as pilot:
        app.show(run.folder, "curves")
        follower = app.bench.follower
        assert follower._timer is not None
        follower._timer.pause()  # here every look is the test's own
        looks: list[float] = []
        while follower._unread:
            start = time.thread_time()  # this thread's own work, whatever else the machine does
            follower.tick()
            looks.append(time.thread_time() - start)
            await pilot.pause(0)
        assert len(looks) == pytest.approx(run.folder.events.stat().st_size / follow.SLICE, abs=2)  # not in one go
        assert median(looks) < 0.07  # about 10 ms; a look on top of its budget of 30 ms keeps a key less than 0.1 s
        assert app.view.epoch == 40 and not app.view.state.active


async def test_a_long_run_is_packed_once_it_was_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packed, "WORTH", 100)
    folder = finished()
    app = BenchApp()
    async with app.run_test(size=SIZE) as pilot:
        app.show(folder, "curves")
        await until(pilot, lambda: packed.load(folder) is not None, "the pack")


async def test_a_finished_run_is_not_said_to_have_no_curves_before_it_is_read() -> None:
    folder = finished()
    app = BenchApp()
    async with app.run_test(size=SIZE) as pilot:
        app.show(folder, "curves")  # before the follower's first look
        assert str(curves(app).query_one("#curves-empty", Static).content) == "Reading the run…"
        await until(pilot, lambda: charts(app), "its curves")


async def test_a_run_without_curves_says_so_once_it_is_read() -> None:
    folder = LiveRun().end().folder
    app = BenchApp()
    async with app.run_test(size=SIZE) as pilot:
        app.bench.show_run(folder)
        await until(pilot, lambda: app.view.read, "the run to be read")
        app.bench.tabs.action_open("output")
        await until(pilot, lambda: "This run has no output besides" in "\n".join(rows(app)), "the output's sentence")
        app.bench.tabs.action_open("curves")
        await until(pilot, lambda: "This run has no curves" in "\n".join(rows(app)), "the sentence")


async def test_a_waiting_run_promises_no_figures(waiting: RunFolder) -> None:
    app = BenchApp()
    async with app.run_test(size=SIZE) as pilot:
        app.show(waiting, "curves")
        await until(pilot, lambda: "It begins in a moment" in "\n".join(rows(app)), "the sentence")


@pytest.fixture
def waiting() -> Iterator[RunFolder]:
    """A run whose worker waits for a slot."""
    run = LiveRun(started=False)
    yield run.folder
    run.end("stopped")


async def test_every_chart_names_its_data_alike_when_their_number_changes() -> None:
    run = LiveRun()
    run.events.write("dataset", name="imdb", source="unverified", detail="")
    for number in (1, 2):
        run.epoch(number, loss=1.0, val_loss=1.1, accuracy=0.5, val_accuracy=0.6)
    folder = run.end().folder
    app = BenchApp()
    async with app.run_test(size=(80, 22)) as pilot:
        app.show(folder, "curves")
        await until(pilot, lambda: len(charts(app)) == 2 and all(c.text for c in charts(app)), "two charts")
        assert all("· unverified file" in chart.text for chart in charts(app))
        curves(app).action_next_metric()
        await until(pilot, lambda: len(charts(app)) == 1 and "real data (unver" in charts(app)[0].text, "one, large")
        curves(app).action_next_metric()
        curves(app).action_next_metric()
        await until(pilot, lambda: len(charts(app)) == 2 and all(c.text for c in charts(app)), "two charts again")
        await until(pilot, lambda: all("· unverified file" in chart.text for chart in charts(app)), "both named alike")


def test_a_text_cut_in_the_middle_of_a_wide_character_has_its_gap_behind_the_ellipsis() -> None:
    for width in range(1, 16):
        assert cell_len(style.fit("深度学习用于计算机视觉", width)) == width
    assert style.fit("深度学习用于计算机视觉", 10) == "深度学习… "
    assert style.fit("深度学习", 10) == "深度学习  "


async def test_a_small_screen_shows_fewer_charts_that_can_be_read_and_the_source_of_each() -> None:
    run = LiveRun()
    run.events.write("dataset", name="imdb", source="synthetic", detail="")
    for number in (1, 2, 3):
        run.epoch(number, loss=1.0, accuracy=0.5, binary_crossentropy_of_the_held_out_part=0.6)
    folder = run.end().folder
    app = BenchApp()
    async with app.run_test(size=(80, 24)) as pilot:
        app.show(folder, "curves")
        await until(pilot, lambda: len(charts(app)) == 2 and all(c.text for c in charts(app)), "two charts")
        assert all(chart.size.height >= LEAST_ROWS for chart in charts(app))
        for _ in range(3):
            curves(app).action_next_metric()
        curves(app).log_y = True
        await until(pilot, lambda: len(charts(app)) == 1 and "held" in charts(app)[0].text, "the third alone")
        await pilot.resize_terminal(60, 24)
        await until(pilot, lambda: "… · synthetic data · log axis" in charts(app)[0].text, "a name that is cut")


async def test_where_only_validation_is_drawn_the_title_says_it_and_labels_have_room() -> None:
    run = LiveRun()
    for label in ("one", "two", "three"):
        for number in (1, 2):
            run.epoch(number, label=label)
    folder = run.end().folder
    app = BenchApp()
    async with app.run_test(size=SIZE) as pilot:
        app.show(folder, "curves")
        await until(pilot, lambda: charts(app) and charts(app)[0].text, "the chart")
        head = charts(app)[0].text.split("\n")[0]
        assert all(word in head for word in ("Validation loss val_loss", " one", " two", " three"))
        assert "validation" not in head
