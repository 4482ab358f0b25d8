"""A drawn digit, made like MNIST's: scaled into a box of 20 x 20 pixels, its centre of mass in the middle of 28 x 28.

A network that never saw a digit in a corner, a tiny one or one drawn with a hair's breadth does not know it: all of
MNIST's scans were prepared so. The steps are those of its makers (http://yann.lecun.com/exdb/mnist/); the width of
the pen, which a mouse does not have, is seen to last.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dlwp_tui.errors import UsageError
from dlwp_tui.i18n import _

if TYPE_CHECKING:
    import numpy as np

SIDE, BOX = 28, 20
"""Pixels of a picture's side, and of the box a digit fills."""
_INK = 0.1  # a drawing without a pixel as strong as this is taken for an empty one
_THIN, _PEN = 1.6, 2.4  # pixels: strokes thinner than all but 4 % of MNIST's are widened to the median of MNIST's


def centred(drawn: Any) -> np.ndarray:
    """(28, 28) float32 in 0..1, 0 being empty, of a digit drawn anywhere and at any size on (h, w) numbers in 0..1.

    Raises UsageError when nothing is drawn, or when `drawn` is no such picture.
    """
    import numpy as np

    picture = _checked(drawn)
    rows, columns = (np.flatnonzero(picture.any(axis=axis)) for axis in (1, 0))
    digit = picture[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    page = _on_a_page(_scaled(digit))
    pen = _pen(page)
    return _widened(page, _PEN - pen) if pen < _THIN else page


def _checked(drawn: Any) -> np.ndarray:
    import numpy as np

    try:
        picture = np.asarray(drawn, dtype=np.float32)
    except (TypeError, ValueError):
        picture = np.zeros(0, np.float32)
    if picture.ndim != 2 or not picture.size or not np.isfinite(picture).all():
        raise UsageError(_("A drawing is a table of numbers from 0 (empty) to 1 (ink), with rows of equal length."))
    picture = np.clip(picture, 0, 1)
    if picture.max() < _INK:
        raise UsageError(_("Nothing is drawn yet."))
    return picture


def _scaled(digit: np.ndarray) -> np.ndarray:
    """`digit` with 20 pixels at its longer side, smoothed where it shrinks as MNIST's edges are, its strongest 1."""
    import numpy as np
    from PIL import Image

    longer = max(digit.shape)
    if longer != BOX:
        height, width = (max(1, round(side * BOX / longer)) for side in digit.shape)
        digit = np.asarray(Image.fromarray(digit).resize((width, height), Image.Resampling.BILINEAR))
    scaled: np.ndarray = digit / digit.max()
    return scaled


def _on_a_page(digit: np.ndarray) -> np.ndarray:
    """`digit` on 28 x 28 empty pixels, moved by whole pixels until its centre of mass is nearest to (14, 14)."""
    import numpy as np

    page = np.zeros((SIDE, SIDE), np.float32)
    places = []
    for axis, size in enumerate(digit.shape):
        ink = digit.sum(axis=1 - axis)
        middle = float((ink * np.arange(size)).sum() / ink.sum())
        places.append(min(max(round(SIDE / 2 - middle), 0), SIDE - size))
    top, left = places
    page[top : top + digit.shape[0], left : left + digit.shape[1]] = digit
    return page


def _pen(page: np.ndarray) -> float:
    """The width of the strokes in pixels: twice the area over the length of its edge."""
    import numpy as np

    edge = sum(float(np.abs(np.diff(page, axis=axis)).sum()) for axis in (0, 1)) * np.pi / 4
    return 2 * float(page.sum()) / edge


def _widened(page: np.ndarray, by: float) -> np.ndarray:
    """Each pixel as dark as it or, by a share, its darkest neighbour: strokes `by` pixels wider, up to 2."""
    import numpy as np

    padded = np.pad(page, 1)
    around = [padded[1 + dy : 1 + dy + SIDE, 1 + dx : 1 + dx + SIDE] for dy, dx in ((0, 1), (1, 0), (0, -1), (-1, 0))]
    wider: np.ndarray = np.maximum(page, min(1.0, by / 2) * np.max(around, axis=0))
    return wider
