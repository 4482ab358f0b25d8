"""Digits as a learner draws them, for the lessons with a canvas."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from dlwp_tui.course import reader
from dlwp_tui.data.shape import Split
from dlwp_tui.engine.code import load_code
from dlwp_tui.lab import Lab
from dlwp_tui.runs.view import RunView


def canvas(page: np.ndarray) -> list[list[float]]:
    """28 rows of 28 numbers, as the app sends a drawing."""
    return [[float(cell) for cell in row] for row in page]


def demo_of(view: RunView) -> Callable[[Any], dict[str, Any]]:
    """The lesson's demo on what the run saved, in this process."""
    lesson = reader.load().lesson(view.spec.lesson)
    lab = Lab(view.folder.artifacts, lambda *_args, **_fields: None, seed=view.spec.seed, params=view.spec.params)
    return load_code(lesson.code_file).demo(lab)  # type: ignore[no-any-return]


def recognised(view: RunView, digits: Split, count: int = 20) -> int:
    """How many of the first `count` digits the run's demo knows when they are drawn 3 pixels off their place."""
    demo, right = demo_of(view), 0
    for picture, label in zip(digits.x[:count] / 255, digits.y, strict=False):
        bars = demo(canvas(np.roll(picture, (-3, 3), axis=(0, 1))))["bars"]
        right += max(bars, key=bars.__getitem__) == str(label)
    return right
