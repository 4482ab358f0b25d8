"""What the events of a run say, folded: one method per kind of event."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import TypeVar

from dlwp_tui.core.types import USED_SOURCES, UsedSource
from dlwp_tui.runs import facts, kinds
from dlwp_tui.runs.curves import Curves
from dlwp_tui.runs.events import Event, number
from dlwp_tui.runs.facts import Check, DatasetUse, Failure, Model, Notice, Picture, Table, TextBlock
from dlwp_tui.runs.pace import Clock, Pace
from dlwp_tui.runs.series import CurveKey

_T = TypeVar("_T")


class Folded:
    """The facts of a run as far as its events were taken in. Knows no folder, no lock and no time but theirs."""

    def __init__(self, created: float) -> None:
        """`created`: seconds since the epoch, for a start that does not say when it was."""
        self._created = created
        self.forget()

    def forget(self) -> None:
        """As before the first event; also when events.jsonl turns out to be another file than before."""
        self.phase: str | None = None
        self.device: str | None = None
        """What the run trains on ("cpu", "GPU 0: NVIDIA H200"); None while it waits."""
        self.label = ""
        """The label of the newest figures."""
        self.last_figures: dict[str, float] = {}
        """The newest value of each metric under `label`."""
        self.epoch: int | None = None
        self.epochs: int | None = None
        self.unit = ""
        """What `epoch` counts, in the learner's words; "" for epochs."""
        self.step: int | None = None
        self.steps: int | None = None
        self.progress: tuple[float, float] | None = None
        """(done, total) of the whole run, where the lesson knows it."""
        self.started_at: float | None = None
        self.ended_at: float | None = None
        self.setup_s: float | None = None
        """Seconds worked before the first epoch (or the first point of an own loop) began; None before its end."""
        self.first_step_s: float | None = None
        """Seconds worked when the first step or epoch was told of."""
        self.fits = 0
        """How many fits have shown an epoch."""
        self.peak_mb: int | None = None
        """The most memory its worker held; None before its end, and where that was not recorded."""
        self._clear_said()
        self._curves = Curves()
        self._clock = Clock()
        self._pace = Pace()
        self._lifecycle: Event | None = None
        self._error: Failure | None = None

    def _clear_said(self) -> None:
        self.datasets: list[DatasetUse] = []
        self.models: list[Model] = []
        self.tables: list[Table] = []
        self.texts: list[TextBlock] = []
        self.checks: list[Check] = []
        self.pictures: list[Picture] = []
        self.baselines: dict[CurveKey, float] = {}
        """Constants that the curves of their metric are compared with."""
        self.units: dict[str, str] = {}
        """What the x of a metric's curves counts, in the learner's words, where it is not epochs."""
        self.results: dict[str, dict[str, float]] = {}
        """Final figures by label ("" without one)."""
        self._warnings: list[Notice] = []

    def fold(self, events: Iterable[Event]) -> None:
        """Take these in, in the order they were written; kinds nobody knows are passed over."""
        for event in events:
            take = _FOLDS.get(event["e"])
            if take is None:
                continue
            if event["e"] not in (kinds.QUEUED, kinds.STARTED):  # those may come long after a death
                self._clock.seen(_time(event) or 0.0)
            take(self, event)

    # One method per kind of event. Fields are checked, never trusted: a file may come from another version.

    def _queued(self, event: Event) -> None:
        self._lifecycle = event
        self.ended_at = None

    def _started(self, event: Event) -> None:
        t = _time(event) or self._created
        self._lifecycle = event
        self._clock.begin(t)
        if self.started_at is not None:  # the lesson runs again from its first line; only fitted epochs are kept
            self._clear_said()
            self._curves.resume()
            self._pace.restart()
        self.started_at = self.started_at or t
        self.ended_at = None
        self.device = facts.text(event.get("device")) or None

    def _phase(self, event: Event) -> None:
        self.phase = facts.text(event.get("name")) or None

    def _dataset(self, event: Event) -> None:
        source: UsedSource = next((one for one in USED_SOURCES if one == event.get("source")), "unverified")
        use = DatasetUse(facts.text(event.get("name")), source, facts.text(event.get("detail")))
        _replace(self.datasets, use, lambda old: old.name == use.name and old.source == use.source)

    def _model(self, event: Event) -> None:
        layers = tuple(
            (str(row[0]), str(row[1]), str(row[2]), facts.whole(row[3]))
            for row in facts.listed(event.get("layers"))
            if isinstance(row, list) and len(row) >= 4
        )
        model = Model(facts.text(event.get("label")), layers, facts.whole(event.get("params")))
        _replace(self.models, model, lambda old: old.label == model.label)

    def _batch(self, event: Event) -> None:
        epoch, step = _count(event.get("epoch")), max(0, facts.whole(event.get("step")))
        epochs, steps = _count(event.get("epochs")), _count(event.get("steps"))
        figures = self._newest(event, epoch, epochs)
        self.step, self.steps = step, steps
        self._curves.add_batch(self.label, epoch, step, steps, figures)
        self._pace.batch(self._worked(event), self.label, epoch=epoch, epochs=epochs, step=step, steps=steps)

    def _epoch(self, event: Event) -> None:
        epoch, epochs = _count(event.get("epoch")), _count(event.get("epochs"))
        if epoch is None:
            return
        if self.setup_s is None:
            self.setup_s = max(0.0, self._worked(event) - max(0.0, number(event.get("seconds")) or 0.0))
        self.fits += self.epoch is None or self.label != facts.text(event.get("label")) or epoch == 1
        figures = self._newest(event, epoch, epochs)
        self._curves.add_epoch(self.label, epoch, figures)
        self._pace.epoch(self._worked(event), epoch, epochs)

    def _baseline(self, event: Event) -> None:
        label = facts.text(event.get("label"))
        self.baselines |= {CurveKey(label, metric): value for metric, value in _figures(event).items()}

    def _progress(self, event: Event) -> None:
        done, total = number(event.get("done")), number(event.get("total"))
        if done is not None and total is not None and 0 <= done <= total and 0 < total < float("inf"):
            self.progress = (done, total)
            self._pace.progress(self._worked(event), done, total)

    def _picture(self, event: Event) -> None:
        picture = Picture(
            facts.text(event.get("name")),
            facts.text(event.get("file")),
            facts.whole(event.get("width")),
            facts.whole(event.get("height")),
            facts.text(event.get("caption")),
        )
        _replace(self.pictures, picture, lambda old: old.file == picture.file)

    def _text(self, event: Event) -> None:
        self.texts.append(TextBlock(facts.text(event.get("title")), facts.text(event.get("body"))))

    def _table(self, event: Event) -> None:
        rows = tuple(tuple(row) for row in facts.listed(event.get("rows")) if isinstance(row, list))
        columns = tuple(map(str, facts.listed(event.get("columns"))))
        self.tables.append(Table(facts.text(event.get("title")), columns, rows))

    def _check(self, event: Event) -> None:
        self.checks.append(
            Check(
                facts.text(event.get("statement")),
                facts.text(event.get("claim")),
                event.get("got"),
                event.get("want"),
                event.get("ok") is True,
            )
        )

    def _result(self, event: Event) -> None:
        self.results.setdefault(facts.text(event.get("label")), {}).update(_figures(event))

    def _warning(self, event: Event) -> None:
        notice = Notice(facts.text(event.get("code")), facts.text(event.get("message")))
        if notice not in self._warnings:
            self._warnings.append(notice)

    def _paused(self, event: Event) -> None:
        self._clock.stop(_time(event) or self._clock.last_seen)

    def _resumed(self, event: Event) -> None:
        self._clock.go_on(_time(event) or self._clock.last_seen)

    def _ended(self, event: Event) -> None:
        self._lifecycle = event
        self.ended_at = _time(event)
        self._clock.stop(self.ended_at or self._clock.last_seen)
        self.peak_mb = _count(event.get("peak_mb")) or self.peak_mb
        error = event.get("error")
        if isinstance(error, dict):
            lines = error.get("lines")
            self._error = Failure(
                facts.text(error.get("type")),
                facts.text(error.get("message")),
                tuple(lines.splitlines()) if isinstance(lines, str) else tuple(map(str, facts.listed(lines))),
            )

    def _newest(self, event: Event, epoch: int | None, epochs: int | None) -> dict[str, float]:
        if self.first_step_s is None:
            self.first_step_s = self._worked(event)
        label = facts.text(event.get("label"))
        if label != self.label:
            self.label, self.last_figures, self.step, self.steps = label, {}, None, None
        self.epoch, self.epochs = epoch, epochs
        self.unit = facts.text(event.get("unit"))
        figures = _figures(event)
        if self.unit:
            self.units |= dict.fromkeys(figures, self.unit)
        self.last_figures |= figures
        return figures

    def _worked(self, event: Event) -> float:
        return self._clock.elapsed(_time(event) or self._clock.last_seen)


