"""What a terminal, a slow line or a paste sends is neither lost nor taken for keys nobody pressed."""

from __future__ import annotations

import time

import pytest
from textual import events

from dlwp_tui.course.reader import Course
from dlwp_tui.tui.app import DlwpApp
from dlwp_tui.tui.screens.help import HelpScreen
from dlwp_tui.tui.screens.study import StudyScreen
from dlwp_tui.tui.terminal import TypedText
from tests.terminal import Terminal
from tests.tui.bench.bench_runs import until

COLD = {"DLWP_NO_WARM_UP": "1"}


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.mark.parametrize("rest", ["[200~q", "[201~", "[I", "[O", "[<35;10;10M"])
def test_a_sequence_cut_behind_its_escape_is_put_together(clock: Clock, rest: str) -> None:
    typed = TypedText(clock)
    assert typed.decode(b"\x1b") == "\x1b"
    clock.now = 0.05  # Textual still waits for the rest
    assert typed.decode(rest.encode()) == rest
    assert typed.decode(b"abc\x1b") == "abc\x1b"
    clock.now = 0.5
    assert typed.decode(rest.encode()) == "\x1b" + rest
    clock.now = 1.0
    assert typed.decode(rest.encode()) == rest, "no ESC before it"


def test_keys_stay_keys(clock: Clock) -> None:
    typed = TypedText(clock)
    assert typed.decode(b"\x1b") == "\x1b"
    clock.now = 1.0
    assert typed.decode(b"[") == "["  # Esc, then the key of the page before
    for keys in (b"j" * 100, b"jk" * 100, b"p\x1b[B6\x1b[B4" * 20, b"typed ahead, but not so much", b"\x03" * 60):
        assert typed.decode(keys) == keys.decode()
    assert typed.decode("好".encode()[:2]) == ""
    assert typed.decode("好".encode()[2:] + b"\xff") == "好�"


def test_much_text_at_once_was_pasted(clock: Clock) -> None:
    text = "the quick brown fox jumps over\rthe lazy dog"
    assert TypedText(clock).decode(text.encode()) == f"\x1b[200~{text}\x1b[201~"


async def test_a_storm_of_focus_events_is_one(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    changes: list[bool] = []
    monkeypatch.setattr(DlwpApp, "watch_app_focus", lambda _app, focus: changes.append(focus), raising=False)
    app = DlwpApp(course, course.sections[0].id, warm_up=False)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, StudyScreen), "the study screen")
        changes.clear()
        for _turn in range(100):
            app.post_message(events.AppBlur())
            app.post_message(events.AppFocus())
        await pilot.press("question_mark")
        await until(pilot, lambda: isinstance(app.screen, HelpScreen), "the help")
        app.post_message(events.AppFocus())
        app.post_message(events.AppBlur())
        await until(pilot, lambda: not app.app_focus, "the last of them")
        assert len(changes) <= 4
        app.post_message(events.AppFocus())
        await until(pilot, lambda: app.app_focus, "the focus again")


@pytest.mark.serial
def test_pastes_in_a_real_terminal(course_dir: object) -> None:
    """One cut behind its ESC presses no `q`; 10 KB without marks are in the search line within seconds."""
    with Terminal.dlwp("--section", "1.1", env=COLD) as app:
        app.wait_for("Bench 1.1")
        app.send("\x1b")
        _idle(app, 0.4)
        app.send("[200~qqqqqq\x1b")
        _idle(app, 0.4)
        app.send("[201~")
        app.send("/")
        app.wait_for("Search the course")
        words = "".join(f"word{number} " for number in range(1200))[:10_000]
        before = time.monotonic()
        app.send(words)
        app.wait_for("Nothing found")
        assert time.monotonic() - before < 8
        app.send("\x1b")
        app.wait_for(lambda shown: "Search the course" not in shown)
        app.send("q")
        assert app.wait() == 0


def _idle(app: Terminal, seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        app.read(0.02)
