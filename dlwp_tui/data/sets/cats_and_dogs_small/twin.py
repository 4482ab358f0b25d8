"""The synthetic twin of cats and dogs: 4,000 drawn pictures of animals, in the same three parts.

No single mark decides. Most cats have pointed ears, a short muzzle, slit pupils, whiskers and a thin tail; most dogs
have hanging ears, a long muzzle with a large nose and round eyes. But a third of the dogs have pointed ears and some
cats folded ones, some marks are left out, and colours, coats, backgrounds and light are drawn alike for both. Animals
are small or large, turned, stretched, cut off at the edge and partly hidden, so 2,000 pictures are few: a network
trained on them overfits, and augmentation and features learnt elsewhere help, as on the photographs.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from dlwp_tui.data.dataset import Arrays

    Colour = tuple[int, int, int]

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
    import numpy as np
    from PIL import Image

    height, width = (math.ceil(side * FINER) for side in size)
    pen = _Pen(rng, width, height)
    _background(pen)
    _animal(pen, label)
    _foreground(pen)
    image = pen.image.resize((size[1], size[0]), Image.Resampling.BOX)
    light = rng.uniform(0.62, 1.12) * (1 + 0.07 * rng.normal(size=3))
    ramp = 1 + rng.uniform(-0.2, 0.2) * np.linspace(-1, 1, size[1])[None, :, None]
    noise = grain[rng.randint(len(grain))]
    noise = np.resize(noise, (size[0], size[1], 1)) if max(size) > 256 else noise[: size[0], : size[1]]
    pixels = np.asarray(image, np.float32) * (light * ramp).astype(np.float32) + np.float32(rng.uniform(2, 9)) * noise
    return np.clip(pixels, 0, 255).astype(np.uint8)


class _Pen:
    """Draws in the animal's own coordinates: its head is about 1 in radius around (0, 0), y downwards."""

    def __init__(self, rng: np.random.RandomState, width: int, height: int) -> None:
        from PIL import Image, ImageDraw

        self.rng, self.width, self.height = rng, width, height
        self.image = Image.new("RGB", (width, height))
        self.canvas = ImageDraw.Draw(self.image)
        self.place(0.5, 0.5, 0.5, 0.0, 1.0, 1.0)

    def place(self, x: float, y: float, scale: float, turn: float, wide: float, side: float) -> None:
        """Put (0, 0) at x, y (shares of the picture); a unit is `scale` of its shorter side, stretched by `wide`."""
        unit = scale * min(self.width, self.height)
        cos, sin = math.cos(turn) * unit, math.sin(turn) * unit
        self._matrix = (cos * wide * side, -sin, sin * wide * side, cos)
        self._origin = (x * self.width, y * self.height)

    def points(self, places: list[tuple[float, float]]) -> list[tuple[float, float]]:
        """Places of the animal as pixels."""
        (a, b, c, d), (ox, oy) = self._matrix, self._origin
        return [(ox + a * x + b * y, oy + c * x + d * y) for x, y in places]

    def polygon(self, places: list[tuple[float, float]], fill: Colour) -> None:
        """A filled polygon."""
        self.canvas.polygon(self.points(places), fill=fill)

    def ellipse(self, x: float, y: float, rx: float, ry: float, fill: Colour, turn: float = 0.0) -> None:
        """A filled ellipse, turned by `turn` radians."""
        cos, sin = math.cos(turn), math.sin(turn)
        self.polygon([(x + rx * u * cos - ry * v * sin, y + rx * u * sin + ry * v * cos) for u, v in _CIRCLE], fill)

    def line(self, places: list[tuple[float, float]], width: float, fill: Colour) -> None:
        """A line `width` units thick, at least a pixel."""
        a, _b, c, _d = self._matrix
        self.canvas.line(self.points(places), fill=fill, width=max(1, round(width * math.hypot(a, c))), joint="curve")


_CIRCLE = [(math.cos(2 * math.pi * k / 22), math.sin(2 * math.pi * k / 22)) for k in range(22)]


def _background(pen: _Pen) -> None:
    """Two fields of colour and some things, triangles and round ones among them."""
    rng = pen.rng
    pen.image.paste(_any_colour(rng), (0, 0, pen.width, pen.height))
    horizon = rng.uniform(0.3, 0.95)
    pen.canvas.rectangle((0, horizon * pen.height, pen.width, pen.height), fill=_any_colour(rng))
    for _ in range(rng.randint(2, 9)):
        _thing(pen, rng.uniform(0, 1), rng.uniform(0, 1), rng.uniform(0.04, 0.22))


def _foreground(pen: _Pen) -> None:
    """Sometimes something stands before the animal."""
    rng = pen.rng
    if rng.random_sample() < 0.3:
        _thing(pen, rng.uniform(0, 1), rng.uniform(0.2, 1), rng.uniform(0.06, 0.15))


