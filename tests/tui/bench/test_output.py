"""Output, log, demo and source: what went wrong first, then the output, the proofs last, and where the log is."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from PIL import Image
from rich.cells import cell_len
from textual.widgets import Input, Static

from dlwp_tui.core.layer_graph import Graph, Node
from dlwp_tui.core.types import UsedSource
from dlwp_tui.course import reader
from dlwp_tui.runs.facts import Check, DatasetUse, Model, Table, TextBlock
from dlwp_tui.tui.bench import output_text
from dlwp_tui.tui.bench.block_view import BlockView
from dlwp_tui.tui.bench.messages import DemoAsked
from dlwp_tui.tui.bench.output import OutputView
from dlwp_tui.tui.bench.output_blocks import ProofsView
from dlwp_tui.tui.bench.source import SourceView
from dlwp_tui.tui.bench.strip import RunStrip
from tests.tui.bench.bench_runs import BenchApp, LiveRun, finished, rows, settled, until

pytestmark = pytest.mark.usefixtures("course_dir")
SIZE = (64, 60)


def output(app: BenchApp) -> OutputView:
    return app.bench.query_one(OutputView)


def test_results_are_told_in_the_lessons_words_where_it_has_some() -> None:
    text = output_text.results({"": {"noise": 0.25, "test_accuracy": 0.98, "odd": 3.0}}, 60, {"noise": "Mean error"})
    assert [" ".join(line.split()) for line in text.plain.splitlines()] == [
        "Result", "Mean error noise 0.2500", "Test accuracy test_accuracy 0.9800", "odd 3"
    ]  # fmt: skip
    table = output_text.results({"a": {"noise": 0.25}, "b": {"noise": 0.5}}, 60, {"noise": "Mean error"})
    assert "Mean error" in table.plain and "noise" not in table.plain


async def test_everything_in_a_run_is_shown_and_the_proofs_last() -> None:
    run = LiveRun()
    say = run.events.write
    say("dataset", name="imdb", source="synthetic", detail="2000 reviews")
    say("model", label="", layers=[["dense", "Dense", "(None, 16)", 160016]], params=160016, trainable=160016)
    say("text", title="Sample", body="一部开头极好、结尾极坏的电影，" * 6)
    say("table", title="Worst", columns=["true", "text"], rows=[[1, "so bad it became good " * 6]])
    say("check", statement="params", claim="C111", got=160016, want=160016, ok=True)
    say("check", statement="shape", claim="C112", got=[None, 16], want=[None, 32], ok=False)
    say("result", metrics={"loss": 0.2931, "accuracy": 0.8832}, label="")
    run.folder.artifacts.mkdir()
    Image.new("RGB", (8, 8), "red").save(run.folder.artifacts / "square.png")
    say("picture", name="square", file="square.png", width=8, height=8, caption="a red square")
    app = BenchApp()
    async with app.run_test(size=SIZE) as pilot:
        app.show(run.folder, "output")
        await until(pilot, lambda: "a red square" in output(app).text, "the picture")
        text = output(app).text
        for part in (
            "0.2931",
            "✗ 1 of 2 checks do not hold   Enter shows each",
            "✗ shape",
            "here (None, 16), expected (None, 32)",
            "Worst",
            "160,016",
            "▀",
            "synthetic data",
        ):
            assert part in text, part
        assert "C112" not in text and "params\n" not in text.split("checks do not hold")[1]
        assert text.replace("\n", "").count("一部开头极好") == 6  # wrapped, not cut
        before = list(output(app).query(BlockView))
        say("text", title="late", body="news")
        await until(pilot, lambda: "news" in output(app).text, "the late text")
        await until(pilot, lambda: len(output(app).query(BlockView)) == len(before) + 1, "one block more")
        assert all(block in output(app).query(BlockView) for block in before)  # nothing else was drawn anew
        text = output(app).text
        parts = ("Worst", "Sample", "late", "square", "160,016", "checks do not hold")
        places = [text.index(part) for part in parts]
        assert places == sorted(places)
    run.end()


async def test_a_presets_promise_stands_under_the_result(playground_dir: Path) -> None:
    kept, broken = LiveRun({"epochs": 3}), LiveRun({"epochs": 3})
    for epoch in (1, 2, 3):
        kept.epoch(epoch, 3, loss=1 / epoch)
        broken.epoch(epoch, 3, loss=float(epoch))
    for run in (kept, broken):
        run.events.write("result", metrics={"loss": 0.1}, label="")
    app = BenchApp()
    async with app.run_test(size=SIZE) as pilot:
        app.show(kept.folder, "output")
        await until(pilot, lambda: "0.1" in output(app).text, "the result")
        assert "seen" not in output(app).text  # not before it has ended
        kept.end()
        await until(pilot, lambda: "✓ seen here  第 3 轮损失最低" in output(app).text, "the promise kept")
        text = output(app).text
        assert text.index("Result") < text.index("seen") and "epoch of the lowest training loss: 3" in text
        app.show(broken.end().folder, "output")
        await until(pilot, lambda: "✗ not seen here  第 3 轮损失最低" in output(app).text, "the promise broken")
        assert "lowest training loss: 1" in output(app).text and "last training loss: 3" in output(app).text


async def test_a_failed_run_says_why_first_and_where_the_log_is() -> None:
    run = LiveRun()
    run.epoch(1)
    run.folder.log.write_text("a line\nValueError: told to fail\n", encoding="utf-8")
    lines = ["  File 'lesson.py', line 41, in run", "ValueError: told to fail"]
    run.end("failed", error={"type": "ValueError", "message": "told to fail", "lines": lines})
    app = BenchApp()
    async with app.run_test(size=SIZE) as pilot:
        app.show(run.folder, "output")
        await until(pilot, lambda: "told to fail" in output(app).text, "the error")
        first = output(app).text.split("\n")
        assert first[0] == "✗ ValueError: told to fail"
        assert "line 41" in output(app).text
        assert str(run.folder.log) in output(app).text.replace("\n", "")
        assert "✗ failed" in "\n".join(rows(app))
        app.bench.tabs.show_tab("curves")
        note = app.bench.query_one("#curves-note", Static)
        await until(pilot, lambda: "ValueError: told to fail" in str(note.content), "the error above the curves")


async def test_the_log_is_followed_and_bounded() -> None:
    run = LiveRun()
    run.folder.log.write_text("".join(f"line {n}\n" for n in range(2000)), encoding="utf-8")
    app = BenchApp()
    async with app.run_test(size=SIZE) as pilot:
        app.bench.show_run(run.folder)
        app.do("bench.log")
        await until(pilot, lambda: "line 1999" in output(app).text, "the log's end")
        assert "line 1000\n" not in output(app).text
        with run.folder.log.open("a", encoding="utf-8") as log:
            log.write("你好，最后一行\n")
        await until(pilot, lambda: "最后一行" in "\n".join(rows(app)), "the new line in view")
        app.do("bench.log")
        assert not output(app).showing_log
    run.end()


async def test_the_demo_asks_and_shows_shares_and_unknown_words() -> None:
    folder = finished()
    app = BenchApp()
    async with app.run_test(size=SIZE) as pilot:
        app.bench.show_run(folder)
        app.do("run.demo")
        box = app.bench.query_one("#demo-input", Input)
        await until(pilot, lambda: app.focused is box, "the demo's line")
        assert "Reverse" in "\n".join(rows(app))
        await pilot.press(*"good", "enter")
        await until(pilot, lambda: app.of(DemoAsked), "DemoAsked")
        asked = app.of(DemoAsked)[0]
        assert (asked.run_id, asked.demo_id, asked.value) == (folder.id, "reverse", "good")
        app.bench.tabs.output.set_demo_answer(
            {"bars": {"好评": 0.93, "差评": 0.07}, "unknown": ["qwx", "zzz"]}, "reverse"
        )
        await pilot.pause()
        text = "\n".join(rows(app))
        assert "93.0%" in text and "7.0%" in text and "qwx  zzz" in text and "Unknown" in text
        shares = {"bars": {"good": 0.7, "bad": 0.3}}
        app.bench.tabs.output.set_demo_answer(shares, "reverse")
        await pilot.pause()
        strip = app.bench.query_one(RunStrip).region.y
        assert "70.0%" in rows(app)[strip - 3] and not rows(app)[strip - 1].strip("│ "), "a line between the bars"
        await pilot.resize_terminal(40, 40)
        await until(
            pilot, lambda: any("good" in row and "70.0%" in row for row in rows(app)), "drawn anew for the width"
        )
        app.bench.tabs.output.set_demo_answer({"error": "no model"}, "reverse")
        await pilot.pause()
        assert "✗ no model" in "\n".join(rows(app))
        await pilot.press("escape")  # out of the line where every letter is text
        await until(pilot, lambda: app.focused is app.bench.query_one("#report"), "the keys to be keys again")


async def test_no_demo_before_a_model_is_trained() -> None:
    run = LiveRun()
    app = BenchApp()
    async with app.run_test(size=SIZE) as pilot:
        app.bench.show_run(run.folder)
        app.do("run.demo")
        await settled(pilot)
        assert not output(app).has_class("-demo")
    run.end()


def test_blocks_keep_to_the_width() -> None:
    from rich.cells import cell_len

    for width in (20, 48, 90):
        for text in (
            output_text.table(Table("t", ("影评", "n"), (("一部开头极好的电影" * 5, 1), ("word " * 30, 2.5))), width),
            output_text.proofs([Check("参数总数" * 9, "C1", [1] * 40, [2], False)], width),
            output_text.text_block(TextBlock("标题", "很长的一段话，" * 20), width),
            output_text.answer({"bars": {"好评" * 4: 0.5}, "unknown": ["w" * 9] * 30}, width, False),
        ):
            wrapped = output_text.wrapped(text, width)
            assert max(cell_len(line) for line in wrapped.plain.split("\n")) <= width


async def test_source_is_read_at_the_first_look_and_numbered() -> None:
    app = BenchApp()
    async with app.run_test(size=SIZE) as pilot:
        source = app.bench.query_one(SourceView)
        assert "def run" not in source.text
        app.bench.tabs.action_open("source")
        await until(pilot, lambda: "def run" in source.text, "the code")
        assert app.focused is source
        lines = source.text.split("\n")
        assert lines[0].startswith(' 1  """A lesson') and any(line.startswith("10  ") for line in lines)


