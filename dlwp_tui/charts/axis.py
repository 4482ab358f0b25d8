"""Axes of a chart: limits, round ticks and labels of a fixed width. Arithmetic only; safe for any finite numbers."""

from __future__ import annotations

import math
from dataclasses import dataclass

LABEL_CELLS = 6
"""Width of every y tick label: figures keep their width while they change."""
HUGE = 1e300
"""Larger magnitudes are drawn as this, so that no difference of two values overflows."""


@dataclass(frozen=True)
class Axis:
    """Limits, and the ticks with their labels; on a log axis in decimal logarithms."""

    low: float
    high: float
    ticks: list[tuple[float, str]]


def as_float(value: float) -> float:
    """`value` as a float; NaN for an int beyond any float."""
    try:
        return float(value)
    except OverflowError:
        return math.nan


def _spread(low: float, high: float) -> tuple[float, float]:
    """A range wide enough to divide by: a constant gets a margin of a tenth of itself."""
    size = max(abs(low), abs(high))
    if high - low > max(size * 1e-9, 1e-290):
        return low, high
    margin = size * 0.1 if size > 1e-280 else 1.0
    return low - margin, high + margin


def step_of(span: float, count: int) -> float:
    """The smallest of 1, 2, 5 x 10^n that divides `span` into at most `count` parts."""
    rough = span / max(count, 1)
    power = 10.0 ** math.floor(math.log10(rough))
    return next((m * power for m in (1, 2, 5, 10) if m * power >= rough * (1 - 1e-9)), 10 * power)


def y_axis(ys: list[float], rows: int, log_y: bool) -> Axis:
    """Limits rounded outward to whole steps, and a labelled tick about every third row."""
    low, high = _spread(min(ys), max(ys))
    count = max(2, min(8, rows // 3))
    if log_y:
        return _log_axis(low, high, count)
    step = step_of(high - low, count)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    if (last - first) > 64 or abs(first) > 1e14:  # the step vanishes beside the values: only the ends can be told
        return Axis(low, high, [(v, figure(v, None)) for v in (low, high)])
    values = [n * step for n in range(first, last + 1)]
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    return Axis(values[0], values[-1], [(v, figure(v, decimals)) for v in values])


def _log_axis(low: float, high: float, count: int) -> Axis:
    """Limits and ticks in decimal logarithms: at powers of ten, below two decades also at 2 and 5 times them."""
    if high - low < 0.5 and abs(low) < 290:  # within a factor of three powers of ten say nothing: round values do
        step = step_of(10**high - 10**low, count + 1)
        places = max(0, -math.floor(math.log10(step) + 1e-9))
        values = [n * step for n in range(math.ceil(10**low / step), math.floor(10**high / step) + 1)]
        if 2 <= len(values) <= 2 * count + 4:
            return Axis(low, high, [(math.log10(v), figure(v, places)) for v in values if v > 0])
    for factors, every in (((1, 2, 5), 1), ((1, 3), 1), ((1,), 1), ((1,), max(1, math.ceil((high - low) / count)))):
        exponents = range(math.floor(low), math.ceil(high) + 1)
        ticks = [e + math.log10(f) for e in exponents if e % every == 0 for f in factors]
        ticks = [t for t in ticks if low - 1e-9 <= t <= high + 1e-9]
        if 2 <= len(ticks) <= count + 2:
            return Axis(low, high, [(t, figure(power(t), None)) for t in ticks])
    return Axis(low, high, [(t, figure(power(t), None)) for t in (low, high)])


def power(exponent: float) -> float:
    """Ten to `exponent`, at most HUGE."""
    return 10.0**exponent if exponent < 308 else HUGE


def figure(value: float, decimals: int | None) -> str:
    """`value` in at most LABEL_CELLS characters, with `decimals` where that fits, else the most digits that fit."""
    if value == 0:
        value = 0.0  # no "-0"
    size = abs(value)
    if value == 0 or 1e-4 <= size < 1e6:
        fewest = 0 if size >= 10 else 3  # 0.0012345 may not become 0.00
        for places in range(decimals if decimals is not None else 4, fewest - 1 if decimals is None else -1, -1):
            text = f"{value:.{places}f}"
            if len(text) <= LABEL_CELLS:
                return text.rstrip("0").rstrip(".") if decimals is None and "." in text else text
    for digits in (2, 1, 0):
        mantissa, _mark, exponent = f"{value:.{digits}e}".partition("e")
        if "." in mantissa:
            mantissa = mantissa.rstrip("0").rstrip(".")
        if len(text := f"{mantissa}e{int(exponent)}") <= LABEL_CELLS:
            return text
    return f"{'-' if value < 0 else ''}e{int(exponent)}"  # -1e-300: seven characters


def x_limits(points: list[list[tuple[float, float]]], fixed: tuple[float, float] | None) -> tuple[float, float]:
    """The range of x: the points, and `fixed` where it is wider."""
    low = min(one[0][0] for one in points)
    high = max(one[-1][0] for one in points)
    for end in map(as_float, fixed or ()):
        if math.isfinite(end):
            low, high = max(-HUGE, min(low, end)), min(HUGE, max(high, end))
    size = max(abs(low), abs(high))
    if high - low > max(size * 1e-9, 1e-290):
        return low, high
    margin = max(0.5, size * 0.1)  # a single epoch stands in the middle
    return low - margin, high + margin
