"""One curve of a run: exact for per-epoch figures, bounded in memory for per-batch ones."""

from __future__ import annotations

import math
from bisect import bisect_left
from dataclasses import dataclass
from typing import NamedTuple


class CurveKey(NamedTuple):
    """Which curve of a run: the lesson's label ("" where it gave none) and the metric as Keras names it."""

    label: str
    metric: str

    def __str__(self) -> str:
        return f"{self.label}.{self.metric}" if self.label else self.metric


class Point(NamedTuple):
    """One point of a curve."""

    x: float
    y: float


@dataclass(slots=True)
class _Bucket:
    """Neighbouring points: the first x and both extremes."""

    start: float
    low: Point
    high: Point


class Curve:
    """Points appended from left to right.

    With `capacity` None every point is kept. Otherwise neighbouring points share one of at most 2 * capacity buckets,
    each with its exact minimum and maximum: peaks survive at any length, an append costs O(1) on average, and there are
    at most 4 * capacity points to draw. NaN and infinity are never drawn.
    """

    def __init__(self, capacity: int | None = None) -> None:
        if capacity is not None and capacity < 1:
            raise ValueError(f"capacity {capacity} should be at least 1")
        self.capacity = capacity
        self.count = 0
        """Points appended, with those that are not finite."""
        self.first_bad_x: float | None = None
        """Where the first NaN or infinity stands."""
        self._last_x: float | None = None
        self._last_y = 0.0
        self.low: Point | None = None
        """The exact minimum and where it was first reached; None without a finite point."""
        self.high: Point | None = None
        """The exact maximum and where it was first reached; None without a finite point."""
        self.values: list[float] = []
        """Every y appended, NaN and infinity included: index i is epoch i + 1. Only without `capacity`."""
        self.all_xs: list[float] = []
        """The x of each of `values`."""
        self._xs: list[float] = []
        self._ys: list[float] = []
        self._buckets: list[_Bucket] = []
        self._stride = 1
        self._in_bucket = 0
        self._drawn: tuple[list[float], list[float]] | None = None

    def append(self, x: float, y: float) -> None:
        """Add a point; `x` is not smaller than the ones before it."""
        self.count += 1
        if self.capacity is None:
            self.all_xs.append(x)
            self.values.append(y)
        if not math.isfinite(y) or not math.isfinite(x):
            if self.first_bad_x is None:
                self.first_bad_x = x
            return
        self._last_x, self._last_y = x, y  # no Point: this runs for every batch
        if self.low is None or y < self.low.y:
            self.low = Point(x, y)
        if self.high is None or y > self.high.y:
            self.high = Point(x, y)
        if self.capacity is None:
            self._xs.append(x)
            self._ys.append(y)
            return
        self._drawn = None
        if self._buckets and self._in_bucket < self._stride:
            self._in_bucket += 1
            bucket = self._buckets[-1]
            if y < bucket.low.y:
                bucket.low = Point(x, y)
            elif y > bucket.high.y:
                bucket.high = Point(x, y)
            return
        if len(self._buckets) >= 2 * self.capacity:
            self._halve()
        point = Point(x, y)
        self._buckets.append(_Bucket(x, point, point))
        self._in_bucket = 1

    @property
    def xs(self) -> list[float]:
        """The x of each point to draw, rising. Do not change the list."""
        return self._xs if self.capacity is None else self._points()[0]

    @property
    def ys(self) -> list[float]:
        """The finite y of each point to draw. Do not change the list."""
        return self._ys if self.capacity is None else self._points()[1]

    @property
    def last(self) -> Point | None:
        """The newest finite point."""
        return None if self._last_x is None else Point(self._last_x, self._last_y)

    def __len__(self) -> int:
        """How many points there are to draw."""
        return len(self.xs)

    def cut(self, x: float) -> None:
        """Remove the points from `x` on, which a run resumed from a checkpoint computes again."""
        if self.capacity is None:
            kept = list(zip(self.all_xs, self.values, strict=True))[: bisect_left(self.all_xs, x)]
            self.__init__()  # type: ignore[misc]  # a cut is rare (once per resume) and a curve short
            for point in kept:
                self.append(*point)
            return
        if self.first_bad_x is not None and self.first_bad_x >= x:
            self.first_bad_x = None
        self._drawn = None
        self._buckets = [bucket for bucket in self._buckets if bucket.start < x]
        if self._buckets:
            bucket = self._buckets[-1]
            inside = [point for point in (bucket.low, bucket.high) if point.x < x]
            if inside:
                bucket.low = min(inside, key=lambda point: point.y)
                bucket.high = max(inside, key=lambda point: point.y)
            else:
                self._buckets.pop()
        self._in_bucket = self._stride  # the next point opens a bucket of its own
        newest = max((p for b in self._buckets[-1:] for p in (b.low, b.high)), default=None)
        self._last_x, self._last_y = newest if newest is not None else (None, 0.0)
        self.low = min((bucket.low for bucket in self._buckets), key=lambda point: point.y, default=None)
        self.high = max((bucket.high for bucket in self._buckets), key=lambda point: point.y, default=None)

    def _points(self) -> tuple[list[float], list[float]]:
        if self._drawn is None:
            points: list[Point] = []
            for bucket in self._buckets:
                points.extend(sorted({bucket.low, bucket.high}))
            last = self.last
            if last is not None and (not points or points[-1] != last):
                points.append(last)  # the curve ends where the run is, not at its bucket's extreme
            self._drawn = [point.x for point in points], [point.y for point in points]
        return self._drawn

    def _halve(self) -> None:
        """Merge each pair of buckets, which makes room for as many again of double the width."""
        merged = []
        for left, right in zip(self._buckets[::2], self._buckets[1::2], strict=True):  # their number is even
            low = left.low if left.low.y <= right.low.y else right.low
            high = left.high if left.high.y >= right.high.y else right.high
            merged.append(_Bucket(left.start, low, high))
        self._buckets = merged
        self._stride *= 2


_HIGHER = (
    "accuracy", "acc", "auc", "precision", "recall", "f1", "f1_score", "iou", "mean_io_u", "dice", "r2", "r2_score",
    "bleu", "psnr", "ssim", "cosine_similarity", "reward", "score", "map", "hit_rate",
)  # fmt: skip
_NEITHER = ("lr", "learning_rate", "seconds", "epoch", "step", "temperature")


def higher_is_better(metric: str) -> bool | None:
    """True for accuracy-like metrics, False for losses and errors, None for what is neither (a learning rate)."""
    name = metric.removeprefix("val_").lower()
    stem = name.rstrip("0123456789").rstrip("_") or name  # Keras names a second metric of a kind `accuracy_1`
    if stem in _NEITHER or name in _NEITHER:
        return None
    return name in _HIGHER or stem in _HIGHER or stem.endswith(("_accuracy", "_acc", "_auc")) or "accuracy" in stem