async def test_the_proofs_stand_under_the_lesson_where_there_are_any(course_dir: Path, tmp_path: Path) -> None:
    folder = tmp_path / "course"
    shutil.copytree(course_dir, folder)
    (folder / "ch01" / "1.1-fake" / "proofs.py").unlink()
    app = BenchApp()
    async with app.run_test(size=SIZE) as pilot:
        source = app.bench.tabs.source
        app.bench.tabs.action_open("source")
        await until(pilot, lambda: "def prove" in source.text, "the proofs")
        lines = source.text.split("\n")
        heading = next(number for number, line in enumerate(lines) if line.startswith("── proofs.py ──"))
        assert any("def run" in line for line in lines[:heading])
        assert any(line.lstrip("0123456789 ").startswith("def prove") for line in lines[heading:])
        source.show(reader.read(folder).lesson("1.1"))
        await until(pilot, lambda: "def run" in source.text and "proofs.py" not in source.text, "the lesson alone")


async def test_the_proofs_are_one_line_until_a_key_or_a_click_unfolds_them() -> None:
    run = LiveRun()
    for number in range(3):
        run.events.write("check", statement=f"statement {number}", claim="C048", got=True, want=True, ok=True)
    run.end()
    app = BenchApp()
    async with app.run_test(size=SIZE) as pilot:
        app.show(run.folder, "output")
        await until(pilot, lambda: "✓ all checks hold (3)   Enter shows each" in output(app).text, "the line")
        assert "statement" not in output(app).text
        app.bench.tabs.focus_tab()
        await pilot.press("enter")  # the report has the focus, and no picture
        assert all(f"✓ statement {number}" in output(app).text for number in range(3))
        assert "C048" not in output(app).text and "yes" not in output(app).text
        await pilot.press("tab", "enter")  # the line itself
        assert isinstance(app.focused, ProofsView) and "statement" not in output(app).text
        await pilot.click(ProofsView)
        assert "statement 2" in output(app).text


