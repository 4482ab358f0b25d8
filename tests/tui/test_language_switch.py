"""Switching the language builds the screen anew in the other one, and the settings keep it."""

from __future__ import annotations

import pytest

from dlwp_tui.core import language, paths, settings
from dlwp_tui.course.reader import Course
from dlwp_tui.tui.app import DlwpApp
from dlwp_tui.tui.bench.pane import BenchPane


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
