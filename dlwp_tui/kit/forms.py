"""What a learner typed, for lessons: an array, a shape, slices, out of the text of a param with that `form`.

The text is what `dlwp_tui.course.forms.canonical` made of it: what cannot be read was refused before the start.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np


def array(text: str) -> np.ndarray:
    """Of `form = "array"`: "[[1, 2], [3, 4]]" -> (2, 2), int64 or float64; "12" -> a scalar, ()."""
    import numpy as np

    return np.array(ast.literal_eval(text))


def shape(text: str) -> tuple[int, ...]:
    """Of `form = "shape"`: "64, 3, 32, 10" -> (64, 3, 32, 10); "()" -> ()."""
    return tuple(int(size) for size in text.strip("()").split(",") if size)


def slices(text: str) -> tuple[int | slice, ...]:
    """Of `form = "slice"`: "0, 1:4, ::-1" -> (0, slice(1, 4), slice(None, None, -1)), as between square brackets."""
    return tuple(_index(part) for part in text.split(", "))


def _index(text: str) -> int | slice:
    if ":" not in text:
        return int(text)
    return slice(*[int(bound) if bound else None for bound in text.split(":")])
