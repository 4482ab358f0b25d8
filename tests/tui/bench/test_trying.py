"""Planes, sliders, files and texts with sliders: what they ask, and answers with pictures in them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from textual.pilot import Pilot
from textual.widgets import Input

from dlwp_tui.course import reader
from dlwp_tui.course.demo import Demo
from dlwp_tui.render.look import Look
from dlwp_tui.tui.bench import picture_text
from dlwp_tui.tui.bench.asking import AskDemo, Paths
from dlwp_tui.tui.bench.demo_parts import Sliders
from dlwp_tui.tui.bench.messages import DemoAsked
from dlwp_tui.tui.bench.output import OutputView
from dlwp_tui.tui.bench.picture_views import GridView
from dlwp_tui.tui.bench.pictures import PictureScreen
from dlwp_tui.tui.bench.plane import Plane
from dlwp_tui.tui.bench.pump import ASK_EVERY
from tests.tui.bench.bench_runs import BenchApp, finished, rows, until

pytestmark = pytest.mark.usefixtures("course_dir")
SIZE = (64, 36)
TEMPERATURE = {"min": 0.1, "max": 1.5, "default": 0.5, "step": 0.1, "label": {"zh": "温度", "en": "Temperature"}}


def demo(**fields: Any) -> Demo:
    label = {"zh": "试", "en": "Try it"}
    return Demo.model_validate({"id": "one", "output": "text", "label": label} | fields)


async def trying(app: BenchApp, pilot: Pilot[None], *demos: Demo) -> OutputView:
    """The output of a finished run of a lesson with these demos, the first one open."""
    output = app.bench.query_one(OutputView)
    app.bench.show_run(finished())
    output.set_lesson(reader.load().lesson("1.1").model_copy(update={"demos": demos}))
    app.do("run.demo")
    await until(pilot, lambda: output.has_class("-try"), "the demo")
    await pilot.pause()
    return output


def asked(app: BenchApp) -> list[DemoAsked]:
    return app.of(DemoAsked)


def screen(app: BenchApp) -> str:
    return "\n".join(rows(app))


async def test_the_arrows_walk_the_plane_and_the_answer_follows(tmp_path: Path) -> None:
    Image.new("L", (8, 8), 255).save(tmp_path / "a.png")
    app = BenchApp()
    async with app.run_test(size=SIZE) as pilot:
        output = await trying(app, pilot, demo(input="plane", output="picture", x=[-2, 2], y=[0, 1]))
        await until(pilot, lambda: asked(app), "the middle")
        assert asked(app)[0].value == [0.0, 0.5] and "loading the model" in screen(app)
        plane = app.bench.query_one(Plane)
        assert app.focused is plane and "(0, 0.5" in screen(app)
        await pilot.press("right", "right", "up")
        assert len(asked(app)) == 1  # one question at a time
        output.set_demo_answer({"picture": str(tmp_path / "a.png")}, "one")
        await pilot.pause(ASK_EVERY + 0.1)
        await until(pilot, lambda: len(asked(app)) == 2, "the place it is at by now")
        assert asked(app)[1].value == pytest.approx([1 / 3, 0.5 + 1 / 24], abs=1e-4)
        assert "▀▀▀▀▀▀▀▀" in screen(app)
        await pilot.press("-", *["right"] * 60, "down")
        assert plane.point[0] == 2 and plane.pace == 0.5
        await pilot.click(Plane, offset=(1, 1))
        assert plane.point == (-2, 1)
        await pilot.press("0")
        assert plane.point == (0, 0.5)
        await pilot.press("escape")
        await until(pilot, lambda: not output.has_class("-try"), "the report")


async def test_sliders_alone_ask_as_they_move() -> None:
    app = BenchApp()
    sliders = {"temperature": TEMPERATURE, "width": {"min": 0, "max": 4, "default": 2, "label": {"zh": "宽"}}}
    async with app.run_test(size=SIZE) as pilot:
        output = await trying(app, pilot, demo(input="slider", sliders=sliders))
        await until(pilot, lambda: asked(app), "the first question")
        assert (asked(app)[0].value, asked(app)[0].sliders) == (None, {"temperature": 0.5, "width": 2.0})
        output.set_demo_answer({"text": "half warm"}, "one")
        await pilot.pause(ASK_EVERY)
        await pilot.press("right", "down", "left", "left", "up")
        assert app.bench.query_one(Sliders).values == {"temperature": 0.6, "width": 1.6}
        await until(pilot, lambda: len(asked(app)) == 2, "the next")
        output.set_demo_answer({"text": "warmer"}, "one")
        await pilot.pause(ASK_EVERY + 0.1)
        await until(pilot, lambda: asked(app)[-1].sliders == {"temperature": 0.6, "width": 1.6}, "the last place")
        assert "warmer" in screen(app) and "▸ Temperature" in screen(app)


async def test_a_text_is_written_while_one_looks_on() -> None:
    app = BenchApp()
    async with app.run_test(size=SIZE) as pilot:
        given = demo(input="text", example="once upon", sliders={"temperature": TEMPERATURE})
        output = await trying(app, pilot, given)
        box = app.bench.query_one("#ask-input", Input)
        assert app.focused is box and not asked(app)
        await pilot.press("enter")
        await until(pilot, lambda: asked(app), "the question")
        assert (asked(app)[0].value, asked(app)[0].sliders) == ("once upon", {"temperature": 0.5})
        for text in ("once", "once upon", "once upon a time"):
            output.set_demo_answer({"text": text, "part": True}, "one")
        await until(pilot, lambda: "once upon a time" in screen(app), "what is written so far")
        await pilot.press("tab", "right", "shift+tab", *"a fox", "enter")
        await until(pilot, lambda: len(asked(app)) == 2, "another question, before the first is answered")
        assert (asked(app)[1].value, asked(app)[1].sliders) == ("a fox", {"temperature": 0.6})
        output.set_demo_answer({"error": "no model"}, "one")
        await until(pilot, lambda: "✗ no model" in screen(app), "the error")
        assert "once upon a time" not in screen(app)


async def test_a_file_is_asked_with_and_its_pictures_stand_side_by_side(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    shown = []
    for name, grey in (("before", 40), ("after", 200)):
        Image.new("L", (20, 20), grey).save(tmp_path / f"{name}.png")
        shown.append({"name": name, "file": str(tmp_path / f"{name}.png")})
    app = BenchApp()
    async with app.run_test(size=SIZE) as pilot:
        output = await trying(app, pilot, demo(input="file", output="picture"))
        await pilot.press(*"~/bef")
        await pilot.pause()
        await pilot.press("end", "right", "enter")
        await until(pilot, lambda: asked(app), "the question")
        assert asked(app)[0].value == str(tmp_path / "before.png")
        output.set_demo_answer({"bars": {"cat": 0.9, "dog": 0.1}, "pictures": shown}, "one")
        await until(pilot, lambda: "before" in screen(app) and "after" in screen(app), "both")
        line = next(row for row in rows(app) if "before" in row and "after" in row)
        assert line.index("after") > line.index("before") + 18 and "90.0%" in screen(app)


async def test_paths_are_completed(tmp_path: Path) -> None:
    (tmp_path / "cats").mkdir()
    (tmp_path / "cat.png").touch()
    paths = Paths()
    assert await paths.get_suggestion(f"{tmp_path}/cat") == f"{tmp_path}/cat.png"
    assert await paths.get_suggestion(f"{tmp_path}/cats") == f"{tmp_path}/cats/"
    assert await paths.get_suggestion(f"{tmp_path}/") is None
    assert await paths.get_suggestion(f"{tmp_path}/no/thing") is None


async def test_a_drawn_digit_is_walked_through_layer_by_layer(tmp_path: Path) -> None:
    Image.new("L", (26, 26), 255).save(tmp_path / "maps.png")
    tiles = {"count": 4, "columns": 2, "width": 12, "height": 12, "gap": 1, "captions": []}
    grids = [
        {"name": name, "file": str(tmp_path / "maps.png"), "width": 25, "height": 25, "tiles": tiles}
        for name in ("conv2d", "conv2d_1")
    ]
    app = BenchApp()
    async with app.run_test(size=(64, 40)) as pilot:
        output = await trying(app, pilot, demo(input="canvas", output="bars"))
        await until(pilot, lambda: asked(app), "the first question")
        answer = {"bars": {"1": 0.9, "7": 0.1}, "grids": grids}
        output.set_demo_answer(answer, "one")
        assert not app.bench.query(GridView)  # nothing is drawn: that was to load the model
        await pilot.press("space", "right", "down")
        await until(pilot, lambda: len(asked(app)) > 1, "the drawing")
        output.set_demo_answer(answer, "one")
        await until(pilot, lambda: "conv2d_1" in screen(app), "the layers under the paper")
        first = app.bench.query(GridView).first()
        output.set_demo_answer(answer, "one")
        await pilot.pause()
        assert app.bench.query(GridView).first() is first and "layer by layer" in screen(app)
        first.focus()
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, PictureScreen), "a layer on the whole screen")
        assert "conv2d  1/2" in screen(app)
        await pilot.press("]")
        await until(pilot, lambda: "conv2d_1  2/2" in screen(app), "the next layer")


async def test_the_answer_of_a_demo_that_was_left_is_not_shown() -> None:
    app = BenchApp()
    async with app.run_test(size=SIZE) as pilot:
        two = demo(id="two", input="slider", sliders={"t": TEMPERATURE})
        output = await trying(app, pilot, demo(input="file"), two)
        assert "○ move" in screen(app) and "● a file" in screen(app)
        output._open("two")
        await until(pilot, lambda: asked(app), "the second")
        output.set_demo_answer({"text": "late"}, "one")
        output.set_demo_answer({"text": "in time"}, "two")
        await until(pilot, lambda: "in time" in screen(app), "the answer")
        assert "late" not in screen(app) and app.bench.query_one(AskDemo).display


async def test_the_demo_of_another_lesson_gives_way_to_the_report() -> None:
    app = BenchApp()
    async with app.run_test(size=SIZE) as pilot:
        output = await trying(app, pilot, demo(input="file"))
        lesson = reader.load().lesson("1.1")
        output.set_lesson(lesson.model_copy(update={"demos": (demo(input="file"),)}))
        await pilot.pause()
        assert output.has_class("-try")  # the same one, shown again
        output.set_lesson(lesson.model_copy(update={"demos": (demo(input="plane"),)}))
        await until(pilot, lambda: not output.has_class("-try"), "the report")
        app.do("run.demo")
        await until(pilot, lambda: isinstance(app.focused, Plane), "the other demo")


def test_pictures_that_do_not_fit_side_by_side_stand_in_rows(tmp_path: Path) -> None:
    shown = []
    for name in "abc":
        Image.new("L", (60, 60), 255).save(tmp_path / f"{name}.png")
        shown.append({"name": name, "file": str(tmp_path / f"{name}.png")})
    wide = picture_text.side_by_side(shown, 120, 30, Look()).plain.split("\n")
    assert [sum(name in line for line in wide) for name in "abc"] == [1, 1, 1] and wide[0].split() == ["a", "b", "c"]
    narrow = picture_text.side_by_side(shown, 60, 40, Look()).plain
    assert narrow.split("\n")[0].split() == ["a", "b"] and max(map(len, narrow.split("\n"))) <= 60
    assert "cannot be read" in picture_text.side_by_side([{"name": "", "file": "/none.png"}], 60, 40, Look()).plain
    assert picture_text.side_by_side([], 60, 40, Look()).plain == ""
