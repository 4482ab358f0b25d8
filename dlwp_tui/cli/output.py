"""Output of the commands: data to stdout, messages to stderr, JSON one object a line.

The only way to a terminal for text that is not ours, which may hold anything: see `core/plain.py`.
"""

from __future__ import annotations

import contextlib
import json
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, TextIO

from dlwp_tui.core import formats
from dlwp_tui.core.errors import ReaderGone, StorageError
from dlwp_tui.core.language import _
from dlwp_tui.core.plain import escaped, plain

SHORT_S = 1.0
"""Seconds that a command may take without saying what it does."""

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text


def say(message: str) -> None:
    """Print a message for a person, on stderr."""
    print(plain(message), file=sys.stderr, flush=True)


def line(text: str = "") -> None:
    """Print a line of data, on stdout. Raises ReaderGone for a closed pipe, StorageError for a full disk behind it."""
    part(text + "\n")


def part(text: str) -> None:
    """Print a part of a line, on stdout and at once. Raises what `line` raises."""
    _write(plain(text))


def marked(pieces: Iterable[tuple[str, bool]]) -> None:
    """Print a line of data in pieces, the marked ones bold on a terminal."""
    bold = "\x1b[1m{}\x1b[0m" if is_terminal() else "{}"
    shown = (bold.format(plain(text)) if mark and text else plain(text) for text, mark in pieces)
    _write("".join(shown) + "\n")


def _write(text: str) -> None:
    try:
        print(text, end="", flush=True)
    except BrokenPipeError:
        raise ReaderGone from None
    except OSError as error:
        raise StorageError(
            _("The output cannot be written: {reason}.").format(reason=error.strerror or error),
            _("Make room, or send it to another place."),
        ) from error


def json_line(value: Any) -> None:
    """Print one JSON object on one line of stdout. NaN and infinity become the strings "nan", "inf", "-inf"."""
    from dlwp_tui.runs.events import encode

    text = encode(value) if isinstance(value, Mapping) else json.dumps(value, ensure_ascii=False).encode()
    _write(escaped(text.decode("utf-8").rstrip("\n")) + "\n")


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print aligned columns on stdout, not wrapped, for `grep` and `awk`."""
    for text in formats.aligned(columns, rows):
        line(text)


def csv_rows(rows: Iterable[Sequence[object]]) -> None:
    """Print rows as CSV on stdout."""
    import csv
    from io import StringIO

    for row in rows:
        text = StringIO()
        csv.writer(text, lineterminator="").writerow(row)
        line(text.getvalue())


def styled(text: Text, width: int) -> None:
    """Print lines with their colours on stdout, where it is a terminal that has some."""
    paper = console(width=width, soft_wrap=True)
    with paper.capture() as captured:
        paper.print(text)
    for row in captured.get().rstrip("\n").split("\n"):
        _write(row + "\n")


def console(file: TextIO | None = None, width: int | None = None, *, soft_wrap: bool = False) -> Console:
    """A console of Rich that reads no text as markup and lets no sign through that commands a terminal."""
    return _console_class()(file=file, width=width, highlight=False, markup=False, emoji=False, soft_wrap=soft_wrap)


@cache
def _console_class() -> type[Console]:
    from rich.console import Console, ConsoleOptions, RenderableType
    from rich.segment import Segment

    class PlainConsole(Console):
        def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
            """What Rich makes of `renderable`; it comes here for all that is printed or redrawn."""
            for segment in super().render(renderable, options):
                yield segment if segment.control else Segment(plain(segment.text), segment.style)

    return PlainConsole


@contextlib.contextmanager
def waiting(text: str | Callable[[], str]) -> Iterator[Callable[[], None]]:
    """Say on stderr, from the second second on, what is waited for and for how long; the function given ends it.

    text: what it is, or a function that says what it is just then.
    """
    over = threading.Event()
    shown = sys.stderr.isatty()

    def tell() -> None:
        began = time.monotonic()
        while not over.wait(SHORT_S):
            if not shown:
                say((text if isinstance(text, str) else text()) + "…")
                return
            sys.stderr.write(
                f"\r\x1b[K{plain(text if isinstance(text, str) else text())} · {time.monotonic() - began:.0f} s"
            )
            sys.stderr.flush()
        if shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()

    teller = threading.Thread(target=tell, daemon=True)
    teller.start()

    def end() -> None:
        over.set()
        teller.join()

    try:
        yield end
    finally:
        end()


def is_terminal() -> bool:
    """True when stdout is a terminal, so that a person may be looking at it."""
    return sys.stdout.isatty()
