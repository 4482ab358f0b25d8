"""Which kind of pictures is drawn: as the setting `pictures` says, unless the terminal answers that it has no such."""

from __future__ import annotations

import os
import re
import select
import sys
import time

from dlwp_tui.core import settings
from dlwp_tui.core.language import _

WAIT_S = 1.0
"""Seconds for the answer, which takes as long as the line to the terminal and back."""
_QUESTIONS = {"kitty": "\x1b_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\\x1b[>q\x1b[c", "sixel": "\x1b[c"}
"""May a picture be sent, what is the terminal's name, and last what every terminal answers: what it has."""
FIRST_KITTY = 28
"""kitty 0.28 was the first with placeholders; older ones have the protocol and would show signs in their place."""
_unable: set[str] = set()


def kind() -> str:
    """`blocks`, `kitty` or `sixel`."""
    chosen = settings.load().pictures
    return "blocks" if chosen in _unable else chosen


def problem() -> str:
    """A sentence for the learner where the terminal has answered that it has not what the setting wants."""
    chosen = settings.load().pictures
    if chosen not in _unable:
        return ""
    return _("This terminal does not draw {kind} pictures: half blocks are drawn instead.").format(kind=chosen)


def ask() -> None:
    """Ask the terminal, where pictures are to be more than half blocks.

    Keys typed meanwhile are lost. Not inside tmux for kitty's pictures: the question does not come through.
    """
    chosen = settings.load().pictures
    question = _QUESTIONS.get(chosen)
    if question is None or (chosen == "kitty" and "TMUX" in os.environ) or not _is_terminal():
        return
    if can(chosen, _answer(question)) is False:
        _unable.add(chosen)


def can(kind: str, answer: str) -> bool | None:
    """Whether a terminal that answers so draws such pictures; None where it did not answer."""
    has = re.search(r"\x1b\[\?([\d;]*)c", answer)
    if has is None:
        return None
    if kind == "sixel":
        return "4" in has[1].split(";")
    version = re.search(r"kitty\(0\.(\d+)", answer)
    return "\x1b_Gi=31;OK" in answer and (version is None or int(version[1]) >= FIRST_KITTY)


def _is_terminal() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()


def _answer(question: str) -> str:
    import termios
    import tty

    stdin, until, answer = sys.stdin.fileno(), time.monotonic() + WAIT_S, b""
    before = termios.tcgetattr(stdin)
    try:
        tty.setcbreak(stdin, termios.TCSANOW)
        sys.stdout.write(question)
        sys.stdout.flush()
        while not re.search(rb"\x1b\[\?[\d;]*c", answer):
            if not select.select([stdin], [], [], max(0.0, until - time.monotonic()))[0]:
                break
            answer += os.read(stdin, 1024)
    except OSError:
        pass
    finally:
        termios.tcsetattr(stdin, termios.TCSANOW, before)
    return answer.decode("utf-8", "replace")
