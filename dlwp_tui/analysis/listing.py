"""A list of runs as a table: what stands in its columns, and which of them fit. For the history and `dlwp runs`."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from rich.cells import cell_len, set_cell_size

from dlwp_tui.analysis.history import NO_LABELS, HistoryRow
from dlwp_tui.analysis.names import SEPARATOR, seed_word
from dlwp_tui.analysis.signs import ASCII_SIGNS, SIGNS, place
from dlwp_tui.core import formats, settings
from dlwp_tui.core.language import _
from dlwp_tui.runs.state import RunState, label

GAP = 2
"""Cells between two columns; behind the sign one is enough."""
NAME_LEAST = 32
"""Cells that the name keeps before a column behind it gets any; below them it is cut before the figure is."""
NEEDED = ("run", "sign", "state", "name", "figure")
"""Always there; the others in their order while they fit."""


@dataclass(frozen=True)
class Column:
    """One column, with a cell for each run."""

    id: str
    head: str
    cells: Sequence[str]
    right: bool = False
    short: Column | None = None
    """Says less in fewer cells, where the names would be cut otherwise."""

    @cached_property
    def width(self) -> int:
        """Cells that it needs."""
        return max(map(cell_len, {self.head, *self.cells}))


@dataclass(frozen=True)
class Placed:
    """A column that has its place in a line."""

    column: Column
    start: int
    width: int

    def cell(self, text: str) -> str:
        """`text` in exactly the width of the column."""
        room = self.width - cell_len(text)
        if room < 0:
            head, mark, seed = text.rpartition(SEPARATOR + seed_word(""))
            tail = mark + seed if head and cell_len(mark + seed) <= self.width * 2 // 3 else ""  # it tells runs apart
            return _cut(head if tail else text, self.width - cell_len(tail)) + tail
        return " " * room + text if self.column.right else text + " " * room


def _cut(text: str, width: int) -> str:
    """The beginning of a text in exactly `width` cells, with an ellipsis."""
    # Where only half of a wide character would fit, the blank cell goes behind the ellipsis.
    return set_cell_size(set_cell_size(text, width - 1).rstrip() + "…", width) if width else ""


def watched(rows: Iterable[HistoryRow]) -> str | None:
    """The metric that a list shows in one column: the first of most runs; None where they are of several lessons."""
    rows = list(rows)
    counts = Counter(row.metrics[0] for row in rows if row.best)
    return counts.most_common(1)[0][0] if counts and len({row.lesson for row in rows}) == 1 else None


def columns(
    rows: Sequence[HistoryRow],
    names: Sequence[str],
    metric: str | None,
    *,
    last: bool = False,
    ids: bool = False,
    now: float | None = None,
) -> list[Column]:
    """The columns, behind id and sign the most needed first.

    metric: the one to show; None: of each run the one it can be judged by, with its name.
    ids: with the runs' ids, as commands need them, in the place of their dates.
    """
    judged = [metric or next(iter(row.metrics), "") for row in rows]
    figures = [row.figure(name, last=last) for row, name in zip(rows, judged, strict=True)]
    values = ["–" if one is None else formats.fixed(one.value) for one in figures]
    figure = short = Column("figure", _("last") if last else _("best"), values, right=True)
    if metric is not None:
        head = (_("last {metric}") if last else _("best {metric}")).format(metric=metric)
        figure = Column("figure", head, values, right=True, short=short)
    else:
        wide = max((cell_len(name) for name in judged), default=0)
        named = [f"{name}{' ' * (wide - cell_len(name))} {value}" for name, value in zip(judged, values, strict=True)]
        figure = Column("figure", short.head, named, short=short)
    states = {one: label(one) for one in RunState}  # looked up in the catalogue once, not for each of a thousand runs
    labels = [states[row.state] for row in rows]
    sources = {one: formats.source_word(one) or "–" for one in {row.source for row in rows}}
    signs = ASCII_SIGNS if settings.load().ascii else SIGNS
    today = time.localtime(now)
    made = [
        Column("run", _("run"), [row.id for row in rows]),
        Column("sign", "", [signs[place(row.number, row.id)[1]] for row in rows]),
        Column("state", _("state"), labels, short=Column("state", "", [label.split()[0] for label in labels])),
        Column("name", _("name"), names),
        figure,
        Column("epoch", _("epoch"), ["–" if one is None else str(one.epoch) for one in figures], right=True),
        Column("data", _("data"), [sources[row.source] for row in rows]),
        Column("time", _("time"), [formats.duration(row.seconds) for row in rows], right=True),
        Column("when", _("when"), [_when(row.created, today) for row in rows]),
        Column("seed", _("seed"), [str(row.seed) for row in rows], right=True),
        Column("tags", _("tags"), [tags(row) for row in rows]),
    ]
    unneeded = {
        "when" if ids else "run",
        *([] if any(figures) else ["figure", "epoch"]),
        *([] if any(made[-1].cells) else ["tags"]),
    }
    return [one for one in made if one.id not in unneeded]


def tags(row: HistoryRow) -> str:
    """`archived #best #wide`."""
    if row.labels is NO_LABELS:
        return ""
    words = [_("archived")] if row.labels.archived else []
    return " ".join([*words, *(f"#{tag}" for tag in row.labels.tags)])


def fit(made: Sequence[Column], room: int | None) -> list[Placed]:
    """The columns that fit into `room` cells, each with its place; None: all of them, as wide as they need."""
    chosen = [one for one in made if room is None or one.id in NEEDED]
    if room is not None:
        for brief in ("state", "figure"):
            if _width(chosen, NAME_LEAST) > room:
                chosen = [one.short if one.id == brief and one.short else one for one in chosen]
        for one in made:
            if one.id not in NEEDED:
                if _width([*chosen, one], NAME_LEAST) > room:
                    break
                chosen.append(one)
    placed, x = [], 0
    for one in chosen:
        width = one.width
        if one.id == "name" and room is not None:
            width = max(4, min(width, room - _width(chosen, 0)))
        placed.append(Placed(one, x, width))
        x += width + _gap(one)
    return placed


def summary(rows: Sequence[HistoryRow], shown: int) -> str:
    """`Runs: 3 of 12 · 1.3 GB`: how many there are, how many of them are listed, and the room all of them take."""
    count = str(len(rows)) if shown == len(rows) else _("{shown} of {all}").format(shown=shown, all=len(rows))
    return _("Runs: {count}").format(count=count) + f" · {formats.disk_used(sum(row.disk for row in rows))}"


def _width(chosen: Sequence[Column], name: int | None = None) -> int:
    """Cells of a line of these columns, with at most so many for the name."""
    widths = [one.width if one.id != "name" or name is None else min(one.width, name) for one in chosen]
    return sum(widths) + sum(map(_gap, chosen[:-1]))


def _gap(column: Column) -> int:
    return 1 if column.id == "sign" else GAP


def _when(created: float, today: time.struct_time) -> str:
    then = time.localtime(created)
    if then.tm_year != today.tm_year:
        return time.strftime("%Y-%m-%d", then)
    return time.strftime("%H:%M" if then.tm_yday == today.tm_yday else "%m-%d %H:%M", then)
