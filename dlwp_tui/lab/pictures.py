"""Arrays and PIL images as PNG files among a run's artifacts."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PIL import Image

    from dlwp_tui.lab.lab import Lab


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
    return Image.fromarray(as_bytes(array))


def as_bytes(array: Any) -> Any:
    """`array` as uint8: booleans become 0 and 255, integers are cut to 0..255, floats in 0..1 are multiplied by 255.

    Floats that leave 0..1 are scaled from their minimum to their maximum.
    """
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
