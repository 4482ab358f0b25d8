"""A real pseudo-terminal with a program in it, and the screen a person would see (pyte)."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType

import pyte


class Terminal:
    """Run `argv` in a pty of `size` (columns, rows). A context manager: leaving it ends the program."""

    def __init__(
        self, argv: Sequence[str], size: tuple[int, int] = (120, 40), env: Mapping[str, str] | None = None
    ) -> None:
        self.columns, self.rows = size
        self._screen = pyte.Screen(self.columns, self.rows)
        self._stream = pyte.ByteStream(self._screen)
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", self.rows, self.columns, 0, 0))
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            argv,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env={**os.environ, "TERM": "xterm-256color", **(env or {})},
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509 - a pty needs a controlling process
        )
        os.close(slave)
        self.raw = b""

    @classmethod
    def dlwp(cls, *args: str, size: tuple[int, int] = (120, 40), env: Mapping[str, str] | None = None) -> Terminal:
        """The program under test."""
        return cls([sys.executable, "-m", "dlwp_tui", *args], size, env)

    def text(self) -> str:
        """The screen now, one line a row. A wide character's second cell is left out."""
        buffer = self._screen.buffer  # not `display`, which fails on a wide character cut by a resize
        rows = ("".join(buffer[y][x].data for x in range(self.columns)) for y in range(self.rows))
        return "\n".join(row.rstrip() for row in rows)

    def send(self, keys: str | bytes) -> None:
        """Type."""
        os.write(self.master, keys.encode() if isinstance(keys, str) else keys)

    def read(self, timeout: float = 0.05) -> bytes:
        """What the program wrote since the last read, fed to the screen; b"" after `timeout` of silence or its end."""
        ready, _w, _x = select.select([self.master], [], [], timeout)
        if not ready:
            return b""
        try:
            data = os.read(self.master, 1 << 16)
        except OSError:  # EIO: the program has closed its terminal
            return b""
        self.raw += data
        self._stream.feed(data)
        return data

    def wait_for(self, condition: str | Callable[[str], bool], timeout: float = 30) -> float:
        """Wait until the screen holds a text, or a condition of it holds; returns seconds since the start."""
        deadline = time.monotonic() + timeout
        while True:
            shown = self.text()
            if condition in shown if isinstance(condition, str) else condition(shown):
                return time.monotonic() - self.started
            if time.monotonic() > deadline:
                raise AssertionError(f"waited {timeout} s for {condition!r}; the screen:\n{shown}")
            if not self.read() and self.process.poll() is not None:
                while self.read(0.2):
                    pass
                if condition in self.text() if isinstance(condition, str) else condition(self.text()):
                    return time.monotonic() - self.started
                raise AssertionError(f"ended with {self.process.returncode} before {condition!r}:\n{self.text()}")

    def wait(self, timeout: float = 20) -> int:
        """Wait for the program's end, reading on so that it never blocks; returns its exit code."""
        deadline = time.monotonic() + timeout
        while self.process.poll() is None:
            self.read()
            if time.monotonic() > deadline:
                raise AssertionError(f"still running after {timeout} s; the screen:\n{self.text()}")
        while self.read(0.05):
            pass
        return self.process.returncode

    def resize(self, columns: int, rows: int) -> None:
        """Change the window's size, as dragging its corner does."""
        self.columns, self.rows = columns, rows
        self._screen.resize(rows, columns)
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        os.killpg(self.process.pid, signal.SIGWINCH)

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(10)
        os.close(self.master)
