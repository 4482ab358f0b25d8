"""One run as a reader sees it: all its events folded, kept up to date at the cost of what is new."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from dlwp_tui.i18n import _
from dlwp_tui.runs import facts, kinds, log, state, store
from dlwp_tui.runs.curves import Curves
from dlwp_tui.runs.events import Event, Tail, number, plain
from dlwp_tui.runs.facts import Best, Check, DatasetUse, Failure, Model, Notice, Picture, Table, TextBlock, UsedSource
from dlwp_tui.runs.folder import RunFolder
from dlwp_tui.runs.pace import Clock, Pace
from dlwp_tui.runs.series import Curve, CurveKey, higher_is_better
from dlwp_tui.runs.spec import RunSpec
from dlwp_tui.runs.state import RunState

_T = TypeVar("_T")


class RunView:
    """A run, folded. `open` reads only its spec and state; `update` folds what the run has said since."""

    def __init__(self, folder: RunFolder, spec: RunSpec, state_: RunState) -> None:
        self.folder = folder
        self.spec = spec
        self.state = state_
        self.version = 0
        """Goes up with each change: what was drawn from an equal version is still right."""
        self._tail = Tail(folder.events)
        self._reset()

    @classmethod
    def open(cls, folder: RunFolder) -> RunView:
        """A view of the run in `folder`. Raises RunError when there is none or its run.json is broken."""
        return cls(folder, store.read_spec(folder), state.current(folder))

    @classmethod
    def of_events(cls, folder: RunFolder, events: Iterable[Event]) -> RunView:
        """A still view, of chosen events only (the history leaves out the thousands of batches)."""
        view = cls(folder, store.read_spec(folder), RunState.DIED)
        view._fold(events)
        view.state = state.derive(folder, view._lifecycle)
        return view

    def update(self, limit: int | None = None) -> bool:
        """Fold what is new; True when anything changed.

        `limit` bounds the bytes read, so that a screen stays alive while it opens a long run: call again while
        `behind`. Without it everything is folded at once.
        """
        before = self.state
        changed = self._fold_new(limit)
        self.state = state.derive(self.folder, self._lifecycle)
        if not self.state.active and not self.behind and self._fold_new(limit):
            # The run ended between reading its events and testing its lock: its last words belong to this update.
            changed = True
            self.state = state.derive(self.folder, self._lifecycle)
        self._keep_clock()
        changed = changed or self.state is not before
        self.version += changed
        return changed

    @property
    def behind(self) -> bool:
        """True when the last update stopped at its limit."""
        return self._tail.more

    @property
    def curves(self) -> dict[CurveKey, Curve]:
        """Exact per-epoch figures; x is the epoch, 1-based."""
        return self._curves.epochs

    @property
    def batch_curves(self) -> dict[CurveKey, Curve]:
        """Per-batch figures in bounded memory; x in epochs, fractional."""
        return self._curves.batches

    @property
    def source(self) -> UsedSource | None:
        """The worst source of all datasets used; None before any was loaded."""
        return facts.source_of(self.datasets)

    @property
    def rate(self) -> float | None:
        """Steps a second, recently."""
        return self._pace.rate

    @property
    def fraction(self) -> float | None:
        """Share of the whole run done, 0–1; None while nothing tells."""
        return 1.0 if self.state is RunState.FINISHED else self._pace.fraction

    @property
    def eta_s(self) -> float | None:
        """Seconds until the run is done; None when it is not at work or nothing is known yet."""
        return self._pace.eta(self.elapsed_s) if self.state in (RunState.RUNNING, RunState.PAUSED) else None

    @property
    def elapsed_s(self) -> float:
        """Seconds the worker has worked; neither queueing nor pauses count."""
        return self._clock.elapsed(time.time() if self.state is RunState.RUNNING else self._clock.last_seen)

    @property
    def best(self) -> dict[str, Best]:
        """Each metric's best value and its epoch, by the curve's name (`val_loss`, `fold 1.val_mae`)."""
        found = {}
        for key, curve in self.curves.items():
            higher = higher_is_better(key.metric)
            point = None if higher is None else curve.high if higher else curve.low
            if point is not None:
                found[str(key)] = Best(point.y, int(point.x), key.label, key.metric)
        return found

    @property
    def warnings(self) -> list[Notice]:
        """What the learner should know, in the run's words; a curve that is no longer a number is always told."""
        notices = list(self._warnings)
        if not any(notice.code == "nan" for notice in notices):
            for key, curve in self.curves.items():
                if curve.first_bad_x is not None:
                    message = _("{metric} is not a number from epoch {epoch} on.")
                    notices.append(Notice("nan", message.format(metric=key, epoch=int(curve.first_bad_x))))
                    break
        return notices

    @property
    def error(self) -> Failure | None:
        """Why the run failed or died; None while it has not."""
        if self.state is RunState.DIED:
            return log.death(self.folder)
        return self._error if self.state is RunState.FAILED else None

    def log_tail(self, n: int = 20) -> list[str]:
        """The last `n` lines of the worker's output, as a terminal would have left them; [] when it wrote none."""
        return log.tail(self.folder, n)

    def _reset(self) -> None:
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
        self.levels: dict[CurveKey, float] = {}
        """Constants that the curves of their metric are compared with."""
        self.units: dict[str, str] = {}
        """What the x of a metric's curves counts, in the learner's words, where it is not epochs."""
        self.results: dict[str, dict[str, float]] = {}
        """Final figures by label ("" without one)."""
        self._warnings: list[Notice] = []

    def _fold_new(self, limit: int | None) -> bool:
        generation = self._tail.generation
        events = self._tail.read_all() if limit is None else self._tail.read(limit)
        if self._tail.generation != generation:
            self._reset()
        self._fold(events)
        return bool(events) or self._tail.generation != generation

    def _fold(self, events: Iterable[Event]) -> None:
        for event in events:
            fold = _FOLDS.get(event["e"])
            if fold is None:
                continue
            if event["e"] not in (kinds.QUEUED, kinds.STARTED):  # those may come long after a death
                self._clock.seen(_time(event) or 0.0)
            fold(self, event)

    def _keep_clock(self) -> None:
        """Pauses that nobody wrote down (a SIGSTOP from outside) stop the clock as well."""
        if self.state is RunState.PAUSED and self._clock.going:
            now = time.time()
            self._clock.seen(now)
            self._clock.stop(now)
        elif self.state is RunState.RUNNING and not self._clock.going and self.started_at is not None:
            self._clock.go_on(time.time())

    # One method per kind of event. Fields are checked, never trusted: a file may come from another version.

    def _queued(self, event: Event) -> None:
        self._lifecycle = event
        self.ended_at = None

    def _started(self, event: Event) -> None:
        t = _time(event) or self.spec.created
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
        source: UsedSource = next((one for one in facts.SOURCES if one == event.get("source")), "unverified")
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

    def _level(self, event: Event) -> None:
        label = facts.text(event.get("label"))
        self.levels |= {CurveKey(label, metric): value for metric, value in _figures(event).items()}

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


