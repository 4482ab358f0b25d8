"""How numbers, durations, sizes and sources of data are written for people, in every room."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from dlwp_tui.core.language import _
from dlwp_tui.core.plain import plain
from dlwp_tui.core.types import UsedSource

TABLE_ROWS, TABLE_COLUMNS = 100, 20
"""Of a lesson's table, as it is shown: more is read by programs, and 5,000 rows took the app a minute."""


def number(value: float, digits: int = 4, whole: float = 1e6) -> str:
    """`0.8712`, `16`, `nan`: `digits` significant digits; whole numbers below `whole` are written out."""
    if math.isfinite(value) and value == int(value) and abs(value) < whole:
        return str(int(value))
    return f"{value:.{digits}g}"


def numbers(values: Mapping[str, float]) -> str:
    """`loss 0.1234  accuracy 0.9`."""
    return "  ".join(f"{name} {number(value)}" for name, value in values.items())


def fixed(value: float) -> str:
    """A number in exactly 7 cells with four significant digits, so that columns stand still while it changes."""
    if not math.isfinite(value):
        return f"{value:>7}"
    size = abs(value)
    if size != 0 and (size >= 1e6 or size < 1e-4):
        text = f"{value:7.1e}"  # 8 cells with a minus sign or a third digit in the exponent
        return text if len(text) <= 7 else f"{value:7.0e}"
    decimals = 4 if size < 10 else 3 if size < 100 else 2 if size < 1000 else 1 if size < 10000 else 0
    text = f"{value:7.{decimals}f}"
    return text if len(text) <= 7 else f"{value:7.{decimals - 1}f}"  # -999.996 rounds to one more digit


def duration(seconds: float, *, tenths: bool = False) -> str:
    """A measured time: `8 s`, `2:05`, `1:02:05`; with `tenths` `8.2 s` below a minute."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{max(0.0, seconds):.1f} s" if tenths else f"{whole} s"
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def rough_duration(seconds: float) -> str:
    """An estimated time, no more exact than an estimate is: `9 s`, `45 s`, `3 min`, `1 h 20 min`."""
    if seconds < 1:
        return _("1 s")
    if seconds < 90:
        return _("{n} s").format(n=round(seconds) if seconds < 20 else round(seconds / 5) * 5)
    minutes = round(seconds / 60)
    if minutes < 60:
        return _("{n} min").format(n=minutes)
    return _("{h} h {m} min").format(h=minutes // 60, m=minutes % 60)


def memory(mb: int) -> str:
    """`460 MB`, `1.8 GB`; `mb` counts 2^20 bytes."""
    return f"{mb} MB" if mb < 1000 else f"{mb / 1024:.1f} GB"


def gib(size: int) -> str:
    """Bytes as GiB without the unit: one decimal below 10, none from there on."""
    value = size / 2**30
    return f"{value:.1f}" if value < 9.95 else f"{value:.0f}"


def file_size(size: float) -> str:
    """Bytes on a disk: `17.5 MB`, `2.1 GB`, in powers of 1000 as `ls` and publishers write them."""
    return f"{size / 1e6:.1f} MB" if size < 1e9 else f"{size / 1e9:.1f} GB"


def disk_used(size: int) -> str:
    """Like `file_size`, with `48 kB` below a megabyte: most runs are that small."""
    return f"{size / 1e3:.0f} kB" if size < 1e6 else file_size(size)


def source_word(source: UsedSource | None) -> str:
    """Which data a run used, for a table's cell; "" for none."""
    return {"real": _("real"), "unverified": _("unverified"), "synthetic": _("synthetic")}.get(source or "", "")


def source_label(source: UsedSource | None, *, short: bool = False) -> str:
    """The label that a run's figures carry wherever they are shown; "" for real data and for none."""
    if short:
        return {"synthetic": _("synthetic"), "unverified": _("unverified file")}.get(source or "", "")
    return {"synthetic": _("synthetic data"), "unverified": _("real data (unverified file)")}.get(source or "", "")


def beginning(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> tuple[list[str], list[list[Any]], str]:
    """The part of a lesson's table that is shown: its first columns and rows, and a sentence where there are more."""
    shown = [list(row[:TABLE_COLUMNS]) for row in rows[:TABLE_ROWS]]
    if len(rows) <= TABLE_ROWS and len(columns) <= TABLE_COLUMNS:
        return list(columns), shown, ""
    more = _("… in all {rows} rows of {columns} columns: dlwp export RUN --json")
    return list(columns[:TABLE_COLUMNS]), shown, more.format(rows=f"{len(rows):,}", columns=len(columns))


def aligned(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Rows under their columns by display width, two spaces between them."""
    from rich.cells import cell_len

    lines = [[" ".join(plain(cell).splitlines()) for cell in row] for row in (columns, *rows)]
    widths = [max(cell_len(row[number]) for row in lines) for number in range(len(columns))]
    return [
        "  ".join(cell + " " * (width - cell_len(cell)) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in lines
    ]
