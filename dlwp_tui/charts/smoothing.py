"""Smoothing of a curve that does not depend on how densely it was sampled for drawing."""

from __future__ import annotations

import math
from collections.abc import Sequence


def smooth(ys: Sequence[float], weight: float) -> list[float]:
    """Exponential moving average of `ys`, corrected for its start at zero (as Adam corrects its moments).

    `weight` in [0, 1) is the share of the past: 0 gives `ys` itself, 0.9 averages over about 10 points. Apply it to the
    exact figures, before any down-sampling: sampled first, the same run gets another curve at another width.
    A constant stays constant; a point that is not finite is passed through and leaves the average as it was.
    """
    if not 0 <= weight < 1:
        raise ValueError(f"weight {weight} should be at least 0 and below 1")
    smoothed = []
    average, mass = 0.0, 0.0
    for y in ys:
        if not math.isfinite(y):
            smoothed.append(y)
            continue
        average = weight * average + (1 - weight) * y
        mass = weight * mass + (1 - weight)  # 1 - weight**n without the rounding of a power
        smoothed.append(average / mass)
    return smoothed
