"""Digits as a learner draws them, for the lessons with a canvas."""

from __future__ import annotations

import numpy as np

from dlwp_tui.data.shape import Split
from dlwp_tui.engine.demo import Demo
from dlwp_tui.engine.zygote import Zygote
from dlwp_tui.runs.view import RunView


def canvas(page: np.ndarray) -> list[list[float]]:
    """28 rows of 28 numbers, as the app sends a drawing."""
    return [[float(cell) for cell in row] for row in page]


def recognised(view: RunView, zygote: Zygote, digits: Split, count: int = 20) -> int:
    """How many of the first `count` digits the run's demo knows when they are drawn 3 pixels off their place."""
    demo, right = Demo(view.folder, "digit", zygote=zygote), 0
    try:
        for picture, label in zip(digits.x[:count] / 255, digits.y, strict=False):
            moved = np.roll(picture, (-3, 3), axis=(0, 1))
            bars = demo.ask(canvas(moved), timeout=60)["bars"]
            right += max(bars, key=bars.__getitem__) == str(label)
    finally:
        demo.close()
    return right
