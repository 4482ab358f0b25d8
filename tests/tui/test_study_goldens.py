"""What the study screen looks like, as text: three sizes, its panes and dialogs.

Look at a difference before you accept it:

DLWP_GOLDENS=write uv run pytest tests/tui/test_study_goldens.py
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from rich.cells import cell_len
from textual.pilot import Pilot

from dlwp_tui.core import hardware, progress
from dlwp_tui.course import reader
from dlwp_tui.tui.app import DlwpApp
from dlwp_tui.tui.bench.pane import BenchPane
from dlwp_tui.tui.reader.note import NotePane
from dlwp_tui.tui.screens.study import StudyScreen

GOLDENS = Path(__file__).parent / "goldens"
WIDE, MEDIUM, NARROW = (160, 45), (120, 40), (80, 24)


pytestmark = pytest.mark.usefixtures("course_dir")


@pytest.fixture(autouse=True)
def _still_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    still = hardware.Hardware(cpu_percent=41.0, cores=2.0, ram_used=5 * 2**30, ram_total=24 * 2**30, gpus=())
    monkeypatch.setattr(progress, "learner", lambda: "")
    monkeypatch.setattr(hardware, "sample", lambda: still)
    monkeypatch.setattr(hardware, "ram_free", lambda: 19 * 2**30)


@asynccontextmanager
async def opened(size: tuple[int, int]) -> AsyncIterator[Pilot[None]]:
    """The app on the tiny course; everything has come to rest."""
    async with DlwpApp(reader.load(), "1.1", warm_up=False).run_test(size=size) as pilot:
        for _ in range(200):
            await pilot.pause(0.02)
            if any(pane.note is not None for pane in pilot.app.screen.query(NotePane)):
                break
        await rest(pilot)
        yield pilot


async def rest(pilot: Pilot[None]) -> None:
    """Wait until the bench has followed the note, no thread reads, and two looks at the screen are equal."""
    study = next(screen for screen in pilot.app.screen_stack if isinstance(screen, StudyScreen))
    before: list[str] = []
    for _ in range(200):
        await pilot.pause(0.05)
        now = rows(pilot)
        followed = study.query_one(BenchPane).section is study.panes.section
        if now == before and followed and not any(not worker.is_finished for worker in pilot.app.workers):
            return
        before = now
    pytest.fail("the screen does not come to rest")


def rows(pilot: Pilot[None]) -> list[str]:
    """The screen's rows as text."""
    return [strip.text for strip in pilot.app.screen._compositor.render_strips()]


def compare(pilot: Pilot[None], name: str) -> None:
    """Every row as wide as the screen, and the text equal to the stored one."""
    shown = rows(pilot)
    width = pilot.app.size.width
    assert {cell_len(row) for row in shown} == {width}
    text = "\n".join(row.rstrip() for row in shown) + "\n"
    path = GOLDENS / f"{name}.txt"
    if os.environ.get("DLWP_GOLDENS") == "write":
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8"), f"the screen differs from {path.name}"


@pytest.mark.parametrize(("name", "size"), [("wide", WIDE), ("medium", MEDIUM), ("narrow", NARROW)])
async def test_first_sight(name: str, size: tuple[int, int]) -> None:
    async with opened(size) as pilot:
        compare(pilot, name)


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("cards", ["right_square_bracket"]),
        ("formula-and-quiz", ["right_square_bracket", "right_square_bracket"]),
        ("next-section", ["n"]),
        ("source", ["u"]),
        ("empty-curves", ["v"]),
        ("empty-history", ["h"]),
    ],
)
async def test_after_keys(name: str, keys: list[str]) -> None:
    async with opened(WIDE) as pilot:
        for key in keys:
            await pilot.press(key)
            await rest(pilot)
        compare(pilot, name)


@pytest.mark.parametrize(
    ("name", "key"), [("narrow-contents", "1"), ("narrow-params", "p"), ("narrow-help", "question_mark")]
)
async def test_narrow_panes(name: str, key: str) -> None:
    async with opened(NARROW) as pilot:
        await pilot.press(key)
        await rest(pilot)
        compare(pilot, name)


async def test_chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DLWP_LANG", "zh")
    async with opened(WIDE) as pilot:
        compare(pilot, "chinese")


@pytest.mark.parametrize("theme", ["dlwp-light", "ansi-dark", "ansi-light"])
@pytest.mark.parametrize("size", [WIDE, MEDIUM, NARROW])
async def test_every_theme_keeps_the_rows(theme: str, size: tuple[int, int]) -> None:
    async with opened(size) as pilot:
        before = rows(pilot)
        pilot.app.theme = theme
        await rest(pilot)
        assert {cell_len(row) for row in rows(pilot)} == {size[0]}
        assert [row.rstrip() for row in rows(pilot)] == [row.rstrip() for row in before]
