"""Drawing a digit: the brush, the mouse, the keys, and how often the model is asked."""

from __future__ import annotations

import time

import pytest
from textual.events import MouseMove
from textual.pilot import Pilot

from dlwp_tui.core import paths
from dlwp_tui.course import reader
from dlwp_tui.runs import state, store
from dlwp_tui.runs.folder import RunFolder
from dlwp_tui.runs.state import RunState
from dlwp_tui.tui.app import DlwpApp
from dlwp_tui.tui.bench.canvas import ASK_EVERY, Answer, CanvasDemo
from dlwp_tui.tui.bench.drawing import SIDE, Drawing
from dlwp_tui.tui.bench.messages import DemoAsked
from dlwp_tui.tui.bench.output import OutputView
from dlwp_tui.tui.bench.pane import BenchPane
from dlwp_tui.tui.bench.paper import Paper
from dlwp_tui.tui.key_hints import KeyHints
from tests.tui.bench.bench_runs import BenchApp, LiveRun, finished, rows, settled, until

pytestmark = pytest.mark.usefixtures("playground_dir")
SIZE = (64, 34)


# -- the brush ---------------------------------------------------------------------------------------------------------


def test_a_stroke_is_two_pixels_thick_with_soft_edges() -> None:
    drawing = Drawing()
    drawing.stroke((5, 10), (20, 10))
    assert [drawing.ink(12, y) for y in range(8, 13)] == [0, 0.5, 1, 0.5, 0]
    assert drawing.ink(5, 10) == drawing.ink(20, 10) == 1 and drawing.ink(4, 10) == 0.5 and drawing.ink(3, 10) == 0
    before = drawing.rows
    drawing.stroke((5, 10), (20, 10))  # ink on ink is not darker
    assert drawing.rows == before
    between = Drawing()
    between.stroke((5, 10.5), (20, 10.5))  # as a mouse in half blocks points: between two rows
    assert [between.ink(12, y) for y in range(9, 13)] == [0, 1, 1, 0]


def test_the_eraser_takes_what_it_passes_and_clear_takes_all() -> None:
    drawing = Drawing()
    drawing.stroke((0, 14), (27, 14))
    drawing.stroke((0, 14), (10, 14), erase=True)
    assert drawing.ink(3, 14) == 0 and drawing.ink(20, 14) == 1 and not drawing.empty
    drawing.clear()
    assert drawing.empty


def test_rows_are_28_lists_of_28_floats_whatever_is_drawn() -> None:
    drawing = Drawing()
    drawing.stroke((-50, -3), (90, 40))
    drawing.stroke((27, 27), (27, 27))
    drawing.stroke((100, 100), (120, 130))
    assert [len(row) for row in drawing.rows] == [SIDE] * SIDE
    assert all(isinstance(ink, float) and 0 <= ink <= 1 for row in drawing.rows for ink in row)
    assert drawing.ink(27, 27) == 1


# -- on the screen -----------------------------------------------------------------------------------------------------


def paper(app: BenchApp | DlwpApp) -> Paper:
    return app.screen.query_one(Paper)


def asked(app: BenchApp) -> list[DemoAsked]:
    return app.of(DemoAsked)


async def drawing(app: BenchApp, pilot: Pilot[None], folder: RunFolder | None = None) -> Paper:
    """Open the paper of a finished run, and answer the first question: the model is loaded."""
    app.bench.show_run(folder or finished())
    app.do("run.demo")
    await until(pilot, lambda: app.focused is paper(app), "the paper")
    await until(pilot, lambda: asked(app), "the first question")
    app.bench.tabs.output.set_demo_answer({"bars": {str(digit): 0.1 for digit in range(10)}})
    await pilot.pause(ASK_EVERY + 0.05)
    app.posted.clear()
    return paper(app)


async def test_keys_alone_draw_erase_and_clear() -> None:
    app = BenchApp()
    async with app.run_test(size=SIZE) as pilot:
        sheet = await drawing(app, pilot)
        await pilot.press("left", "left", "up")
        assert sheet.drawing.empty and sheet.cursor == (12, 13)
        await pilot.press("space", "right", "right", "right", "down")
        assert all(sheet.drawing.ink(x, 13) == 1 for x in range(12, 16)) and sheet.drawing.ink(15, 14) == 1
        assert "● pen down  (16, 15)" in "\n".join(rows(app))
        await pilot.press("space", "right")
        assert sheet.drawing.ink(17, 14) == 0 and "○ pen up" in "\n".join(rows(app))
        await pilot.press("e", "space")
        assert sheet.drawing.ink(16, 14) == 0 and "● eraser down" in "\n".join(rows(app))
        await pilot.press("x")
        assert sheet.drawing.empty and not sheet.down and not sheet.erasing
        await pilot.press(*["up"] * 40, *["left"] * 40)
        assert sheet.cursor == (0, 0)  # and no further


