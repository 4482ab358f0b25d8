"""Guards for a program that runs at the far end of an SSH connection.

Each answers something measured: one bad byte on stdin ended the app; SIGHUP left the terminal in the alternate screen;
an app whose terminal was gone used 92 % of a core for ever; a GBK locale filled the screen with escapes.
"""

from __future__ import annotations

import asyncio
import codecs
import io
import os
import re
import select
import signal
import sys
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from dlwp_tui.core.errors import UsageError
from dlwp_tui.core.language import _

ESCAPE_DELAY = 0.1
"""Seconds after which Textual takes an ESC for the key."""

if TYPE_CHECKING:
    from textual.app import App

GRACE_S = 2.0
"""Seconds an orderly exit may take: where the terminal is gone, shutdown waits for ever for the writer thread."""

PASTED, DISTINCT = 40, 8
"""Characters in one piece of input, and different ones among them, from which on it was pasted: not typed ahead, which
is shorter, and no key held down."""
_CUT = re.compile(r"\[(20[01]~|[IO]|<\d+;\d+;\d+[Mm])")
"""What may follow an ESC: the ends of a paste, focus, the mouse."""
_TEXT = re.compile(r"[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]+")


def require_terminal() -> None:
    """Raise UsageError, naming the CLI, where the app cannot be drawn. Imports nothing heavy."""
    if os.environ.get("TERM", "") == "dumb":
        raise UsageError(
            _("This terminal (TERM=dumb) cannot show the app."),
            _("Use the commands instead: dlwp list, dlwp show 3.4, dlwp run 3.4 --preset quick"),
        )
    if not (_is_tty(sys.__stdin__) and _is_tty(sys.__stdout__) and _is_tty(sys.__stderr__)):
        raise UsageError(
            _("The app needs a terminal, and the input or the output is not one."),
            _("Use the commands instead: dlwp list, dlwp show 3.4, dlwp run 3.4 --preset quick"),
        )


def before_run() -> None:
    """Make output UTF-8 in every locale, and turn bad input bytes into U+FFFD."""
    for stream in {sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__}:
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")
    import textual.drivers.linux_driver as driver

    # The driver's input thread decodes strictly. A private name: tests/test_terminal_manners.py covers it.
    driver.getincrementaldecoder = lambda _encoding: TypedText  # type: ignore[attr-defined,assignment]


class TypedText:
    """Decodes what the terminal sends, so that neither bad bytes, a slow line nor a paste becomes keys nobody pressed.

    A sequence cut behind its ESC by the line is put together again: Textual takes an ESC that stands alone for a tenth
    of a second for the key, and the rest for keys, a pasted `q` among them. Much text that comes at once was pasted, in
    a terminal that does not mark pastes: it is marked here, since 10 KB of single keys took 17 s.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._decode = codecs.getincrementaldecoder("utf-8")(errors="replace").decode
        self._clock = clock
        self._escaped: float | None = None
        """When the last piece ended with an ESC."""

    def decode(self, data: bytes, final: bool = False) -> str:
        """The text in the next piece of input."""
        text = self._decode(data, final)
        now, escaped = self._clock(), self._escaped
        if text:
            self._escaped = now if text.endswith("\x1b") else None
        if escaped is not None and now - escaped > ESCAPE_DELAY and _CUT.match(text):
            text = "\x1b" + text
        if len(text) >= PASTED and "\x1b" not in text and len(set(text)) >= DISTINCT and _TEXT.fullmatch(text):
            return f"\x1b[200~{text}\x1b[201~"
        return text


def install(app: App[None]) -> None:
    """Leave in order on SIGTERM, SIGHUP and a lost terminal. Call from the app's on_mount."""
    if not _is_tty(sys.__stdin__):
        return  # under a test pilot: the signals belong to the test runner

    def leave(code: int) -> None:
        timer = threading.Timer(GRACE_S, os._exit, (code,))
        timer.daemon = True
        timer.start()
        app.exit(return_code=code)

    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, leave, 128 + number)

    poll = select.poll()
    poll.register(0, select.POLLHUP)

    def check_terminal() -> None:
        if any(event & (select.POLLHUP | select.POLLERR | select.POLLNVAL) for _fd, event in poll.poll(0)):
            leave(128 + signal.SIGHUP)

    app.set_interval(1.0, check_terminal)


def _is_tty(stream: io.TextIOBase | None) -> bool:
    try:
        return stream is not None and stream.isatty()
    except ValueError:  # closed
        return False
