"""A run's clock and speed: seconds worked, steps a second, and seconds left."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from itertools import pairwise
from statistics import median

_RECENT = 20  # intervals a rate is the median of: 1 s at the 50 ms between batch events
_EPOCHS = 8  # epochs (or parts) that an ETA is computed from: few, as the first ones include tracing the graph
_APART = 0.2  # s between samples; at shorter distances the scheduler's delays count more than the training
_FIRST_GUESS = 0.5  # s of training before the first epoch has an ETA


class Clock:
    """Seconds a run has worked: queueing, pauses and the gap before a resume do not count."""

    def __init__(self) -> None:
        self._worked = 0.0
        self._since: float | None = None
        self._seen = 0.0

    def begin(self, t: float) -> None:
        """A worker started at `t`, for the first time or after one that died without an event."""
        if self._since is not None:
            self.stop(self._seen)
        self._since = self._seen = t

    def go_on(self, t: float) -> None:
        """A pause ended at `t`."""
        if self._since is None:
            self._since = self._seen = t

    def seen(self, t: float) -> None:
        """The run was alive at `t`."""
        self._seen = max(self._seen, t)

    def stop(self, t: float) -> None:
        """The run paused or ended at `t`."""
        if self._since is not None:
            self._worked += max(0.0, t - self._since)
            self._since = None

    @property
    def going(self) -> bool:
        """True between a start and a pause or end."""
        return self._since is not None

    @property
    def last_seen(self) -> float:
        """When the run was last known to be alive."""
        return self._seen

    def elapsed(self, now: float) -> float:
        """Seconds worked until `now`."""
        return self._worked + (max(0.0, now - self._since) if self._since is not None else 0.0)

    def each(self, times: Sequence[float]) -> list[float]:
        """Seconds worked until each of many times."""
        if self._since is None:
            return [self._worked] * len(times)
        worked, since = self._worked, self._since
        return [worked + max(0.0, now - since) for now in times]


class Pace:
    """Speed and remaining time, from recent intervals. Times are seconds worked, so a pause changes nothing."""

    def __init__(self) -> None:
        self.fraction: float | None = None
        """Share of the whole run that is done, 0–1; None while it is not known."""
        self._at = 0.0
        self._whole: tuple[float, float] | None = None
        self._epochs_since = 0  # since the last progress event: 1 means that a unit of progress is an epoch
        self._unit_is_epoch: bool | None = None
        self._samples: deque[tuple[float, float]] = deque(maxlen=_EPOCHS + 1)
        self._rates: deque[float] = deque(maxlen=_RECENT)
        self._previous: tuple[str, int | None, int, float] | None = None
        self._place: tuple[int, int] | None = None  # epoch and epochs of the fit just now
        self._epoch_began: float | None = None
        self._validating_since: float | None = None
        self._trained: float | None = None  # the share of an epoch that is training, where it ends with validation

    def batch(
        self, worked: float, label: str, *, epoch: int | None, epochs: int | None, step: int, steps: int | None
    ) -> None:
        """A batch event after `worked` seconds."""
        self._rate(worked, label, epoch, step)
        if self._epoch_began is None or self._previous is None:
            self._epoch_began = worked
        if epoch is not None and epochs and steps:
            self._place = epoch, epochs
            inside = min(1.0, step / steps) * (self._trained or 1.0)
            self._move(worked, (epoch - 1 + inside) / epochs, inside, boundary=not self._samples)

    def epoch(self, worked: float, epoch: int, epochs: int | None) -> None:
        """An epoch ended."""
        self._epochs_since += 1
        since, began = self._validating_since, self._epoch_began
        if since is not None and began is not None and worked > began:
            self._know_validation(min(1.0, max(0.01, (since - began) / (worked - began))), epoch, epochs)
        self._validating_since, self._epoch_began = None, worked
        if epochs:
            self._move(worked, epoch / epochs, 1.0, boundary=self._whole is None)

    def more_epochs(self, worked: Sequence[float], epochs: Sequence[int], of: int | None) -> None:
        """Epochs ended, one after the other, right after one of which `epoch` was called."""
        self._epochs_since += len(epochs)
        self._epoch_began = worked[-1]
        if of:
            for at, epoch in zip(worked, epochs, strict=True) if self._whole is None else ():
                if not self._samples or at - self._samples[-1][0] >= _APART:
                    self._move(at, epoch / of, 1.0, boundary=True)
            self._move(worked[-1], epochs[-1] / of, 1.0, boundary=False)

    def validating(self, worked: float, done: int, total: int | None) -> None:
        """The epoch's training is over, and `done` of `total` batches of its validation."""
        if self._validating_since is None:
            self._validating_since = worked
        if self._trained is not None and self._place is not None and total:
            epoch, epochs = self._place
            inside = self._trained + (1 - self._trained) * min(1.0, done / total)
            self._move(worked, (epoch - 1 + inside) / epochs, inside, boundary=False)

    def progress(self, worked: float, done: float, total: float) -> None:
        """The lesson reported its progress: from now on a fit is only a part of the run."""
        if self._epochs_since:
            self._unit_is_epoch = self._epochs_since == 1
        self._whole, self._epochs_since = (done, total), 0
        self._rate(worked, "", None, int(done))
        self._move(worked, 0.0, 0.0, boundary=True)

    def restart(self) -> None:
        """Forget the intervals: the run was resumed in another process."""
        self._samples.clear()
        self._rates.clear()
        self._previous = None
        self._validating_since = self._epoch_began = None

    @property
    def rate(self) -> float | None:
        """Steps a second: the median of the last intervals; None before there is one."""
        return median(self._rates) if self._rates else None

    def eta(self, worked: float) -> float | None:
        """Seconds until the end as seen after `worked` seconds; None while it cannot be known."""
        if not self.fraction or (self._validating_since is not None and self._trained is None):
            return None  # how long the first validation takes is not known before its end
        points = list(self._samples)
        slopes = [(b[0] - a[0]) / (b[1] - a[1]) for a, b in pairwise(points) if b[1] > a[1]]
        if len(slopes) > 2:
            del slopes[0]
        if slopes:
            per_whole = median(slopes)
        elif points and self._at - points[0][0] >= _FIRST_GUESS and self.fraction > points[0][1]:
            per_whole = (self._at - points[0][0]) / (self.fraction - points[0][1])
        else:
            return None
        return max(0.0, (1 - self.fraction) * per_whole - max(0.0, worked - self._at))

    def _move(self, worked: float, fit: float, inside: float, *, boundary: bool) -> None:
        """`fit` is the share of this fit that is done, `inside` that of its epoch."""
        self._at = worked
        if self._whole is None:
            self.fraction = min(1.0, fit)
        else:
            done, total = self._whole
            unit = inside if self._unit_is_epoch else fit if self._unit_is_epoch is False else 0.0
            self.fraction = min(1.0, (done + (unit if done == int(done) else 0.0)) / total)
        if boundary and (not self._samples or worked - self._samples[-1][0] >= _APART):
            self._samples.append((worked, self.fraction))

    def _know_validation(self, trained: float, epoch: int, epochs: int | None) -> None:
        """Training is this share of an epoch. The first sample took it for the whole."""
        if self._trained is None and self._whole is None and epochs and len(self._samples) == 1:
            worked, fraction = self._samples[0]
            before = (epoch - 1) / epochs
            self._samples[0] = worked, before + (fraction - before) * trained
        self._trained = trained

    def _rate(self, worked: float, label: str, epoch: int | None, step: int) -> None:
        before, self._previous = self._previous, (label, epoch, step, worked)
        if before is not None and before[:2] == (label, epoch) and step > before[2] and worked > before[3]:
            self._rates.append((step - before[2]) / (worked - before[3]))
