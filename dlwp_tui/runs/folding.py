"""Folds the events of a run into the facts a reader wants: one method per kind of event."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from dlwp_tui.charts.points import Points
from dlwp_tui.core import layer_graph
from dlwp_tui.core.types import USED_SOURCES, UsedSource
from dlwp_tui.render.tiles import Tiles
from dlwp_tui.runs import kinds
from dlwp_tui.runs.alike import Alike
from dlwp_tui.runs.curves import Curves
from dlwp_tui.runs.events import Event, figures, number
from dlwp_tui.runs.facts import Check, DatasetUse, Failure, Model, Picture, RunWarning, Table, TextBlock, Wait
from dlwp_tui.runs.pace import Clock, Pace
from dlwp_tui.runs.series import CurveKey

_T = TypeVar("_T")


class Folded:
    """The facts of a run, as far as its events have been folded. Depends on nothing but the events."""

    def __init__(self, created: float) -> None:
        """`created`: seconds since the epoch, the start of a run whose `started` event has no usable time."""
        self._created = created
        self.forget()

    def forget(self) -> None:
        """Return to the state before the first event, as when events.jsonl was replaced by another file."""
        self.phase: str | None = None
        self.wait: Wait | None = None
        """What the run has been doing since its last step, where that may take long."""
        self.device: str | None = None
        """What the run trains on ("cpu", "GPU 0: NVIDIA H200"); None while it waits."""
        self.label = ""
        """The label of the newest figures."""
        self.last_figures: dict[str, float] = {}
        """The newest value of each metric under `label`."""
        self.epoch: int | None = None
        self.epochs: int | None = None
        self.unit = ""
        """What `epoch` counts, as the learner reads it; "" for epochs."""
        self.step: int | None = None
        self.steps: int | None = None
        self.progress: tuple[float, float] | None = None
        """(done, total) of the whole run, where the lesson reports it."""
        self.started_at: float | None = None
        self.ended_at: float | None = None
        self.setup_s: float | None = None
        """Seconds worked before the first epoch (or the first point of an own loop) began; None until it has ended."""
        self.first_step_s: float | None = None
        """Seconds worked until the first batch or epoch event."""
        self.fits = 0
        """How many fits have ended an epoch."""
        self.peak_mb: int | None = None
        """The most memory the worker held, MB of 2^20 bytes; None before its end, and where it was not recorded."""
        self._phase_fits = 0
        self._forget_reports()
        self._curves = Curves()
        self._clock = Clock()
        self._pace = Pace()
        self._lifecycle: Event | None = None
        self._error: Failure | None = None

    def _forget_reports(self) -> None:
        self.datasets: list[DatasetUse] = []
        self.models: list[Model] = []
        self.tables: list[Table] = []
        self.texts: list[TextBlock] = []
        self.checks: list[Check] = []
        self.pictures: list[Picture] = []
        self.baselines: dict[CurveKey, float] = {}
        """Constants that the curves of their metric are compared with."""
        self.steps_of: dict[str, int] = {}
        """Steps of an epoch, by label, as far as known."""
        self.times_of: dict[str, Points] = {}
        """By label: at the end of each epoch its x, and as y the seconds worked until then."""
        self.units: dict[str, str] = {}
        """What the x of a metric's curves counts, as the learner reads it, where it is not epochs."""
        self.results: dict[str, dict[str, float]] = {}
        """Final figures by label ("" without one)."""
        self._warnings: list[RunWarning] = []

    def fold(self, events: Iterable[Event | Alike]) -> None:
        """Fold events in the order they were written; unknown kinds are passed over."""
        for event in events:
            if isinstance(event, Alike):
                self._epochs_alike(event)
                continue
            take = _FOLDS.get(event["e"])
            if take is None:
                continue
            if event["e"] in _ENDS_A_WAIT:
                self.wait = None
            if event["e"] not in (kinds.QUEUED, kinds.STARTED):  # those may come long after a death
                self._note_time(event)
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
            self._forget_reports()
            self._curves.resume()
            self._pace.restart()
        self.started_at = self.started_at or t
        self.ended_at = None
        self.device = _text(event, "device") or None

    def _phase(self, event: Event) -> None:
        self.phase = _text(event, "name") or None
        self._phase_fits = self.fits

    def _wait(self, event: Event) -> None:
        code, done, total = _text(event, "code"), _count(event, "done"), _count(event, "total")
        name = _text(event, "name")
        if code == "working":
            name = self.phase if self.phase and self.fits == self._phase_fits else ""
            code = "evaluating" if self.fits else "preparing"
        goes_on = self.wait is not None and self.wait.code == code
        since = self.wait.since if self.wait is not None and goes_on else _time(event) or self._clock.last_seen
        self.wait = Wait(code, name or "", done, total, since)
        if code == "validating":
            self._pace.validating(self._worked(event), done or 0, total)

    def _dataset(self, event: Event) -> None:
        source: UsedSource = next((one for one in USED_SOURCES if one == event.get("source")), "unverified")
        use = DatasetUse(_text(event, "name"), source, _text(event, "detail"))
        _replace(self.datasets, use, lambda old: old.name == use.name and old.source == use.source)

    def _model(self, event: Event) -> None:
        layers = tuple(
            (str(row[0]), str(row[1]), str(row[2]), _whole(row[3]))
            for row in _list(event, "layers")
            if isinstance(row, list) and len(row) >= 4
        )
        model = Model(_text(event, "label"), layers, _whole(event.get("params")), layer_graph.parse(event.get("graph")))
        _replace(self.models, model, lambda old: old.label == model.label)

    def _batch(self, event: Event) -> None:
        epoch, step = _count(event, "epoch"), max(0, _whole(event.get("step")))
        epochs, steps = _count(event, "epochs"), _count(event, "steps")
        newest = self._newest(event, epoch, epochs)
        self.step, self.steps = step, steps
        if steps:
            self.steps_of[self.label] = steps
        self._curves.add_batch(self.label, epoch, step, steps, newest)
        self._pace.batch(self._worked(event), self.label, epoch=epoch, epochs=epochs, step=step, steps=steps)

    def _epoch(self, event: Event) -> None:
        epoch, epochs = _count(event, "epoch"), _count(event, "epochs")
        if epoch is None:
            return
        if self.setup_s is None:
            self.setup_s = max(0.0, self._worked(event) - max(0.0, number(event.get("seconds")) or 0.0))
        self.fits += self.epoch is None or self.label != _text(event, "label") or epoch == 1
        newest = self._newest(event, epoch, epochs)
        x = self._curves.add_epoch(self.label, epoch, newest)
        worked = self._worked(event)
        times = self.times_of.get(self.label)
        if times is None:
            times = self.times_of[self.label] = Points()
        elif len(times) and times.xs[-1] >= x:  # computed again after a resume
            times.cut(x)
        times.append(x, worked)
        self._pace.epoch(worked, epoch, epochs)

    def _epochs_alike(self, many: Alike) -> None:
        """The same as `_epoch` for each, at once where they come one after the other."""
        if not all(map(operator.lt, many.epochs, many.epochs[1:])) or min(many.times) <= 0:
            self.fold(many.events())
            return
        self.fold([many.first])
        times, epochs = many.times[1:], many.epochs[1:]
        self._clock.seen(max(times))
        figures = {metric: ys[1:] for metric, ys in many.figures.items()}
        self.epoch = epochs[-1]
        self.last_figures |= {metric: ys[-1] for metric, ys in figures.items()}
        xs, worked = self._curves.add_epochs(self.label, epochs, figures), self._clock.each(times)
        self.times_of[self.label].extend(xs, worked)
        self._pace.more_epochs(worked, epochs, self.epochs)

    def _baseline(self, event: Event) -> None:
        label = _text(event, "label")
        self.baselines |= {CurveKey(label, metric): value for metric, value in figures(event).items()}

    def _progress(self, event: Event) -> None:
        done, total = number(event.get("done")), number(event.get("total"))
        if done is not None and total is not None and 0 <= done <= total and 0 < total < math.inf:
            self.progress = (done, total)
            self._pace.progress(self._worked(event), done, total)

    def _picture(self, event: Event) -> None:
        width, height = _whole(event.get("width")), _whole(event.get("height"))
        tiles = _tiles(event.get("tiles"), width, height)
        picture = Picture(_text(event, "name"), _text(event, "file"), width, height, _text(event, "caption"), tiles)
        _replace(self.pictures, picture, lambda old: old.file == picture.file)

    def _frames(self, event: Event) -> None:
        frames = tuple(
            (_whole(row[0]), str(row[1])) for row in _list(event, "frames") if isinstance(row, list) and len(row) == 2
        )
        if not frames:
            return
        name, width, height = _text(event, "name"), _whole(event.get("width")), _whole(event.get("height"))
        caption, unit = _text(event, "caption"), _text(event, "unit")
        picture = Picture(name, frames[-1][1], width, height, caption, frames=frames, unit=unit)
        _replace(self.pictures, picture, lambda old: bool(old.frames) and old.name == name)

    def _text_block(self, event: Event) -> None:
        self.texts.append(TextBlock(_text(event, "title"), _text(event, "body")))

    def _table(self, event: Event) -> None:
        rows = tuple(tuple(row) for row in _list(event, "rows") if isinstance(row, list))
        self.tables.append(Table(_text(event, "title"), tuple(map(str, _list(event, "columns"))), rows))

    def _check(self, event: Event) -> None:
        statement, claim = _text(event, "statement"), _text(event, "claim")
        self.checks.append(Check(statement, claim, event.get("got"), event.get("want"), event.get("ok") is True))

    def _result(self, event: Event) -> None:
        self.results.setdefault(_text(event, "label"), {}).update(figures(event))

    def _warning(self, event: Event) -> None:
        warning = RunWarning(_text(event, "code"), _text(event, "message"))
        if warning not in self._warnings:
            self._warnings.append(warning)

    def _paused(self, event: Event) -> None:
        self._clock.stop(_time(event) or self._clock.last_seen)

    def _resumed(self, event: Event) -> None:
        self._clock.go_on(_time(event) or self._clock.last_seen)

    def _ended(self, event: Event) -> None:
        self._lifecycle = event
        self.ended_at = _time(event)
        self._clock.stop(self.ended_at or self._clock.last_seen)
        self.peak_mb = _count(event, "peak_mb") or self.peak_mb
        error = event.get("error")
        if isinstance(error, dict):
            lines = error.get("lines")
            self._error = Failure(
                _text(error, "type"),
                _text(error, "message"),
                tuple(lines.splitlines()) if isinstance(lines, str) else tuple(map(str, _list(error, "lines"))),
            )

    def _newest(self, event: Event, epoch: int | None, epochs: int | None) -> dict[str, float]:
        """Note where a batch or epoch event stands; returns its figures."""
        if self.first_step_s is None:
            self.first_step_s = self._worked(event)
        label = _text(event, "label")
        if label != self.label:
            self.label, self.last_figures, self.step, self.steps = label, {}, None, None
        self.epoch, self.epochs = epoch, epochs
        self.unit = _text(event, "unit")
        found = figures(event)
        if self.unit:
            self.units |= dict.fromkeys(found, self.unit)
        self.last_figures |= found
        return found

    def _note_time(self, event: Event) -> None:
        """The run was alive when it wrote this event."""
        self._clock.seen(_time(event) or 0.0)

    def _worked(self, event: Event) -> float:
        return self._clock.elapsed(_time(event) or self._clock.last_seen)