_FOLDS: dict[str, Callable[[Folded, Event], None]] = {
    kinds.QUEUED: Folded._queued,
    kinds.STARTED: Folded._started,
    kinds.PHASE: Folded._phase,
    kinds.DATASET: Folded._dataset,
    kinds.MODEL: Folded._model,
    kinds.BATCH: Folded._batch,
    kinds.EPOCH: Folded._epoch,
    kinds.BASELINE: Folded._baseline,
    kinds.PROGRESS: Folded._progress,
    kinds.PICTURE: Folded._picture,
    kinds.TEXT: Folded._text,
    kinds.TABLE: Folded._table,
    kinds.CHECK: Folded._check,
    kinds.RESULT: Folded._result,
    kinds.WARNING: Folded._warning,
    kinds.PAUSED: Folded._paused,
    kinds.RESUMED: Folded._resumed,
    kinds.ENDED: Folded._ended,
}


def _time(event: Event) -> float | None:
    t = number(event.get("t"))
    return t if t is not None and math.isfinite(t) else None


def _figures(event: Event) -> dict[str, float]:
    metrics = event.get("metrics")
    if not isinstance(metrics, dict):
        return {}
    return {name: value for name, raw in metrics.items() if (value := number(raw)) is not None}


def _count(value: object) -> int | None:
    """A field that counts from 1, or None when it is missing or no such number."""
    count = facts.whole(value)
    return count if count >= 1 else None


def _replace(items: list[_T], new: _T, same: Callable[[_T], bool]) -> None:
    """Put `new` in the place of the item that is the `same`, else at the end."""
    for index, old in enumerate(items):
        if same(old):
            items[index] = new
            return
    items.append(new)
