"""The synthetic twin of cats and dogs: 4,000 drawn pictures of animals, in the same three parts.

No single mark decides. Most cats have pointed ears, a short muzzle, slit pupils, whiskers and a thin tail; most dogs
have hanging ears, a long muzzle with a large nose and round eyes. But a third of the dogs have pointed ears and some
cats folded ones, some marks are left out, and colours, coats, backgrounds and light are drawn alike for both. Animals
are small or large, turned, stretched, cut off at the edge and partly hidden, so 2,000 pictures are few and a network
trained on them overfits: three convolutions reach 0.80 of the training pictures and 0.67 to 0.69 of the others after
nine epochs with 64 x 64 pixels (seed 1). Shares and scales were not tuned beyond that.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dlwp_tui.data.sets.cats_and_dogs_small.reader import checked
from dlwp_tui.data.sets.pen import Colour, Pen, Place, mixed, shade

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from dlwp_tui.data.dataset import Arrays

SEED = 20_171_105
PARTS = {"train": 2000, "validation": 1000, "test": 1000}
CAT, DOG = 0, 1
FINER = 1.25
"""Pixels drawn for one that is kept: the edges are smooth afterwards."""
POINTED = {CAT: 0.88, DOG: 0.34}
"""Share of pointed ears; the others hang down (dogs) or are folded (cats)."""
FURS = ((214, 143, 78), (120, 84, 60), (60, 56, 58), (198, 186, 172), (150, 146, 148), (232, 214, 184), (172, 112, 66))
IRISES = {CAT: ((150, 176, 60), (206, 160, 40), (96, 150, 180), (120, 90, 40)), DOG: ((70, 44, 26), (96, 64, 34))}


def make(size: tuple[int, int] = (150, 150)) -> Arrays:
    """x_train (2000, h, w, 3) uint8, y_train (2000,) int64, the same for validation and test (1000); cat, dog, ..."""
    import numpy as np

    size = checked(size)
    rng = np.random.RandomState(SEED)
    grain = rng.normal(0, 1, (32, 256, 256, 1)).astype(np.float32)
    arrays: Arrays = {}
    for part, count in PARTS.items():
        labels = np.arange(count) % 2
        pictures = np.empty((count, *size, 3), np.uint8)
        for i, label in enumerate(labels.tolist()):
            pictures[i] = picture(rng, label, size, grain)
        arrays |= {f"x_{part}": pictures, f"y_{part}": labels}
    return arrays


def picture(rng: np.random.RandomState, label: int, size: tuple[int, int], grain: Any) -> NDArray[np.uint8]:
    """One picture (h, w, 3) of a cat (0) or a dog (1). The numbers drawn from `rng` do not depend on `size`."""
    return draw(rng, Parts(*[label == CAT] * 5), size, grain)[0]


def draw(rng: np.random.RandomState, cat: Parts, size: tuple[int, int], grain: Any) -> tuple[NDArray[np.uint8], Animal]:
    """One picture (h, w, 3) of an animal whose parts are a cat's or a dog's, and that animal."""
    import numpy as np
    from PIL import Image

    height, width = (math.ceil(side * FINER) for side in size)
    pen = Pen(width, height)
    _background(pen, rng)
    animal = Animal(pen, rng, cat)
    animal.draw()
    if rng.random_sample() < 0.3:  # something stands before the animal
        _thing(pen, rng, (rng.uniform(0, 1), rng.uniform(0.2, 1)), rng.uniform(0.06, 0.15))
    image = pen.image.resize((size[1], size[0]), Image.Resampling.BOX)
    light = rng.uniform(0.62, 1.12) * (1 + 0.07 * rng.normal(size=3))
    ramp = 1 + rng.uniform(-0.2, 0.2) * np.linspace(-1, 1, size[1])[None, :, None]
    noise = grain[rng.randint(len(grain))]
    noise = np.resize(noise, (size[0], size[1], 1)) if max(size) > 256 else noise[: size[0], : size[1]]
    pixels = np.asarray(image, np.float32) * (light * ramp).astype(np.float32) + np.float32(rng.uniform(2, 9)) * noise
    return np.clip(pixels, 0, 255).astype(np.uint8), animal


def _background(pen: Pen, rng: np.random.RandomState) -> None:
    """Two fields of colour and some things, triangles and round ones among them."""
    pen.fill(_any_colour(rng))
    horizon = rng.uniform(0.3, 0.95)
    pen.canvas.rectangle((0, horizon * pen.height, pen.width, pen.height), fill=_any_colour(rng))
    for _turn in range(rng.randint(2, 9)):
        _thing(pen, rng, (rng.uniform(0, 1), rng.uniform(0, 1)), rng.uniform(0.04, 0.22))


def _thing(pen: Pen, rng: np.random.RandomState, where: Place, scale: float) -> None:
    """A round thing, a box, a triangle or some bars; `where` and `scale` are shares of the picture."""
    _put(pen, where, scale, turn=rng.uniform(-math.pi, math.pi), wide=rng.uniform(0.4, 2.2))
    kind, fill = rng.randint(4), _any_colour(rng)
    if kind == 0:
        pen.oval((0, 0), (1, 1), fill)
    elif kind == 1:
        pen.polygon([(-1, -1), (1, -1), (1, 1), (-1, 1)], fill)
    elif kind == 2:
        pen.polygon([(-1, 1), (0, -1), (1, 1)], fill)
    else:
        for k in range(5):
            pen.line([(-1, k / 2 - 1), (1, k / 2 - 1)], 0.12, fill)


def _put(pen: Pen, where: Place, scale: float, *, turn: float, wide: float) -> None:
    at = (where[0] * pen.width, where[1] * pen.height)
    pen.place(at, scale * min(pen.width, pen.height), turn=turn, wide=wide)


@dataclass(frozen=True)
class Parts:
    """Which parts of an animal are a cat's: of a cat all, of a dog none."""

    head: bool
    ears: bool
    eyes: bool
    muzzle: bool
    tail: bool


