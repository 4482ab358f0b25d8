"""From runs to the curves of one chart: which metrics belong together, what is drawn of each run, and how."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal
from weakref import WeakKeyDictionary

from dlwp_tui.analysis import seeds
from dlwp_tui.analysis.signs import PLACES, SIGNS, place
from dlwp_tui.charts.axis import short
from dlwp_tui.charts.points import Points
from dlwp_tui.charts.series import BASELINE, FOCUSED, TRAINING, VALIDATION, Series
from dlwp_tui.charts.smoothing import smooth
from dlwp_tui.core.language import _, pgettext
from dlwp_tui.runs.series import Curve, CurveKey, higher_is_better
from dlwp_tui.runs.view import RunView

XUnit = Literal["epochs", "steps", "seconds"]
X_UNITS: tuple[XUnit, ...] = ("epochs", "steps", "seconds")
BOTH_SIDES = 2
"""With more labels than this (folds, variants) only validation is drawn: eight curves cannot be told apart."""
LEAST_SMOOTHED = 8
"""Points below which a curve is never smoothed."""


@dataclass(frozen=True)
class Look:
    """How the learner wants to see the curves."""

    smoothing: float = 0.0
    """Weight of the past, 0 to below 1; 0 smooths nothing."""
    batches: bool = False
    """Draw the figures of single batches too."""
    x: XUnit = "epochs"
    colors: tuple[str, ...] = ("",) * PLACES
    signs: tuple[str, ...] = SIGNS


@dataclass(frozen=True)
class Member:
    """One entry of a chart: a run, or several that differ in their seed alone, folded into a band."""

    views: tuple[RunView, ...]
    name: str = ""
    """What tells it from the other members (see `analysis.names`)."""
    focused: bool = False
    """Its curves lie in front, and its training is drawn beside its validation."""

    @property
    def view(self) -> RunView:
        """The run, or the first of several."""
        return self.views[0]


@dataclass
class Chart:
    """What one chart draws."""

    metric: str
    """The metric as the title names it: with `val_` where every curve is of validation."""
    series: list[Series] = field(default_factory=list)
    x: tuple[float, float] | None = None
    """The planned range of x, so that the axis of a run at work stands still."""
    x_unit: str = ""


def metrics(views: Sequence[RunView]) -> list[str]:
    """The metrics that get a chart, without `val_`: losses first, figures that are neither good nor bad last."""
    names = dict.fromkeys(
        key.metric.removeprefix("val_") for view in views for key in (*view.curves, *view.batch_curves)
    )
    order = list(names)
    return sorted(names, key=lambda name: (higher_is_better(name) is None, name != "loss", order.index(name)))


def chart(metric: str, members: Sequence[Member], look: Look) -> Chart:
    """The curves of `metric` (without `val_`) for `members`, the focused one in front."""
    made = Chart(metric)
    alone = len(members) == 1
    validation_only = True
    for member in members:
        curves = _band(metric, member, look) if len(member.views) > 1 else _run(metric, member, look, alone)
        made.series += curves
        validation_only = validation_only and _of_validation(metric, member.view)
    shown = next((member for member in members if member.focused), members[0] if members else None)
    if shown is None:
        return made
    if validation_only and (not alone or len(_labels(metric, shown.view)) > BOTH_SIDES):
        made.metric = f"val_{metric}"
    made.x = _planned(metric, shown.view, look)
    made.x_unit = x_word(metric, shown.view, look)
    made.series = [*_baselines(metric, members, made), *made.series]
    return made


def x_word(metric: str, view: RunView, look: Look) -> str:
    """What the x axis counts: epochs, steps, seconds, or whatever the lesson's own loop counts."""
    own = view.units.get(metric) or view.units.get(f"val_{metric}")
    return own or {"epochs": _("epoch"), "steps": _("step"), "seconds": _("seconds")}[look.x]


