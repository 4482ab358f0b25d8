"""The pictures on which the base `mini` is pretrained: figures on a ground, and animals of mixed parts."""

from __future__ import annotations

from typing import Any

import numpy as np

from dlwp_tui.core.language import Text
from dlwp_tui.data.sets.cats_and_dogs_small import twin

KINDS = (
    Text("圆", "disc"), Text("正方形", "square"), Text("三角形", "triangle"), Text("六边形", "hexagon"),
    Text("星", "star"), Text("花", "flower"), Text("十字", "cross"), Text("圆环", "ring"), Text("月牙", "crescent"),
    Text("半圆", "half disc"), Text("横条", "bars"), Text("格子", "checks"),
)  # fmt: skip
SURFACES = ("plain", "stripes", "spots", "rough")
HUES = 6
"""Colours of the figure that are told apart: red, yellow, green, cyan, blue, magenta."""


def draw(rng: np.random.RandomState, count: int, side: int = 48) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """`count` pictures (count, side, side, 3) uint8, and for each its `kind`, `surface` and `hue`, (count,) int32.

    1,000 pictures of 48 x 48 take 0.8 s of CPU time.
    """
    labels = {
        "kind": rng.randint(len(KINDS), size=count).astype(np.int32),
        "surface": rng.randint(len(SURFACES), size=count).astype(np.int32),
        "hue": rng.randint(HUES, size=count).astype(np.int32),
    }
    x, y, soft = _own_plane(rng, count, side)
    inside = np.zeros((count, side, side), np.float32)
    for kind in range(len(KINDS)):
        these = labels["kind"] == kind
        inside[these] = np.clip(0.5 - _outside(kind, x[these], y[these]) / soft[these], 0, 1)
    figure = _painted(rng, labels["hue"], _surface(rng, labels["surface"], x, y))
    alpha = inside[..., None]
    ground = _ground(rng, count, side)
    light = rng.uniform(0.6, 1.15, (count, 1, 1, 1)).astype(np.float32)
    pictures = (figure * alpha + ground * (1 - alpha)) * light
    pictures += rng.normal(0, 1, pictures.shape).astype(np.float32) * rng.uniform(1, 6, (count, 1, 1, 1))
    return np.clip(pictures, 0, 255).astype(np.uint8), labels


def animals(rng: np.random.RandomState, count: int, side: int) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """`count` pictures (count, side, side, 3) uint8 of animals with each part a cat's or a dog's by chance.

    Labels (count,) int32: `ears` (hanging or folded, pointed; a dog's 0 and 1, a cat's 2 and 3), `eyes` and `muzzle`
    (0 a dog's, 1 a cat's). 1,000 pictures of 64 x 64 take 1.3 s of CPU time.
    """
    grain = rng.normal(0, 1, (8, 256, 256, 1)).astype(np.float32)
    pictures = np.empty((count, side, side, 3), np.uint8)
    labels = {name: np.empty(count, np.int32) for name in ("ears", "eyes", "muzzle")}
    for i in range(count):
        cat = twin.Parts(*(rng.random_sample(5) < 0.5))
        pictures[i], animal = twin.draw(rng, cat, (side, side), grain)
        labels["ears"][i] = 2 * cat.ears + animal.pointed
        labels["eyes"][i], labels["muzzle"][i] = cat.eyes, cat.muzzle
    return pictures, labels


