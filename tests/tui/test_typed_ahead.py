"""Keys typed before the study screen is there are not lost."""

from __future__ import annotations

import pytest
from textual import events

from dlwp_tui.course.reader import Course
from dlwp_tui.tui.app import DlwpApp
from dlwp_tui.tui.reader.note import NotePane
from dlwp_tui.tui.screens.help import HelpScreen
from tests.tui.bench.bench_runs import until


async def test_keys_typed_ahead_reach_the_study_screen_in_order(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    mounted = DlwpApp.on_mount

    def typing(app: DlwpApp) -> None:
        """Two keys before the first frame is painted."""
        mounted(app)
        app.post_message(events.Key("n", "n"))
        app.post_message(events.Key("question_mark", "?"))

    monkeypatch.setattr(DlwpApp, "on_mount", typing)
    app = DlwpApp(course, course.sections[0].id, warm_up=False)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, HelpScreen), "the help")
        section = app.screen_stack[1].query_one(NotePane).section
        assert section is not None and section.id == course.sections[1].id
