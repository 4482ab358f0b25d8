"""The plot between the axes: curves as dots, marked where there is something to know about them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from dlwp_tui.charts import layers
from dlwp_tui.charts.axis import Axis, power, short
from dlwp_tui.charts.canvas import Canvas
from dlwp_tui.charts.series import Series, View, style_of

SIGN_EVERY = 16
"""Columns from one sign of a run to the next."""
VALUE_REACH = 7
"""Rows within which the value of a best point stands, where its own row and the next have no room."""
LABEL_REACH = 40
"""Columns that the figure of a point out of range may stand away from it."""


class Drawable:
    """A series with its points in the units of the axes."""

    def __init__(self, series: Series, log: bool) -> None:
        self.series = series
        self.points = series.points.logarithms() if log else series.points
        self.bad = len(series.points.gaps)
        self.layer: int | None = None
        """Its number on the canvas; None while nothing of it is drawn."""

    def range(self, start: int, stop: int) -> tuple[float, float] | tuple[()]:
        """Lowest and highest y of a stretch of points; nothing for an empty one."""
        if start >= stop:
            return ()
        low, high = self.points.extremes(start, stop)
        return self.points.ys[low], self.points.ys[high]


class Plot:
    """The curves on their canvas."""

    def __init__(self, x: Axis, y: Axis, canvas: Canvas, view: View) -> None:
        self.x, self.y, self.canvas, self.view = x, y, canvas, view
        self._columns, self._rows = 2 * canvas.width, 4 * canvas.height
        self.drawn: list[Drawable] = []
        self._outside: set[tuple[str, str]] = set()

    def add(self, values: Drawable) -> None:
        """Draw a series in front of those there are."""
        width, height = self.canvas.width, self.canvas.height
        parts: list[list[tuple[float, float]]] = []
        xs, ys = values.points.xs, values.points.ys
        for indices in values.points.thinned(self.x.low, self.x.high, width):
            parts.append([(self.x.place(xs[index]), self.y.place(ys[index])) for index in indices])
        dots = tuple(dict.fromkeys(self._dot(*point) for part in parts for point in part if _inside(point)))
        if values.series.pattern == "blobs":
            if len(dots) > width:  # they touch: without the gaps between them they would look like another line
                values.series = replace(values.series, faint=True)
            layer = layers.blobs(dots, width, height) if dots else None
        else:
            clipped = [piece for part in parts for piece in clip(part)]
            lines = tuple(tuple(dict.fromkeys(self._dot(*point) for point in piece)) for piece in clipped)
            layer = layers.polyline(lines, width, height) if lines else None
            if layer and values.series.pattern == "dashes":
                layer = layers.dashed(layer, layers.blobs(dots, width, height)) if dots else layer
        if layer:
            values.layer = self.canvas.add(layer, style_of(values.series, self.view))
        self.drawn.append(values)

    def mark(self) -> None:
        """Best points, run signs, what runs out of the range, and gaps: in cells that hold nothing else."""
        for values in reversed(self.drawn):
            if values.series.best is not None:
                self._mark_best(values)
        for values in self.drawn:
            self._mark_outside(values)
            self._mark_gaps(values)
            self._sign(values)

    def cell(self, x: float, y: float) -> tuple[int, int] | None:
        """Row (from the top) and column of the cell that holds a point, in the axes' units; None outside."""
        point = self.x.place(x), self.y.place(y)
        return (self.row(y), self._dot(*point)[0] // 2) if _inside(point) else None

    def row(self, y: float) -> int:
        """The row from the top for a value; the nearest one where it lies outside."""
        return self.canvas.height - 1 - self._dot(0.0, self.y.place(y))[1] // 4

    def _dot(self, x: float, y: float) -> layers.Dot:
        column = math.floor(max(0.0, min(1.0, x)) * (self._columns - 1) + 0.5)
        return column, math.floor(max(0.0, min(1.0, y)) * (self._rows - 1) + 0.5)

    def _mark_best(self, values: Drawable) -> None:
        """`▾ 0.2786` above or below the best point, in the nearest cells that are free."""
        assert values.series.best is not None
        x, y = values.series.best
        place = self.cell(x, (math.log10(y) if y > 0 else -math.inf) if self.view.log else y)
        if place is None:
            return
        row, column = place
        style = f"bold {style_of(values.series, self.view)}".strip()
        above, below = ("v", "^") if self.view.ascii else ("▾", "▴")
        value = short(y)
        sides = [(above, -1), (below, 1)] if values.series.best_is_high else [(below, 1), (above, -1)]
        if any(self._write_beside(row + side, column, sign, value, style) for sign, side in sides):
            return
        for sign, side in sides:  # the sign at the point, its value in the nearest row beyond that has the room
            if self.canvas.write(row + side, column, sign, style):
                starts = (column - len(value) // 2, column, column - len(value) + 1)
                beyond = range(row + 2 * side, row + VALUE_REACH * side, side)
                any(self.canvas.write(at, start, value, style) for at in beyond for start in starts)
                return
        for away in range(2, VALUE_REACH):
            if any(self._write_beside(row + away * side, column, sign, value, style) for sign, side in sides):
                return

    def _write_beside(self, row: int, column: int, sign: str, value: str, style: str) -> bool:
        """Write the sign in its column and the value on either side of it; False where neither has the room."""
        left = column - len(value) - 1
        return self.canvas.write(row, column, f"{sign} {value}", style) or self.canvas.write(
            row, left, f"{value} {sign}", style
        )

    def _mark_outside(self, values: Drawable) -> None:
        """`↑ 612` at the top, where a curve runs out of the range that its bulk chose."""
        start, stop = values.points.range(self.x.low, self.x.high)
        if start >= stop:
            return
        low, high = values.points.extremes(start, stop)
        style = style_of(values.series, self.view)
        ys = values.points.ys
        up, down = ("^", "v") if self.view.ascii else ("↑", "↓")
        for index, sign, row, beyond in (
            (high, up, 0, self.y.place(ys[high]) > 1),
            (low, down, self.canvas.height - 1, self.y.place(ys[low]) < 0),
        ):
            if beyond:
                words = f"{sign} {short(power(ys[index]) if self.view.log else ys[index])} "
                if (words, values.series.color) in self._outside:  # a curve and the exact one behind it
                    continue
                self._outside.add((words, values.series.color))
                column = self._dot(self.x.place(values.points.xs[index]), 0.0)[0] // 2
                for at in range(column, min(column + LABEL_REACH, self.canvas.width)):
                    if self.canvas.write(row, at, words, style):
                        break

    def _mark_gaps(self, values: Drawable) -> None:
        style = style_of(values.series, self.view)
        sign = "x" if self.view.ascii else "×"
        if not values.points.gaps:
            return
        low, high = self.x.low, self.x.high
        last = self._columns - 1
        for column in range(self.canvas.width):
            # Two dots a cell, the first at `low`, the last at `high`: where those of this cell begin and end.
            left = low + (high - low) * (2 * column - 0.5) / last if column else low
            right = (
                low + (high - low) * (2 * column + 1.5) / last
                if 2 * column + 1 < last
                else math.nextafter(high, math.inf)
            )
            if values.points.has_gap(left, right):
                self.canvas.write(self.canvas.height - 1, column, sign, style)

    def _sign(self, values: Drawable) -> None:
        """The run's sign on its curve, where that passes the middle of a cell of its own: never off its line."""
        if not values.series.sign or values.layer is None:
            return
        style, last = style_of(values.series, self.view), -SIGN_EVERY // 2
        for row, column, bits in list(self.canvas.owned(values.layer)):
            rows = layers.row_of_dot(bits)
            if column - last >= SIGN_EVERY and rows and set(rows) <= {1, 2}:
                self.canvas.replace(row, column, values.series.sign, style)
                last = column


def clip(part: Sequence[tuple[float, float]]) -> list[list[tuple[float, float]]]:
    """The pieces of a polyline inside the unit square."""
    if len(part) == 1:
        return [list(part)] if _inside(part[0]) else []
    pieces: list[list[tuple[float, float]]] = []
    for a, b in pairwise(part):
        ends = _clipped(a, b)
        if ends is None:
            continue
        if pieces and pieces[-1][-1] == ends[0]:
            pieces[-1].append(ends[1])
        else:
            pieces.append([*ends])
    return pieces


def _clipped(a: tuple[float, float], b: tuple[float, float]) -> tuple[tuple[float, float], tuple[float, float]] | None:
    """The part of the segment a–b inside the unit square (Liang and Barsky); None where there is none."""
    if _inside(a) and _inside(b):
        return a, b
    (ax, ay), (bx, by) = a, b
    enter, leave = 0.0, 1.0
    for delta, start in ((bx - ax, ax), (by - ay, ay)):
        for sign, limit in ((1.0, 1.0), (-1.0, 0.0)):
            slope, room = sign * delta, sign * (limit - start)
            if slope == 0:
                if room < 0:
                    return None
            elif slope > 0:
                leave = min(leave, room / slope)
            else:
                enter = max(enter, room / slope)
    if enter > leave:
        return None
    return (
        a if enter == 0 else (ax + enter * (bx - ax), ay + enter * (by - ay)),
        b if leave == 1 else (ax + leave * (bx - ax), ay + leave * (by - ay)),
    )


def _inside(point: tuple[float, float]) -> bool:
    return -1e-9 <= point[0] <= 1 + 1e-9 and -1e-9 <= point[1] <= 1 + 1e-9
