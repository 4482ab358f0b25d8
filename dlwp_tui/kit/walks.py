"""Walks down a slope in lesson 2.4: which go side by side, where each one ended, its path as a picture, its steps."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from dlwp_tui.core.language import _
from dlwp_tui.kit import drawing

if TYPE_CHECKING:
    from dlwp_tui.lab.lab import Lab

_NEAR = 0.01  # a loss or a gradient so small counts as none
_STEPS = (0, 1, 2, 3, 4, 5, 10, 20, 50, 100, 200, 500)  # those that the table lists


class Walk(Protocol):
    """A point that walked down a slope of one or two coordinates."""

    path: list[np.ndarray]
    """Every place it visited, (coordinates,), the start first."""
    gradients: list[np.ndarray]
    """The gradient of each step, (coordinates,)."""


def side_by_side(compare: str, rate: float, batches: Iterable[int]) -> dict[str, dict[str, Any]]:
    """The names of the walks that the lesson's param `compare` puts side by side, and in what each one differs.

    The keys of a difference: `rate`, `momentum`, `size` (samples a step) or `rule` (sgd, rmsprop, adam). "none" is one
    walk without a name.
    """
    sgd = {"rule": "sgd"}
    walks: dict[str, dict[str, dict[str, Any]]] = {
        "none": {"": {}},
        "rates": {_("rate {rate}").format(rate=f"{rate * k:.3g}"): {"rate": rate * k} for k in (0.1, 1, 9, 11)},
        "momenta": {_("momentum {size}").format(size=m): sgd | {"momentum": m} for m in (0, 0.5, 0.9, 0.95)},
        "batches": {_("{count} a step").format(count=n): {"size": n} for n in batches},
        "optimizers": {
            "SGD": sgd | {"momentum": 0},
            _("SGD with momentum"): sgd | {"momentum": 0.9},
            "RMSprop": {"rule": "rmsprop"},
            "Adam": {"rule": "adam"},
        },
    }
    return walks[compare]


def show(lab: Lab, f: Callable[[np.ndarray], Any], lowest: float, walks: Mapping[str, Walk]) -> dict[str, Any]:
    """Tables and pictures of `walks`; returns how many were "reached", "stuck", "moving" and "lost" at their end.

    `f` takes places (coordinates, ...) and returns the losses (...) and their gradients; `lowest` is its least value.
    The name of a walk that has nothing beside it is "".
    """
    words = {
        "reached": _("reached the lowest point"),
        "stuck": _("stuck in a shallow dip"),
        "moving": _("still moving"),
        "lost": _("diverged"),
    }
    counts = dict.fromkeys(words, 0)
    rows = []
    for name, walk in walks.items():
        loss, gradient = f(walk.path[-1])
        end = _ending(loss, gradient, lowest, f(walk.path[0])[0])
        counts[end] += 1
        rows.append([name or _("this walk"), len(walk.gradients), _listed(walk.path[-1]), f"{loss:.3f}", words[end]])
        # The logarithm of the height shows shallow dips too.
        image = drawing.landscape(lambda places: np.log1p(f(places)[0] - lowest), walk.path)
        lab.picture(name or _("The walk"), image, words[end])
    lab.table(_("Where they stopped"), ["", _("steps"), "w", _("loss"), _("how it ended")], rows)
    name, first = next(iter(walks.items()))
    steps = [
        [k, _listed(first.path[k]), _listed(first.gradients[k]), f"{f(first.path[k])[0]:.4f}"]
        for k in _STEPS
        if k < len(first.gradients)
    ]
    title = _("Step by step: {name}").format(name=name or _("this walk"))
    lab.table(title, [_("steps so far"), "w", _("gradient"), _("loss")], steps)
    return counts


def _ending(loss: float, gradient: np.ndarray, lowest: float, first: float) -> str:
    """How a walk ended; `first` is the loss where it began."""
    if loss > first + 1:
        return "lost"
    if loss - lowest < _NEAR:
        return "reached"
    return "stuck" if np.linalg.norm(gradient) < _NEAR else "moving"


def _listed(w: np.ndarray) -> str:
    return ", ".join(f"{value:.4f}" for value in w)
