"""A command says after a second what it waits for, and takes that away again."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from dlwp_tui.cli import data, output
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


def test_how_much_of_a_file_was_read(tmp_path: Path) -> None:
    (tmp_path / "big").write_bytes(b"x" * 1000)
    with (tmp_path / "big").open("rb", buffering=0) as file:
        assert data._share_read(tmp_path / "big") == ""
        file.read(340)
        assert data._share_read(tmp_path / "big") == " 34%"
    assert data._share_read(tmp_path / "big") == data._share_read(tmp_path / "gone") == ""
