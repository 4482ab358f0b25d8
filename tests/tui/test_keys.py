"""The key table: one meaning a key, every id can be remapped, and all that names a key reads the table."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import get_args

import pytest
from textual.pilot import Pilot

from dlwp_tui.core import paths
from dlwp_tui.course import reader
from dlwp_tui.tui import keys
from dlwp_tui.tui.app import DlwpApp
from dlwp_tui.tui.bench.history import HistoryView
from dlwp_tui.tui.bench.pane import BenchPane
from dlwp_tui.tui.screens.help import HelpScreen
from dlwp_tui.tui.screens.study import StudyScreen
from tests.tui.bench.bench_runs import finished, rows, until

TUI = Path(keys.__file__).parent


def remap(text: str) -> None:
    paths.ensure(paths.settings_file().parent)
    paths.settings_file().write_text(text, encoding="utf-8")


async def opened(pilot: Pilot[None], app: DlwpApp) -> StudyScreen:
    await until(pilot, lambda: app.screen.query("#param-epochs"), "the bench")
    assert isinstance(app.screen, StudyScreen)
    return app.screen


def test_the_footer_has_eight_keys_and_no_key_has_two_meanings_in_one_place() -> None:
    everything = keys.footer(get_args(keys.Offer))
    assert list(dict.fromkeys(key.footer for key in everything)) == list(range(1, 10))
    assert [key.id for key in everything if key.footer == 8] == ["focus.contents", "focus.note", "focus.bench"]
    assert [key.id for key in keys.footer(())] == ["page.next", "section.next", "search", "app.help"]
    taken = Counter((key.where, name.strip()) for key in keys.KEYS for name in key.keys.split(","))
    assert [place for place, times in taken.items() if times > 1] == []


def test_an_id_has_one_text_in_the_help() -> None:
    shown = [key.id for key in keys.KEYS if key.text]
    assert len(shown) == len(set(shown))
    assert all(key.group for key in keys.KEYS if key.text)


def test_every_place_of_the_table_is_a_widget_or_screen_and_no_other_file_writes_a_key() -> None:
    sources = {file: file.read_text(encoding="utf-8") for file in TUI.rglob("*.py")}
    bound = {name for text in sources.values() for name in re.findall(r'keys\.bindings\("([\w-]+)"\)', text)}
    assert bound | {keys.STUDY} == {key.where for key in keys.KEYS}
    assert [file.name for file, text in sources.items() if "Binding(" in text] == ["keys.py"]


def test_the_table_is_read_without_textual() -> None:
    code = "import sys; from dlwp_tui.tui import keys; print(len(keys.ids()), 'textual' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.split() == [str(len(keys.ids())), "False"]
    assert len(keys.ids()) == len(set(keys.ids()))


def test_the_readme_names_keys_of_the_table() -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    line = readme.split("## Keys")[1].strip().split("\n")[0]
    known = {name.strip() for key in keys.KEYS if key.where == keys.STUDY for name in key.keys.split(",")}
    named = re.findall(r"`([^`]+)`", line)
    assert named and set(named) <= known


@pytest.mark.usefixtures("course_dir")
async def test_every_key_of_the_study_screen_finds_who_acts() -> None:
    app = DlwpApp(reader.load(), "1.1", warm_up=False)
    async with app.run_test(size=(160, 45)) as pilot:
        study = await opened(pilot, app)
        for key in keys.KEYS:
            if key.where == keys.STUDY:
                actor, _dot, action = key.action.partition(".")
                found = study._actors.get(actor) or study.panes.bench.actor(actor)
                assert callable(getattr(found, f"action_{action.partition('(')[0]}")), key.id


@pytest.mark.usefixtures("course_dir")
async def test_two_remapped_keys_act_and_are_shown() -> None:
    remap('[keys]\nsection.next = "K"\n"past.all" = "A"\n')
    folder = finished()
    app = DlwpApp(reader.load(), "1.1", warm_up=False)
    async with app.run_test(size=(160, 45)) as pilot:
        study = await opened(pilot, app)
        assert "K section" in rows(app)[-1] and "n section" not in rows(app)[-1]
        await pilot.press("h")
        history = study.query_one(HistoryView)
        await until(pilot, lambda: history.has_focus_within and history.rows, "the history")
        await until(pilot, lambda: "A all runs" in "\n".join(rows(app)), "the keys below the table")
        await pilot.press("b")
        assert not history.every_lesson
        await pilot.press("A")
        assert history.every_lesson
        assert history.rows[0].id == folder.id
        await pilot.press("n")
        assert study.panes.section is not None and study.panes.section.id == "1.1"
        await pilot.press("K")
        await until(pilot, lambda: study.panes.section.id == "1.2", "the next section")
        await pilot.press("r")
        await until(pilot, lambda: any("K goes to the next section" in one.message for one in app._notifications))
        await pilot.press("question_mark")
        await until(pilot, lambda: isinstance(app.screen, HelpScreen), "the help")
        await until(pilot, lambda: any(re.search(r"\bK +next section", row) for row in rows(app)), "the help's line")


@pytest.mark.usefixtures("course_dir")
async def test_the_key_that_shows_a_runs_curves_can_be_remapped_although_the_table_has_one_of_its_own() -> None:
    remap('[keys]\n"past.show" = "g"\n')
    finished({"rate": 2.0}, ago=500)
    finished(ago=5)
    app = DlwpApp(reader.load(), "1.1", warm_up=False)
    async with app.run_test(size=(160, 45)) as pilot:
        study = await opened(pilot, app)
        bench = study.query_one(BenchPane)
        await pilot.press("h")
        await until(pilot, lambda: bench.tabs.history.has_focus_within and len(bench.tabs.history.rows) == 2, "rows")
        await pilot.press("down", "enter")
        await pilot.pause()
        assert bench.tabs.tab == "history"
        await pilot.press("g")
        await until(pilot, lambda: bench.tabs.tab == "curves", "the curves")
        assert bench.shown is not None and bench.shown.spec.params["rate"] == 2.0
