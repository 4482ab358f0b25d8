"""Folds batch and epoch events into curves on one axis of epochs, however often a lesson calls `fit`."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from dlwp_tui.runs.series import Curve, CurveKey


@dataclass
class _Place:
    """How far the current fit under one label has come."""

    offset: int = 0
    """Epochs of earlier fits under the same label."""
    epoch: int = 0
    """Last whole epoch of this fit."""
    position: float = 0.0
    """Epochs of this fit, with the fraction of the running one."""
    steps: int = 0
    """Steps of an epoch, as far as known."""
    resumed: bool = False
    """True from a resume until this label's next event."""


@dataclass
class Curves:
    """All curves of a run.

    A second fit under one label continues to the right of the first. After a resume from a checkpoint, epochs that are
    computed again replace the earlier ones.
    """

    epochs: dict[CurveKey, Curve] = field(default_factory=dict)
    """x is the epoch, 1-based."""
    batches: dict[CurveKey, Curve] = field(default_factory=dict)
    """x is in epochs: 0.5 is the middle of the first."""
    _places: dict[str, _Place] = field(default_factory=dict)

    def add_epoch(self, label: str, epoch: int, metrics: Mapping[str, float]) -> float:
        """Fold one epoch's figures; returns their x: the epochs of this label so far."""
        place = self._place(label)
        if epoch <= place.epoch:
            self._start_again(label, place, epoch)
        place.resumed = False
        place.epoch, place.position = epoch, max(place.position, float(epoch))
        _append(self.epochs, label, place.offset + epoch, metrics)
        return float(place.offset + epoch)

    def add_epochs(self, label: str, epochs: list[int], figures: Mapping[str, list[float]]) -> list[float]:
        """Fold many epochs, each after the one before, of a label and of metrics that are known; returns their x."""
        place = self._place(label)
        place.epoch, place.position = epochs[-1], max(place.position, float(epochs[-1]))
        xs = [float(place.offset + epoch) for epoch in epochs]
        for metric, ys in figures.items():
            self.epochs[CurveKey(label, metric)].extend(xs, ys)
        return xs

    def add_batch(
        self, label: str, epoch: int | None, step: int, steps: int | None, metrics: Mapping[str, float]
    ) -> None:
        """Fold a batch event. Without an epoch (an own loop) x is the step itself."""
        place = self._place(label)
        if epoch is None:
            _append(self.batches, label, step, metrics)
            return
        place.steps = steps or max(place.steps, step + 1)  # unknown length: the longest epoch so far
        position = epoch - 1 + min(1.0, step / place.steps)
        if epoch <= place.epoch or position < place.position:
            self._start_again(label, place, epoch)
        place.resumed = False
        place.position = position
        _append(self.batches, label, place.offset + position, metrics)

    def resume(self) -> None:
        """The run was started again: from now on repeated epochs replace the earlier ones."""
        for place in self._places.values():
            place.resumed = True

    def _place(self, label: str) -> _Place:
        return self._places.setdefault(label, _Place())

    def _start_again(self, label: str, place: _Place, epoch: int) -> None:
        if place.resumed:
            start = place.offset + epoch - 1
            # A batch point at `start` itself is the last step of the epoch before.
            for curves, first in ((self.epochs, start + 1), (self.batches, math.nextafter(start, math.inf))):
                for key, curve in curves.items():
                    if key.label == label:
                        curve.cut(first)
        else:
            place.offset += math.ceil(place.position)
        place.epoch, place.position = epoch - 1, float(epoch - 1)


def _append(curves: dict[CurveKey, Curve], label: str, x: float, metrics: Mapping[str, float]) -> None:
    for metric, y in metrics.items():
        curve = curves.get((label, metric))  # type: ignore[call-overload]  # as good as a CurveKey, and made at once
        if curve is None:
            curve = curves[CurveKey(label, metric)] = Curve()
        curve.append(x, y)
