"""How the commands speak: data to stdout, everything else to stderr, JSON one object a line."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from dlwp_tui.core.errors import ReaderGone, StorageError
from dlwp_tui.core.language import _


def say(message: str) -> None:
    """A sentence for the person, on stderr."""
    print(message, file=sys.stderr, flush=True)


def line(text: str = "") -> None:
    """A line of data, on stdout. ReaderGone when the pipe was closed, StorageError when a disk behind it is full."""
    try:
        print(text, flush=True)
    except BrokenPipeError:
        raise ReaderGone from None
    except OSError as error:
        raise StorageError(
            _("The output cannot be written: {reason}.").format(reason=error.strerror or error),
            _("Make room, or send it to another place."),
        ) from error


def json_line(value: Any) -> None:
    """One JSON object on one line of stdout. NaN and infinity as the strings "nan", "inf", "-inf"."""
    from dlwp_tui.runs.events import encode

    text = encode(value) if isinstance(value, Mapping) else json.dumps(value, ensure_ascii=False).encode()
    line(text.decode("utf-8").rstrip("\n"))


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Aligned columns on stdout; no wrapping, so `grep` and `awk` can use it."""
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
    """True when stdout is a terminal a person looks at."""
    return sys.stdout.isatty()


def duration(seconds: float | None) -> str:
    """`4.2s`, `3m12s`, `1h05m`; empty for None."""
    if seconds is None:
        return ""
    if seconds < 60:
        return f"{seconds:.1f}s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes}m{rest:02d}s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours}h{minutes:02d}m"


def figure(value: float) -> str:
    """A figure as the lists show it: four significant digits, integers whole, `nan` and `inf` as such."""
    if math.isfinite(value) and value == int(value) and abs(value) < 1e6:
        return str(int(value))
    return f"{value:.4g}"


def figures(values: Mapping[str, float]) -> str:
    """`loss 0.1234  accuracy 0.9`."""
    return "  ".join(f"{name} {figure(value)}" for name, value in values.items())
