"""Output of the commands: data to stdout, messages to stderr, JSON one object a line."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from dlwp_tui.core.errors import ReaderGone, StorageError
from dlwp_tui.core.language import _


def say(message: str) -> None:
    """Print a message for a person, on stderr."""
    print(message, file=sys.stderr, flush=True)


def line(text: str = "") -> None:
    """Print a line of data, on stdout. Raises ReaderGone for a closed pipe, StorageError for a full disk behind it."""
    part(text + "\n")


def part(text: str) -> None:
    """Print a part of a line, on stdout and at once. Raises what `line` raises."""
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
    line(text.decode("utf-8").rstrip("\n"))


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print aligned columns on stdout, not wrapped, for `grep` and `awk`."""
    for text in aligned(columns, rows):
        line(text)


def aligned(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Rows under their columns by display width, two spaces between them."""
    from rich.cells import cell_len

    lines = [list(columns), *(list(row) for row in rows)]
    widths = [max(cell_len(row[number]) for row in lines) for number in range(len(columns))]
    return [
        "  ".join(cell + " " * (width - cell_len(cell)) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in lines
    ]


def is_terminal() -> bool:
    """True when stdout is a terminal, so that a person may be looking at it."""
    return sys.stdout.isatty()
