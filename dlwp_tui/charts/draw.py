"""Curves as text: a pure function over plotext, used by the app, the command line and the tests.

plotext 5.3.2 rasterises the curves; the frame round them (title, legend, ticks) is laid out here, because plotext
counts characters instead of cells (a wide character pushes its row), drops y ticks unevenly and lets tick labels change
their width. plotext also raises on infinity, on empty series and on 0 with a log axis: it only ever sees 0..1.
"""

from __future__ import annotations

import math
import re
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

from rich.cells import cell_len, set_cell_size
from rich.text import Text

from dlwp_tui.charts import axis
from dlwp_tui.charts.axis import HUGE, LABEL_CELLS
from dlwp_tui.core.language import _

LEGEND_CELLS = 8
"""A legend beside a title takes at least these; with fewer it would be dots."""
_LOCK = threading.Lock()  # plotext has one global figure
_ESCAPE = re.compile(r"\x1b\[([0-9;]*)m")


@dataclass(frozen=True)
class Series:
    """One curve. `xs` and `ys` may hold NaN and infinities (not drawn); they are cut to the shorter of the two."""

    label: str
    """Its legend entry; an empty label has none."""
    xs: Sequence[float]
    ys: Sequence[float]
    kind: Literal["line", "dots"] = "line"
    color: str = ""
    """A Rich colour, or empty for the terminal's own."""
    marker: str = ""
    """One character of one cell: the dot of `dots`, or a sign set on a `line` so that it is known without colour."""
    faint: bool = False
    """Draw it dim: the raw curve under a smoothed one."""


def draw(
    series: Sequence[Series],
    width: int,
    height: int,
    *,
    x_label: str = "",
    y_label: str = "",
    title: str = "",
    log_y: bool = False,
    ascii: bool = False,
    color: bool = True,
    x_range: tuple[float, float] | None = None,
    hint: str = "",
) -> Text:
    """`series` as exactly `height` lines of exactly `width` cells.

    Later series are drawn over earlier ones. `log_y` drops values <= 0. `x_range` fixes the ends of the x axis (it
    grows when a point lies outside), so that a running curve does not rescale. Without a drawable point the text is
    `hint`. Never raises for any numbers.
    """
    if width < 1 or height < 1:
        return Text("")
    cleaned = [_clean(one, log_y) for one in series]
    drawable = [pair for pair in zip(series, cleaned, strict=True) if pair[1]]
    paper = _Paper(width, height, ascii, color)
    head = _head(_printable(title or y_label), series, paper)
    body_height = height - len(head)
    if not drawable:
        empty = hint or (
            _("No value above 0 to draw on a log axis.")
            if any(one.ys for one in series) and log_y
            else _("Nothing to draw yet.")
        )
        return _join([*head, *_centred(empty, width, body_height)], width, height)
    plot_width, plot_height = width - LABEL_CELLS - 1, body_height - 2
    if plot_width < 8 or plot_height < 2:
        return _join([*head, *_figures(drawable, width, log_y)], width, height)
    points = [pair[1] for pair in drawable]
    x_low, x_high = axis.x_limits(points, x_range)
    y_axis = axis.y_axis([y for one in points for _x, y in one], plot_height, log_y)
    scale_x = _scale(x_low, x_high)
    scale_y = _scale(y_axis.low, y_axis.high)
    unit = [[(scale_x(x), scale_y(y)) for x, y in decimate(one, plot_width, x_low, x_high)] for one in points]
    canvas = _canvas([pair[0] for pair in drawable], unit, _Paper(plot_width, plot_height, ascii, color))
    ticks: dict[int, str] = {}
    for value, label in y_axis.ticks:
        if label not in ticks.values():  # values closer than their labels can tell
            ticks.setdefault(_row(scale_y(value), plot_height), label)
    side, tick_side = ("|", "+") if ascii else ("│", "┤")
    rows: list[Text] = []
    for row in range(plot_height):
        label = ticks.get(plot_height - 1 - row, "")
        rows.append(Text().append(label.rjust(LABEL_CELLS) + (tick_side if label else side), "dim") + canvas[row])
    rows += _x_axis((x_low, x_high), plot_width, _printable(x_label), ascii)
    return _join([*head, *rows], width, height)


def decimate(points: list[tuple[float, float]], columns: int, low: float, high: float) -> list[tuple[float, float]]:
    """At most `2 * columns + 2` of `points` (sorted by x): the lowest and the highest of each column, and both ends.

    `low` and `high` are the x of the first and the last column's outer edges. Fewer points stay as they are.
    """
    if len(points) <= 2 * columns:
        return points
    span = (high - low) or 1.0
    kept, bucket, column = [points[0]], [points[0]], 0
    for point in points:
        here = min(columns - 1, int((point[0] - low) / span * columns))
        if here != column:
            kept += _extremes(bucket)
            bucket, column = [], here
        bucket.append(point)
    kept += _extremes(bucket)
    if kept[-1] != points[-1]:
        kept.append(points[-1])
    return kept


