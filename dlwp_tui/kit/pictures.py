"""Contact sheets: many small pictures of one size as one picture."""

from __future__ import annotations

from typing import Any

import numpy as np

from dlwp_tui.lab.pictures import tiled


def sheet(images: Any, columns: int = 8, gap: int = 1) -> np.ndarray:
    """Pictures row by row with `gap` grey pixels between them, as uint8 (H, W) or (H, W, 3) for `lab.picture`.

    `images` is (n, h, w), (n, h, w, 1) or (n, h, w, 3): bytes, or floats, which are scaled together where one of them
    leaves 0..1. Fewer pictures than `columns` make one shorter row. Raises ValueError for other shapes.
    """
    return tiled(images, columns, gap)