async def test_another_section_shows_nothing_of_the_run_before() -> None:
    app = BenchApp()
    async with app.run_test(size=SIZE) as pilot:
        run = LiveRun()
        run.events.write("text", title="Words", body="said by the first lesson")
        app.bench.show_run(run.end().folder)
        app.bench.tabs.action_open("output")
        await until(pilot, lambda: "said by the first lesson" in output(app).text, "what it said")
        app.bench.show(reader.load().section("1.2"))
        await until(pilot, lambda: "said by the first lesson" not in "\n".join(rows(app)), "an empty output")
        assert "This section has no lesson to run" in output(app).text


async def test_the_outputs_key_shows_what_was_said_and_the_logs_key_the_log() -> None:
    app = BenchApp()
    async with app.run_test(size=SIZE) as pilot:
        app.do("bench.log")
        await until(pilot, lambda: "the log of its process appears here" in "\n".join(rows(app)), "the log")
        app.bench.tabs.action_open("curves")
        await pilot.pause()
        app.do("bench.log")  # from another tab: the log again, though it was chosen already
        await pilot.pause()
        assert app.bench.tabs.tab == "output" and output(app).showing_log
        app.bench.tabs.action_open("curves")
        await pilot.pause()
        app.bench.tabs.action_open("output")
        await pilot.pause()
        assert not output(app).showing_log


