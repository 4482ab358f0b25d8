"""One run as a reader sees it: all its events folded (see `folding`), kept up to date at the cost of what is new."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from dlwp_tui.core.language import _
from dlwp_tui.core.types import UsedSource
from dlwp_tui.runs import facts, log, packed, state, store
from dlwp_tui.runs.alike import Alike
from dlwp_tui.runs.events import Event, plain
from dlwp_tui.runs.facts import Best, Failure, RunWarning
from dlwp_tui.runs.folder import RunFolder
from dlwp_tui.runs.folding import Folded
from dlwp_tui.runs.scan import BLOCK, Tail, scan
from dlwp_tui.runs.series import Curve, CurveKey, higher_is_better
from dlwp_tui.runs.spec import RunSpec
from dlwp_tui.runs.state import RunState

_FACTS = (
    "label", "last_figures", "epoch", "epochs", "unit", "units", "step", "steps", "steps_of", "setup_s",
    "first_step_s", "fits",
)  # fmt: skip
"""What events that are not packed leave behind, besides curves."""


class RunView(Folded):
    """A run, folded. `open` reads its spec and state only; `update` folds the events written since."""

    def __init__(self, folder: RunFolder, spec: RunSpec, state_: RunState) -> None:
        super().__init__(spec.created)
        self.folder = folder
        self.spec = spec
        self.state = state_
        self.version = 0
        """Goes up with each change: what was drawn from an equal version is still right."""
        self.read = False
        """True once the whole file was folded; before, what is missing may only be unread."""
        self._tail = Tail(folder.events)
        self._packed = -1  # bytes of events.jsonl that are packed

    @classmethod
    def open(cls, folder: RunFolder) -> RunView:
        """A view of the run in `folder`. Raises RunError when there is none or its run.json is broken."""
        return cls(folder, store.read_spec(folder), state.current(folder))

    @classmethod
    def whole(cls, folder: RunFolder) -> RunView:
        """A view of all that the run in `folder` has written. Raises RunError as `open` does."""
        view = cls.open(folder)
        view.update()
        view.pack()
        return view

    @classmethod
    def of_pack(cls, folder: RunFolder) -> RunView | None:
        """A view of a long run that is packed; None of any other. Raises RunError as `open` does."""
        view = cls.open(folder)
        if not view._unpack(None):
            return None
        view.read = True
        view.state = state.derive(folder, view._lifecycle)
        return view

    @classmethod
    def of_events(cls, folder: RunFolder, events: Iterable[Event]) -> RunView:
        """A view that is not updated, of these events only (the history leaves out the thousands of batches)."""
        view = cls(folder, store.read_spec(folder), RunState.DIED)
        view.fold(events)
        view.state = state.derive(folder, view._lifecycle)
        if view.ended_at is None and (last := next(scan(folder.events, newest_first=True), None)) is not None:
            view._note_time(last)  # a run that died worked until its last event
        view.read = True
        return view

    def update(
        self, limit: int | None = None, on_event: Callable[[Event], object] | None = None, *, batches: bool = True
    ) -> bool:
        """Fold what is new; True when anything changed.

        `limit` bounds the bytes read, so that a screen stays alive while it opens a long run: call again while
        `behind`. Without it everything is folded. `on_event` is called with each new event after it was folded; unless
        it needs `batches`, a long run that is packed is not read again.
        """
        before = self.state
        packed_will_do = on_event is None or not batches
        changed = packed_will_do and not self.read and not self._tail.offset and self._unpack(on_event)
        changed = self._fold_new(limit, on_event) or changed
        self.state = state.derive(self.folder, self._lifecycle)
        if not self.state.active and not self.behind and self._fold_new(limit, on_event):
            # The run ended between reading its events and testing its lock: its last events belong to this update.
            changed = True
            self.state = state.derive(self.folder, self._lifecycle)
        self.read = self.read or not self.behind
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
        return facts.worst_source(use.source for use in self.datasets)

    @property
    def rate(self) -> float | None:
        """Steps a second, recently."""
        return self._pace.rate

    @property
    def fraction(self) -> float | None:
        """Share of the whole run done, 0–1; None while it is not known."""
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
    def waiting(self) -> str:
        """What the run has been doing for over a second, and how far it is; "" while steps go on."""
        return self.wait.text(time.time()) if self.wait is not None and self.state is RunState.RUNNING else ""

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
    def warnings(self) -> list[RunWarning]:
        """The run's warnings; one of a curve that is no longer a number is added where the run wrote none."""
        found = list(self._warnings)
        if not any(warning.code == "nan" for warning in found):
            for key, curve in self.curves.items():
                if curve.first_bad_x is None:
                    continue
                if curve.bad_epochs:
                    message = _("{metric} was not a number in epoch {epoch}.")
                else:
                    message = _("{metric} is not a number from epoch {epoch} on.")
                epoch = curve.bad_epochs or int(curve.first_bad_x)
                found.append(RunWarning("nan", message.format(metric=key, epoch=epoch)))
                break
        return found

    @property
    def error(self) -> Failure | None:
        """Why the run failed or died; None while it has not."""
        if self.state is RunState.DIED:
            return log.death(self.folder)
        return self._error if self.state is RunState.FAILED else None

    def log_tail(self, n: int = 20) -> list[str]:
        """The last `n` lines of the worker's output, as a terminal would have left them; [] when it wrote none."""
        return log.tail(self.folder, n)

    @property
    def worth_packing(self) -> bool:
        """True for a long run that has ended and was read whole from its events."""
        whole = self.read and not self.behind and not self.state.active
        return whole and packed.WORTH <= self._tail.offset != self._packed

    def pack(self) -> None:
        """Keep a long run so that it opens at once next time, where it is worth it. Takes up to a second."""
        if self.worth_packing:
            self._packed = self._tail.offset
            packed.save(
                self.folder,
                self._tail.offset,
                epochs=dict(self.curves),
                batches=dict(self.batch_curves),
                times_of=dict(self.times_of),
                facts={name: getattr(self, name) for name in _FACTS}
                | {"fraction": self._pace.fraction, "progress": self.progress},
            )

    def _unpack(self, on_event: Callable[[Event], object] | None) -> bool:
        """Take the run from what `pack` kept, where that is the run as it is now."""
        if self.state.active or (kept := packed.load(self.folder, (*_FACTS, "progress", "fraction"))) is None:
            return False
        for event in kept.events:
            self.fold([event])
            if on_event is not None:
                on_event(event)
        self._curves.epochs, self._curves.batches = kept.epochs, kept.batches
        self.times_of = dict(kept.times_of)
        for name in _FACTS:
            setattr(self, name, kept.facts[name])
        done_and_total = kept.facts["progress"]
        self.progress = (done_and_total[0], done_and_total[1]) if done_and_total else None
        self._pace.fraction = kept.facts["fraction"]
        self._tail.skip(kept.size)
        self._packed = kept.size
        return True

    def _fold_new(self, limit: int | None, on_event: Callable[[Event], object] | None) -> bool:
        changed = False
        while True:
            generation = self._tail.generation
            events: Sequence[Event | Alike]
            if on_event is None:
                events, singly = self._tail.read_alike(limit or BLOCK), []
            else:
                events = singly = self._tail.read(limit or BLOCK)
            if self._tail.generation != generation:
                self.forget()
                changed = True
            self.fold(events)
            changed = changed or bool(events)
            if on_event is not None:
                for event in singly:
                    on_event(event)
            if limit is not None or not self._tail.more:
                return changed

    def _keep_clock(self) -> None:
        """A pause without an event (a SIGSTOP from another program) stops the clock as well."""
        if self.state is RunState.PAUSED and self._clock.going:
            now = time.time()
            self._clock.seen(now)
            self._clock.stop(now)
        elif self.state is RunState.RUNNING and not self._clock.going and self.started_at is not None:
            self._clock.go_on(time.time())


def summary(view: RunView, seen: bool | None = None) -> dict[str, Any]:
    """The last line of `--json`: plain JSON values, NaN and infinity as strings.

    `seen`: whether the run showed what its preset promises (`analysis.seen`); None where that cannot be decided.
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
                "warnings": [{"code": warning.code, "message": warning.message} for warning in view.warnings],
                "error": error and {"type": error.type, "message": error.message, "lines": list(error.lines)},
            }
        )
    )
