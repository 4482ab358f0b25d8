"""Keras logs the running mean since the epoch's start; a chart of batches wants the batches since the last point.

With m the mean and w the weight (samples) behind it, now and at the last point: (m·w - m'·w') / (w - w').
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import keras


class Unmixer:
    """Remembers each metric's total and weight at the last point of the epoch."""

    def __init__(self) -> None:
        self._last: dict[str, tuple[float, float]] = {}

    def reset(self) -> None:
        """An epoch begins: Keras' means begin anew."""
        self._last.clear()

    def since_last(self, means: Mapping[str, float], weight: Mapping[str, float]) -> dict[str, float]:
        """The mean over the batches since the last call; metrics without a weight, such as AUC, pass unchanged."""
        found = {}
        for name, mean in means.items():
            found[name] = mean
            if name in weight:
                total, before = mean * weight[name], self._last.get(name, (0.0, 0.0))
                if weight[name] > before[1]:
                    found[name] = (total - before[0]) / (weight[name] - before[1])
                self._last[name] = (total, weight[name])
        return found


def weights(model: keras.Model, names: Mapping[str, Any]) -> dict[str, float]:
    """The weight behind the running mean of each of `names` that is one.

    Read from the metric's own counter, which is right for a short last batch, sample weights and any
    `steps_per_execution`. With several outputs Keras puts the output's name before the metric's.
    """
    means = {metric.name: metric for metric in _flat(model.metrics) if hasattr(metric, "count")}
    found = {}
    for name in names:
        metric = means.get(name) or next((one for key, one in means.items() if name.endswith("_" + key)), None)
        if metric is not None:
            found[name] = float(metric.count)
    return found


def _flat(metrics: list[Any]) -> Iterator[Any]:
    for metric in metrics:
        if inner := getattr(metric, "metrics", None):
            yield from _flat(inner)
        else:
            yield metric
