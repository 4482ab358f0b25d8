"""Pictures: the learner's own as an array, and contact sheets, many small ones of one size as one."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import numpy as np

from dlwp_tui.data import pixels
from dlwp_tui.lab.pictures import as_bytes

_GAP = 96  # the grey between two pictures: visible beside black and beside white


def read_picture(
    path: Path, size: tuple[int | None, int | None] = (None, None), fit: Literal["crop", "stretch"] = "crop"
) -> np.ndarray:
    """The JPEG, PNG or WebP file at `path` as (h, w, 3) uint8, RGB, upright, on white where it is transparent.

    size: (height, width); with one of them None the picture keeps its proportions, with both its size. Where both are
    given and the proportions differ, "crop" cuts the edges off and "stretch" distorts, as Keras' loaders do. Raises
    DataError, a sentence for the learner, for what is no picture, damaged, tiny or absurdly large.
    """
    return pixels.picture(path, size, fit)


def sheet(images: Any, columns: int = 8, gap: int = 1) -> np.ndarray:
    """Pictures row by row with `gap` grey pixels between them, as uint8 (H, W) or (H, W, 3) for `lab.picture`.

    `images` is (n, h, w), (n, h, w, 1) or (n, h, w, 3): bytes, or floats, which are scaled together where one of them
    leaves 0..1. Fewer pictures than `columns` make one shorter row. Raises ValueError for other shapes.
    """
    array = np.asarray(images)
    if array.ndim == 4 and array.shape[3] == 1:
        array = array[..., 0]
    if not array.size or not (array.ndim == 3 or (array.ndim == 4 and array.shape[3] == 3)):
        raise ValueError(f"sheet: shape {array.shape} is not (n, h, w), (n, h, w, 1) or (n, h, w, 3) with n > 0")
    if columns < 1 or gap < 0:
        raise ValueError(f"sheet: {columns} columns with gaps of {gap} pixels cannot be drawn")
    count, height, width = array.shape[:3]
    columns = min(columns, count)
    rows = -(-count // columns)
    tiles = np.full((rows * columns, height + gap, width + gap, *array.shape[3:]), _GAP, np.uint8)
    tiles[:, :height, :width] = 0  # places that stay free at the end of the last row are black
    tiles[:count, :height, :width] = as_bytes(array)
    grid = tiles.reshape(rows, columns, *tiles.shape[1:]).swapaxes(1, 2)
    whole = grid.reshape(rows * (height + gap), columns * (width + gap), *array.shape[3:])
    return whole[: whole.shape[0] - gap, : whole.shape[1] - gap]
