"""What a learner should notice about a run's curves while they look at them, and what to try."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from dlwp_tui.charts.axis import short
from dlwp_tui.core.language import _
from dlwp_tui.runs.series import Curve, CurveKey
from dlwp_tui.runs.view import RunView

RISING = 3
"""Epochs in a row in which the training loss grows: fewer are noise."""
STILL = 10
"""Epochs without progress of the training loss."""
PATIENCE = 5
"""Epochs since the validation loss was lowest."""


@dataclass(frozen=True)
class Alert:
    """One thing to notice."""

    code: str
    """`nan`, `diverges`, `still` or `overfits`."""
    message: str
    hint: str
    """What to try."""


def alerts(view: RunView) -> list[Alert]:
    """What the curves of a run show, at most one alert a kind, the most urgent first.

    Curves of a lesson's own loop (an exact formula, a walk down a slope) are left alone: there such things are shown
    on purpose.
    """
    found: dict[str, Alert] = {}
    for key, curve in view.curves.items():
        if key.metric == "loss" and key.metric not in view.units:
            validation = view.curves.get(CurveKey(key.label, "val_loss"))
            for alert in (_nan(key.label, curve), _diverges(key.label, curve), _overfits(key.label, curve, validation)):
                if alert is not None:
                    found.setdefault(alert.code, alert)
            if not found and (alert := _still(key.label, curve)) is not None:
                found.setdefault(alert.code, alert)
    return list(found.values())


def _nan(label: str, curve: Curve) -> Alert | None:
    if curve.first_bad_x is None:
        return None
    if curve.bad_epochs:
        message = _("The loss was not a number in epoch {epoch}.").format(epoch=curve.bad_epochs)
    else:
        message = _("The loss is not a number from epoch {epoch} on.").format(epoch=int(curve.first_bad_x))
    return Alert(
        "nan",
        _named(label, message),
        _("Try a learning rate ten times smaller; look for missing or huge values in the data."),
    )


def _diverges(label: str, curve: Curve) -> Alert | None:
    ys = curve.values
    last = ys[-RISING - 1 :]
    if len(last) <= RISING or not _rises(last) or not last[-1] > 1.2 * abs(ys[0]):
        return None
    return Alert(
        "diverges",
        _named(
            label,
            _("The training loss grows: {first} in epoch 1, {last} in epoch {epoch}.").format(
                first=short(ys[0]), last=short(ys[-1]), epoch=int(curve.all_xs[-1])
            ),
        ),
        _("The learning rate is probably too high: divide it by ten."),
    )


def _overfits(label: str, training: Curve, validation: Curve | None) -> Alert | None:
    if validation is None or not validation.values or not all(map(math.isfinite, validation.values)):
        return None
    epochs, ys = validation.all_xs, validation.values  # validation need not follow every epoch
    index = min(range(len(ys)), key=ys.__getitem__)
    best = int(epochs[index])
    since = int(epochs[-1]) - best
    then = dict(training.pairs()).get(epochs[index], -math.inf)
    if since < PATIENCE or min(ys[-2:]) < ys[index] * 1.02 or not training.values[-1] < then:
        return None
    return Alert(
        "overfits",
        _named(
            label,
            _(
                "Overfitting: the validation loss was lowest in epoch {epoch} ({best}), {count} epochs ago, and the "
                "training loss still falls."
            ).format(epoch=best, best=short(ys[index]), count=since),
        ),
        _("Train for about {epoch} epochs, or try dropout, a smaller network or more data.").format(epoch=best),
    )


def _still(label: str, curve: Curve) -> Alert | None:
    ys = curve.values
    if len(ys) < STILL + 5:
        return None
    before, after = min(ys[:-STILL]), min(ys[-STILL:])
    if before - after > 1e-3 * abs(before) or max(ys[-STILL:]) - after > 0.05 * abs(after):
        return None
    return Alert(
        "still",
        _named(
            label,
            _("The training loss has not moved for {count} epochs ({loss}).").format(count=STILL, loss=short(after)),
        ),
        _("More epochs change nothing. If it should be lower: a higher learning rate, a larger network."),
    )


def _rises(ys: Sequence[float]) -> bool:
    return all(a < b for a, b in pairwise(ys))


def _named(label: str, sentence: str) -> str:
    return f"{label}: {sentence}" if label else sentence