def _thing(pen: _Pen, x: float, y: float, scale: float) -> None:
    rng = pen.rng
    pen.place(x, y, scale, rng.uniform(-math.pi, math.pi), rng.uniform(0.4, 2.2), 1)
    kind, fill = rng.randint(4), _any_colour(rng)
    if kind == 0:
        pen.ellipse(0, 0, 1, 1, fill)
    elif kind == 1:
        pen.polygon([(-1, -1), (1, -1), (1, 1), (-1, 1)], fill)
    elif kind == 2:
        pen.polygon([(-1, 1), (0, -1), (1, 1)], fill)
    else:
        for k in range(5):
            pen.line([(-1, k / 2 - 1), (1, k / 2 - 1)], 0.12, fill)


def _animal(pen: _Pen, label: int) -> None:
    rng = pen.rng
    fur = _shade(FURS[rng.randint(len(FURS))], rng.uniform(0.75, 1.15))
    second = _shade(FURS[rng.randint(len(FURS))], rng.uniform(0.6, 1.2))
    dark, light = _shade(fur, 0.62), _mixed(fur, (244, 238, 230), rng.uniform(0.35, 0.8))
    whole = rng.random_sample() < 0.55  # else the head alone, larger
    scale = rng.uniform(0.10, 0.19) if whole else rng.uniform(0.17, 0.36)
    where = (rng.uniform(0.2, 0.8), rng.uniform(0.22, 0.55) if whole else rng.uniform(0.3, 0.72))
    side = 1 if rng.random_sample() < 0.5 else -1
    turn, wide = rng.normal(0, 0.2), rng.uniform(0.82, 1.15)
    coat = rng.randint(4)  # plain, striped, patched, with a light front
    pen.place(*where, scale, turn * 0.4, wide, side)
    body = (rng.uniform(0.1, 1.5), rng.uniform(1.6, 2.1), rng.uniform(0.95, 1.7), rng.uniform(0.8, 1.35))
    if whole:
        _tail(pen, label, body, dark if coat == 1 else fur)
        _body(pen, body, fur, light if coat == 3 else second, coat)
    pen.place(*where, scale, turn, wide, side)
    _head(pen, label, fur, second, dark, light, coat)


def _tail(pen: _Pen, label: int, body: tuple[float, float, float, float], fill: Colour) -> None:
    rng = pen.rng
    x, y, length = body[0] + body[2] * 0.8, body[1], rng.uniform(1.1, 2.2) * (1.0 if label == CAT else 0.75)
    bend, up = rng.uniform(-1.2, 1.2), rng.uniform(0.2, 1.3)
    steps = [k / 7 for k in range(8)]
    curve = [(x + length * t, y - up * length * t * t + 0.35 * bend * math.sin(4 * t)) for t in steps]
    pen.line(curve, rng.uniform(0.16, 0.28) if label == CAT else rng.uniform(0.24, 0.44), fill)


def _body(pen: _Pen, body: tuple[float, float, float, float], fur: Colour, second: Colour, coat: int) -> None:
    rng = pen.rng
    x, y, rx, ry = body
    for foot in (-0.7, -0.3, 0.35, 0.75):
        foot_x, length = x + foot * rx + rng.normal(0, 0.06), rng.uniform(0.7, 1.1)
        pen.line([(foot_x, y + ry * 0.5), (foot_x, y + ry * 0.5 + length)], rng.uniform(0.3, 0.42), fur)
    pen.ellipse(x, y, rx, ry, fur)
    if coat == 1:
        for k in range(-3, 4):
            at = x + rx * k / 3.8
            pen.line([(at, y - ry * 0.85), (at + 0.1, y), (at - 0.05, y + ry * 0.2)], 0.1, _shade(fur, 0.6))
    elif coat == 2:
        for _ in range(3):
            pen.ellipse(x + rx * rng.uniform(-0.5, 0.5), y + ry * rng.uniform(-0.5, 0.5), rx * 0.3, ry * 0.3, second)
    elif coat == 3:
        pen.ellipse(x - rx * 0.4, y + ry * 0.1, rx * 0.35, ry * 0.6, second)


def _head(pen: _Pen, label: int, fur: Colour, second: Colour, dark: Colour, light: Colour, coat: int) -> None:
    rng = pen.rng
    cat = label == CAT
    wide, high = (rng.uniform(0.92, 1.1), rng.uniform(0.8, 0.98)) if cat else (rng.uniform(0.8, 1.0), rng.uniform(0.86, 1.08))
    pointed = rng.random_sample() < POINTED[label]
    ear = second if rng.random_sample() < 0.3 else (dark if rng.random_sample() < 0.4 else fur)
    if pointed:
        _pointed_ears(pen, wide, high, ear, narrow=not cat)
    pen.ellipse(0, 0, wide, high, fur)
    if coat == 1:
        for k in (-1, 0, 1):
            pen.line([(0.22 * k, -high * 0.9), (0.16 * k, -high * 0.45)], 0.09, dark)
            pen.line([(0.9 * k * wide, 0.05), (0.6 * k * wide, 0.12)], 0.08, dark)
    elif coat == 2:
        pen.ellipse(0.45 * wide, -0.25, 0.42 * wide, 0.45, second)
    if not pointed:
        _hanging_ears(pen, wide, high, ear, folded=cat)
    _eyes(pen, label)
    _muzzle(pen, label, fur if coat == 0 else light, dark)