@dataclass(frozen=True)
class _Paper:
    """Cells to draw on, and how."""

    width: int
    height: int
    ascii: bool
    color: bool


def _clean(series: Series, log_y: bool) -> list[tuple[float, float]]:
    """The drawable points sorted by x; with `log_y`, y is its decimal logarithm."""
    points: list[tuple[float, float]] = []
    for raw_x, raw_y in zip(series.xs, series.ys, strict=False):
        x, y = axis.as_float(raw_x), axis.as_float(raw_y)
        if not (math.isfinite(x) and math.isfinite(y)) or (log_y and y <= 0):
            continue
        x, y = max(-HUGE, min(HUGE, x)), max(-HUGE, min(HUGE, y))
        points.append((x, math.log10(y) if log_y else y))
    if any(a[0] > b[0] for a, b in pairwise(points)):
        points.sort(key=lambda point: point[0])
    return points


def _scale(low: float, high: float) -> Callable[[float], float]:
    span = high - low
    return lambda value: min(1.0, max(0.0, (value - low) / span))


def _row(unit: float, rows: int) -> int:
    """The cell row (from the bottom) of the braille dot for `unit` in 0..1, as plotext rounds it: 4 dots a row."""
    return math.floor(0.5 + (4 * rows - 1) * unit) // 4


def _column(unit: float, columns: int) -> int:
    return math.floor(0.5 + (2 * columns - 1) * unit) // 2


