"""Runs that differ in their seed alone, folded into one curve with a band from their lowest to their highest."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass

from dlwp_tui.charts.points import Points
from dlwp_tui.runs.series import Curve, CurveKey
from dlwp_tui.runs.state import RunState
from dlwp_tui.runs.view import RunView


@dataclass(frozen=True)
class Band:
    """One metric over several seeds, epoch by epoch, as far as all runs go."""

    mean: Points
    low: Points
    high: Points


def groups(views: Sequence[RunView]) -> list[list[RunView]]:
    """`views` by setting: equal lesson, params and kind of data stand together, in the order of the first of each.

    A run at work stands alone: a band ends where its shortest curve does.
    """
    found: dict[str, list[RunView]] = {}
    for view in views:
        setting = [view.spec.lesson, view.spec.params, view.source == "synthetic"]
        at_work = view.state in (RunState.RUNNING, RunState.PAUSED)
        key = view.folder.id if at_work else json.dumps(setting, sort_keys=True)
        found.setdefault(key, []).append(view)
    return list(found.values())


def by_epoch(curves: Sequence[Curve]) -> dict[float, list[float]]:
    """The values of several curves at each x that all of them have."""
    first, *others = (dict(curve.pairs()) for curve in curves)
    return {x: [y, *(other[x] for other in others)] for x, y in first.items() if all(x in other for other in others)}


def band(views: Sequence[RunView], key: CurveKey) -> Band | None:
    """The band of one curve over `views`; None where no run has it. An epoch that is no number in one run is a gap."""
    curves = [view.curves[key] for view in views if key in view.curves]
    if not curves:
        return None
    made = Band(Points(), Points(), Points())
    for x, ys in by_epoch(curves).items():
        known = all(map(math.isfinite, ys))
        made.mean.append(x, math.fsum(ys) / len(ys) if known else math.nan)
        made.low.append(x, min(ys) if known else math.nan)
        made.high.append(x, max(ys) if known else math.nan)
    return made
