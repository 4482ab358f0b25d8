"""Axes of a chart: limits and round ticks at equal distances of whole rows. Arithmetic only, for any finite numbers."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

LEAST_LABEL = 5
"""Cells of a y label at least, so that the plot does not move while figures grow and shrink."""
DOTS = 4
"""Dots of a cell, one above the other."""
MIDDLE = 1.5
"""A tick stands in the middle of its row: between the second and the third of its four dots (counted from 0)."""


@dataclass(frozen=True)
class Axis:
    """Where values lie. A value v (its decimal logarithm on a log axis) has the place (v - low) / (high - low)."""

    low: float
    high: float
    """At the centre of the first and of the last dot."""
    ticks: tuple[tuple[float, str], ...]
    """Values, in the axis' units, and their labels; their distances are equal, their decimals too."""
    log: bool = False
    exponent: int = 0
    """Labels are to be multiplied by 10 to this power."""
    offset: float = 0.0
    """Labels are to be added to this: where all values are nearly the same."""

    def place(self, value: float) -> float:
        """0 at the first dot, 1 at the last; beyond them outside."""
        return (value - self.low) / (self.high - self.low)

    def holds(self, low: float, high: float) -> bool:
        """Whether both values lie on the axis."""
        return self.low <= low and high <= self.high


def spread(low: float, high: float) -> tuple[float, float]:
    """A range wide enough to divide by: a constant gets a margin of a tenth of itself."""
    size = max(abs(low), abs(high))
    if high - low > max(size * 1e-9, 1e-290):
        return low, high
    margin = size * 0.1 if size > 1e-280 else 1.0
    return low - margin, high + margin


