"""One curve of a run: its points, exact, with the extremes of any stretch at hand."""

from __future__ import annotations

from typing import NamedTuple

from dlwp_tui.charts.points import Points


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


class Curve(Points):
    """All points of one curve, with what is known of it as a whole. NaN and infinity are kept apart, as gaps."""

    @property
    def values(self) -> list[float]:
        """Every y appended, NaN and infinity included."""
        return [y for _x, y in self.pairs()]

    @property
    def all_xs(self) -> list[float]:
        """The x of each of `values`."""
        return [x for x, _y in self.pairs()]

    @property
    def count(self) -> int:
        """Points appended, with those that are not finite."""
        return len(self.xs) + len(self.gaps)

    @property
    def low(self) -> Point | None:
        """The lowest finite point, the first of equal ones; None without one."""
        return self._at(self.extremes(0, len(self))[0]) if len(self) else None

    @property
    def high(self) -> Point | None:
        """The highest finite point, the first of equal ones; None without one."""
        return self._at(self.extremes(0, len(self))[1]) if len(self) else None

    @property
    def last(self) -> Point | None:
        """The newest finite point."""
        return self._at(-1) if len(self) else None

    @property
    def first_bad_x(self) -> float | None:
        """Where the first NaN or infinity stands."""
        return self.gaps[0].x if self.gaps else None

    @property
    def bad_epochs(self) -> str:
        """Where a curve that is a number again was none: `4` or `4–6`; "" for one that still is none, or always was."""
        if not self.gaps or self.gaps[-1].before == len(self):
            return ""
        first, last = int(self.gaps[0].x), int(self.gaps[-1].x)
        return f"{first}" if first == last else f"{first}–{last}"

    def _at(self, index: int) -> Point:
        return Point(self.xs[index], self.ys[index])


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
