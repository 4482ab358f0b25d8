"""Curves as text: a pure function, used by the app, the command line and the tests.

Every dot is within half a column and a quarter of a row of its value. Where series meet in a cell the dots of all stay
and the cell has the colour of the one in front: baseline, training, validation, the one in focus.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from rich.cells import cell_len
from rich.text import Text

from dlwp_tui.charts.axis import Axis, short, x_axis, y_axis
from dlwp_tui.charts.canvas import Canvas
from dlwp_tui.charts.legend import crop, head, printable
from dlwp_tui.charts.plot import Drawable, Plot
from dlwp_tui.charts.series import Series, View, style_of
from dlwp_tui.core.language import _

RULED = 4.0
"""The first points are let run out of the chart where without them the range is so many times smaller."""
EARLY = 0.1
"""The share of a curve, at least one point, that may be let run out."""
LEAST = (8, 2)
"""Columns and rows of a plot; with less room figures are written instead."""


@dataclass(frozen=True)
class Frame:
    """A drawn chart."""

    text: Text
    """Exactly `height` lines of exactly `width` cells."""
    x: Axis | None = None
    y: Axis | None = None
    left: int = 0
    """Cells left of the plot."""
    top: int = 0
    """Rows above it."""
    columns: int = 0
    rows: int = 0

    def x_at(self, column: int) -> float | None:
        """The x under a cell of the chart (counted from its left edge), or None beside the plot."""
        if self.x is None or not 0 <= column - self.left < self.columns:
            return None
        return self.x.low + (self.x.high - self.x.low) * (2 * (column - self.left) + 0.5) / (2 * self.columns - 1)


def draw(
    series: Sequence[Series],
    width: int,
    height: int,
    *,
    title: str = "",
    x_unit: str = "",
    view: View | None = None,
    held: Frame | None = None,
    hint: str = "",
) -> Frame:
    """`series` as exactly `height` lines of exactly `width` cells. Never raises for any numbers.

    held: what was drawn before; its y axis is kept while it fits, so that a growing chart does not jump.
    Without a point to draw the text is `hint`.
    """
    view = view or View()
    if width < 1 or height < 1:
        return Frame(Text(""))
    series = [
        replace(one, name=printable(one.name), sign=one.sign if cell_len(one.sign) == 1 else "") for one in series
    ]
    x_unit = printable(x_unit)
    values = [Drawable(one, view.log) for one in sorted(series, key=lambda one: one.front)]
    bad = sum(one.bad for one in values)
    x_ends = _x_ends(values, view)
    y_ends = _y_ends(values, x_ends, view)
    above = head(title, bad, series, (width, height), view)
    rows = height - len(above) - 2
    if x_ends is None or y_ends is None:
        unseen = view.log and any(len(one.points) for one in series)
        empty = hint or (_("No value above 0 to draw on a log axis.") if unseen else _("Nothing to draw yet."))
        return Frame(_join([*above, *_centred(empty, width, height - len(above))], width, height))
    y = _held_axis(held, y_ends, rows, view) or y_axis(*y_ends, max(rows, 1), log=view.log)
    left = max(5, *(cell_len(label) for _value, label in y.ticks)) + 1
    names = _end_names(values, width - left)
    right = max((cell_len(name) + 1 for name in names.values()), default=0)
    columns = width - left - right
    if columns < LEAST[0] or rows < LEAST[1]:
        return Frame(_join([*above, *_figures(values, width)], width, height))
    x = x_axis(*x_ends, columns)
    plot = Plot(x, y, Canvas(columns, rows, ascii=view.ascii), view)
    for one in values:
        plot.add(one)
    plot.mark()
    body = _body(plot, names, left, right, x_unit)
    if y.exponent or y.offset:
        above = head(f"{title} {_factor(y)}", bad, series, (width, height), view)
    return Frame(_join([*above, *body], width, height), x, y, left, len(above), columns, rows)


def _x_ends(values: Sequence[Drawable], view: View) -> tuple[float, float] | None:
    """The ends of the x axis. Points that are no numbers count: the axis does not shrink where a run broke down."""
    ends = [x for one in values for x in (*one.points.xs[:1], *one.points.xs[-1:])]
    ends += [gap.x for one in values for gap in (*one.points.gaps[:1], *one.points.gaps[-1:])]
    if not ends:
        return None
    low, high = (min(ends), max(ends)) if view.x is None else view.x
    return (low, high) if high >= low else (high, low)


def _y_ends(values: Sequence[Drawable], x_ends: tuple[float, float] | None, view: View) -> tuple[float, float] | None:
    """The range of y: chosen, or all that is in view but first points that would rule it."""
    if x_ends is None:
        return None
    if view.y is not None:
        return min(view.y), max(view.y)
    whole: list[float] = []
    later: list[float] = []
    for one in values:
        start, stop = one.points.range(*x_ends)
        whole += one.range(start, stop)
        early = max(1, math.ceil(EARLY * len(one.points))) if len(one.points) >= 4 else 0
        later += one.range(max(start, early), stop)
    if not whole:
        return None
    low, high = min(whole), max(whole)
    if later and not view.whole and not view.log:
        low_later, high_later = min(later), max(later)
        if high - low > RULED * (high_later - low_later) > 0:
            return low_later, high_later
    return low, high


def _held_axis(held: Frame | None, ends: tuple[float, float], rows: int, view: View) -> Axis | None:
    """The axis drawn before, where it is as high, holds the range and is not more than twice as wide."""
    axis = held.y if held is not None and held.rows == rows and view.y is None else None
    if axis is None or axis.log != view.log or not axis.holds(*ends):
        return None
    return axis if ends[1] - ends[0] > 0.4 * (axis.high - axis.low) else None


def _body(plot: Plot, names: dict[int, str], left: int, right: int, x_unit: str) -> list[Text]:
    """The canvas between its axes."""
    ascii = plot.view.ascii
    side, tick_side = ("|", "+") if ascii else ("│", "┤")
    labels = {plot.row(value): label for value, label in plot.y.ticks}
    cursor = plot.view.cursor
    at = plot.cell(cursor, plot.y.low)[1] if cursor is not None and plot.x.holds(cursor, cursor) else None  # type: ignore[index]
    ends = _place_names(plot, names) if right else {}
    rows = []
    for row, line in enumerate(plot.canvas.rows(at)):
        label = labels.get(row, "")
        text = Text().append(" " * (left - 1 - cell_len(label)) + label + (tick_side if label else side), "dim") + line
        if row in ends:
            name, style = ends[row]
            text.append(f" {name}", style or None)
        rows.append(text)
    return rows + _below(plot, left, right, x_unit, at)


def _below(plot: Plot, left: int, right: int, unit: str, cursor: int | None) -> list[Text]:
    """The x axis and its labels, each under its tick; its unit left of them, or at the right end where it is long."""
    ascii, width = plot.view.ascii, plot.canvas.width
    corner, tick, flat = ("+", "+", "-") if ascii else ("└", "┬", "─")
    ticks = [(math.floor(plot.x.place(value) * (2 * width - 1) + 0.5) // 2, label) for value, label in plot.x.ticks]
    before, tail = cell_len(unit), f" {unit}" if unit else ""
    fits = all(left + column - (len(label) - 1) // 2 > before for column, label in ticks[:1])
    if fits or cell_len(tail) > width // 3 + right:
        tail = ""
    marks, names = _labelled(ticks, left, left + width + min(0, right - cell_len(tail)), unit if fits else "")
    if tail and len(marks) < 2 <= len(ticks):  # two labels make a scale; it stands where the second one would be
        tail = ""
        marks, names = _labelled(ticks, left, left + width, "")
    line = "".join(tick if column in marks else flat for column in range(width))
    if cursor is not None:
        line = f"{line[:cursor]}{'^' if ascii else '▲'}{line[cursor + 1 :]}"
    return [Text(" " * (left - 1) + corner + line, "dim"), Text("".join(names) + tail, "dim")]


def _labelled(ticks: Sequence[tuple[int, str]], left: int, end: int, unit: str) -> tuple[set[int], list[str]]:
    """The columns of the ticks whose label has room, and the line of labels: `end` cells, `unit` in front."""
    names = [" "] * end
    marks: set[int] = set()
    taken = -1
    if unit:
        taken = cell_len(unit)
        names[:taken] = [unit, *[""] * (taken - 1)]
    for column, label in ticks:
        start = max(0, min(end - len(label), left + column - (len(label) - 1) // 2))
        if start <= taken or not start <= left + column < start + len(label):
            continue
        marks.add(column)
        names[start : start + len(label)] = label
        taken = start + len(label)
    return marks, names


def _end_names(values: Sequence[Drawable], room: int) -> dict[int, str]:
    """Names for the right ends of the curves, by number in `values`; none where they would take a fifth of the room."""
    named = {n: one.series.name for n, one in enumerate(values) if one.series.name and len(one.points)}
    widest = max((cell_len(name) for name in named.values()), default=0)
    return named if len(named) > 1 and widest + 1 <= room // 5 else {}


def _place_names(plot: Plot, names: dict[int, str]) -> dict[int, tuple[str, str]]:
    """By row: a name and its style, each beside its curve's last point or on the nearest free row."""
    placed: dict[int, tuple[str, str]] = {}
    for number, name in names.items():
        values = plot.drawn[number]
        row = plot.row(values.points.ys[-1])
        free = sorted(set(range(plot.canvas.height)) - placed.keys(), key=lambda at: (abs(at - row), at))
        if free:
            placed[free[0]] = (name, style_of(values.series, plot.view))
    return placed