class Animal:
    """A cat, a dog or one of mixed parts. Its head is about 1 in radius around (0, 0); the body lies to the right."""

    def __init__(self, pen: Pen, rng: np.random.RandomState, cat: Parts) -> None:
        self.pen, self.rng, self.cat = pen, rng, cat
        self.fur = shade(FURS[rng.randint(len(FURS))], rng.uniform(0.75, 1.15))
        self.second = shade(FURS[rng.randint(len(FURS))], rng.uniform(0.6, 1.2))
        self.dark, self.light = shade(self.fur, 0.62), mixed(self.fur, (244, 238, 230), rng.uniform(0.35, 0.8))
        self.coat = rng.randint(4)  # plain, striped, patched, with a light front
        self.wide = rng.uniform(0.92, 1.1) if cat.head else rng.uniform(0.8, 1.0)
        self.high = rng.uniform(0.8, 0.98) if cat.head else rng.uniform(0.86, 1.08)
        self.pointed = rng.random_sample() < POINTED[CAT if cat.ears else DOG]

    def draw(self) -> None:
        """The whole animal, or the head alone and larger, somewhere in the picture."""
        rng = self.rng
        whole = rng.random_sample() < 0.55
        scale = rng.uniform(0.11, 0.195) if whole else rng.uniform(0.19, 0.37)
        where = (rng.uniform(0.2, 0.8), rng.uniform(0.22, 0.55) if whole else rng.uniform(0.3, 0.72))
        wide = rng.uniform(0.82, 1.15) * (1 if rng.random_sample() < 0.5 else -1)
        turn = rng.normal(0, 0.2)
        if whole:
            _put(self.pen, where, scale, turn=turn * 0.4, wide=wide)
            self.body((rng.uniform(0.1, 1.5), rng.uniform(1.6, 2.1)), (rng.uniform(0.95, 1.7), rng.uniform(0.8, 1.35)))
        _put(self.pen, where, scale, turn=turn, wide=wide)
        self.head()

    def body(self, at: Place, radii: Place) -> None:
        """Tail, legs and trunk."""
        pen, rng, (x, y), (rx, ry) = self.pen, self.rng, at, radii
        length, bend, up = rng.uniform(0.8, 2.2), rng.uniform(-1.2, 1.2), rng.uniform(0.2, 1.3)
        steps = [k / 7 for k in range(8)]
        tail = [(x + rx * 0.8 + length * t, y - up * length * t * t + 0.35 * bend * math.sin(4 * t)) for t in steps]
        thick = rng.uniform(0.16, 0.28) if self.cat.tail else rng.uniform(0.24, 0.44)
        pen.line(tail, thick, self.dark if self.coat == 1 else self.fur)
        for foot in (-0.7, -0.3, 0.35, 0.75):
            foot_x, length = x + foot * rx + rng.normal(0, 0.06), rng.uniform(0.7, 1.1)
            pen.line([(foot_x, y + ry * 0.5), (foot_x, y + ry * 0.5 + length)], rng.uniform(0.3, 0.42), self.fur)
        pen.oval(at, radii, self.fur)
        if self.coat == 1:
            for k in range(-3, 4):
                stripe = x + rx * k / 3.8
                places = [(stripe, y - ry * 0.85), (stripe + 0.1, y), (stripe - 0.05, y + ry * 0.2)]
                pen.line(places, 0.1, self.dark)
        elif self.coat == 2:
            for _turn in range(3):
                patch = (x + rx * rng.uniform(-0.5, 0.5), y + ry * rng.uniform(-0.5, 0.5))
                pen.oval(patch, (rx * 0.3, ry * 0.3), self.second)
        elif self.coat == 3:
            pen.oval((x - rx * 0.4, y + ry * 0.1), (rx * 0.35, ry * 0.6), self.light)

    def head(self) -> None:
        """Ears, face, eyes, muzzle."""
        pen, rng, wide, high = self.pen, self.rng, self.wide, self.high
        ear = self.second if rng.random_sample() < 0.3 else self.dark if rng.random_sample() < 0.4 else self.fur
        if self.pointed:
            self.pointed_ears(ear)
        pen.oval((0, 0), (wide, high), self.fur)
        if self.coat == 1:
            for k in (-1, 0, 1):
                pen.line([(0.22 * k, -high * 0.9), (0.16 * k, -high * 0.45)], 0.09, self.dark)
                pen.line([(0.9 * k * wide, 0.05), (0.6 * k * wide, 0.12)], 0.08, self.dark)
        elif self.coat == 2:
            pen.oval((0.45 * wide, -0.25), (0.42 * wide, 0.45), self.second)
        if not self.pointed:
            self.hanging_ears(ear)
        self.eyes()
        self.muzzle(self.fur if self.coat == 0 else self.light)

    def pointed_ears(self, fill: Colour) -> None:
        """Two triangles, pink inside; a dog's are narrower."""
        rng, wide, high = self.rng, self.wide, self.high
        tip, out = -high - rng.uniform(0.35, 0.7), rng.uniform(0.62, 0.92)
        inner, outer = (0.26, 0.86) if self.cat.ears else (0.34, 0.8)
        for side in (-1, 1):
            lean = rng.normal(0, 0.06)
            ear = [(inner * wide, -high * 0.8), ((out + lean) * wide, tip), (outer * wide, -high * 0.25)]
            ear = [(side * x, y) for x, y in ear]
            self.pen.polygon(ear, fill)
            middle = (sum(x for x, _y in ear) / 3, sum(y for _x, y in ear) / 3)
            inside = [(0.55 * x + 0.45 * middle[0], 0.55 * y + 0.45 * middle[1]) for x, y in ear]
            self.pen.polygon(inside, mixed(fill, (224, 150, 150), 0.5))

    def hanging_ears(self, fill: Colour) -> None:
        """A dog's hang beside the head; a cat's are folded."""
        rng, wide, high = self.rng, self.wide, self.high
        long, out, turn = rng.uniform(0.4, 0.8), rng.uniform(0.86, 1.08), rng.uniform(0.0, 0.5)
        for side in (-1, 1):
            if self.cat.ears:
                x = side * 0.55 * wide
                self.pen.polygon(
                    [(x - 0.3, -high * 0.75), (x + 0.3, -high * 0.75), (x + side * 0.12, -high * 0.45)], fill
                )
            else:
                radii = (rng.uniform(0.2, 0.32), long)
                self.pen.oval((side * out * wide, -0.35 * high + long * 0.6), radii, fill, -side * turn)

    def eyes(self) -> None:
        """Large with slits, or smaller and round; sometimes closed."""
        pen, rng = self.pen, self.rng
        apart, y = rng.uniform(0.36, 0.46), rng.uniform(-0.2, -0.05)
        r = rng.uniform(0.14, 0.2) if self.cat.eyes else rng.uniform(0.1, 0.17)
        colours = IRISES[CAT if self.cat.eyes else DOG]
        iris = colours[rng.randint(len(colours))]
        pupil = (0.3, 0.95) if self.cat.eyes and rng.random_sample() < 0.7 else (0.6, 0.6)
        closed = rng.random_sample() < 0.12
        for x in (-apart, apart):
            if closed:
                pen.line([(x - r, y), (x, y + 0.08), (x + r, y)], 0.07, (30, 24, 22))
                continue
            pen.oval((x, y), (r, r * 1.05), iris)
            pen.oval((x, y), (r * pupil[0], r * pupil[1]), (14, 12, 14))
            pen.oval((x - r * 0.3, y - r * 0.35), (r * 0.2, r * 0.2), (250, 250, 250))

    def muzzle(self, fill: Colour) -> None:
        """Nose, mouth, whiskers; a dog's is long, sometimes with its tongue out."""
        pen, rng = self.pen, self.rng
        black = mixed((28, 24, 26), self.dark, rng.uniform(0, 0.3))
        if self.cat.muzzle:
            y = rng.uniform(0.16, 0.28)
            for x in (-0.17, 0.17):
                pen.oval((x, y + 0.2), (0.24, 0.19), fill)
            nose = (206, 130, 126) if rng.random_sample() < 0.6 else black
            pen.polygon([(-0.13, y), (0.13, y), (0, y + 0.14)], nose)
            pen.line(
                [(-0.18, y + 0.3), (-0.09, y + 0.34), (0, y + 0.24), (0.09, y + 0.34), (0.18, y + 0.3)], 0.045, black
            )
        else:
            y, long = rng.uniform(0.2, 0.36), rng.uniform(0.36, 0.56)
            if rng.random_sample() < 0.4:
                pen.oval((0.02, y + long + 0.22), (0.17, 0.28), (214, 96, 104))
            pen.oval((0, y + 0.2), (rng.uniform(0.4, 0.54), long), fill)
            pen.oval((0, y), (rng.uniform(0.17, 0.24), rng.uniform(0.12, 0.17)), black)
            pen.line([(-0.22, y + 0.36), (0, y + 0.44), (0.22, y + 0.36)], 0.05, black)
        if rng.random_sample() < (0.75 if self.cat.muzzle else 0.12):
            bright = (238, 238, 238) if sum(fill) < 480 else (80, 76, 74)
            for side in (-1, 1):
                for k in (-1, 0, 1):
                    end = (side * rng.uniform(1.0, 1.35), y + 0.12 + 0.2 * k)
                    pen.line([(side * 0.3, y + 0.2 + 0.04 * k), end], 0.02, bright)


def _any_colour(rng: np.random.RandomState) -> Colour:
    red, green, blue = (int(v) for v in rng.randint(20, 236, 3))
    grey = (red + green + blue) // 3
    return mixed((red, green, blue), (grey, grey, grey), rng.uniform(0.2, 0.9))