_FOLDS: dict[str, Callable[[Folded, Event], None]] = {
    kinds.QUEUED: Folded._queued,
    kinds.STARTED: Folded._started,
    kinds.PHASE: Folded._phase,
    kinds.WAIT: Folded._wait,
    kinds.DATASET: Folded._dataset,
    kinds.MODEL: Folded._model,
    kinds.BATCH: Folded._batch,
    kinds.EPOCH: Folded._epoch,
    kinds.BASELINE: Folded._baseline,
    kinds.OLD_BASELINE: Folded._baseline,
    kinds.PROGRESS: Folded._progress,
    kinds.PICTURE: Folded._picture,
    kinds.FRAMES: Folded._frames,
    kinds.TEXT: Folded._text_block,
    kinds.TABLE: Folded._table,
    kinds.CHECK: Folded._check,
    kinds.RESULT: Folded._result,
    kinds.WARNING: Folded._warning,
    kinds.PAUSED: Folded._paused,
    kinds.RESUMED: Folded._resumed,
    kinds.ENDED: Folded._ended,
}


_LATEST = 1e12  # seconds since 1970; what is beyond is looked at twice
_ENDS_A_WAIT = (kinds.STARTED, kinds.PHASE, kinds.BATCH, kinds.EPOCH, kinds.PROGRESS, kinds.ENDED)


