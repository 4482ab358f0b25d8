"""From runs to the curves of one chart: which metrics belong together, what is a dot, a line, an overlay."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from dlwp_tui.analysis import compare
from dlwp_tui.charts.draw import Series
from dlwp_tui.charts.smoothing import smooth
from dlwp_tui.core.language import _, pgettext
from dlwp_tui.runs.series import Curve, CurveKey, higher_is_better
from dlwp_tui.runs.view import RunView
from dlwp_tui.tui.bench import style

SMOOTHING = (0.0, 0.6, 0.9)
"""Weights the smoothing key walks through."""
BOTH_SIDES = 2
"""With more labels than this (folds, variants) only validation is drawn: eight curves look alike."""


@dataclass(frozen=True)
class Look:
    """How the learner wants to see the curves."""

    log_y: bool = False
    smoothing: float = 0.0
    batches: bool = False
    colors: tuple[str, ...] = style.DARK
    ascii: bool = False


@dataclass
class ChartData:
    """What one chart draws."""

    metric: str
    series: list[Series] = field(default_factory=list)
    x_range: tuple[float, float] | None = None


def metrics(views: Sequence[RunView]) -> list[str]:
    """The metrics that get a chart, without `val_`: losses first, figures that are neither good nor bad last."""
    names = dict.fromkeys(
        key.metric.removeprefix("val_") for view in views for key in (*view.curves, *view.batch_curves)
    )
    return sorted(names, key=lambda name: (higher_is_better(name) is None, name != "loss", list(names).index(name)))


def chart(metric: str, view: RunView, overlays: Sequence[RunView], look: Look) -> ChartData:
    """The curves of `metric` for the shown run, earlier runs under it."""
    data = ChartData(metric)
    for other in overlays:
        if other.folder != view.folder:
            data.series += _overlay(metric, other, view, look)
    data.x_range = _x_range(metric, view, look)
    own = _own(metric, view, look)
    data.series += _baselines(metric, view, [*data.series, *own], data.x_range) + own
    return data


def x_label(metric: str, view: RunView) -> str:
    """What the x axis of the metric's chart counts: epochs, or the unit of the lesson's own loop."""
    return view.units.get(metric) or view.units.get(f"val_{metric}") or _("epoch")


def of_validation(metric: str, view: RunView) -> bool:
    """True where every curve drawn of the shown run is of validation: then the title says so, and no label does.

    A curve without a finished epoch does not count: its batches have a label of their own.
    """
    labels = _labels(metric, view)
    begun = [label for label in labels if CurveKey(label, metric) in view.curves]
    return len(labels) > BOTH_SIDES and all(CurveKey(label, f"val_{metric}") in view.curves for label in begun)


def run_name(view: RunView, beside: RunView | None = None) -> str:
    """A run in a legend: the params that differ from the run beside it, else the time it was asked for."""
    if beside is not None:
        differing = compare.diff_params([view.spec, beside.spec])
        changed = [f"{name}={values[0]}" for name, values in differing.items() if values[0] is not None]
        if changed:
            return " ".join(changed)
    return time.strftime("%H:%M:%S", time.localtime(view.spec.created))


def _own(metric: str, view: RunView, look: Look) -> list[Series]:
    labels = _labels(metric, view)
    all_validation = of_validation(metric, view)
    home = style.place(view.folder.id)
    series: list[Series] = []
    for number, label in enumerate(labels):
        place = (home + number) % len(look.colors)
        # Several labels in one run: each its own sign, as several runs have.
        marker = _marker(place, look) if len(labels) > 1 else ""
        training = view.curves.get(CurveKey(label, metric))
        validation = view.curves.get(CurveKey(label, f"val_{metric}"))
        batches = view.batch_curves.get(CurveKey(label, metric))
        color = look.colors[place]
        if batches is not None and (look.batches or training is None or not training.xs):
            pattern = Series("", (), (), "line", color, "", True)
            series += _line(_name(label, _("batches")), batches, pattern, look, raw=True)
        if training is not None and (len(labels) <= BOTH_SIDES or validation is None) and training.xs:
            # The lesson's own loop need not train: its chart's title, or its label, names what is drawn.
            own_loop = metric in view.units
            dots = validation is not None or (len(training) < 200 and not own_loop)
            pattern = Series("", (), (), "dots" if dots else "line", color, marker if label else "")
            side = "" if own_loop or (label and validation is None) else pgettext("curve", "training")
            series += _line(_name(label, side), training, pattern, look)
        if validation is not None and validation.xs:
            side = "" if all_validation else _("validation")
            series += _line(_name(label, side), validation, Series("", (), (), "line", color, marker), look)
    return series


def _labels(metric: str, view: RunView) -> list[str]:
    """The labels of a metric's curves, as they came."""
    keys = (key for key in (*view.curves, *view.batch_curves) if key.metric.removeprefix("val_") == metric)
    return list(dict.fromkeys(key.label for key in keys))


def _baselines(
    metric: str, view: RunView, others: Sequence[Series], x_range: tuple[float, float] | None
) -> list[Series]:
    """Constants the curves are compared with: lines across the whole chart, under the curves and in no run's colour."""
    xs = [*(x_range or ()), *(x for one in others for x in one.xs)]
    if not xs:
        return []
    ends = min(xs), max(xs)
    found = [(key, y) for key, y in view.baselines.items() if key.metric.removeprefix("val_") == metric]
    return [Series(f"{key.label} {y:.4g}", ends, (y, y), "line", faint=True) for key, y in found]


def _overlay(metric: str, other: RunView, view: RunView, look: Look) -> list[Series]:
    """An earlier run: its validation curves, or its training ones where it has no validation."""
    place = style.place(other.folder.id) % len(look.colors)
    pattern = Series("", (), (), "line", look.colors[place], _marker(place, look))
    series: list[Series] = []
    for label in dict.fromkeys(key.label for key in other.curves):
        curve = other.curves.get(CurveKey(label, f"val_{metric}")) or other.curves.get(CurveKey(label, metric))
        if curve is not None and curve.xs:
            name = run_name(other, view) if not series else ""  # one legend entry a run
            series += _line(name, curve, pattern, look)
    return series


def _line(name: str, curve: Curve, pattern: Series, look: Look, *, raw: bool = False) -> list[Series]:
    """One curve; smoothed, its exact figures stay visible under it, faint."""
    exact = Series(name, curve.xs, curve.ys, pattern.kind, pattern.color, pattern.marker, pattern.faint)
    if not look.smoothing or raw or len(curve) < 3:
        return [exact]
    faint = Series("", curve.xs, curve.ys, pattern.kind, pattern.color, "", True)
    return [
        faint,
        Series(
            name,
            curve.xs,
            smooth(curve.ys, look.smoothing),
            "line",
            pattern.color,
            pattern.marker or (_marker(0, look) if pattern.kind == "dots" else ""),
        ),
    ]


def _name(label: str, side: str) -> str:
    return " ".join(filter(None, (label, side)))


def _marker(place: int, look: Look) -> str:
    markers = style.ASCII_MARKERS if look.ascii else style.MARKERS
    return markers[place % len(markers)]


def _x_range(metric: str, view: RunView, look: Look) -> tuple[float, float] | None:
    """The planned epochs of a run at work, so that its axis stands still; None lets the points decide."""
    if not view.state.active or not view.epochs or view.epochs <= 1:
        return None
    first = 0.0 if look.batches or not any(k.metric.endswith(metric) for k in view.curves) else 1.0
    return first, float(view.epochs)