def _factor(y: Axis) -> str:
    return (f"×1e{y.exponent}" if y.exponent else "") + (f" + {y.offset:g}" if y.offset else "")


def _figures(values: Sequence[Drawable], width: int) -> list[Text]:
    """Too small for a chart: the last values, one a line."""
    named = [(one.series.name, one.series.points.ys[-1]) for one in values if len(one.series.points)]
    return [Text(crop(f"{short(last)} {name}".strip(), width)) for name, last in named]


def _centred(message: str, width: int, height: int) -> list[Text]:
    from rich.console import Console  # only for empty charts

    console = Console(width=width, color_system=None, file=None)
    lines = Text(printable(message), style="dim", justify="center").wrap(console, width)[: max(height, 0)]
    above = max(0, (height - len(lines)) // 2)
    return [Text("")] * above + [Text(crop(line.plain, width), style="dim") for line in lines]


def _join(lines: Iterable[Text], width: int, height: int) -> Text:
    rows = list(lines)[:height]
    rows += [Text("")] * (height - len(rows))
    out = Text(no_wrap=True, overflow="crop", end="")
    for number, row in enumerate(rows):
        if row.cell_len > width:
            row = Text(crop(row.plain, width))  # noqa: PLW2901 - a last guard: no row above is built wider
        out.append("\n" if number else "").append_text(row)
        out.append(" " * (width - row.cell_len))
    return out