@pytest.mark.parametrize(
    ("source", "detail", "text"),
    [
        ("unverified", "Real data from an unverified file: /x.npz", "Real data from an unverified file: /x.npz"),
        ("synthetic", "Synthetic data: made reviews", "Synthetic data: made reviews"),
        ("synthetic", "2000 reviews", "synthetic data · 2000 reviews"),
        ("real", "", "real data"),
    ],
)
def test_what_data_a_run_used_is_named_once(source: UsedSource, detail: str, text: str) -> None:
    assert output_text.dataset(DatasetUse("imdb", source, detail), 80).plain == f"Data imdb · {text}"


def test_a_shape_of_one_axis_is_written_as_one() -> None:
    check = Check("一批目标的形状：（批,）", "", [128], [128], True)
    assert "here (128,)" in output_text.proofs([check], 60).plain


def test_a_model_is_drawn_as_a_graph_or_listed() -> None:
    left = Node("left", "InputLayer", "", "(None, 4)", 0)
    right = Node("right", "InputLayer", "", "(None, 4)", 0)
    joined = Node("add", "Add", "", "(None, 4)", 0, (0, 1), output=True)
    layers = (("left", "InputLayer", "(None, 4)", 0), ("right", "InputLayer", "(None, 4)", 0), ("add", "Add", "?", 0))
    drawn = output_text.model(Model("", layers, 0, Graph((left, right, joined))), 60).plain.splitlines()
    assert [line.split("  ")[0] for line in drawn[1:5]] == ["○", "│ ○", "├─╯", "◎"]
    assert all(
        cell_len(line) <= 30 for line in output_text.model(Model("", layers, 0, Graph((left,))), 30).plain.split("\n")
    )
    listed = output_text.model(Model("", layers, 0), 60).plain  # of a run from before graphs were recorded
    assert "○" not in listed and "InputLayer" in listed


def test_a_large_table_and_a_long_text_are_cut_for_the_screen() -> None:
    made = Table("large", tuple(map(str, range(50))), ((0.5,) * 50,) * 5000)
    for width in (30, 500):
        text = output_text.table(made, width).plain
        assert text.count("\n") < 2200 and text.endswith("dlwp export RUN --json")
    text = output_text.text_block(TextBlock("long", "line\n" * 20_000), 80).plain
    assert text.count("\n") < 1010 and "20,001 lines" in text
