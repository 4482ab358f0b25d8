"""What the bench's widgets post and a controller of the screen does: the widgets themselves use no engine."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from textual.message import Message

from dlwp_tui.core.types import Value
from dlwp_tui.course.lesson import Lesson, Needs
from dlwp_tui.runs.state import RunState


@dataclass
class LessonShown(Message):
    """The bench shows another lesson, and lacks what is known of the time its runs take."""

    lesson: Lesson


@dataclass
class NeedsChanged(Message):
    """A run with the form's params would load these datasets, and not those of before."""

    lesson: Lesson
    needs: Needs


@dataclass
class RerunRequested(Message):
    """The same lesson, params, seed and source again."""

    run_id: str


@dataclass
class UseParamsRequested(Message):
    """Put a run's params into the form."""

    values: dict[str, Value]


@dataclass
class DeleteRequested(Message):
    """Delete a run; the learner has confirmed."""

    run_id: str


@dataclass
class UndeleteRequested(Message):
    """Bring back the run that was deleted last."""


@dataclass
class ExportRequested(Message):
    """Write a run's figures to a file."""

    run_id: str


@dataclass
class DemoAsked(Message):
    """Put a value to the model that a run trained; None to a demo that has only sliders."""

    run_id: str
    demo_id: str
    value: Any
    sliders: dict[str, float] = field(default_factory=dict)


@dataclass
class RunStateChanged(Message):
    """The shown run has a new state."""

    run_id: str
    lesson_id: str
    state: RunState
