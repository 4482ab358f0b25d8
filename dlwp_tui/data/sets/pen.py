"""A pen for drawn pictures: shapes in units of the thing drawn, wherever it stands and however it is turned.

All random numbers of the twins that use it come from `numpy.random.RandomState`, whose stream never changes.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

Colour = tuple[int, int, int]
Place = tuple[float, float]
_CIRCLE = [(math.cos(2 * math.pi * k / 22), math.sin(2 * math.pi * k / 22)) for k in range(22)]


class Pen:
    """Draws on a picture of `width` x `height` pixels. (0, 0) is where `place` puts it, y runs downwards."""

    def __init__(self, width: int, height: int) -> None:
        from PIL import Image, ImageDraw

        self.width, self.height = width, height
        self.image: Image.Image = Image.new("RGB", (width, height))
        self.canvas = ImageDraw.Draw(self.image)
        self.place((width / 2, height / 2), min(width, height) / 2)

    def place(self, at: Place, unit: float, *, turn: float = 0.0, wide: float = 1.0) -> None:
        """Put (0, 0) at the pixel `at`; a unit has `unit` pixels, `wide` times as many across; negative: mirrored."""
        cos, sin = math.cos(turn) * unit, math.sin(turn) * unit
        self._matrix = (cos * wide, -sin, sin * wide, cos)
        self._origin = at

    def fill(self, colour: Colour) -> None:
        """The whole picture in one colour."""
        self.image.paste(colour, (0, 0, self.width, self.height))

    def polygon(self, places: Sequence[Place], fill: Colour) -> None:
        """A filled polygon."""
        self.canvas.polygon(self._pixels(places), fill=fill)

    def oval(self, at: Place, radii: Place, fill: Colour, turn: float = 0.0) -> None:
        """A filled ellipse, turned by `turn` radians."""
        (x, y), (rx, ry), cos, sin = at, radii, math.cos(turn), math.sin(turn)
        self.polygon([(x + rx * u * cos - ry * v * sin, y + rx * u * sin + ry * v * cos) for u, v in _CIRCLE], fill)

    def line(self, places: Sequence[Place], width: float, fill: Colour) -> None:
        """A line through places, `width` units thick, at least a pixel."""
        a, _b, c, _d = self._matrix
        self.canvas.line(self._pixels(places), fill=fill, width=max(1, round(width * math.hypot(a, c))), joint="curve")

    def _pixels(self, places: Sequence[Place]) -> list[Place]:
        (a, b, c, d), (ox, oy) = self._matrix, self._origin
        return [(ox + a * x + b * y, oy + c * x + d * y) for x, y in places]


def mixed(one: Colour, other: Colour, share: float) -> Colour:
    """The colour `share` of the way from `one` to `other`."""
    red, green, blue = (int(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def shade(colour: Colour, factor: float) -> Colour:
    """The colour `factor` times as bright."""
    red, green, blue = (min(255, int(c * factor)) for c in colour)
    return red, green, blue
