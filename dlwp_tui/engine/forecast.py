"""What is known here about the cost of a lesson's runs: their history and trials, and the data they would use."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from dlwp_tui.analysis import estimates
from dlwp_tui.core.types import Source, UsedSource, Value
from dlwp_tui.course.lesson import Lesson
from dlwp_tui.engine import environment


@dataclass(frozen=True)
class Known:
    """All an estimate is drawn from; `of` is instant, so a form asks it at every key."""

    lesson: Lesson
    samples: tuple[estimates.Sample, ...] = ()
    auto_source: UsedSource | None = None
    """What `auto` would use now; None without a dataset."""

    def of(self, params: Mapping[str, Value], *, source: Source = "auto", device: str = "auto") -> estimates.Estimate:
        """The estimate of a run."""
        used = self.auto_source if source == "auto" else source if self.lesson.datasets else None
        return estimates.estimate(self.lesson, params, self.samples, source=used, device=device)

    def together(self, runs: Iterable[Mapping[str, Value]], *, source: Source = "auto") -> float | None:
        """Seconds that runs with these params take, one after the other; None where it is not known of each."""
        each = [self.of(params, source=source).seconds for params in runs]
        known = [seconds for seconds in each if seconds is not None]
        return sum(known) if len(known) == len(each) else None


def look(lesson: Lesson) -> Known:
    """Read history, trials and the state of the data files. May take some hundred milliseconds the first time."""
    return Known(lesson, tuple(estimates.samples(lesson.id, environment.host())), _auto_source(lesson))


def _auto_source(lesson: Lesson) -> UsedSource | None:
    """The worst source among the lesson's datasets."""
    if not lesson.datasets:
        return None
    from dlwp_tui.data import locate  # numpy stays out of start-up

    states = {locate.status(name).state for name in lesson.datasets}
    if not states <= set(locate.USABLE):
        return "synthetic"
    return "unverified" if locate.State.UNVERIFIED in states else "real"
