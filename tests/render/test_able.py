"""What terminals answer, as recorded, and what is drawn in them."""

from __future__ import annotations

import os
import pty
import threading
from types import SimpleNamespace

import pytest

from dlwp_tui.core import paths
from dlwp_tui.render import able

XTERM, VT340 = "\x1b[?64;1;2;6;9;15;16;17;18;21;22;28c", "\x1b[?63;1;2;4;6;9;15;16;22;28c"
KITTY, OLD = (f"\x1b_Gi=31;OK\x1b\\\x1bP>|kitty({version})\x1b\\\x1b[?62;c" for version in ("0.32.2", "0.26.5"))


@pytest.mark.parametrize(
    ("kind", "answer", "wanted"),
    [
        ("sixel", XTERM, False),
        ("sixel", VT340, True),
        ("sixel", KITTY, False),
        ("sixel", "", None),
        ("kitty", KITTY, True),
        ("kitty", OLD, False),
        ("kitty", "\x1bP>|XTerm(379)\x1b\\" + XTERM, False),
        ("kitty", "\x1b_Gi=31;OK\x1b\\\x1bP>|ghostty 1.2.0\x1b\\\x1b[?62;22c", True),
        ("kitty", "typed", None),
    ],
)
def test_an_answer_says_what_a_terminal_has(kind: str, answer: str, wanted: bool | None) -> None:
    assert able.can(kind, answer) is wanted


@pytest.mark.parametrize(("answer", "wanted"), [(XTERM, "blocks"), (VT340, "sixel")])
def test_the_terminal_is_asked_and_a_sentence_says_what_is_drawn_instead(
    answer: str, wanted: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths.ensure(paths.home())
    paths.settings_file().write_text('pictures = "sixel"\n', encoding="utf-8")
    monkeypatch.setattr(able, "_unable", set())
    outer, inner = pty.openpty()
    asked: list[bytes] = []

    def terminal() -> None:
        asked.append(os.read(outer, 100))
        os.write(outer, answer.encode())

    thread = threading.Thread(target=terminal)
    thread.start()
    with open(inner, closefd=False) as reads, open(inner, "w", closefd=False) as writes:
        monkeypatch.setattr(able, "sys", SimpleNamespace(stdin=reads, stdout=writes))
        able.ask()
    thread.join()
    os.close(inner)
    os.close(outer)
    assert asked == [b"\x1b[c"] and able.kind() == wanted
    assert ("sixel" in able.problem()) is (wanted == "blocks")


def test_half_blocks_ask_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(able, "_answer", lambda _question: pytest.fail("asked"))
    able.ask()
    assert able.kind() == "blocks" and not able.problem()
