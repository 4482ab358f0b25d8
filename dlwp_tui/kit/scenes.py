"""Drawn pictures for lessons that need one and were given none: a landscape, and a painting in thick strokes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from dlwp_tui.core.language import _
from dlwp_tui.kit.pictures import read_picture

if TYPE_CHECKING:
    from dlwp_tui.lab.lab import Lab


def photo(lab: Lab, path: Path | None, height: int) -> np.ndarray:
    """The learner's picture, or the landscape where there is none: (height, width, 3) uint8; also shown."""
    return _shown(lab, _("The photograph"), path, landscape, height)


def art(lab: Lab, path: Path | None, height: int) -> np.ndarray:
    """The learner's picture, or the painting where there is none: (height, width, 3) uint8; also shown."""
    return _shown(lab, _("The painting"), path, painting, height)


def _shown(lab: Lab, name: str, path: Path | None, draw: Callable[[int, int], np.ndarray], height: int) -> np.ndarray:
    image = read_picture(path, (height, None)) if path else draw(height, height * 4 // 3)
    lab.picture(name, image, "" if path else _("drawn; take a picture of your own with --image or --style"))
    return image


def landscape(height: int, width: int) -> np.ndarray:
    """A valley under clouds with trees and a lake: (height, width, 3) uint8. The same each time."""
    y, x = _places(height, width)
    rng = np.random.default_rng(1)
    sky = _mix((92, 142, 205), (214, 226, 236), y * 1.7)
    image = _mix(sky, (248, 248, 246), np.clip(2.2 * _clouds(x * 2.2, y * 5, rng) - 0.9, 0, 1))
    for level, (far, near), rough in (
        (0.46, ((142, 158, 178), (120, 140, 158)), 0.10),
        (0.58, ((96, 126, 104), (74, 108, 78)), 0.07),
        (0.72, ((84, 122, 58), (132, 142, 66)), 0.04),
    ):
        edge = level - rough * _ridge(x, rng)
        hill = _mix(far, near, (y - edge) * 4) * (0.9 + 0.2 * _clouds(x * 14, y * 20, rng))[..., None]
        image = _over(image, hill, np.clip((y - edge) * height / 2, 0, 1))
    lake = np.clip(1 - np.hypot((x - 0.62) / 0.26, (y - 0.84) / 0.07), 0, 1) * 30
    image = _over(image, _mix((126, 166, 200), (66, 108, 150), (y - 0.77) * 7), np.clip(lake, 0, 1))
    for at, foot, size in ((0.12, 0.92, 0.34), (0.27, 0.82, 0.2), (0.9, 0.9, 0.28), (0.45, 0.76, 0.11)):
        trunk = (np.abs(x - at) < 0.035 * size) & (y < foot) & (y > foot - size)
        image = _over(image, _mix((84, 62, 44), (60, 44, 34), x), trunk.astype(float))
        around = np.arctan2(y - (foot - size), x - at)
        crown = 0.4 * size * (1 + 0.16 * np.sin(7 * around) + 0.1 * np.sin(13 * around + 1))
        leaf = np.clip((crown - np.hypot((x - at) * width / height, y - (foot - size))) * height / 2, 0, 1)
        shade = _mix((38, 74, 36), (112, 146, 58), (foot - size - y) / size + 0.5)
        image = _over(image, shade * (0.75 + 0.5 * _clouds(x * 40, y * 40, rng))[..., None], leaf)
    return _bytes(image)


def painting(height: int, width: int) -> np.ndarray:
    """Night blue, yellow and orange strokes that swirl round three lights: (height, width, 3) uint8."""
    y, x = _places(height, width)
    rng = np.random.default_rng(2)
    u, v, glow = x * width / height, y, np.zeros_like(x)
    for at, down, turn in ((0.25, 0.3, 5.0), (0.75, 0.28, -5.0), (0.52, 0.75, 4.0)):
        right, below = u - at * width / height, v - down
        away = np.hypot(right, below)
        glow += np.exp(-((np.hypot((x - at) * width / height, y - down) / 0.13) ** 2))
        angle = turn * np.exp(-((away / 0.24) ** 2))  # the canvas is turned round each light, most in its middle
        u = at * width / height + right * np.cos(angle) - below * np.sin(angle)
        v = down + right * np.sin(angle) + below * np.cos(angle)
    bend = 0.05 * np.sin(7 * u)
    strokes = np.sin(38 * (v + bend)) * (0.6 + 0.4 * np.sin(17 * u + 9 * v)) + 0.5 * np.sin(95 * (v + bend) + 5 * u)
    colour = _mix((16, 30, 88), (62, 118, 190), 0.5 + 0.45 * strokes)
    colour = _mix(colour, (176, 208, 216), np.clip(1.6 * strokes - 1.3, 0, 1))
    colour = _mix(colour, (248, 200, 62), np.clip(glow * (0.8 + 0.5 * strokes), 0, 1))
    colour = _mix(colour, (214, 98, 40), np.clip(glow * (-1.2 * strokes - 0.3), 0, 1))
    return _bytes(colour * (0.9 + 0.2 * _clouds(x * 30, y * 30, rng))[..., None])


def _places(height: int, width: int) -> tuple[np.ndarray, np.ndarray]:
    """How far down and how far right each pixel lies, 0 to 1, both (height, width)."""
    y, x = np.meshgrid(np.linspace(0, 1, height), np.linspace(0, 1, width), indexing="ij")
    return y, x


def _clouds(x: np.ndarray, y: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Smooth noise in 0..1, about: waves in twelve directions, finer ones weaker."""
    total = np.zeros_like(x)
    for octave in range(12):
        angle, phase = rng.uniform(0, 2 * np.pi, 2)
        fine = 1.35**octave
        total += np.sin(2 * fine * (x * np.cos(angle) + y * np.sin(angle)) + phase) / fine**0.7
    return np.clip(0.5 + total / 8, 0, 1)


def _ridge(x: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The height of a ridge over each place, -1 to 1, about."""
    waves = [(2.1**n, rng.uniform(0, 7)) for n in range(6)]
    ridge: np.ndarray = np.sum([np.sin(4 * f * x + phase) / f for f, phase in waves], axis=0)
    return ridge


def _mix(low: tuple[int, int, int] | np.ndarray, high: tuple[int, int, int], share: np.ndarray) -> np.ndarray:
    """Colours between two, by `share` in 0..1 of each pixel."""
    part = np.clip(share, 0, 1)[..., None]
    mixed: np.ndarray = np.asarray(low, float) * (1 - part) + np.asarray(high, float) * part
    return mixed


def _over(below: np.ndarray, above: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    covered: np.ndarray = below * (1 - alpha[..., None]) + above * alpha[..., None]
    return covered


def _bytes(image: np.ndarray) -> np.ndarray:
    levels: np.ndarray = np.clip(np.rint(image), 0, 255)
    return levels.astype(np.uint8)
