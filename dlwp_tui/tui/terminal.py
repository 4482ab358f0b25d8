"""Guards for a program that runs at the far end of an SSH connection.

Each answers something measured: one bad byte on stdin ended the app; SIGHUP left the terminal in the alternate screen;
an app whose terminal was gone used 92 % of a core for ever; a GBK locale filled the screen with escapes.
"""

from __future__ import annotations

import asyncio
import codecs
import functools
import io
import os
import select
import signal
import sys
import threading
from typing import TYPE_CHECKING

from dlwp_tui.core.errors import UsageError
from dlwp_tui.core.language import _

if TYPE_CHECKING:
    from textual.app import App

GRACE_S = 2.0
"""Seconds an orderly exit may take: where the terminal is gone, shutdown waits for ever for the writer thread."""


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
    driver.getincrementaldecoder = lambda encoding: functools.partial(  # type: ignore[attr-defined]
        codecs.getincrementaldecoder(encoding), errors="replace"
    )


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