def _run(metric: str, member: Member, look: Look, alone: bool) -> list[Series]:
    """One run: a curve for each of its labels and sides. Beside other runs it has one colour and one legend entry."""
    view = member.view
    labels = _labels(metric, view)
    mean = "" in labels and len(labels) > BOTH_SIDES  # the lesson's own mean over its labels (folds): it lies in front
    both = len(labels) <= BOTH_SIDES and (alone or member.focused)
    made: list[Series] = []
    for number, label in enumerate(labels):
        color, sign = ((at + (number if alone else 0)) % PLACES for at in place(view.spec.number, view.folder.id))
        front = FOCUSED if (mean and not label) or (member.focused and not alone) else VALIDATION
        line = Series(
            "",
            Points(),
            front=front,
            color=look.colors[color],
            sign=look.signs[sign] if not alone or len(labels) > 1 else "",
            faint=mean and label != "",
        )
        name = _("mean") if mean and not label else label
        training, validation, batches = (
            curves.get(CurveKey(label, key))
            for curves, key in ((view.curves, metric), (view.curves, f"val_{metric}"), (view.batch_curves, metric))
        )
        if batches is not None and (look.batches or training is None) and (alone or member.focused):
            words = _joined(name, _("batches")) if alone else ""
            dim = replace(line, name=words, points=batches, front=TRAINING, sign="", faint=True)
            made += _drawn(dim, CurveKey(label, metric), view, replace(look, smoothing=0.0))
        if training is not None and (both or validation is None):
            side = pgettext("curve", "training")
            if metric in view.units or (name and validation is None):
                side = ""
            elif validation is None and len(labels) > 1:  # beside the others "training" would tell nothing
                side = pgettext("curve", "this lesson's")
            words = _joined(name, side) if alone else ""
            if validation is not None:
                dots = replace(line, name=words, points=training, front=TRAINING, pattern="blobs", sign="")
                made += _drawn(dots, CurveKey(label, metric), view, look)
            else:
                made += _drawn(replace(line, name=words, points=training), CurveKey(label, metric), view, look)
        if validation is not None:
            words = _joined(name, "" if len(labels) > BOTH_SIDES else _("validation")) if alone else ""
            key = CurveKey(label, f"val_{metric}")
            best = _best(metric, validation) if len(labels) == 1 and (alone or member.focused) else None
            high = higher_is_better(metric) is True
            made += _drawn(replace(line, name=words, points=validation, best=best, best_is_high=high), key, view, look)
    if not alone and made:
        made[-1] = replace(made[-1], name=member.name)
    return made


def _band(metric: str, member: Member, look: Look) -> list[Series]:
    """Several seeds of one setting: their mean, and dashed lines for the lowest and the highest."""
    view = member.view
    color, sign = place(view.spec.number, view.folder.id)
    keys = [key for key in (CurveKey("", f"val_{metric}"), CurveKey("", metric)) if key in view.curves]
    found = seeds.band(member.views, keys[0]) if keys else None
    if found is None:
        return []
    edge = Series("", Points(), "dashes", TRAINING, look.colors[color], faint=True)
    mean = replace(
        edge,
        name=member.name,
        pattern="line",
        front=FOCUSED if member.focused else VALIDATION,
        sign=look.signs[sign],
        faint=False,
    )
    return [
        replace(one, points=_in_unit(points, keys[0], view, look))
        for one, points in ((edge, found.low), (edge, found.high), (mean, found.mean))
    ]


def _drawn(series: Series, key: CurveKey, view: RunView, look: Look) -> list[Series]:
    """One curve in the units of x; smoothed, its exact figures stay visible behind it, faint.

    Never smoothed are fewer than `LEAST_SMOOTHED` points, and what a lesson's own loop computed by a formula.
    """
    if not len(series.points) and not series.points.gaps:
        return []
    exact = replace(series, points=_in_unit(series.points, key, view, look))
    if not look.smoothing or key.metric in view.units or len(series.points) < LEAST_SMOOTHED:
        return [exact]
    even = _derived(exact.points, ("smooth", look.smoothing), lambda points: _even(points, look.smoothing))
    return [
        replace(exact, name="", sign="", faint=True, pattern="line", best=None),
        replace(exact, points=even, pattern="line" if exact.pattern == "line" else "dashes", best=None),
    ]


