"""Copying: what a page and the bench offer, and where it goes."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import OptionList

from dlwp_tui.core import paths
from dlwp_tui.course import reader
from dlwp_tui.tui.app import DlwpApp
from dlwp_tui.tui.copies import CopyScreen, of_bench
from dlwp_tui.tui.reader.blocks import NoteFence
from tests.tui.bench.bench_runs import LiveRun, until
from tests.tui.reader.test_reading import at

NOTE = """# 1.2 可以复制的

```python
import keras
```

| 轮 | 损失 |
|---|---|
| 1 | **0.5** |

$$
y = x^2
$$

```diagram
┌─┐
```
"""
COPIES = ["import keras", "| 轮 | 损失 |\n| --- | --- |\n| 1 | 0.5 |", "y = x^2", "┌─┐"]


@pytest.fixture
def course(course_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> reader.Course:
    folder = tmp_path / "course"
    shutil.copytree(course_dir, folder, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setenv("DLWP_CONTENT", str(folder))
    (folder / "ch01/1.2-reading/note.md").write_text(NOTE, encoding="utf-8")
    return reader.load(folder)


async def copied(pilot: Pilot[None], text: str) -> None:
    await until(pilot, lambda: pilot.app.clipboard == text, f"{text!r} in the clipboard")
    assert (paths.home() / "copied.txt").read_text(encoding="utf-8") == text + "\n"


@pytest.mark.parametrize("size", [(160, 45), (80, 24)])
async def test_a_page_offers_code_table_formula_and_drawing(course: reader.Course, size: tuple[int, int]) -> None:
    app = DlwpApp(course, "1.2", warm_up=False)
    async with app.run_test(size=size) as pilot:
        await at(pilot, app, "1.2", 0)
        for number, text in enumerate(COPIES):
            await pilot.press("C")
            await until(pilot, lambda: isinstance(app.focused, OptionList), "the list")
            assert isinstance(app.screen, CopyScreen) and app.focused is not None
            assert app.screen.query_one(OptionList).option_count == len(COPIES)
            await pilot.press(*["down"] * number, "enter")
            await copied(pilot, text)
        await until(pilot, lambda: any("copied.txt" in one.message for one in app._notifications), "where else it is")


async def test_a_block_with_the_focus_is_copied_at_once(course: reader.Course) -> None:
    app = DlwpApp(course, "1.2", warm_up=False)
    async with app.run_test(size=(160, 45)) as pilot:
        await at(pilot, app, "1.2", 0)
        fence = app.screen.query_one(NoteFence)
        fence.can_focus = True  # as one too wide for the pane has it
        fence.focus()
        await until(pilot, lambda: app.focused is fence, "the focus")
        await pilot.press("C")
        await copied(pilot, COPIES[0])


async def test_the_bench_offers_what_its_open_tab_holds(course_dir: Path) -> None:
    run = LiveRun({"epochs": 3})
    for epoch in (1, 2, 3):
        run.epoch(epoch, 3)
    run.events.write("table", title="数", columns=["units", "loss"], rows=[[16, 0.5], [32, None]])
    run.events.write("text", title="话", body="one\ntwo")
    run.end()
    app = DlwpApp(reader.load(course_dir), "1.1", warm_up=False)
    async with app.run_test(size=(160, 45)) as pilot:
        await at(pilot, app, "1.1", 0)
        bench = app.screen.query_one("BenchPane")
        await until(pilot, lambda: bench.query("#param-epochs"), "the bench")
        await pilot.press("3", "u")
        await pilot.press("C")
        await until(pilot, lambda: isinstance(app.focused, OptionList), "lesson.py and proofs.py")
        await pilot.press("enter")
        await copied(pilot, reader.load(course_dir).lesson("1.1").code_file.read_text(encoding="utf-8"))
        await pilot.press("v")
        tabs = bench.tabs  # type: ignore[attr-defined]
        await until(pilot, lambda: len(tabs.curves.drawings) > 0 and "loss" in tabs.curves.drawings[0][0], "a chart")
        (chart,) = of_bench(tabs)
        await pilot.press("C")
        await copied(pilot, chart.text)
        await pilot.press("o")
        await until(pilot, lambda: tabs.tab == "output" and tabs.output.has_focus_within, "the output")
        await pilot.press("C")
        await until(pilot, lambda: isinstance(app.focused, OptionList), "the list")
        await pilot.press("enter")
        await copied(pilot, "| units | loss |\n| --- | --- |\n| 16 | 0.5000 |\n| 32 | – |")
        await pilot.press("p")
        await until(pilot, lambda: tabs.tab == "params" and tabs.params.has_focus_within, "the form")
        await pilot.press("C")
        await until(pilot, lambda: any("to copy" in one.message for one in app._notifications), "that")
