"""Markdown tables that fit: columns by cell width, wrapped cells, a block a row where the columns do not fit at all."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING, Literal

from rich.cells import cell_len
from rich.text import Text

from dlwp_tui.render import wrap
from dlwp_tui.render.inline import lines, marked, no_console

if TYPE_CHECKING:
    from markdown_it.token import Token

_NUMBER = re.compile(r"(?:约\s?)?[+−-]?[\d  ,._]*\d[\d.]*\s?[%％]?|[–—-]")
"""A cell of a column of numbers: `约 0.34` is one, and so is a dash for none."""
Align = Literal["left", "center", "right"]
GAP = 2
"""Cells between two columns."""
NARROW = 8
"""The least cells a column is squeezed to, unless all of its text is shorter."""


@dataclass(frozen=True)
class Table:
    """Marked texts (see `render.inline`); `align` has one entry a column, None where the note does not set it."""

    head: tuple[Text, ...]
    rows: tuple[tuple[Text, ...], ...]
    align: tuple[Align | None, ...]


def from_tokens(tokens: Sequence[Token]) -> Table:
    """The tokens from `table_open` to `table_close` as a Table."""
    head: list[Text] = []
    rows: list[list[Text]] = []
    align: list[Align | None] = []
    in_head = False
    for token in tokens:
        if token.type in ("thead_open", "thead_close"):
            in_head = token.type == "thead_open"
        elif token.type == "tr_open" and not in_head:
            rows.append([])
        elif token.type == "th_open":
            match = re.search(r"text-align:\s*(left|center|right)", str(token.attrs.get("style", "")))
            align.append(match.group(1) if match else None)  # type: ignore[arg-type]
        elif token.type == "inline":
            (head if in_head else rows[-1]).append(marked(token.children))
    return Table(tuple(head), tuple(tuple(row) for row in rows), tuple(align))


def markdown(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of plain texts as Markdown."""

    def row(cells: Sequence[str]) -> str:
        return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"

    return "\n".join([row(head), row(["---"] * len(head)), *map(row, rows)])


def layout(table: Table, width: int) -> Text:
    """The table as lines of at most `width` cells: head (mark `head`), a rule (mark `rule`), rows.

    Columns of numbers stand right where the note sets nothing. Rows are a blank line apart when one needs two lines.
    """
    wrap.install()
    widths = _widths(table, width)
    if widths is None:
        return _blocks(table, width)
    align = _alignment(table)
    body = [_row(row, widths, align) for row in table.rows]
    airy = any(len(row) > 1 for row in body)
    head = _row(tuple(_bold(cell) for cell in table.head), widths, align)
    out = [*head, Text("─" * (sum(widths) + GAP * (len(widths) - 1)), "rule")]
    for number, row in enumerate(body):
        if airy and number:
            out.append(Text())
        out += row
    return lines(out)


def _bold(cell: Text) -> Text:
    cell = cell.copy()
    cell.stylize("head")
    return cell


def _natural(cell: Text) -> int:
    return max((cell_len(line) for line in cell.plain.split("\n")), default=0)


def _unbreakable(cell: Text) -> int:
    return max((cell_len(unit.strip()) for _start, _end, unit in wrap.words(cell.plain)), default=0)


def _columns(table: Table) -> list[list[Text]]:
    return [list(column) for column in zip_longest(table.head, *table.rows, fillvalue=Text())]


def _widths(table: Table, width: int) -> list[int] | None:
    """A width for each column, or None where even the longest words do not fit side by side."""
    columns = _columns(table)
    room = width - GAP * (len(columns) - 1)
    natural = [max(1, *(_natural(cell) for cell in column)) for column in columns]
    if sum(natural) <= room:
        return natural
    least = [
        min(full, max(NARROW, *(_unbreakable(cell) for cell in column)))
        for full, column in zip(natural, columns, strict=True)
    ]
    if sum(least) > room:
        return None
    spare = room - sum(least)
    widths = list(least)
    wanting = sorted(range(len(columns)), key=lambda at: natural[at] - least[at])
    for place, at in enumerate(wanting):  # columns that want little get it all, the others share the rest
        share = min(natural[at] - least[at], spare // (len(wanting) - place))
        widths[at] += share
        spare -= share
    return widths


def _alignment(table: Table) -> list[Align]:
    def numeric(column: list[Text]) -> bool:
        cells = [cell.plain.strip() for cell in column[1:] if cell.plain.strip()]
        return bool(cells) and all(_NUMBER.fullmatch(cell) for cell in cells)

    columns = _columns(table)
    chosen = list(table.align) + [None] * (len(columns) - len(table.align))
    return [align or ("right" if numeric(column) else "left") for align, column in zip(chosen, columns, strict=True)]


def _row(cells: Sequence[Text], widths: Sequence[int], align: Sequence[Align]) -> list[Text]:
    """The lines of one row."""
    wrapped = [list(cell.wrap(no_console(), width)) for cell, width in zip(cells, widths, strict=False)]
    out = []
    for at in range(max((len(cell) for cell in wrapped), default=1) or 1):
        line = Text()
        for column, width in enumerate(widths):
            part = wrapped[column][at].copy() if column < len(wrapped) and at < len(wrapped[column]) else Text()
            part.rstrip()
            part.truncate(width)
            spare = width - part.cell_len
            before = {"left": 0, "right": spare, "center": spare // 2}[align[column]]
            last = column == len(widths) - 1
            line.append(" " * (before + (GAP if column else 0)))
            line.append_text(part)
            line.append("" if last else " " * (spare - before))
        out.append(line)
    return out


def _blocks(table: Table, width: int) -> Text:
    """One block a row: `head: cell` lines under the first cell."""
    out: list[Text] = []
    for number, row in enumerate(table.rows):
        if number:
            out.append(Text("─" * min(width, 20), "rule"))
        for at, (name, cell) in enumerate(zip_longest(table.head, row, fillvalue=Text())):
            if not cell.plain.strip():
                continue
            line = _bold(cell) if at == 0 else Text.assemble(name.copy(), "：" if _is_wide(name) else ": ", cell)
            out += list(line.wrap(no_console(), width))
    for part in out:
        part.rstrip()
    return lines(out)


def _is_wide(name: Text) -> bool:
    return cell_len(name.plain) > len(name.plain)