def _best(metric: str, curve: Curve) -> tuple[float, float] | None:
    higher = higher_is_better(metric)
    point = None if higher is None or len(curve) < 2 else curve.high if higher else curve.low
    return None if point is None else (point.x, point.y)


def _baselines(metric: str, members: Sequence[Member], made: Chart) -> list[Series]:
    """Constants the curves are compared with: lines across the whole chart, behind the curves, in no run's colour."""
    xs = [*(made.x or ()), *(x for one in made.series for x in (*one.points.xs[:1], *one.points.xs[-1:]))]
    if not xs:
        return []
    found: dict[str, Series] = {}
    for member in members:
        for key, y in member.view.baselines.items():
            if key.metric.removeprefix("val_") == metric:
                name = f"{key.label} {short(y)}"
                found[name] = Series(name, Points((min(xs), max(xs)), (y, y)), front=BASELINE, faint=True)
    return list(found.values())


def _labels(metric: str, view: RunView) -> list[str]:
    """The labels of a metric's curves, in the order in which they came."""
    keys = (key for key in (*view.curves, *view.batch_curves) if key.metric.removeprefix("val_") == metric)
    return list(dict.fromkeys(key.label for key in keys))


def _of_validation(metric: str, view: RunView) -> bool:
    """Whether every label that has ended an epoch has a curve of validation."""
    begun = [label for label in _labels(metric, view) if CurveKey(label, metric) in view.curves]
    return bool(begun) and all(CurveKey(label, f"val_{metric}") in view.curves for label in begun)


def _planned(metric: str, view: RunView, look: Look) -> tuple[float, float] | None:
    if not view.state.active or not view.epochs or view.epochs <= 1 or look.x == "seconds":
        return None
    scale = view.steps_of.get("", 1) if look.x == "steps" else 1
    first = 0.0 if look.batches or not any(key.metric.endswith(metric) for key in view.curves) else 1.0
    return first * scale, float(view.epochs) * scale


# -- curves derived from curves, kept while the original has not grown ------------------------------------------------

_kept: WeakKeyDictionary[Points, dict[Hashable, tuple[int, Points]]] = WeakKeyDictionary()


def _derived(points: Points, key: Hashable, build: Callable[[Points], Points]) -> Points:
    known = _kept.setdefault(points, {})
    count = len(points.xs) + len(points.gaps)
    if key not in known or known[key][0] != count:
        known[key] = (count, build(points))
    return known[key][1]


def _even(points: Points, weight: float) -> Points:
    pairs = list(points.pairs())
    return Points((x for x, _y in pairs), smooth([y for _x, y in pairs], weight))


def _in_unit(points: Points, key: CurveKey, view: RunView, look: Look) -> Points:
    """A curve whose x counts epochs as one whose x counts what `look.x` names; that of an own loop stays as it is."""
    if look.x == "epochs" or key.metric in view.units:
        return points
    if look.x == "steps":
        steps = view.steps_of.get(key.label, 1)
        return _derived(points, ("steps", steps), lambda one: _moved(one, lambda x: x * steps))
    times = view.times_of.get(key.label, Points())
    return _derived(points, ("seconds", len(times)), lambda one: _moved(one, lambda x: _between(times, x)))


def _moved(points: Points, to: Callable[[float], float]) -> Points:
    pairs = list(points.pairs())
    return Points((to(x) for x, _y in pairs), (y for _x, y in pairs))


def _between(times: Points, x: float) -> float:
    """Seconds at `x` epochs: those at the ends of epochs, and straight lines between them."""
    at = bisect_left(times.xs, x)
    left_x, left = (times.xs[at - 1], times.ys[at - 1]) if at else (0.0, 0.0)
    if at == len(times):
        return left
    return left + (x - left_x) / (times.xs[at] - left_x) * (times.ys[at] - left)


def _joined(*words: str) -> str:
    return " ".join(filter(None, words))
