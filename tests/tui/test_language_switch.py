"""Switching the language builds the screen anew in the other one, and the settings keep it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from textual.pilot import Pilot

from dlwp_tui.core import language, paths, settings
from dlwp_tui.course.reader import Course
from dlwp_tui.tui.app import DlwpApp
from dlwp_tui.tui.bench.pane import BenchPane
from tests.runs.conftest import make_run
from tests.runs.fake_run import FakeRun

__all__ = ["make_run"]


async def until(pilot: Pilot[None], holds: Callable[[], object]) -> None:
    """Wait for what a thread of the app does."""
    for _ in range(400):
        if holds():
            return
        await pilot.pause(0.05)
    raise AssertionError("it did not come")


async def test_the_language_is_switched_back_and_forth(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DLWP_LANG")
    monkeypatch.setattr(language, "_chosen", "zh")
    app = DlwpApp(course, warm_up=False)
    async with app.run_test(size=(160, 45)) as pilot:
        await pilot.pause()
        for chosen, title in (("en", "Bench"), ("zh", "实验台")):
            app.action_next_language()
            await pilot.pause()
            assert language.language() == settings.load().language == chosen
            assert str(app.screen.query_one(BenchPane).border_title).startswith(title)


async def test_a_language_that_the_environment_holds_is_not_switched(course: Course) -> None:
    """DLWP_LANG is `en` in all tests: the setting would change without a sign."""
    app = DlwpApp(course, warm_up=False)
    async with app.run_test(size=(160, 45)) as pilot:
        await pilot.pause()
        app.action_next_language()
        await pilot.pause()
        assert any("DLWP_LANG=en" in notice.message for notice in app._notifications)
        assert language.language() == "en" and not (paths.home() / "settings.toml").exists()


async def test_what_was_in_view_stays_in_view(
    course: Course,
    monkeypatch: pytest.MonkeyPatch,
    make_run: Callable[..., FakeRun],
) -> None:
    monkeypatch.delenv("DLWP_LANG")
    monkeypatch.setattr(language, "_chosen", "zh")
    runs = [make_run("1.1") for _ in range(2)]
    for run in runs:
        run.epochs("loss", 2.0, 1.0).say("ended", 3, state="finished", seconds=3)
    app = DlwpApp(course, warm_up=False, section="1.1")
    async with app.run_test(size=(160, 45)) as pilot:
        await until(pilot, lambda: app.screen.query(BenchPane))
        await until(pilot, lambda: app.screen.query_one(BenchPane).shown is not None)
        bench = app.screen.query_one(BenchPane)
        bench.show_run(runs[0].folder)
        await pilot.press("o")
        app.action_next_language()
        await pilot.pause()
        new = app.screen.query_one(BenchPane)
        assert new is not bench and language.language() == "en"
        await until(pilot, lambda: new.shown is not None and new.tabs.active == "tab-output")
        assert new.section is not None and new.section.id == "1.1"
        assert new.shown is not None and new.shown.folder == runs[0].folder, "the newest is another"
