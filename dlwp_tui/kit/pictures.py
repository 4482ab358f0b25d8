"""Pictures for lessons: the learner's own as an array, contact sheets, and a heat map laid over a picture."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import numpy as np
from PIL import Image

from dlwp_tui.data import pixels
from dlwp_tui.lab.pictures import as_bytes, tiled

_WARM = np.array([[0, 0, 96], [0, 64, 255], [0, 224, 224], [255, 224, 0], [255, 32, 0]], np.float64)
"""The colours of a heat map from 0 to 1: dark blue, blue, cyan, yellow, red, as in the book."""


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
    `lab.picture_grid` shows many pictures better; a sheet is for `lab.frames`.
    """
    return tiled(images, columns, gap)


def heat_map(values: Any) -> np.ndarray:
    """A table (h, w) of numbers as colours, uint8 (h, w, 3): its lowest dark blue, its highest red."""
    table = np.nan_to_num(np.asarray(values, np.float64))
    low, high = table.min(), table.max()
    share = (table - low) / (high - low) if high > low else np.zeros_like(table)
    places = np.linspace(0, 1, len(_WARM))
    return np.stack([np.interp(share, places, _WARM[:, part]) for part in range(3)], axis=-1).round().astype(np.uint8)


def overlay(image: Any, values: Any, strength: float = 0.4) -> np.ndarray:
    """The heat map of `values` (h, w), scaled to the size of `image`, laid over it: uint8 (H, W, 3).

    `image` is (H, W), (H, W, 1) or (H, W, 3), bytes or floats as `lab.picture` takes them; `strength` is the share of
    the heat map. The values are scaled smoothly first and coloured then.
    """
    picture = as_bytes(np.asarray(image))
    if picture.ndim == 2 or picture.shape[2] == 1:
        picture = np.repeat(picture.reshape(*picture.shape[:2], 1), 3, axis=2)
    height, width = picture.shape[:2]
    table = Image.fromarray(np.nan_to_num(np.asarray(values, np.float32)))
    smooth = np.asarray(table.resize((width, height), Image.Resampling.BICUBIC))
    mixed: np.ndarray = np.round((1 - strength) * picture + strength * heat_map(smooth)).astype(np.uint8)
    return mixed
