"""What the bench asks of the screen. Widgets know nothing of the engine: they post these, the screen acts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from textual.message import Message

from dlwp_tui.core.types import Source, Value
from dlwp_tui.runs.state import RunState


@dataclass
class RunRequested(Message):
    """Start a run. Every value is checked already."""

    lesson_id: str
    values: dict[str, Value]
    preset: str | None
    """The preset whose values these are, exactly."""
    seed: int | None
    """None: the engine draws one."""
    source: Source
    device: str
    """`auto`, `cpu` or `gpu`."""


class EstimatorRequested(Message):
    """The bench shows another lesson and has no estimator for it. See `BenchPane.set_estimator`."""


@dataclass
class DryRunRequested(Message):
    """Make a dry run, to learn how long the whole run takes. Every value is checked already."""

    lesson_id: str
    values: dict[str, Value]
    source: Source
    device: str


class DryRunCancelled(Message):
    """End the dry run."""


@dataclass
class StopRequested(Message):
    """Stop a run in order."""

    run_id: str


@dataclass
class PauseRequested(Message):
    """Pause a run at work; let a paused one go on; resume a stopped one from its checkpoint."""

    run_id: str


@dataclass
class RerunRequested(Message):
    """The same lesson, params, seed and source again."""

    run_id: str


@dataclass
class UseParamsRequested(Message):
    """The form took a run's params over."""

    run_id: str
    values: dict[str, Value]


@dataclass
class DeleteRequested(Message):
    """Delete a run; the learner has confirmed."""

    run_id: str


@dataclass
class ExportRequested(Message):
    """Write a run's figures to a file."""

    run_id: str


@dataclass
class DemoAsked(Message):
    """Ask the model a run trained."""

    run_id: str
    demo_id: str
    value: Any


@dataclass
class RunShown(Message):
    """The bench shows another run now; None: none."""

    run_id: str | None


@dataclass
class RunStateChanged(Message):
    """The shown run has a new state."""

    run_id: str
    lesson_id: str
    state: RunState
