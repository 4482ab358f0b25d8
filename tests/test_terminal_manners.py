"""The app on a remote terminal: bad bytes, odd locales, signals, a lost terminal, no terminal at all."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.terminal import Terminal

pytestmark = pytest.mark.usefixtures("course_dir")


def open_app(**env: str) -> Terminal:
    terminal = Terminal.dlwp(env={"DLWP_NO_WARM_UP": "1", **env})
    terminal.wait_for("1.1")
    return terminal


def test_bad_bytes_on_stdin_do_not_end_it() -> None:
    with open_app() as terminal:
        terminal.send(b"\xff\xfe\x80?")
        terminal.wait_for("Esc closes")
        terminal.send("\x1b")
        terminal.wait_for(lambda text: "Esc closes" not in text)
        terminal.send("q")
        assert terminal.wait() == 0


@pytest.mark.parametrize(
    "locale", [{"LC_ALL": "zh_CN.GBK"}, {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}]
)
def test_another_locale_shows_the_same_text(locale: dict[str, str]) -> None:
    with open_app(**locale) as terminal:
        terminal.wait_for(lambda text: "假" in text)
        assert "\\u" not in terminal.text()
        terminal.send("q")
        assert terminal.wait() == 0


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_signals_leave_the_terminal_as_it_was(number: signal.Signals, code: int) -> None:
    with open_app() as terminal:
        os.kill(terminal.process.pid, number)
        assert terminal.wait() == code
        assert b"\x1b[?1049l" in terminal.raw  # left the alternate screen
        assert b"\x1b[?1000l" in terminal.raw  # mouse tracking off


def test_a_lost_terminal_ends_it() -> None:
    terminal = open_app(DLWP_TEST="lost")
    os.close(terminal.master)
    try:
        assert terminal.process.wait(10) != 0
    finally:
        terminal.master = os.open(os.devnull, os.O_RDONLY)
        terminal.__exit__(None, None, None)


def test_stdin_that_is_no_terminal_names_the_commands() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "dlwp_tui"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 2
    assert "dlwp list" in done.stderr
    assert done.stdout == ""


def test_a_dumb_terminal_names_the_commands() -> None:
    with Terminal.dlwp(env={"TERM": "dumb"}) as terminal:
        terminal.wait_for("dlwp run")
        assert terminal.wait() == 2
        assert b"\x1b[" not in terminal.raw


def test_a_small_terminal_says_so_and_recovers() -> None:
    with open_app() as terminal:
        terminal.resize(40, 10)
        terminal.wait_for("40x10")
        terminal.resize(80, 24)
        terminal.wait_for(lambda text: "40x10" not in text and "1.1" in text)
        terminal.send("q")
        assert terminal.wait() == 0


@pytest.mark.parametrize("term", ["xterm", "screen-256color", "tmux-256color", "linux", "vt100"])
def test_every_kind_of_terminal_starts_and_leaves(term: str) -> None:
    with open_app(TERM=term) as terminal:
        terminal.send("q")
        assert terminal.wait() == 0


def test_an_unwritable_home_is_said(tmp_path: Path) -> None:
    blocker = tmp_path / "file"
    blocker.write_text("")
    with Terminal.dlwp(env={"DLWP_HOME": str(blocker)}) as terminal:
        terminal.wait_for(lambda text: "DLWP_HOME" in text)


def test_eighty_columns_show_one_pane_from_the_first_frame_on() -> None:
    with Terminal.dlwp(size=(80, 24), env={"DLWP_NO_WARM_UP": "1"}) as terminal:
        frames: list[str] = []

        def settled(text: str) -> bool:
            frames.append(text)
            return "RAM" in text and "1.1" in text

        terminal.wait_for(settled)
        assert any("Note" in frame for frame in frames)
        assert not [frame for frame in frames if "─ Bench" in frame or "─ Contents" in frame]