def summary(view: RunView, seen: bool | None = None) -> dict[str, Any]:
    """The last line of `--json`: plain JSON values, NaN and infinity as strings.

    `seen` is what `runs.seen` says of the preset's promise; None where there is none, or nothing to say of it.
    """
    result: dict[str, Any] = {}
    for label, figures in view.results.items():
        result |= {str(CurveKey(label, metric)): value for metric, value in figures.items()}
    error = view.error
    return dict(
        plain(
            {
                "run": view.folder.id,
                "lesson": view.spec.lesson,
                "state": str(view.state),
                "source": view.source,
                "seed": view.spec.seed,
                "params": view.spec.params,
                "preset": view.spec.preset,
                "result": result,
                "seen": seen,
                "best": {name: {"value": best.value, "epoch": best.epoch} for name, best in view.best.items()},
                "seconds": round(view.elapsed_s, 3),
                "warnings": [{"code": notice.code, "message": notice.message} for notice in view.warnings],
                "error": error and {"type": error.type, "message": error.message, "lines": list(error.lines)},
            }
        )
    )


_FOLDS: dict[str, Callable[[RunView, Event], None]] = {
    kinds.QUEUED: RunView._queued,
    kinds.STARTED: RunView._started,
    kinds.PHASE: RunView._phase,
    kinds.DATASET: RunView._dataset,
    kinds.MODEL: RunView._model,
    kinds.BATCH: RunView._batch,
    kinds.EPOCH: RunView._epoch,
    kinds.LEVEL: RunView._level,
    kinds.PROGRESS: RunView._progress,
    kinds.PICTURE: RunView._picture,
    kinds.TEXT: RunView._text,
    kinds.TABLE: RunView._table,
    kinds.CHECK: RunView._check,
    kinds.RESULT: RunView._result,
    kinds.WARNING: RunView._warning,
    kinds.PAUSED: RunView._paused,
    kinds.RESUMED: RunView._resumed,
    kinds.ENDED: RunView._ended,
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
