"""Small pictures of numbers, for lessons: a hill with a path on it, a valley from above, a heat map.

Arrays (h, w, 3) of floats in 0..1 for `lab.picture`. Lines and dots are three pixels wide: the app shows 144 x 96
pixels in some 50 x 17 cells, and thinner ones would fade.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

WIDTH, HEIGHT = 144, 96
_THICK = 3  # pixels
EARLY, LATE = (0.3, 0.6, 1.0), (1.0, 0.55, 0.1)
"""Blue and orange: told apart by anybody, on dark and on light."""


def landscape(f: Callable[[Any], Any], path: Sequence[Any], reach: tuple[float, float] = (2.4, 1.6)) -> np.ndarray:
    """A function of one or two coordinates and the places `path` visits: its `hill` or its `valley`.

    `f` takes coordinates (1, w) or (2, h, w) and gives heights (w,) or (h, w). `path` holds places (1,) or (2,); shown
    is -reach[0]..reach[0] from left to right, -reach[1]..reach[1] from the bottom up.
    """
    import numpy as np

    x, y = np.linspace(-reach[0], reach[0], WIDTH), np.linspace(reach[1], -reach[1], HEIGHT)
    places = np.array(path, float)
    across = places[:, 0] / reach[0] / 2 + 0.5
    if places.shape[1] == 1:
        return hill(f(x[None]), across)
    return valley(f(np.array(np.meshgrid(x, y))), zip(across, 0.5 - places[:, 1] / reach[1] / 2, strict=True))


def hill(heights: Any, path: Iterable[float]) -> np.ndarray:
    """A hillside in profile and the places `path` visits, blue first, orange later, the last one white.

    `heights` are the values from left to right, any number of them. `path` is in shares of the width, 0 left and 1
    right; places outside are not drawn.
    """
    import numpy as np

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
    """A landscape from above, as contour bands, and the places `path` visits, as in `hill`.

    `values` (h, w) is drawn one pixel each; `path` holds (x, y) in shares of width and height, (0, 0) at the top left.
    """
    import numpy as np

    heights = _finite(values)
    bands = 12 * (heights - heights.min()) / (float(np.ptp(heights)) or 1.0)
    image = np.repeat((0.08 + 0.012 * bands + 0.1 * (bands.astype(int) % 2))[..., None], 3, axis=2)
    height, width = heights.shape
    _dots(
        image,
        [
            (round(float(y) * (height - 1)), round(float(x) * (width - 1))) if max(abs(x), abs(y)) < 2 else (-1, -1)
            for x, y in path
        ],
    )
    return image


def heat(values: Any, limit: float | None = None, cell: int = 1) -> np.ndarray:
    """A table of numbers as colours: orange above 0, blue below, black at 0; `cell` pixels a side each.

    `limit` is the size that gets the full colour; without it the largest in `values`.
    """
    import numpy as np

    table = np.atleast_2d(_finite(values))
    most = float(np.abs(table).max()) if limit is None else limit
    share = np.clip(table / (most or 1.0), -1, 1)[..., None]
    image = np.where(share >= 0, share * np.array(LATE), -share * np.array(EARLY))
    pixels: np.ndarray = np.repeat(np.repeat(image, cell, axis=0), cell, axis=1)
    return pixels


def _finite(values: Any) -> np.ndarray:
    """`values` as floats that can be scaled: NaN is 0, and nothing is beyond 1e30."""
    import numpy as np

    numbers: np.ndarray = np.clip(np.nan_to_num(np.asarray(values, float)), -1e30, 1e30)
    return numbers


def _dots(image: np.ndarray, places: list[tuple[int, int]]) -> None:
    """Colour the (row, column) of a path, from early to late; what lies outside is left out."""
    height, width = image.shape[:2]
    last: tuple[int, int] | None = None
    for number, (row, column) in enumerate(places):
        if 0 <= row < height and 0 <= column < width:
            late = number / max(1, len(places) - 1)
            color = [(1 - late) * early + late * end for early, end in zip(EARLY, LATE, strict=True)]
            _dot(image, row, column, _THICK // 2, color)
            last = row, column
    if last is not None and last == places[-1]:
        _dot(image, *last, _THICK, [1.0] * 3)


def _dot(image: np.ndarray, row: int, column: int, reach: int, color: list[float]) -> None:
    image[max(0, row - reach) : row + reach + 1, max(0, column - reach) : column + reach + 1] = color