def _pointed_ears(pen: _Pen, wide: float, high: float, fill: Colour, narrow: bool) -> None:
    rng = pen.rng
    tip, out = -high - rng.uniform(0.35, 0.7), rng.uniform(0.62, 0.92)
    inner, outer = (0.26, 0.86) if not narrow else (0.34, 0.8)
    for side in (-1, 1):
        lean = rng.normal(0, 0.06)
        ear = [(side * inner * wide, -high * 0.8), (side * (out + lean) * wide, tip), (side * outer * wide, -high * 0.25)]
        pen.polygon(ear, fill)
        middle = (sum(x for x, _y in ear) / 3, sum(y for _x, y in ear) / 3)
        pen.polygon([(0.55 * x + 0.45 * middle[0], 0.55 * y + 0.45 * middle[1]) for x, y in ear], _mixed(fill, (224, 150, 150), 0.5))


def _hanging_ears(pen: _Pen, wide: float, high: float, fill: Colour, folded: bool) -> None:
    rng = pen.rng
    long, out, turn = rng.uniform(0.4, 0.8), rng.uniform(0.86, 1.08), rng.uniform(0.0, 0.5)
    for side in (-1, 1):
        if folded:
            x = side * 0.55 * wide
            pen.polygon([(x - 0.3, -high * 0.75), (x + 0.3, -high * 0.75), (x + side * 0.12, -high * 0.45)], fill)
        else:
            pen.ellipse(side * out * wide, -0.35 * high + long * 0.6, rng.uniform(0.2, 0.32), long, fill, -side * turn)


def _eyes(pen: _Pen, label: int) -> None:
    rng = pen.rng
    apart, up = rng.uniform(0.36, 0.46), rng.uniform(-0.2, -0.05)
    size = rng.uniform(0.14, 0.2) if label == CAT else rng.uniform(0.1, 0.17)
    iris = IRISES[label][rng.randint(len(IRISES[label]))]
    slit = label == CAT and rng.random_sample() < 0.7
    closed = rng.random_sample() < 0.12
    for side in (-1, 1):
        if closed:
            pen.line([(side * apart - size, up), (side * apart, up + 0.08), (side * apart + size, up)], 0.07, (30, 24, 22))
            continue
        pen.ellipse(side * apart, up, size, size * 1.05, iris)
        pen.ellipse(side * apart, up, size * (0.3 if slit else 0.6), size * (0.95 if slit else 0.6), (14, 12, 14))
        pen.ellipse(side * apart - size * 0.3, up - size * 0.35, size * 0.2, size * 0.2, (250, 250, 250))


def _muzzle(pen: _Pen, label: int, fill: Colour, dark: Colour) -> None:
    rng = pen.rng
    black = _mixed((28, 24, 26), dark, rng.uniform(0, 0.3))
    if label == CAT:
        y = rng.uniform(0.16, 0.28)
        for side in (-1, 1):
            pen.ellipse(side * 0.17, y + 0.2, 0.24, 0.19, fill)
        nose = (206, 130, 126) if rng.random_sample() < 0.6 else black
        pen.polygon([(-0.13, y), (0.13, y), (0, y + 0.14)], nose)
        pen.line([(-0.16, y + 0.32), (0, y + 0.24), (0.16, y + 0.32)], 0.045, black)
    else:
        y, long = rng.uniform(0.2, 0.36), rng.uniform(0.36, 0.56)
        if rng.random_sample() < 0.4:
            pen.ellipse(0.02, y + long + 0.22, 0.17, 0.28, (214, 96, 104))
        pen.ellipse(0, y + 0.2, rng.uniform(0.4, 0.54), long, fill)
        pen.ellipse(0, y, rng.uniform(0.17, 0.24), rng.uniform(0.12, 0.17), black)
        pen.line([(-0.2, y + 0.42), (0, y + 0.32), (0.2, y + 0.42)], 0.05, black)
    if rng.random_sample() < (0.75 if label == CAT else 0.12):
        bright = (238, 238, 238) if sum(fill) < 480 else (80, 76, 74)
        for side in (-1, 1):
            for k in (-1, 0, 1):
                pen.line([(side * 0.3, y + 0.2 + 0.04 * k), (side * rng.uniform(1.0, 1.35), y + 0.12 + 0.2 * k)], 0.02, bright)


def _any_colour(rng: np.random.RandomState) -> Colour:
    red, green, blue = (int(v) for v in rng.randint(20, 236, 3))
    grey = (red + green + blue) // 3
    return _mixed((red, green, blue), (grey, grey, grey), rng.uniform(0.2, 0.9))


def _mixed(one: Colour, other: Colour, share: float) -> Colour:
    red, green, blue = (int(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def _shade(colour: Colour, factor: float) -> Colour:
    red, green, blue = (min(255, int(c * factor)) for c in colour)
    return red, green, blue