async def test_the_mouse_draws_and_its_right_button_erases() -> None:
    app = BenchApp()
    async with app.run_test(size=SIZE) as pilot:
        sheet = await drawing(app, pilot)
        border = 1
        await pilot.mouse_down(Paper, offset=(5 + border, 5 + border))
        await pilot._post_mouse_events([MouseMove], Paper, (15 + border, 5 + border), button=1)
        await pilot.mouse_up(Paper, offset=(15 + border, 5 + border))
        await pilot.pause()
        assert all(sheet.drawing.ink(x, y) == 1 for x in range(5, 16) for y in (10, 11))
        assert sheet.drawing.ink(10, 13) == 0
        await pilot.hover(Paper, offset=(20, 12))  # the button is up: nothing is drawn
        assert sheet.drawing.ink(19, 22) == 0
        await pilot.click(Paper, offset=(10 + border, 5 + border), button=3)
        assert sheet.drawing.ink(10, 10) == 0 and sheet.drawing.ink(5, 10) == 1


async def test_the_model_is_asked_at_most_eight_times_a_second_and_one_at_a_time() -> None:
    app = BenchApp()
    async with app.run_test(size=SIZE) as pilot:
        sheet = await drawing(app, pilot)
        began = time.monotonic()
        await pilot.press("space", *["right"] * 9)
        await until(pilot, lambda: asked(app), "a question")
        await pilot.pause(3 * ASK_EVERY)
        assert len(asked(app)) == 1  # no answer yet: no second question, however much was drawn
        answered = 0
        while time.monotonic() - began < 2:
            await pilot.press("left" if answered % 2 else "right")
            if len(asked(app)) > answered:
                answered = len(asked(app))
                app.bench.tabs.output.set_demo_answer({"bars": {"0": 0.5, "1": 0.5}})
        assert 2 <= len(asked(app)) <= (time.monotonic() - began) / ASK_EVERY + 1
        await until(pilot, lambda: asked(app)[-1].value == sheet.drawing.rows, "the newest drawing to be asked about")
        value = asked(app)[-1].value
        assert len(value) == 28 and {len(row) for row in value} == {28} and asked(app)[-1].demo_id == "draw"


async def test_the_largest_share_is_marked_by_more_than_colour_and_a_blank_sheet_has_none() -> None:
    app = BenchApp()
    async with app.run_test(size=SIZE) as pilot:
        await drawing(app, pilot)
        assert "▶" not in "\n".join(rows(app)) and "0.0%" in "\n".join(rows(app))  # the answer that loads the model
        await pilot.press("space", "right")
        app.bench.tabs.output.set_demo_answer({"bars": {"0": 0.05, "3": 0.9, "8": 0.05}})
        await pilot.pause()
        (marked,) = [row for row in rows(app) if "▶" in row]
        assert "▶ 3 " in marked and "90.0%" in marked
        app.bench.tabs.output.set_demo_answer({"bars": {"0": 0.7, "3": 0.2, "8": 0.1}})
        await pilot.pause()
        assert app.bench.query_one(Answer).best == "0"
        await pilot.press("x")
        assert "▶" not in "\n".join(rows(app))
        app.bench.tabs.output.set_demo_answer({"error": "the model is gone"})
        await pilot.pause()
        assert "✗ the model is gone" in "\n".join(rows(app))


async def test_escape_leaves_and_the_sheet_stays_until_another_run_is_shown() -> None:
    app = BenchApp()
    async with app.run_test(size=SIZE) as pilot:
        sheet = await drawing(app, pilot)
        await pilot.press("space", "right", "escape")
        await until(pilot, lambda: app.focused is app.bench.query_one("#report"), "the report")
        assert not app.bench.query_one(OutputView).has_class("-try") and not sheet.drawing.empty
        app.bench.show_run(finished())
        await pilot.pause()
        assert sheet.drawing.empty


async def test_nothing_to_draw_on_before_a_model_is_trained() -> None:
    run = LiveRun()
    app = BenchApp()
    async with app.run_test(size=SIZE) as pilot:
        app.show(run.folder, "output")
        app.do("run.demo")
        await settled(pilot)
        assert "draw" not in "\n".join(rows(app)) and not app.bench.query_one(CanvasDemo).is_on_screen
        assert not asked(app)
        run.end()
        await until(pilot, lambda: "○ draw" in "\n".join(rows(app)), "the third choice")