def _x_axis(limits: tuple[float, float], width: int, label: str, ascii: bool) -> list[Text]:
    """The axis line and its labels: whole epochs where the range holds at least one step of them."""
    low, high = limits
    scale = _scale(low, high)
    step = axis.step_of(high - low, max(1, min(10, width // 7)))
    whole = high - low >= 1
    if whole:
        step = max(1.0, step)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    values = [n * step for n in range(first, last + 1)] if last - first <= 64 and abs(first) < 1e14 else [low, high]
    if whole and low == math.floor(low) and values[:1] != [low]:
        values.insert(0, low)
    decimals = 0 if whole else max(0, -math.floor(math.log10(step) + 1e-9))
    room = width + LABEL_CELLS + 1
    text, taken, marks = [" "] * room, -1, set()
    in_gutter = cell_len(label) < LABEL_CELLS  # left of the first tick there is room for a short word
    tail = "" if in_gutter else _crop(label, max(0, width // 3))
    end = room - cell_len(tail) - (1 if tail else 0)
    for value in values:
        column = _column(scale(value), width)
        name = axis.figure(value, decimals)
        start = max(0, min(room - len(name), LABEL_CELLS + 1 + column - (len(name) - 1) // 2))
        if start <= taken + 1 or start + len(name) > end:
            continue
        marks.add(column)
        text[start : start + len(name)] = name
        taken = start + len(name)
    corner, tick, flat = ("+", "+", "-") if ascii else ("└", "┬", "─")
    line = " " * LABEL_CELLS + corner + "".join(tick if n in marks else flat for n in range(width))
    names = "".join(text[: room - cell_len(tail)]) + tail
    if in_gutter and names[:LABEL_CELLS].isspace():
        names = set_cell_size(f" {label}", LABEL_CELLS) + names[LABEL_CELLS:]
    return [Text(line, style="dim"), Text(names, style="dim")]


def _extremes(bucket: list[tuple[float, float]]) -> list[tuple[float, float]]:
    at_low = min(range(len(bucket)), key=lambda n: bucket[n][1])
    at_high = max(range(len(bucket)), key=lambda n: bucket[n][1])
    return [bucket[n] for n in sorted({at_low, at_high})]


def _canvas(series: list[Series], unit: list[list[tuple[float, float]]], paper: _Paper) -> list[Text]:
    """The curves alone, on all of `paper`. Points are in 0..1 both ways."""
    import plotext  # 95 ms, needed only where there is something to draw

    styles: dict[str, str] = {}
    with _LOCK:
        plotext.clear_figure()
        plotext.limit_size(False, False)
        plotext.plotsize(paper.width, paper.height)
        plotext.theme("clear")
        plotext.frame(False)
        plotext.xticks([])
        plotext.yticks([])
        plotext.xlim(0, 1)
        plotext.ylim(0, 1)
        for number, (one, points) in enumerate(zip(series, unit, strict=True)):
            code = number % 250 + 1
            styles[f"38;5;{code}"] = _style(one, paper)
            _add(plotext, one, points, code, paper)
        built = plotext.build()
        plotext.clear_figure()
    return [_styled(line, styles, paper.width) for line in built.split("\n")[: paper.height]]


def _add(plotext: Any, series: Series, points: list[tuple[float, float]], code: int, paper: _Paper) -> None:
    xs, ys = [x for x, _y in points], [y for _x, y in points]
    if series.kind == "dots":
        dense = len(points) > paper.width and not paper.ascii  # side by side they read as a bar: use the smallest
        plotext.scatter(xs, ys, marker="braille" if dense else _dot(series, paper.ascii), color=code)
        return
    plotext.plot(xs, ys, marker="." if paper.ascii else "braille", color=code)
    if series.marker or len(points) == 1:  # a line of one point would be one braille dot
        every = max(1, math.ceil(len(points) / max(2, paper.width // 8)))
        plotext.scatter(xs[every // 2 :: every], ys[every // 2 :: every], marker=_dot(series, paper.ascii), color=code)


def _dot(series: Series, ascii: bool) -> str:
    marker = series.marker if cell_len(series.marker) == 1 and len(series.marker) == 1 else ""
    if ascii:
        return marker if marker.isascii() and marker else "o"
    return marker or "•"


def _style(series: Series, paper: _Paper) -> str:
    return " ".join(part for part in ("dim" if series.faint else "", series.color if paper.color else "") if part)


def _styled(line: str, styles: dict[str, str], width: int) -> Text:
    text, style, cells = Text(), "", 0
    for number, part in enumerate(_ESCAPE.split(line)):
        if number % 2:
            style = styles.get(part, "")
        elif part:
            text.append(part[: width - cells], style or None)
            cells += len(part)
    text.append(" " * (width - cells))
    return text


def _head(name: str, series: Sequence[Series], paper: _Paper) -> list[Text]:
    """The title and the legend: on one line where they fit, else on two; where lines are few on one all the same.

    What has no room all the same has its signs cut to one cell; then the last entries are counted.
    """
    width, height = paper.width, paper.height
    entries = [(_glyph(one, paper.ascii), _printable(one.label), _style(one, paper)) for one in series if one.label]
    short = [(glyph[len(glyph) // 2], label, style) for glyph, label, style in entries]
    if (not name and not entries) or height < 4:
        return []
    first = Text().append(_crop(name, width), "bold")
    if not entries:
        return [first]
    room = width - cell_len(name) - 2
    for signs in (entries, short):
        if _legend_cells(signs) <= room:
            legend = _legend(signs, room)
            break
    else:
        if not name or height >= 9 or (height == 8 and room < LEGEND_CELLS):
            legend = _legend(entries if _legend_cells(entries) <= width else short, width)
            return [first, legend] if name else [legend]
        if room < LEGEND_CELLS:
            return [first]
        legend = _legend(short, room)
    return [first.append(" " * (width - cell_len(name) - legend.cell_len)) + legend]


def _legend_cells(entries: list[tuple[str, str, str]]) -> int:
    """What a legend of all entries takes."""
    return sum(cell_len(glyph) + 1 + cell_len(label) for glyph, label, _s in entries) + 2 * (len(entries) - 1)


def _legend(entries: list[tuple[str, str, str]], room: int) -> Text:
    """As many entries as fit in `room` cells; the rest are counted."""
    text = Text()
    for number, (glyph, label, style) in enumerate(entries):
        gap = "  " if number else ""
        rest = len(entries) - number - 1
        need = len(gap) + cell_len(glyph) + 1 + cell_len(label) + (len(f" +{rest}") if rest else 0)
        if text.cell_len + need > room:
            text.append(_crop(f" +{rest + 1}" if number else f"{glyph} {label}", room - text.cell_len), "dim")
            break
        text.append(gap).append(glyph, style or None).append(f" {label}", "dim")
    return text


def _glyph(series: Series, ascii: bool) -> str:
    if series.kind == "dots":
        return _dot(series, ascii)
    line = "." if ascii else "━"
    return f"{line}{_dot(series, ascii)}{line}" if series.marker else line * 2


def _figures(drawable: list[tuple[Series, list[tuple[float, float]]]], width: int, log_y: bool) -> list[Text]:
    """Too small for a chart: the last values, one a line."""
    lines = []
    for one, points in drawable:
        last = axis.power(points[-1][1]) if log_y else points[-1][1]
        lines.append(Text(_crop(f"{_printable(one.label)} {last:.4g}".strip(), width)))
    return lines


def _centred(message: str, width: int, height: int) -> list[Text]:
    from rich.console import Console  # only for empty charts

    console = Console(width=width, color_system=None, file=None)
    lines = Text(_printable(message), style="dim", justify="center").wrap(console, width)[: max(height, 0)]
    above = max(0, (height - len(lines)) // 2)
    return [Text("")] * above + [Text(_crop(line.plain, width), style="dim") for line in lines]


def _join(lines: Iterable[Text], width: int, height: int) -> Text:
    rows = list(lines)[:height]
    rows += [Text("")] * (height - len(rows))
    out = Text(no_wrap=True, overflow="crop", end="")
    for number, row in enumerate(rows):
        if row.cell_len > width:
            row = Text(_crop(row.plain, width))  # noqa: PLW2901 - a last guard: no row above is built wider
        out.append("\n" if number else "").append_text(row)
        out.append(" " * (width - row.cell_len))
    return out


def _crop(text: str, width: int) -> str:
    """`text` in at most `width` cells, with an ellipsis where it is cut."""
    if cell_len(text) <= width:
        return text
    return set_cell_size(text, width - 1).rstrip() + "…" if width > 1 else set_cell_size(text, max(width, 0))


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text)
