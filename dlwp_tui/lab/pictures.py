"""Arrays and PIL images as PNG files among a run's artifacts, and contact sheets of many."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from PIL import Image

    from dlwp_tui.lab.lab import Lab

_GAP = 96  # grey: seen beside black and beside white


def sheet(images: Any, columns: int = 8, gap: int = 1) -> np.ndarray:
    """Many pictures of one size as one for `lab.picture`, row by row, `gap` grey pixels between them.

    `images` (n, h, w), (n, h, w, 1) or (n, h, w, 3), as `lab.picture` takes one: bytes, or floats that are scaled
    together where one leaves 0..1. Fewer pictures than `columns` make one shorter row. Raises ValueError for others.
    """
    import numpy as np

    array = np.asarray(images.numpy() if callable(getattr(images, "numpy", None)) else images)
    if array.ndim == 4 and array.shape[3] == 1:
        array = array[..., 0]
    if not array.size or not (array.ndim == 3 or (array.ndim == 4 and array.shape[3] == 3)):
        raise ValueError(f"sheet: shape {array.shape} is not (n, h, w), (n, h, w, 1) or (n, h, w, 3) with n > 0")
    if columns < 1 or gap < 0:
        raise ValueError(f"sheet: {columns} columns with gaps of {gap} pixels cannot be drawn")
    tiles = _bytes(array)
    count, height, width = tiles.shape[:3]
    columns = min(columns, count)
    rows = -(-count // columns)
    whole = np.zeros((rows * (height + gap) - gap, columns * (width + gap) - gap, *tiles.shape[3:]), np.uint8)
    for edge in range(1, rows):
        whole[edge * (height + gap) - gap : edge * (height + gap)] = _GAP
    for edge in range(1, columns):
        whole[:, edge * (width + gap) - gap : edge * (width + gap)] = _GAP
    for place, tile in enumerate(tiles):
        top, left = (place // columns) * (height + gap), (place % columns) * (width + gap)
        whole[top : top + height, left : left + width] = tile
    return whole


def save_png(lab: Lab, name: str, image: Any) -> tuple[Path, int, int]:
    """Write `image` as `<name>.png` (`<name>-2.png` when there is one already); returns path, width and height."""
    picture = to_pil(name, image)
    stem = re.sub(r"[^\w.-]+", "-", name).strip("-.") or "picture"
    path = lab.artifact(f"{stem}.png")
    number = 2
    while path.exists():
        path = lab.artifact(f"{stem}-{number}.png")
        number += 1
    part = path.with_name(f".part-{path.name}")
    picture.save(part, format="PNG")
    part.replace(path)
    return path, picture.width, picture.height


def to_pil(name: str, image: Any) -> Image.Image:
    """`image` as a PIL image. Raises ValueError that gives the shape when it cannot be one."""
    import numpy as np
    from PIL import Image

    if isinstance(image, Image.Image):
        return image
    array = np.asarray(image.numpy() if callable(getattr(image, "numpy", None)) else image)
    if array.ndim == 3 and array.shape[2] == 1:
        array = array[:, :, 0]
    if array.size == 0 or not (array.ndim == 2 or (array.ndim == 3 and array.shape[2] in (3, 4))):
        raise ValueError(f"picture {name!r}: shape {array.shape} is not (h, w), (h, w, 1), (h, w, 3) or (h, w, 4)")
    return Image.fromarray(_bytes(array))


def _bytes(array: Any) -> Any:
    import numpy as np

    if array.dtype.kind == "b":
        return array.astype(np.uint8) * 255
    if array.dtype.kind in "iu":
        return np.clip(array, 0, 255).astype(np.uint8)
    array = np.nan_to_num(array.astype(np.float64))
    low, high = float(array.min()), float(array.max())
    if low < 0 or high > 1:
        array = (array - low) / (high - low) if high > low else np.zeros_like(array)
    return np.round(array * 255).astype(np.uint8)
