"""Keys typed before the study screen is there are not lost."""

from __future__ import annotations

import pytest
from textual import events
from textual.widgets import Input

from dlwp_tui.course.reader import Course
from dlwp_tui.tui import typed_ahead
from dlwp_tui.tui.app import DlwpApp
from dlwp_tui.tui.bench.form import ParamsForm
from dlwp_tui.tui.reader.note import NotePane
from dlwp_tui.tui.reader.search import SearchScreen
from dlwp_tui.tui.screens.help import HelpScreen
from dlwp_tui.tui.screens.study import StudyScreen
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


async def test_keys_of_one_burst_go_where_those_before_them_lead(course: Course) -> None:
    """`p`, then Down and two digits at once: they belong to the second field, and `/` and a word to the search."""
    app = DlwpApp(course, course.sections[0].id, warm_up=False)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, StudyScreen), "the study screen")
        await pilot.press("p")
        await until(pilot, lambda: app.focused is not None and app.focused.id == "param-epochs", "the first field")
        for key, character in (("down", None), ("6", "6"), ("4", "4"), ("slash", "/"), ("o", "o"), ("v", "v")):
            app.post_message(events.Key(key, character))
        await until(pilot, lambda: isinstance(app.screen, SearchScreen), "the search")
        await until(pilot, lambda: app.screen.query_one(Input).value == "ov", "what was typed into it")
        form = app.screen_stack[1].query_one(ParamsForm)
        assert form.query_one("#param-epochs", Input).value == "3"
        assert form.query_one("#param-rate", Input).value == "64"


async def test_a_key_whose_widget_is_gone_holds_up_no_other(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(typed_ahead, "LONGEST_S", 0.05)
    app = DlwpApp(course, course.sections[0].id, warm_up=False)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, StudyScreen), "the study screen")
        monkeypatch.setattr(app._in_turn, "_follow", lambda _node, _turn: None)  # as when the call is lost
        app.post_message(events.Key("n", "n"))
        app.post_message(events.Key("question_mark", "?"))
        await until(pilot, lambda: isinstance(app.screen, HelpScreen), "the help")


async def test_a_key_behind_one_that_closed_a_dialog_does_not_wait_long(course: Course) -> None:
    """The call that follows the first key may go down with the dialog."""
    app = DlwpApp(course, course.sections[0].id, warm_up=False)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, StudyScreen), "the study screen")
        for _turn in range(3):
            app.post_message(events.Key("question_mark", "?"))
            await until(pilot, lambda: isinstance(app.screen, HelpScreen), "the help")
            app.post_message(events.Key("escape", None))
            app.post_message(events.Key("slash", "/"))
            await until(pilot, lambda: isinstance(app.screen, SearchScreen), "the search")
            app.post_message(events.Key("escape", None))
            await until(pilot, lambda: isinstance(app.screen, StudyScreen), "the study screen again")