@pytest.mark.parametrize(
    ("size", "large", "framed", "where"),
    [
        ((80, 19), False, False, "beside"),
        ((80, 21), False, True, "beside"),
        ((64, 34), False, True, "beside"),
        ((44, 37), False, True, "under"),
        ((44, 20), False, False, "tight"),
        ((120, 40), True, True, "beside"),
    ],
)
async def test_paper_and_bars_are_whole_at_every_size(
    size: tuple[int, int], large: bool, framed: bool, where: str
) -> None:
    app = BenchApp()
    async with app.run_test(size=size) as pilot:
        sheet = await drawing(app, pilot)
        await until(pilot, lambda: (sheet.large, sheet.has_class("-framed")) == (large, framed), "its size")
        assert sheet.content_size == ((56, 28) if large else (28, 14))
        assert app.screen.region.contains_region(sheet.region)
        await pilot.press("space", "right")
        app.bench.tabs.output.set_demo_answer(
            {"bars": {str(digit): 0.9 if digit == 7 else 0.011 for digit in range(10)}}
        )
        await pilot.pause()
        answer = app.bench.query_one(Answer)
        assert answer.size.height >= 10 and app.screen.region.contains_region(answer.region)
        if where == "under":
            assert answer.region.y >= sheet.region.bottom
        else:
            assert answer.region.x >= sheet.region.right
        shown = answer.render().plain.split("\n")
        assert len(shown) == 10 and max(map(len, shown)) <= answer.size.width
        assert shown[7].startswith("▶ 7 ") and shown[7].endswith("90%" if where == "tight" else "90.0%")
        if where != "tight":
            assert "Space pen" in " ".join("".join(rows(app)).replace("│", " ").split())


async def test_characters_do_where_there_are_no_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    paths.ensure(paths.home())
    paths.settings_file().write_text("ascii = true\n", encoding="utf-8")
    app = BenchApp()
    async with app.run_test(size=SIZE) as pilot:
        await drawing(app, pilot)
        await pilot.press("space", *["right"] * 5)
        app.bench.tabs.output.set_demo_answer({"bars": {"0": 0.9, "1": 0.1}})
        await pilot.pause()
        text = "\n".join(rows(app))
        assert "@@@@@+" in text and "> 0" in text and "▀" not in text


async def test_the_whole_way_to_the_model_and_back() -> None:
    app = DlwpApp(reader.load(), "1.1", warm_up=False)
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: app.screen.query(BenchPane) and app.screen.query_one(BenchPane).lesson, "the bench")
        await pilot.press("d", "r")
        await until(pilot, lambda: store.all() and state.current(store.all()[0]) is RunState.FINISHED, "a run", 30)
        await until(pilot, lambda: app.screen.query_one(BenchPane).running is None, "its end on the screen")
        await pilot.press("i")
        await until(pilot, lambda: app.focused is paper(app), "the paper")
        await pilot.press(*["right"] * 20, "space", *["up"] * 5)
        await until(pilot, lambda: app.screen.query_one(Answer).best == "9", "the tenth band of columns", 30)
        await pilot.press("x", *["left"] * 40, "space", *["down"] * 5)
        await until(pilot, lambda: app.screen.query_one(Answer).best == "0", "the first band", 30)


@pytest.mark.parametrize("system", ["standard", "256", "truecolor"])
async def test_the_cursor_is_no_grey_on_any_terminal(system: str) -> None:
    from rich.color import ColorSystem, ColorType

    app = BenchApp()
    async with app.run_test(size=SIZE) as pilot:
        sheet = await drawing(app, pilot)
        app.console._color_system = {"standard": ColorSystem.STANDARD, "256": ColorSystem.EIGHT_BIT}.get(
            system, ColorSystem.TRUECOLOR
        )
        (cell,) = [one.style for one in list(sheet.render_line(7))[14:15]]
        assert cell is not None and cell.color is not None and cell.bgcolor is not None
        if system == "standard":
            assert cell.color.type is ColorType.STANDARD and cell.color.number == 11
        cursor, paper_ = cell.color.get_truecolor(), cell.bgcolor.get_truecolor()
        assert max(cursor) - min(cursor) > 60 and max(paper_) == min(paper_)


async def test_hints_break_between_hints() -> None:
    async with BenchApp().run_test(size=(40, 20)):
        hints = KeyHints(["arrows move", "space pen", "e eraser", "x clear"])
        assert hints.lines(60) == ["arrows move · space pen · e eraser · x clear"]
        assert hints.lines(26) == ["arrows move · space pen", "e eraser · x clear"]
        assert hints.lines(5) == ["arrows move", "space pen", "e eraser", "x clear"]
