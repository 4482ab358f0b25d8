"""Small pictures of numbers: a path over a hill, a path through a valley, a heat map, the blocks of a stacked array.

All are arrays (h, w, 3) of floats in 0..1 for `lab.picture`. Lines and dots are three pixels wide: the app scales a
picture of 144 x 96 pixels down to about 50 x 17 cells, where thinner ones fade.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

WIDTH, HEIGHT = 144, 96
_THICK = 3  # pixels
EARLY, LATE = (0.3, 0.6, 1.0), (1.0, 0.55, 0.1)
"""Blue and orange: easy to tell apart with any colour vision, on a dark and on a light background."""


def landscape(f: Callable[[Any], Any], path: Sequence[Any], reach: tuple[float, float] = (2.4, 1.6)) -> np.ndarray:
    """A function of one or two coordinates with a path on it, drawn as a `hill` or as a `valley`.

    `f` takes coordinates (1, w) or (2, h, w) and returns heights (w,) or (h, w). `path` holds places (1,) or (2,). The
    picture covers -reach[0]..reach[0] from left to right and -reach[1]..reach[1] from the bottom up.
    """
    x, y = np.linspace(-reach[0], reach[0], WIDTH), np.linspace(reach[1], -reach[1], HEIGHT)
    places = np.array(path, float)
    across = places[:, 0] / reach[0] / 2 + 0.5
    if places.shape[1] == 1:
        return hill(f(x[None]), across)
    return valley(f(np.array(np.meshgrid(x, y))), zip(across, 0.5 - places[:, 1] / reach[1] / 2, strict=True))


def hill(heights: Any, path: Iterable[float]) -> np.ndarray:
    """A hillside in profile with a path: the first places blue, later ones orange, the last one white.

    `heights` are the values from left to right, any number of them. `path` holds shares of the width, 0 at the left
    and 1 at the right; places outside are left out.
    """
    values = np.interp(np.linspace(0, 1, WIDTH), np.linspace(0, 1, len(heights)), _finite(heights))
    spread = float(np.ptp(values)) or 1.0
    rows = np.round(HEIGHT - 8 - (HEIGHT - 18) * (values - values.min()) / spread).astype(int)
    image = np.full((HEIGHT, WIDTH, 3), 0.05)
    for column, row in enumerate(rows):
        image[row + 2 : row + 2 + _THICK, column] = 0.5
        image[row + 2 + _THICK :, column] = 0.18
    columns = [round(float(at) * (WIDTH - 1)) if abs(at) < 2 else -1 for at in path]
    _dots(image, [(rows[column] if 0 <= column < WIDTH else -1, column) for column in columns])
    return image


def valley(values: Any, path: Iterable[tuple[float, float]]) -> np.ndarray:
    """A landscape from above as contour bands, with a path coloured as in `hill`.

    `values` (h, w) are the heights, one pixel each. `path` holds (x, y) in shares of the width and the height, (0, 0)
    at the top left.
    """
    heights = _finite(values)
    bands = 12 * (heights - heights.min()) / (float(np.ptp(heights)) or 1.0)
    image = np.repeat((0.08 + 0.012 * bands + 0.1 * (bands.astype(int) % 2))[..., None], 3, axis=2)
    height, width = heights.shape
    places = [
        (round(float(y) * (height - 1)), round(float(x) * (width - 1))) if abs(x) < 2 and abs(y) < 2 else (-1, -1)
        for x, y in path
    ]
    _dots(image, places)
    return image


def heat(values: Any, limit: float | None = None, cell: int = 1) -> np.ndarray:
    """A table (h, w) of numbers as colours, `cell` x `cell` pixels each: orange above 0, blue below, black at 0.

    `limit` is the size of number that gets the full colour; by default the largest in `values`.
    """
    table = np.atleast_2d(_finite(values))
    most = float(np.abs(table).max()) if limit is None else limit
    share = np.clip(table / (most or 1.0), -1, 1)[..., None]
    image = np.where(share >= 0, share * np.array(LATE), -share * np.array(EARLY))
    pixels: np.ndarray = np.repeat(np.repeat(image, cell, axis=0), cell, axis=1)
    return pixels


def stacked(parts: Sequence[np.ndarray], axis: int, cell: int = 8) -> np.ndarray:
    """From which array each number of `np.stack(parts, axis)` comes, and how large it is.

    `parts` are arrays (h, w), whose numbers are drawn orange and blue in turn, the larger the brighter. The blocks of
    the result lie one under another with a black line between them; a number has `cell` x `cell` pixels.
    """
    low, high = min(part.min() for part in parts), max(part.max() for part in parts)
    shades = [(0.3 + 0.7 * (part - low) / (high - low or 1)) * (-1) ** k for k, part in enumerate(parts)]
    blocks = np.stack(shades, axis=axis)
    apart = np.pad(blocks, ((0, 0), (0, 1), (0, 0)))
    return heat(apart.reshape(-1, blocks.shape[2])[:-1], 1, cell)


def seven() -> np.ndarray:
    """A 7 as a picture (24, 36) of 0 and 1, its strokes three pixels wide: any rearrangement of it can be seen."""
    picture = np.zeros((24, 36))
    picture[3:6, 8:28] = 1
    picture[6:22, 11:29] = np.fliplr(np.tri(16, 18, 2) - np.tri(16, 18, -1))
    return picture


def _finite(values: Any) -> np.ndarray:
    """`values` as floats that can be scaled: NaN becomes 0, and nothing is beyond 1e30."""
    numbers: np.ndarray = np.clip(np.nan_to_num(np.asarray(values, float)), -1e30, 1e30)
    return numbers


def _dots(image: np.ndarray, places: Sequence[tuple[int, int]]) -> None:
    """Draw the (row, column) of a path into `image`, from early to late; what lies outside is left out."""
    height, width = image.shape[:2]
    for number, (row, column) in enumerate(places, start=1):
        if 0 <= row < height and 0 <= column < width:
            late = (number - 1) / max(1, len(places) - 1)
            color = [(1 - late) * early + late * end for early, end in zip(EARLY, LATE, strict=True)]
            _dot(image, row, column, _THICK // 2, color)
            if number == len(places):
                _dot(image, row, column, _THICK, [1.0] * 3)


def _dot(image: np.ndarray, row: int, column: int, reach: int, color: list[float]) -> None:
    image[max(0, row - reach) : row + reach + 1, max(0, column - reach) : column + reach + 1] = color
