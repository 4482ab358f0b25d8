"""A run's events as the lab writes them, and what the callback and the engine share with it. Not for lessons."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from dlwp_tui.core.language import _
from dlwp_tui.lab import values
from dlwp_tui.lab.clock import Clock
from dlwp_tui.lab.stop import Stop
from dlwp_tui.runs import kinds

if TYPE_CHECKING:
    import keras

    from dlwp_tui.lab.first_step import Expected

THROTTLE = 0.05  # s between two events of one fast kind: 1.00-1.02x CPU of a plain fit; every batch written is 1.10x
_EVERY_STEP = 1000  # own loops of up to this many steps write every point, longer ones at most one in THROTTLE


class Recorder:
    """Writes the events of one run and holds what is shared while it trains."""

    def __init__(self, write: Callable[..., None], stop: Stop | None = None) -> None:
        self.stop = stop or Stop()
        self.clock = Clock()
        self.fitting: keras.Model | None = None
        """The model inside `fit` just now."""
        self.expected: Expected | None = None
        """What the next `fit` will train, where the lesson has called `lab.steps_per_execution`."""
        self._write = write
        self._nan_written = False
        self._warned: set[tuple[str, str]] = set()
        self._progress_at = float("-inf")
        self._loop_steps, self._loop_unit, self._loop_began = 0, "", time.monotonic()
        self._last_call: dict[str | None, float] = {}
        self._last_written: dict[str | None, float] = {}
        self._pending: dict[str | None, dict[str, Any]] = {}

    def event(self, kind: str, **fields: Any) -> None:
        """Write one event of the run; a result comes after the last points of all curves."""
        if kind == kinds.RESULT:
            self.flush()
        self._write(kind, **fields)

    def waits(self, code: str, **fields: Any) -> None:
        """From now on this takes the time (see `kinds.WAIT`), until the next step. It is shown after a second."""
        self.event(kinds.WAIT, code=code, **fields)

    def warn(self, code: str, message: str) -> None:
        """Write a warning, each once: the learner should know, and the run goes on."""
        if (code, message) not in self._warned:
            self._warned.add((code, message))
            self.event(kinds.WARNING, code=code, message=message)

    def warn_of_nan(self, message: str) -> None:
        """Write the warning that a figure is no number, once a run."""
        if not self._nan_written:
            self._nan_written = True
            self.warn("nan", message)

    def progress(self, done: float, total: float, label: str | None = None) -> None:
        """How much of the whole run is done; at most one event in THROTTLE seconds, and the last."""
        now = time.monotonic()
        if done >= total or now - self._progress_at >= THROTTLE:
            self._progress_at = now
            self.event(kinds.PROGRESS, done=done, total=total, label=label)

    def begin_loop(self, steps: int, unit: str) -> None:
        """A lesson's own loop of `steps` steps begins; its points are counted in `unit`."""
        self._loop_steps, self._loop_unit, self._loop_began = steps, unit, time.monotonic()
        self._last_call.clear()

    def end_loop(self) -> None:
        """The loop is over: its last points are written."""
        self.flush()
        self._loop_steps, self._loop_unit = 0, ""
        self.waits("working")

    def point(self, step: int, label: str | None, unit: str, metrics: Mapping[str, float | int]) -> None:
        """One point of the curves `label` of a lesson's own loop. Fast loops skip points, never a curve's last one."""
        if (bad := values.not_finite(metrics)) is not None:
            self.warn_of_nan(_("{name} became {value} at step {step}.").format(name=bad, value=metrics[bad], step=step))
        now = time.monotonic()
        fields: dict[str, Any] = {
            "label": label,
            "epoch": step,
            "epochs": self._loop_steps or None,
            "metrics": metrics,
            "seconds": now - self._last_call.get(label, self._loop_began),
        }
        self._last_call[label] = now
        if unit := unit or self._loop_unit:
            fields["unit"] = unit
        if self._loop_steps <= _EVERY_STEP or now - self._last_written.get(label, float("-inf")) >= THROTTLE:
            self._last_written[label] = now
            self._pending.pop(label, None)
            self.event(kinds.EPOCH, **fields)
        else:
            self._pending[label] = fields

    def flush(self) -> None:
        """Write the last point of each curve where it was skipped."""
        pending, self._pending = self._pending, {}
        for fields in pending.values():
            self._write(kinds.EPOCH, **fields)
