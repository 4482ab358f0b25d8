"""Writing an own note in the app: saved by itself, on Esc and when the app ends; shown under the course's note."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from dlwp_tui.core import own_notes
from dlwp_tui.course import reader
from dlwp_tui.tui.app import DlwpApp
from dlwp_tui.tui.dialogs import AskDialog
from dlwp_tui.tui.reader import own_editor
from dlwp_tui.tui.reader.blocks import NoteMarkdown
from dlwp_tui.tui.reader.note import NotePane
from dlwp_tui.tui.reader.own import LARGEST, OwnNote
from dlwp_tui.tui.reader.own_editor import EditorScreen
from dlwp_tui.tui.screens.study import StudyScreen
from tests.conftest import wait_for
from tests.terminal import Terminal

DEADLINE_TURNS = 400


@pytest.fixture
def app(course_dir: Path) -> DlwpApp:
    return DlwpApp(reader.read(course_dir), "1.1", warm_up=False)


async def until(pilot: Pilot[None], condition: Callable[[], object]) -> None:
    for _turn in range(DEADLINE_TURNS):
        if condition():
            return
        await pilot.pause(0.01)
    raise AssertionError("it did not come about")


async def opened(pilot: Pilot[None]) -> NotePane:
    await until(pilot, lambda: isinstance(pilot.app.screen, StudyScreen) and pilot.app.screen.query(NotePane))
    pane = pilot.app.screen.query_one(NotePane)
    await until(pilot, lambda: pane.note is not None)
    return pane


async def writing(pilot: Pilot[None]) -> EditorScreen:
    await pilot.press("w")
    await until(pilot, lambda: isinstance(pilot.app.screen, EditorScreen))
    await pilot.pause()
    assert isinstance(pilot.app.screen, EditorScreen)
    return pilot.app.screen


def shown(pane: NotePane) -> str:
    own = pane.query_one(OwnNote)
    return str(own.query_one("#own-title", Static).content) + own.query_one(NoteMarkdown).source if own.display else ""


async def test_written_shown_and_still_there_on_the_last_page(app: DlwpApp) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        pane = await opened(pilot)
        assert shown(pane) == ""
        await writing(pilot)
        await pilot.press(*"# q1", "enter", "w", "tab", "escape")
        await until(pilot, lambda: isinstance(app.screen, StudyScreen))
        assert own_notes.read("1.1").text.startswith("# q1\nw")
        await until(pilot, lambda: "q1" in shown(pane))
        assert pane.note is not None
        assert pane.page + 1 < len(pane.note.pages)
        assert not pane.query_one(OwnNote).query_one(NoteMarkdown).display, "one line, but on the last page"
        await pane.show(app.course.section("1.1"), -1)
        await until(pilot, lambda: "# q1\nw" in shown(pane))
        await pane.show(app.course.section("1.2"))
        await until(pilot, lambda: pane.section is not None and pane.section.id == "1.2" and shown(pane) == "")


async def test_saved_by_itself_while_typing(app: DlwpApp, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_editor, "SAVE_S", 0.05)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await writing(pilot)
        await pilot.press(*"abc")
        await until(pilot, lambda: own_notes.read("1.1").text == "abc")
        await pilot.press("d")
        await until(pilot, lambda: own_notes.read("1.1").text == "abcd")
        assert own_notes.conflicts("1.1") == []


async def test_the_last_seconds_are_written_when_the_app_ends(app: DlwpApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await writing(pilot)
        await pilot.press(*"abc")
        app.exit()
    assert own_notes.read("1.1").text == "abc"


async def test_a_change_outside_is_kept_beside(app: DlwpApp) -> None:
    own_notes.write(own_notes.read("1.1"), "old")
    async with app.run_test(size=(120, 40)) as pilot:
        pane = await opened(pilot)
        await writing(pilot)
        await pilot.press("x")
        own_notes.file("1.1").write_text("from vim", encoding="utf-8")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, StudyScreen))
        assert own_notes.read("1.1").text == "from vim"
        assert own_notes.conflicts("1.1")[0].read_text(encoding="utf-8") == "oldx"
        assert any("nothing was overwritten" in notice.title for notice in app._notifications)
        await pane.show(app.course.section("1.1"), -1)
        more = pane.query_one("#own-more", Static)
        await until(pilot, lambda: "1.1.conflict-1.md" in str(more.content))


async def test_a_change_outside_is_taken_over_while_nothing_is_typed(
    app: DlwpApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own_editor, "SAVE_S", 0.05)
    own_notes.write(own_notes.read("1.1"), "old")
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(pilot)
        screen = await writing(pilot)
        own_notes.file("1.1").write_text("from vim\r\nand more", encoding="utf-8")
        await until(pilot, lambda: "and more" in screen.area.text)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, StudyScreen))
        assert own_notes.file("1.1").read_bytes() == b"from vim\r\nand more", "looking changes nothing"


async def test_what_cannot_be_saved_is_not_thrown_away(app: DlwpApp) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(pilot)
        await writing(pilot)
        await pilot.press(*"abc")
        own_notes.folder().parent.mkdir(parents=True, exist_ok=True)
        own_notes.folder().write_text("a file where the folder should be", encoding="utf-8")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, AskDialog))
        await pilot.press("enter")  # go on writing
        await until(pilot, lambda: isinstance(app.screen, EditorScreen))
        own_notes.folder().unlink()
        await pilot.press("d", "escape")
        await until(pilot, lambda: isinstance(app.screen, StudyScreen))
        assert own_notes.read("1.1").text == "abcd"


async def test_a_note_that_cannot_be_read_is_not_opened(app: DlwpApp) -> None:
    own_notes.folder().mkdir(parents=True)
    own_notes.file("1.1").write_bytes("过".encode("gbk"))
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(pilot)
        await pilot.press("w")
        await until(pilot, lambda: any("not UTF-8" in notice.title for notice in app._notifications))
        assert isinstance(app.screen, StudyScreen)
    assert own_notes.file("1.1").read_bytes() == "过".encode("gbk")


async def test_without_an_editor_a_sentence_says_what_to_do(app: DlwpApp, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.delenv("EDITOR", raising=False)
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(pilot)
        await pilot.press("E")
        await until(pilot, lambda: any("export EDITOR" in notice.message for notice in app._notifications))


async def test_a_long_note_is_cut_where_it_is_shown(app: DlwpApp) -> None:
    own_notes.write(own_notes.read("1.1"), "row\n" * LARGEST)
    async with app.run_test(size=(120, 40)) as pilot:
        pane = await opened(pilot)
        await pane.show(app.course.section("1.1"), -1)
        await until(pilot, lambda: "row" in shown(pane))
        assert len(shown(pane)) < LARGEST + 100
        assert "editor" in str(pane.query_one("#own-more", Static).content)


async def test_the_editor_leaves_the_note_in_view_at_80_columns(app: DlwpApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        screen = await writing(pilot)
        assert screen.area.region.y >= 12
        assert screen.area.region.height >= 8


def test_a_real_terminal_hands_over_to_the_editor_and_a_kill_loses_only_seconds(
    course_dir: Path, tmp_path: Path
) -> None:
    script = tmp_path / "ed"
    script.write_text('#!/bin/sh\necho "editor was here" > "$1"\n', encoding="utf-8")
    script.chmod(0o755)
    env = {"EDITOR": str(script), "VISUAL": "", "DLWP_NO_WARM_UP": "1"}
    with Terminal.dlwp("--section", "1.1", env=env) as terminal:
        terminal.wait_for("1/3")
        terminal.send("E")
        terminal.wait_for("My note  editor was here")
        assert own_notes.read("1.1").text == "editor was here\n"
        terminal.send("w")
        terminal.wait_for("saved as you type")
        terminal.send("typed")
        wait_for(lambda: own_notes.read("1.1").text == "editor was here\ntyped", what="the note to be saved by itself")
        terminal.process.kill()
        terminal.process.wait()
    assert own_notes.read("1.1").text == "editor was here\ntyped"
    assert own_notes.conflicts("1.1") == []
