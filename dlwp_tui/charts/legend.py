"""The lines above a plot: its title, and which sign and colour belongs to which curve."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len, set_cell_size
from rich.text import Text

from dlwp_tui.charts.series import Series, View, style_of
from dlwp_tui.core.language import ngettext


def head(title: str, bad: int, series: Sequence[Series], size: tuple[int, int], view: View) -> list[Text]:
    """The title, and the legend: beside it where it fits, else under it on as many lines as it needs and may take."""
    (width, height), name = size, title
    if bad:
        counted = ngettext("{count} point is no number", "{count} points are no numbers", bad).format(count=bad)
        name = f"{title} · {counted}" if title else counted
    entries = [(_glyph(one, view.ascii), one.name, style_of(one, view)) for one in series if one.name]
    if (not name and not entries) or height < 4:
        return []
    first = Text().append(crop(printable(name), width), "bold")
    if not entries:
        return [first]
    cells = sum(cell_len(glyph) + 1 + cell_len(label) for glyph, label, _s in entries) + 2 * (len(entries) - 1)
    if cell_len(first.plain) + 2 + cells <= width:
        lines = _legend(entries, width, 1)
        return [first.append(" " * (width - first.cell_len - cells)) + lines[0]]
    most = max(1, min(4, (height - 6) // 3))
    lines = _legend(entries, width, most)
    return [first, *lines] if name else lines


def _legend(entries: list[tuple[str, str, str]], room: int, most: int) -> list[Text]:
    """Entries on at most `most` lines of `room` cells; those that do not fit are counted."""
    lines = [Text()]
    for number, (glyph, label, style) in enumerate(entries):
        rest = len(entries) - number - 1
        last = len(lines) == most
        words = crop(label, room - cell_len(glyph) - 1)
        gap = 2 if lines[-1].plain else 0
        need = gap + cell_len(glyph) + 1 + cell_len(words) + (len(f" +{rest}") if rest and last else 0)
        if lines[-1].cell_len + need > room:
            if last:
                lines[-1].append(crop(f" +{rest + 1}", room - lines[-1].cell_len), "dim")
                return lines
            lines.append(Text())
            gap = 0
        lines[-1].append(" " * gap).append(glyph, style or None).append(f" {words}", "dim")
    return lines


def _glyph(series: Series, ascii: bool) -> str:
    pattern = {"line": "--" if ascii else "━━", "blobs": ": :" if ascii else "⠶ ⠶", "dashes": "- -" if ascii else "╺ ╺"}
    drawn = pattern[series.pattern]
    return f"{drawn[0]}{series.sign}{drawn[-1]}" if series.sign else drawn


def crop(text: str, width: int) -> str:
    """`text` in at most `width` cells, with an ellipsis where it is cut."""
    if cell_len(text) <= width:
        return text
    return set_cell_size(text, width - 1).rstrip() + "…" if width > 1 else set_cell_size(text, max(width, 0))


def printable(text: str) -> str:
    """`text` with a space for each sign that would move the cursor or hide."""
    return "".join(c if c.isprintable() else " " for c in text)