def _time(event: Event) -> float | None:
    t = event.get("t")
    if type(t) is float and 0 < t < _LATEST:
        return t
    t = number(t)
    return t if t is not None and math.isfinite(t) else None


def _text(event: Event, name: str) -> str:
    """A field as text; "" for a missing one."""
    value = event.get(name)
    return "" if value is None else str(value)


def _whole(value: object) -> int:
    """A whole number; 0 for anything else, and beyond 2^53, where floats no longer hold every whole number."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= 2**53:
        return 0
    return int(value)


def _count(event: Event, name: str) -> int | None:
    """A field that counts from 1; None when it is missing or no such number."""
    count = _whole(event.get(name))
    return count if count >= 1 else None


def _list(event: Event, name: str) -> list[Any]:
    """A field as a list; [] for anything else."""
    value = event.get(name)
    return value if isinstance(value, list) else []


def _tiles(given: object, width: int, height: int) -> Tiles | None:
    """The grid of a picture of `width` x `height` pixels; None where it has none, or one that does not fit it."""
    if not isinstance(given, dict):
        return None
    names = ("count", "columns", "width", "height", "gap")
    count, columns, tile_width, tile_height, gap = (_whole(given.get(name)) for name in names)
    captions = given.get("captions")
    listed = tuple(map(str, captions)) if isinstance(captions, list) and len(captions) == count else ()
    tiles = Tiles(count, columns, tile_width, tile_height, gap, listed)
    if min(count, columns, tile_width, tile_height) < 1 or gap < 0:
        return None
    right, bottom = tiles.box(columns - 1)[2], tiles.box(count - 1)[3]
    return tiles if right <= width and bottom <= height else None


def _replace(items: list[_T], new: _T, same: Callable[[_T], bool]) -> None:
    """Put `new` in the place of the item for which `same` is true, else at the end."""
    for index, old in enumerate(items):
        if same(old):
            items[index] = new
            return
    items.append(new)
