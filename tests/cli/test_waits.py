"""A command says after a second what it waits for, and takes that away again."""

from __future__ import annotations

import io
import sys

import pytest

from dlwp_tui.cli import output
from tests.conftest import wait_for


class Terminal(io.StringIO):
    """A standard error that is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(output, "SHORT_S", 0.01)


def test_on_a_terminal_the_seconds_count_and_the_line_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    with output.waiting("reading \x1b[2Ja file"):
        wait_for(lambda: screen.getvalue().count("reading") > 2)
    assert screen.getvalue().endswith("reading [2Ja file · 0 s\r\x1b[K")


def test_in_a_pipe_it_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    printed = ""
    with output.waiting("reading a file"):
        printed = str(wait_for(lambda: capsys.readouterr().err))
    assert printed + capsys.readouterr().err == "reading a file…\n"


def test_what_is_over_at_once_is_not_said(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(output, "SHORT_S", 60)
    with output.waiting("reading a file") as over:
        over()
    assert capsys.readouterr().err == ""
