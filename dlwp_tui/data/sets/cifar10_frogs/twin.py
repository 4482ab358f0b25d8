"""The synthetic twin of CIFAR-10's frogs: 5,000 drawn frogs, 32x32 pixels in colour.

Seen from the side, from the front or from above; green, brown, red, yellow or blue, plain, spotted or striped, on
leaves, water, soil or a bare ground. A network that generates pictures first learns their colours, then one blob in
the middle, then eyes and legs, in the order in which it learns them on the photographs.

Measured, photographs / this twin: mean pixel 115 / 113, its deviation 61 / 58, deviation between neighbours 19 / 20.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from dlwp_tui.data.sets.pen import Colour, Pen, Place, mixed

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from dlwp_tui.data.dataset import Arrays

SEED = 20_090_408
COUNT, SIDE = 5000, 32
FINE = 4
"""Pixels drawn for one that is kept, in each direction."""
SKINS = ((106, 148, 62), (82, 112, 54), (132, 106, 70), (104, 82, 58), (150, 132, 96), (74, 66, 58), (186, 72, 58),
         (196, 170, 66), (86, 126, 150), (128, 132, 118))  # fmt: skip
COMMON = 6
"""Most frogs have one of the first colours."""
GROUNDS = ((70, 104, 48), (96, 80, 60), (58, 74, 92), (140, 132, 116), (196, 190, 180), (40, 42, 40), (146, 120, 88))


def make() -> Arrays:
    """x, shape (5000, 32, 32, 3), uint8."""
    import numpy as np

    rng = np.random.RandomState(SEED)
    return {"x": np.stack([picture(rng) for _turn in range(COUNT)])}


def picture(rng: np.random.RandomState) -> NDArray[np.uint8]:
    """One frog, (32, 32, 3)."""
    import numpy as np
    from PIL import Image

    frog = _Frog(rng)
    frog.ground()
    frog.stand(rng.normal(0, 0.16))
    (frog.from_the_side, frog.from_the_side, frog.from_the_front, frog.from_above)[rng.randint(4)]()
    small = np.asarray(frog.pen.image.resize((SIDE, SIDE), Image.Resampling.BOX), np.float32)
    light = rng.uniform(0.75, 1.35) * (1 + 0.06 * rng.normal(size=3))
    ramp = 1 + rng.uniform(-0.25, 0.25) * np.linspace(-1, 1, SIDE)[:, None, None]
    pixels = small * (light * ramp) + rng.normal(0, rng.uniform(3, 9), (SIDE, SIDE, 1))
    return np.clip(pixels, 0, 255).astype(np.uint8)


class _Frog:
    """Draws one frog about two units wide around (0, 0), y downwards."""

    def __init__(self, rng: np.random.RandomState) -> None:
        self.rng, size = rng, SIDE * FINE
        self.pen = Pen(size, size)
        skin = SKINS[rng.randint(COMMON if rng.random_sample() < 0.8 else len(SKINS))]
        self.skin = self._near(skin, 22)
        self.dark = mixed(self.skin, (20, 18, 14), rng.uniform(0.4, 0.65))
        self.light = mixed(self.skin, (238, 230, 204), rng.uniform(0.4, 0.75))
        self.pattern = rng.randint(3)  # plain, spotted, striped
        self.flip = 1 if rng.random_sample() < 0.5 else -1
        self.unit = size * rng.uniform(0.25, 0.4)
        self.at = (size * rng.normal(0.5, 0.04), size * rng.normal(0.54, 0.04))

    def stand(self, turn: float) -> None:
        """Turn it by `turn` radians."""
        self.pen.place(self.at, self.unit, turn=self.flip * turn, wide=self.flip)

    def ground(self) -> None:
        """One or two colours, with blades, leaves or pebbles on them."""
        rng, size = self.rng, SIDE * FINE
        ground = self._near(GROUNDS[rng.randint(len(GROUNDS))], 25)
        self.pen.fill(ground)
        if rng.random_sample() < 0.4:
            self.pen.canvas.rectangle((0, size * rng.uniform(0.45, 0.8), size, size), fill=self._near(ground, 60))
        for _blade in range(rng.randint(0, 14)):
            x, y = rng.uniform(0, size, 2)
            fill = self._near(ground, 45)
            if rng.random_sample() < 0.5:
                angle, length = rng.uniform(0, math.pi), size * rng.uniform(0.1, 0.5)
                end = (x + length * math.cos(angle), y - length * math.sin(angle))
                self.pen.canvas.line((x, y, *end), fill=fill, width=rng.randint(2, 8))
            else:
                r = size * rng.uniform(0.02, 0.12)
                self.pen.canvas.ellipse((x - r, y - r * 0.7, x + r, y + r * 0.7), fill=fill)

    def from_the_side(self) -> None:
        """Sitting, its head raised."""
        rng = self.rng
        self.pen.oval((0.05, 0.62), (0.95, 0.14), self.dark)
        self.pen.oval((-0.55, 0.3), (0.42, 0.3), self.skin, -0.5)
        lift = rng.uniform(0.2, 0.6)
        self.pen.oval((0, 0.12), (0.78, 0.42), self.skin, -lift)
        self.pen.oval((0.12, 0.34), (0.5, 0.2), self.light, -lift)
        self.markings(-0.1, 0.0, 0.55, 0.28)
        self.pen.oval((0.6, -0.28), (0.36, 0.26), self.skin, 0.1)
        self.leg([(-0.55, 0.3), (-0.2, 0.55), (-0.6, 0.62), (-0.15, 0.66)])
        self.leg([(0.4, 0.2), (0.5, 0.45), (0.42, 0.64), (0.66, 0.66)])
        self.eye(0.58, -0.46, rng.uniform(0.1, 0.15))
        self.pen.line([(0.5, -0.16), (0.92, -0.22)], 0.05, self.dark)

    def from_the_front(self) -> None:
        """Looking into the picture."""
        wide = self.rng.uniform(0.6, 0.8)
        self.pen.oval((0, 0.25), (wide, 0.5), self.skin)
        self.pen.oval((0, 0.35), (wide * 0.66, 0.38), self.light)
        self.markings(0, 0.05, wide * 0.8, 0.2)
        for side in (-1, 1):
            self.pen.oval((side * wide, 0.42), (0.25, 0.32), self.skin, side * 0.4)
            self.leg([(side * 0.42, 0.35), (side * 0.5, 0.7), (side * 0.75, 0.74)])
        self.pen.oval((0, -0.2), (wide * 0.8, 0.34), self.skin)
        for side in (-1, 1):
            self.eye(side * wide * 0.55, -0.46, 0.15)
        self.pen.line([(-wide * 0.55, -0.12), (0, -0.03), (wide * 0.55, -0.12)], 0.05, self.dark)

    def from_above(self) -> None:
        """Its legs spread, turned anyhow."""
        self.stand(self.rng.uniform(-math.pi, math.pi))
        for side in (-1, 1):
            self.leg([(side * 0.3, 0.4), (side * 0.75, 0.15), (side * 0.6, 0.7), (side * 0.95, 0.85)])
            self.leg([(side * 0.35, -0.25), (side * 0.7, -0.35), (side * 0.75, -0.7)])
        self.pen.oval((0, 0.1), (0.46, 0.62), self.skin)
        self.pen.oval((0, -0.48), (0.38, 0.32), self.skin)
        self.markings(0, 0.05, 0.3, 0.5)
        for side in (-1, 1):
            self.eye(side * 0.27, -0.58, 0.11)

    def markings(self, x: float, y: float, rx: float, ry: float) -> None:
        """Spots or stripes inside an oval."""
        for k in range(3 + self.rng.randint(5)) if self.pattern else ():
            dx, dy = self.rng.uniform(-1, 1, 2) * 0.8
            if self.pattern == 1:
                self.pen.oval((x + rx * dx, y + ry * dy), (0.09, 0.07), self.dark)
            else:
                at = x + rx * (2 * (k + 0.5) / 7 - 1)
                self.pen.line([(at, y - ry * 0.7), (at + 0.05, y + ry * 0.5)], 0.07, self.dark)

    def eye(self, x: float, y: float, r: float) -> None:
        """A bulging eye with a dark pupil."""
        self.pen.oval((x, y), (r * 1.25, r * 1.15), self.skin)
        self.pen.oval((x, y), (r, r * 0.9), (206, 178, 92))
        self.pen.oval((x, y), (r * 0.6, r * 0.5), (14, 12, 10))

    def leg(self, places: list[Place]) -> None:
        """A leg, bent at each place."""
        self.pen.line(places, 0.17, self.dark)
        self.pen.line(places, 0.12, self.skin)

    def _near(self, colour: Colour, spread: float) -> Colour:
        moved = self.rng.normal(0, spread * 0.6) + self.rng.normal(0, spread * 0.5, 3)
        red, green, blue = (int(min(255, max(0, c + m))) for c, m in zip(colour, moved, strict=True))
        return red, green, blue
