"""Two apps of one learner, open at once in two real terminals: nothing of either is lost."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from dlwp_tui.core import own_notes, progress
from tests.conftest import wait_for
from tests.terminal import Terminal

COLD = {"DLWP_NO_WARM_UP": "1"}


def opened(section: str, shows: str) -> Terminal:
    terminal = Terminal.dlwp("--section", section, env=COLD)
    terminal.wait_for(shows)
    return terminal


def test_pages_answers_and_bookmarks_of_both_are_kept(course_dir: Path) -> None:
    with opened("1.1", "1/3") as first, opened("1.2", "只读的一节") as second:
        second.send("B")
        second.wait_for("★")
        first.send("B")
        first.wait_for("★")
        first.send("]")
        first.wait_for("2/3")
        second.send("N")
        second.wait_for("1/3")
        second.wait_for("★")  # the bookmark the other app has set meanwhile
        second.send("]")
        second.wait_for("2/3")
        second.send("]")
        second.wait_for("3/3")
        second.send("B")
        second.wait_for("★")
        first.send("B")
        first.wait_for("2/3  第一页  ★")
        first.send("q")
        second.send("q")
        assert [first.wait(), second.wait()] == [0, 0]
    seen = progress.load()
    assert seen.bookmarks == {("1.1", 0), ("1.1", 1), ("1.1", 2), ("1.2", 0)}
    assert seen.of("1.1").pages == {0, 1, 2}
    assert seen.of("1.2").pages == {0}


def test_both_write_on_the_same_note(course_dir: Path) -> None:
    """Each keeps what it typed: one in the note, the other beside it; `--join` puts them together."""
    with opened("1.1", "1/3") as first, opened("1.1", "1/3") as second:
        for terminal in (first, second):
            terminal.send("w")
            terminal.wait_for("saved as you type")
        first.send("from the first")
        second.send("from the second")
        for terminal, text in ((first, "from the first"), (second, "from the second")):
            terminal.wait_for(text)
            terminal.send("\x1b")
        wait_for(lambda: len(own_notes.all()) == 2, what="the note and the copy beside it")
        for terminal in (first, second):
            terminal.wait_for(lambda shown: "saved as you type" not in shown)
            terminal.send("q")
        assert [first.wait(), second.wait()] == [0, 0]
    assert sorted(note.text for note in own_notes.all()) == ["from the first", "from the second"]
    joined = [sys.executable, "-m", "dlwp_tui", "note", "1.1", "--join"]
    assert "from the second" in subprocess.run(joined, check=True, capture_output=True, text=True).stdout
    [note] = own_notes.all()
    assert "from the first" in note.text and "from the second" in note.text


def test_what_one_writes_the_other_shows(course_dir: Path) -> None:
    with opened("1.2", "只读的一节") as first, opened("1.2", "只读的一节") as second:
        first.send("w")
        first.wait_for("saved as you type")
        first.send("a thought")
        first.send("\x1b")
        first.wait_for("My note")
        wait_for(lambda: own_notes.read("1.2").text == "a thought", what="the note on the disk")
        second.send("N")
        second.wait_for("1/3")
        second.send("n")
        second.wait_for("a thought")
