"""Points of a curve, appended from left to right, with the exact extremes of any stretch at hand."""

from __future__ import annotations

import math
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

BLOCK = 64
"""Points, or blocks of the level below, whose extremes are kept as one entry."""
MANY = 4096
"""Points from which logarithms are taken all at once: NumPy, whose import takes a tenth of a second, is worth it."""
HUGE = 1e300
"""Larger magnitudes are kept as this, so that no difference of two values overflows."""


class Gap(NamedTuple):
    """A point that is no number."""

    before: int
    """How many finite points come before it."""
    x: float
    y: float
    """NaN or an infinity."""


class Points:
    """x rising, y finite: `xs` and `ys` are equally long. Points that are not finite are kept apart, as gaps.

    An append costs O(1) on average. The lowest and the highest point of any stretch take O(log n), because the extremes
    of each block of 64 points, of 64 blocks and so on are kept: a chart of a million points is drawn in milliseconds
    and shows the extremes of every column exactly.
    """

    def __init__(self, xs: Iterable[float] = (), ys: Iterable[float] = ()) -> None:
        self._clear()
        for x, y in zip(xs, ys, strict=False):
            self.append(x, y)

    def _clear(self) -> None:
        self.xs = array("d")
        self.ys = array("d")
        self.gaps: list[Gap] = []
        """The points that were not finite."""
        self._lows = _Extremes(self.ys, min)
        self._highs = _Extremes(self.ys, max)
        self._view: tuple[float, float, int] | None = None
        self._columns: list[tuple[int, list[int]]] = []
        """Of the view drawn last: of each column that can get no more points, where it ends and what is drawn of it."""
        self._logs: Points | None = None
        self._logs_done = (0, 0)

    def __len__(self) -> int:
        """How many finite points there are."""
        return len(self.xs)

    def append(self, x: float, y: float) -> None:
        """Add a point whose x is not smaller than the one before; with a y that is not finite it is a gap."""
        if not (-HUGE <= x <= HUGE and -HUGE <= y <= HUGE):  # false of NaN, too
            x, y = _as_float(x), _as_float(y)
            if not math.isfinite(x):
                return
            x = max(-HUGE, min(HUGE, x))
            if not math.isfinite(y):
                self.gaps.append(Gap(len(self.xs), x, y))
                return
            y = max(-HUGE, min(HUGE, y))
        self.xs.append(x)
        self.ys.append(y)
        if len(self.xs) % BLOCK == 0:
            self._lows.close()
            self._highs.close()

    def extend(self, xs: Sequence[float], ys: Sequence[float]) -> None:
        """Append many points at once: a million take 0.1 s instead of a second."""
        usual = math.isfinite(sum(xs)) and math.isfinite(sum(ys))  # then all are numbers
        if not (usual and xs and min(ys) >= -HUGE and max(ys) <= HUGE and xs[0] >= -HUGE and xs[-1] <= HUGE):
            for x, y in zip(xs, ys, strict=True):
                self.append(x, y)
            return
        self.xs.extend(xs)
        self.ys.extend(ys)
        self._lows.close()
        self._highs.close()

    def extremes(self, start: int, stop: int) -> tuple[int, int]:
        """The indices of the lowest and the highest of the points `start` to `stop` - 1, at least one."""
        return self._lows.find(start, stop), self._highs.find(start, stop)

    def range(self, low: float, high: float) -> tuple[int, int]:
        """`start` and `stop` of the points with low <= x <= high."""
        return bisect_left(self.xs, low), bisect_right(self.xs, high)

    def thinned(self, low: float, high: float, columns: int) -> list[list[int]]:
        """Indices to draw between the x of `low` and `high`: the lowest and the highest of each column, in their order.

        One list for each stretch without a gap. Where at most two points a column lie in view all are kept. The nearest
        point on either side of the view is in it too, so that the line reaches the edge.
        """
        first, last = self.range(low, high)
        start, stop = max(0, first - 1), min(len(self.xs), last + 1)
        if stop - start <= 2 * columns:
            kept: Iterable[int] = range(start, stop)
        else:
            kept = self._of_columns(start, stop, low, high, columns)
        if not self.gaps:
            return [list(kept)] if start < stop else []
        parts: list[list[int]] = []
        before = -1
        for index in kept:
            at = bisect_right(self.gaps, before, key=_place)
            if before < 0 or (at < len(self.gaps) and self.gaps[at].before <= index):
                parts.append([])
            parts[-1].append(index)
            before = index
        return parts

    def has_gap(self, low: float, high: float) -> bool:
        """Whether a gap lies at low <= x < high."""
        at = bisect_left(self.gaps, low, key=_x)
        return at < len(self.gaps) and self.gaps[at].x < high

    def dump(self) -> tuple[dict[str, Any], list[array[Any]]]:
        """Everything as plain values and arrays, from which `restore` makes the same points without going over them."""
        lows, highs = self._lows.dump(), self._highs.dump()
        return {"gaps": [list(gap) for gap in self.gaps], "levels": len(lows) // 2}, [self.xs, self.ys, *lows, *highs]

    def restore(self, facts: Mapping[str, Any], arrays: Sequence[array[Any]]) -> None:
        """Take what `dump` gave of other points. Raises ValueError where the arrays do not fit one another."""
        self._clear()
        self.xs, self.ys = arrays[:2]
        self.gaps = [Gap(int(before), float(x), float(y)) for before, x, y in facts["gaps"]]
        levels = int(facts["levels"])
        if len(self.xs) != len(self.ys) or len(arrays) != 2 + 4 * levels:
            raise ValueError("arrays of a curve do not fit one another")
        self._lows = _Extremes(self.ys, min, arrays[2 : 2 + 2 * levels])
        self._highs = _Extremes(self.ys, max, arrays[2 + 2 * levels :])

    def logarithms(self) -> Points:
        """The points with the decimal logarithm of y, a gap where y is not above 0. Kept, and extended at each call."""
        if self._logs is None:
            self._logs = Points()
            if len(self.xs) >= MANY:
                self._logs, self._logs_done = self._all_logarithms(), (len(self.xs), len(self.gaps))
        logs = self._logs
        done, gaps_done = self._logs_done
        for x, y in self._pairs(done, gaps_done):
            logs.append(x, math.log10(y) if y > 0 else math.nan)
        self._logs_done = len(self.xs), len(self.gaps)
        return logs

    def _all_logarithms(self) -> Points:
        """What `logarithms` gives of many points: a million take 0.1 s instead of 1.4."""
        import numpy as np

        xs, ys = np.frombuffer(self.xs), np.frombuffer(self.ys)
        positive = ys > 0
        logs = Points()
        logs.xs.frombytes(xs[positive].tobytes())
        logs.ys.frombytes(np.log10(ys[positive]).tobytes())
        logs._lows.close_all(np.min, np.argmin)
        logs._highs.close_all(np.max, np.argmax)
        before = np.concatenate(([0], np.cumsum(positive)))
        own = [(gap.before, 0, gap.x) for gap in self.gaps]
        lost = [(int(index), 1, float(xs[index])) for index in np.flatnonzero(~positive)]
        logs.gaps = [Gap(int(before[index]), x, math.nan) for index, _kind, x in sorted(own + lost)]
        return logs

    def pairs(self) -> Iterator[tuple[float, float]]:
        """All points in the order they were appended, those that are no numbers too."""
        return self._pairs(0, 0)

    def cut(self, x: float) -> None:
        """Forget the points from `x` on: a run that goes on from a checkpoint computes them again."""
        kept = [pair for pair in self.pairs() if pair[0] < x]
        self._clear()
        for pair in kept:
            self.append(*pair)

    def _pairs(self, start: int, first_gap: int) -> Iterator[tuple[float, float]]:
        for gap in self.gaps[first_gap:]:
            yield from zip(self.xs[start : gap.before], self.ys[start : gap.before], strict=True)
            yield gap.x, gap.y
            start = max(start, gap.before)
        yield from zip(self.xs[start:], self.ys[start:], strict=True)

    def _of_columns(self, start: int, stop: int, low: float, high: float, columns: int) -> Iterator[int]:
        if self._view != (low, high, columns):
            self._view, self._columns = (low, high, columns), []
        yield start
        left = start
        for column in range(columns):
            if column < len(self._columns):
                left, kept = self._columns[column]
            else:
                # Where the dots of the next cell begin: two dots a cell, the first at `low`, the last at `high`.
                edge = low + (high - low) * (2 * column + 1.5) / (2 * columns - 1)
                right = stop if column + 1 == columns else bisect_left(self.xs, edge, left, stop)
                kept = sorted(set(self.extremes(left, right))) if right > left else []
                if self.xs[-1] >= edge and column + 1 < columns:
                    self._columns.append((right, kept))
                left = right
            yield from (index for index in kept if start < index < stop - 1)
        yield stop - 1


class _Extremes:
    """The lowest (`pick` = min) or highest (max) of each block of values, level above level."""

    def __init__(self, values: Sequence[float], pick: type | object, dumped: Sequence[array[Any]] = ()) -> None:
        self._pick = pick
        self._values: list[Sequence[float]] = [values, *dumped[::2]]
        """Values of each level; level 0 holds the points themselves."""
        self._places: list[array[int]] = [array("q"), *dumped[1::2]]
        """For levels above 0: the index of the point whose value stands there."""

    def dump(self) -> list[array[Any]]:
        """Values and places of each level above 0."""
        pairs = zip(self._values[1:], self._places[1:], strict=True)
        return [one for values, places in pairs for one in (array("d", values), places)]

    def close(self) -> None:
        """Enter the extremes of blocks of level 0 that became full into the level above, and so on upwards."""
        level = 0
        while True:
            there = len(self._values[level + 1]) if level + 1 < len(self._values) else 0
            full = range(there, len(self._values[level]) // BLOCK)
            if not full:
                return
            if not there:
                self._values.append(array("d"))
                self._places.append(array("q"))
            above = self._values[level + 1]
            assert isinstance(above, array)
            for block in full:
                place = self._place(level, block * BLOCK, (block + 1) * BLOCK)
                above.append(self._values[0][place])
                self._places[level + 1].append(place)
            level += 1

    def close_all(self, best: Callable[..., Any], place: Callable[..., Any]) -> None:
        """Enter the extremes of all full blocks of a level 0 that was filled at once.

        best, place: NumPy's `min` and `argmin`, or `max` and `argmax`.
        """
        import numpy as np

        values, places = np.array(self._values[0]), None
        while len(values) >= BLOCK:
            blocks = values[: len(values) // BLOCK * BLOCK].reshape(-1, BLOCK)
            at = place(blocks, axis=1) + np.arange(len(blocks)) * BLOCK
            places = at if places is None else places[at]
            values = best(blocks, axis=1)
            self._values.append(array("d", values.tobytes()))
            self._places.append(array("q", places.astype(np.int64).tobytes()))

    def find(self, start: int, stop: int) -> int:
        """The index of the extreme among the points `start` to `stop` - 1; the first of equal ones."""
        found: list[int] = []
        level = 0
        tails: list[int] = []
        while start < stop:
            inner_start, inner_stop = -(-start // BLOCK), stop // BLOCK
            if inner_start >= inner_stop or level + 1 == len(self._values):
                found.append(self._place(level, start, stop))
                break
            if start < inner_start * BLOCK:
                found.append(self._place(level, start, inner_start * BLOCK))
            if inner_stop * BLOCK < stop:
                tails.append(self._place(level, inner_stop * BLOCK, stop))
            start, stop, level = inner_start, inner_stop, level + 1
        points = self._values[0]
        best: int = self._pick([*found, *reversed(tails)], key=points.__getitem__)  # type: ignore[operator]
        return best

    def _place(self, level: int, start: int, stop: int) -> int:
        values = self._values[level]
        value = self._pick(values[start:stop])  # type: ignore[operator]
        at = values.index(value, start, stop)
        return at if level == 0 else self._places[level][at]


def _place(gap: Gap) -> int:
    return gap.before


def _x(gap: Gap) -> float:
    return gap.x


def _as_float(value: float) -> float:
    """`value` as a float; NaN for an int beyond any float."""
    try:
        return float(value)
    except OverflowError:
        return math.nan
