"""Clocks as a camera sees them: lesson 4.3 reads the time from such pictures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from dlwp_tui.core.errors import UsageError
from dlwp_tui.core.language import _

if TYPE_CHECKING:
    from dlwp_tui.lab.lab import Lab

Demo = Callable[[str], dict[str, Any]]
"""What a lesson's `demo` returns: a function from a time to an answer."""
SIDE = 32
"""Pixels of a picture's side."""
_HANDS = ((0.92, 0.055), (0.55, 0.1))  # length and half width of the minute and the hour hand, in radii of the dial
_SHIFT, _TURN, _GREY = 1.5, 3.0, 0.08  # pixels off the middle, degrees turned, noise: at most, at most, its deviation


def draw(minutes: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Clocks that show `minutes` (n,) after twelve: (n, 32, 32) float32 in 0..1, hands bright on a dark dial.

    Each is moved by up to 1.5 pixels and turned by up to 3 degrees, and every pixel has noise, as no two photographs
    of clocks are alike.
    """
    count = len(minutes)
    rows, columns = np.mgrid[:SIDE, :SIDE]
    middle = (SIDE - 1) / 2 + rng.uniform(-_SHIFT, _SHIFT, (2, count, 1, 1))
    radius = SIDE / 2 - _SHIFT - 0.5
    x, y = (columns - middle[0]) / radius, (middle[1] - rows) / radius  # (n, 32, 32), y upwards
    turned = np.deg2rad(rng.uniform(-_TURN, _TURN, count))
    ring = 0.35 * _soft(np.abs(np.hypot(x, y) - 0.97), 0.03, radius)
    pictures = ring
    for turns, (length, width) in zip((minutes / 60, minutes / 720), _HANDS, strict=True):
        angle = (2 * np.pi * turns + turned)[:, None, None]
        along = np.clip(x * np.sin(angle) + y * np.cos(angle), 0, length)
        away = np.hypot(x - along * np.sin(angle), y - along * np.cos(angle))
        pictures = np.maximum(pictures, _soft(away, width, radius))
    noisy: np.ndarray = np.clip(pictures + rng.normal(0, _GREY, pictures.shape), 0, 1).astype("float32")
    return noisy


def demo(lab: Lab, names: Mapping[str, str], inputs: Callable[..., np.ndarray]) -> Demo:
    """For a lesson's `demo`: from a time such as 10:10 to a clock that shows it, and how the run's networks read it.

    `names` are the networks that the run may have saved, with their names for the learner; `inputs(name, minutes, rng)`
    makes what each one sees.
    """
    networks = {name: lab.load(name) for name in names if lab.artifact(f"{name}.keras").exists()}

    def ask(text: str) -> dict[str, Any]:
        minutes = np.array([parse(text)], float)
        lines = []
        for name, network in networks.items():
            turns = np.asarray(network(inputs(name, minutes, np.random.default_rng(0)))).item()
            lines.append(f"{names[name]}  {clock(turns * 720)}")
        return {"picture": draw(minutes, np.random.default_rng(0))[0], "text": "\n".join(lines)}

    return ask


def parse(text: str) -> int:
    """ "10:10" -> minutes after twelve, 0..719; afternoon hours count on from twelve. UsageError for no such time."""
    hours, _colon, minutes = text.strip().replace("：", ":").partition(":")
    if not (hours.isdecimal() and minutes.isdecimal() and int(hours) < 24 and int(minutes) < 60):
        raise UsageError(_("{text} is no time; write it as 10:10.").format(text=text.strip()[:20] or "–"))
    return (int(hours) % 12) * 60 + int(minutes)


def clock(minutes: float) -> str:
    """Minutes after twelve -> "10:10"; what lies beyond the dial comes round again."""
    whole = round(minutes) % 720
    return f"{whole // 60 or 12}:{whole % 60:02}"


def _soft(distance: np.ndarray, width: float, radius: float) -> np.ndarray:
    """1 within `width` of a line, falling to 0 over one pixel."""
    return np.clip((width - distance) * radius + 0.5, 0, 1)
