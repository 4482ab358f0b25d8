"""A cursor over a chart: the x it may stand at, and what every curve is worth there."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from dlwp_tui.charts.series import BASELINE, Series


@dataclass(frozen=True)
class Reading:
    """One curve at the cursor."""

    series: Series
    y: float
    difference: float | None
    """To the reference's value; None for the reference itself, and where it has none."""


def step(series: Sequence[Series], x: float | None, way: int) -> float | None:
    """The next x to the right (`way` 1) or left (-1) at which any curve has a point; without an `x` the last or first.

    Where there is none further on, `x` itself. None without points.
    """
    all_xs = [one.points.xs for one in series if one.front != BASELINE and len(one.points)]
    if not all_xs:
        return None
    if x is None:
        return max(xs[-1] for xs in all_xs) if way < 0 else min(xs[0] for xs in all_xs)
    if way > 0:
        further = [xs[at] for xs in all_xs if (at := bisect_right(xs, x)) < len(xs)]
        return min(further, default=x)
    further = [xs[at - 1] for xs in all_xs if (at := bisect_left(xs, x)) > 0]
    return max(further, default=x)


def snap(series: Sequence[Series], x: float) -> float | None:
    """The x of a point that is nearest to `x`, whichever curve's; None without points."""
    near: list[float] = []
    for one in series:
        xs = one.points.xs
        if one.front != BASELINE and len(xs):
            at = bisect_left(xs, x)
            near += xs[max(0, at - 1) : at + 1]
    return min(near, key=lambda one: abs(one - x), default=None)


def readings(
    series: Sequence[Series], x: float, *, higher_is_better: bool | None, reference: str = ""
) -> list[Reading]:
    """What the named curves are worth at `x`, the best first; a curve with no point near `x` is left out.

    reference: the name of the curve that the others are compared with.
    """
    found: list[tuple[Series, float]] = []
    for one in series:
        if not one.name:
            continue
        at = 0 if one.front == BASELINE and len(one.points) else _index(one, x, 0.5)
        if at is not None:
            found.append((one, one.points.ys[at]))
    base = next((y for one, y in found if one.name == reference), None)
    if higher_is_better is not None:
        found.sort(key=lambda pair: pair[1], reverse=higher_is_better)
    return [Reading(one, y, None if base is None or one.name == reference else y - base) for one, y in found]


def _index(series: Series, x: float, within: float) -> int | None:
    """The point at `x`, or the nearest one at most `within` of the usual distance between two points away."""
    xs = series.points.xs
    if not len(xs):
        return None
    at = bisect_left(xs, x)
    nearest = min((index for index in (at - 1, at) if 0 <= index < len(xs)), key=lambda index: abs(xs[index] - x))
    usual = (xs[-1] - xs[0]) / (len(xs) - 1) if len(xs) > 1 else 1.0
    return nearest if abs(xs[nearest] - x) <= within * usual + 1e-9 * abs(x) else None
