"""Pictures: the learner's own as an array, and contact sheets, many small ones of one size as one."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import numpy as np

from dlwp_tui.data import pixels
from dlwp_tui.lab.pictures import tiled


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
    return tiled(images, columns, gap)
