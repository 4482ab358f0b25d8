"""Arrays, shapes and slices from the text a learner typed into a param that has a `form`.

The text has been checked and rewritten by `dlwp_tui.course.forms.canonical` before the run starts.
"""

from __future__ import annotations

import ast

import numpy as np


def matrix(text: str) -> np.ndarray:
    """`form = "matrix"`: "1 2 3; 4 5 6" -> (2, 3), int64; float64 where a number has a fraction."""
    array = np.array([[float(number) for number in row.split()] for row in text.split(";")])
    return array.astype(int) if (array == array.round()).all() else array


def array(text: str) -> np.ndarray:
    """`form = "array"`: "[[1, 2], [3, 4]]" -> (2, 2), int64 or float64; "12" -> a scalar, ()."""
    return np.array(ast.literal_eval(text))


def shape(text: str) -> tuple[int, ...]:
    """`form = "shape"`: "64, 3, 32, 10" -> (64, 3, 32, 10); "()" -> ()."""
    return tuple(int(size) for size in text.strip("()").split(",") if size)


def slices(text: str) -> tuple[int | slice, ...]:
    """`form = "slice"`: "0, 1:4, ::-1" -> (0, slice(1, 4), slice(None, None, -1)), what goes between brackets."""
    return tuple(_index(part) for part in text.split(", "))


def _index(text: str) -> int | slice:
    if ":" not in text:
        return int(text)
    return slice(*[int(bound) if bound else None for bound in text.split(":")])