def _own_plane(rng: np.random.RandomState, count: int, side: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Where each pixel lies in the figure's own plane, which is moved, turned, scaled and stretched; a pixel's size."""

    def each(low: float, high: float) -> np.ndarray:
        return rng.uniform(low, high, (count, 1, 1)).astype(np.float32)

    v, u = np.meshgrid(*(np.linspace(-1, 1, side, dtype=np.float32),) * 2, indexing="ij")
    u, v = u - each(-0.2, 0.2), v - each(-0.2, 0.2)
    radius, turn, wide = each(0.5, 0.9), each(-0.4, 0.4), each(0.8, 1.25)
    x = (u * np.cos(turn) + v * np.sin(turn)) / (radius * wide)
    y = (v * np.cos(turn) - u * np.sin(turn)) / radius
    return x, y, 3 / side / radius


def _outside(kind: int, x: np.ndarray, y: np.ndarray) -> Any:
    """How far a place lies outside the figure of this kind (negative: inside), roughly in the figure's radii."""
    r, angle = np.hypot(x, y), np.arctan2(x, -y)
    box = np.maximum(np.abs(x), np.abs(y))
    match kind:
        case 0:
            return r - 0.9
        case 1:
            return box - 0.8
        case 2 | 3:
            sector = 2 * np.pi / (3 if kind == 2 else 6)
            return r * np.cos(np.mod(angle, sector) - sector / 2) - (0.55 if kind == 2 else 0.82)
        case 4 | 5:
            return r - (0.68 + 0.3 * np.cos((5 if kind == 4 else 7) * angle))
        case 6:
            return np.maximum(box - 0.95, np.minimum(np.abs(x), np.abs(y)) - 0.28)
        case 7:
            return np.abs(r - 0.75) - 0.2
        case 8:
            return np.maximum(r - 0.95, 0.75 - np.hypot(x - 0.45, y))
        case 9:
            return np.maximum(r - 1, -y)
        case 10:
            return np.maximum(box - 0.95, np.sin(8 * y) * 0.15)
        case _:
            return np.maximum(box - 0.95, np.sin(7 * x) * np.sin(7 * y) * 0.2)


def _surface(rng: np.random.RandomState, surface: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """How much of a second colour each place has, 0 to 1."""
    angle = rng.uniform(0, np.pi, (len(x), 1, 1)).astype(np.float32)
    along = x * np.cos(angle) + y * np.sin(angle)
    across = y * np.cos(angle) - x * np.sin(angle)
    pitch = rng.uniform(7, 12, (len(x), 1, 1)).astype(np.float32)
    stripes = np.sin(pitch * along) > 0.2
    spots = np.cos(pitch * along) + np.cos(pitch * across) > 0.9
    rough = rng.random_sample(x.shape) > 0.55
    chosen = surface[:, None, None]
    other: np.ndarray = np.select([chosen == 1, chosen == 2, chosen == 3], [stripes, spots, rough], 0)
    return other.astype(np.float32)


def _painted(rng: np.random.RandomState, hue: np.ndarray, second: np.ndarray) -> np.ndarray:
    """(n, h, w, 3): the figure's colour, and a darker or lighter one where `second` is 1."""
    wheel = np.array([[1, 0, 0], [1, 1, 0], [0, 1, 0], [0, 1, 1], [0, 0, 1], [1, 0, 1]], np.float32)
    grey = rng.uniform(0.1, 0.45, (len(hue), 1))
    colour = 235 * (wheel[hue] * (1 - grey) + grey)
    other = colour * np.where(rng.random_sample((len(hue), 1)) < 0.5, 0.4, 1) + np.where(grey < 0.28, 0, 60)
    mix = second[..., None]
    painted: np.ndarray = colour[:, None, None] * (1 - mix) + other[:, None, None] * mix
    return painted.astype(np.float32)


def _ground(rng: np.random.RandomState, count: int, side: int) -> np.ndarray:
    """(n, h, w, 3): one colour that runs into another; a third of them with bars."""
    v, u = np.meshgrid(*(np.linspace(-1, 1, side, dtype=np.float32),) * 2, indexing="ij")
    angle = rng.uniform(0, 2 * np.pi, (count, 1, 1)).astype(np.float32)
    along = u * np.cos(angle) + v * np.sin(angle)
    ramp = np.clip(0.5 + 0.5 * along, 0, 1)
    bars = np.sin(along * rng.uniform(6, 20, (count, 1, 1)).astype(np.float32)) > 0
    mix = np.where(rng.random_sample((count, 1, 1)) < 0.33, bars, ramp)[..., None]
    one, other = (rng.uniform(20, 220, (count, 1, 1, 3)).astype(np.float32) for _turn in range(2))
    other = one + (other - one) * 0.6
    ground: np.ndarray = one * (1 - mix) + other * mix
    return ground.astype(np.float32)