def y_axis(low: float, high: float, rows: int, *, log: bool = False) -> Axis:
    """An axis of `rows` rows that holds `low` to `high` (decimal logarithms with `log`)."""
    if log:  # the exponents that floats have
        low, high = min(300.0, max(-324.0, low)), min(300.0, max(-324.0, high))
    low, high = spread(low, high)
    if log and high - low < 1.2:
        return _narrow_log(low, high, rows)
    best: tuple[float, float, float, int] | None = None
    for between in range(1, max(2, rows)):  # rows from tick to tick
        count = (rows - 1) // between + 1
        if count < 2 and rows > 1:
            break
        step, first = _step(low, high, rows, between, log)
        fill = (high - low) / (step * (rows - 1 + 2 * MIDDLE / DOTS) / between) if rows > 1 else 1.0
        score = fill * _liking(between, rows)
        if best is None or score > best[0]:
            best = (score, step, first, between)
    assert best is not None
    _score, step, first, between = best
    a_row = step / between
    bottom = first - MIDDLE / DOTS * a_row
    values = [first + n * step for n in range((rows - 1) // between + 1)]
    top = bottom + a_row * (rows - 1 / DOTS)
    if log:
        return Axis(bottom, top, tuple((value, short(power(value))) for value in values), log=True)
    labels, exponent, offset = _labels(values, step)
    return Axis(bottom, top, tuple(zip(values, labels, strict=True)), False, exponent, offset)


def _liking(between: int, rows: int) -> float:
    """Ticks three or four rows apart read best; in low charts closer ones."""
    if rows < 7:
        return {1: 0.75, 2: 1.0, 3: 0.95}.get(between, 0.7)
    return {1: 0.4, 2: 0.8, 3: 1.0, 4: 1.0, 5: 0.95, 6: 0.85}.get(between, 0.7)


def _step(low: float, high: float, rows: int, between: int, log: bool) -> tuple[float, float]:
    """The smallest round step, and the first tick, with which ticks `between` rows apart hold `low` to `high`."""
    reach = (rows - 1 + MIDDLE / DOTS) / between  # steps from the first tick to the highest dot
    below = MIDDLE / DOTS / between  # steps from the lowest dot to the first tick
    size = (high - low) / (reach + below)
    for step in _round_steps(size, log):
        first_value = math.floor(low / step + below + 1e-9) * step
        if first_value - below * step <= low + 1e-12 * abs(low) and first_value + reach * step >= high:
            return step, first_value
    raise AssertionError


def _round_steps(size: float, log: bool) -> Iterable[float]:
    """1, 2, 2.5 and 5 times powers of ten from `size` on; for decades whole ones only."""
    exponent = math.floor(math.log10(size)) if size > 1e-300 else -300
    for power in range(exponent, exponent + 4):
        for factor in (1.0, 2.0, 2.5, 5.0):
            step = factor * 10.0**power if power < 308 else math.inf
            if log and (step < 1 or step != int(step)):
                continue
            if step >= size * (1 - 1e-12):
                yield step
    if log:
        yield 1.0
    yield 10.0 ** min(307, exponent + 5)


def _narrow_log(low: float, high: float, rows: int) -> Axis:
    """About a decade or less: ticks at round values; their distances shrink upwards, as logarithms do."""
    pad = (high - low) * 0.03
    smallest, largest = power(low), power(high)
    if smallest < 1e-300:
        return Axis(low - pad, high + pad, ((low, short(smallest)), (high, short(largest))), log=True)
    for step in _round_steps((largest - smallest) / max(2, rows // 3), False):
        values = [n * step for n in range(math.ceil(smallest / step), math.floor(largest / step) + 1)]
        if len(values) < 2:
            break
        if len(values) <= rows:
            labels, exponent, offset = _labels(values, step)
            ticks = tuple((math.log10(value), label) for value, label in zip(values, labels, strict=True))
            return Axis(low - pad, high + pad, ticks, True, exponent, offset)
    return Axis(low - pad, high + pad, ((low, short(smallest)), (high, short(largest))), log=True)


def x_axis(low: float, high: float, columns: int, *, whole: bool = True) -> Axis:
    """The horizontal axis: from `low` to `high` exactly, round ticks at least eight cells apart, five for a second one.

    whole: what is counted comes in whole numbers (epochs, steps), so no tick lies between two of them.
    """
    size = max(abs(low), abs(high))
    if high - low <= max(size * 1e-9, 1e-290):
        margin = max(0.5, size * 0.1)  # a single epoch stands in the middle
        return Axis(low - margin, high + margin, ((low, short(low)),))
    whole = whole and high - low >= 1
    for cells in (8, 5):
        steps = _round_steps((high - low) / max(1, columns // cells), False)
        step = next(one for one in steps if not whole or (one >= 1 and one == int(one)))
        first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
        if last > first:
            break
    if last - first > 64 or max(abs(first), abs(last)) > 1e14:  # the step vanishes beside the values
        return Axis(low, high, ((low, short(low)), (high, short(high))))
    values = [n * step for n in range(first, last + 1)]
    if whole and size < 1e9:
        return Axis(low, high, tuple((value, f"{value:.0f}") for value in values))
    labels, exponent, offset = _labels(values, step)
    return Axis(low, high, tuple(zip(values, labels, strict=True)), False, exponent, offset)


def _labels(values: Sequence[float], step: float) -> tuple[list[str], int, float]:
    """Labels with equal decimals, the power of ten they are multiplied by, and the value they are added to."""
    offset = 0.0
    if abs(values[0]) > 1e4 * step * len(values):  # nearly the same figure everywhere: only the difference is told
        offset = values[0]
        values = [value - offset for value in values]
    size = max(abs(value) for value in values)
    exponent = math.floor(math.log10(size)) if size >= 1e6 or 0 < size < 1e-3 else 0
    scale = power(-exponent)
    decimals = 0
    while decimals < 9 and abs(round(step * scale, decimals) - step * scale) > step * scale * 1e-6:
        decimals += 1
    labels = [f"{value * scale:.{decimals}f}" for value in values]
    return [label.removeprefix("-") if float(label) == 0 else label for label in labels], exponent, offset


def power(exponent: float) -> float:
    """Ten to `exponent`, as far as floats go."""
    return math.pow(10.0, max(-324.0, min(308.0, exponent)))


def short(value: float) -> str:
    """A figure in few signs: `0.2786`, `612`, `1.5e-7`."""
    if value == 0 or not math.isfinite(value):
        return f"{value + 0.0:g}"
    if 1e-3 <= abs(value) < 1e6:
        return f"{value:.4g}" if abs(value) < 1e4 else f"{value:.0f}"
    mantissa, _mark, exponent = f"{value:.1e}".partition("e")
    return f"{mantissa.removesuffix('.0')}e{int(exponent)}"
