"""Arrays and PIL images as PNG files among a run's artifacts: one picture, a grid of many, the states of one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from PIL import Image

    from dlwp_tui.lab.lab import Lab

GAP = 96
"""The grey between two pictures of a grid: visible beside black and beside white."""
FRAMES = 60
"""States kept of a picture that changes. Where there are more, every second one is left out, then every second of
those: a slider of 60 places can still be walked, and 60 pictures of 100 KB are 6 MB."""


def save_png(lab: Lab, name: str, image: Any) -> tuple[Path, int, int]:
    """Write `image` as `<name>.png` (`<name>-2.png` when there is one already); returns path, width and height."""
    picture = to_pil(name, image)
    path = lab.artifact(f"{_stem(name)}.png")
    number = 2
    while path.exists():
        path = lab.artifact(f"{_stem(name)}-{number}.png")
        number += 1
    _write(picture, path)
    return path, picture.width, picture.height


def grid(
    name: str, images: Any, captions: Sequence[str] = (), *, columns: int = 8, each: bool = False
) -> tuple[np.ndarray, dict[str, Any]]:
    """`images`, an array or a list of arrays, as one picture, and the `tiles` of its event (see `runs/kinds.py`).

    Raises ValueError for other shapes than `tiled` takes, or another number of captions.
    """
    import numpy as np

    images = images.numpy() if callable(getattr(images, "numpy", None)) else images
    array = np.stack([np.asarray(one) for one in images]) if isinstance(images, list | tuple) else np.asarray(images)
    if captions and len(captions) != len(array):
        raise ValueError(f"grid {name!r}: {len(captions)} captions for {len(array)} pictures")
    whole = tiled(array, columns, 1, each=each)
    tiles = {
        "count": len(array),
        "columns": min(columns, len(array)),
        "width": array.shape[2],
        "height": array.shape[1],
        "gap": 1,
        "captions": list(map(str, captions)),
    }
    return whole, tiles


class Frames:
    """The states of one picture that changes: `<name>/<step>.png`, at most FRAMES of them, the first and last always.

    Those of an earlier process stay, where the run goes on from a checkpoint, up to the step at which it goes on.
    """

    def __init__(self, lab: Lab, name: str) -> None:
        self._name = name
        self._folder = lab.artifact(f"{_stem(name)}/frames").parent
        steps = sorted(int(path.stem) for path in self._folder.glob("*.png") if path.stem.isdecimal())
        self._kept = {step: number for number, step in enumerate(steps)}
        """Step of each kept state -> its number among all that were added."""
        self._added = len(steps)
        self._every = 1
        """Only states whose number is a multiple of this are kept, and the last."""

    def add(self, step: int, image: Any) -> tuple[list[tuple[int, Path]], int, int]:
        """Write the state at `step`; returns all that are kept, oldest first, and the width and height of this one.

        Raises ValueError for a step below 0, and for no picture.
        """
        if step < 0:
            raise ValueError(f"frames {self._name!r}: step {step} is below 0")
        picture = to_pil(self._name, image)
        _write(picture, self._path(step))
        kept = {one: number for one, number in self._kept.items() if one < step and number % self._every == 0}
        if len(kept) == FRAMES:
            self._every *= 2
            kept = {one: number for one, number in kept.items() if number % self._every == 0}
        kept[step] = self._added
        self._added += 1
        for gone in self._kept.keys() - kept.keys():
            self._path(gone).unlink(missing_ok=True)
        self._kept = kept
        return [(one, self._path(one)) for one in kept], picture.width, picture.height

    def _path(self, step: int) -> Path:
        return self._folder / f"{step:06d}.png"


def tiled(images: Any, columns: int = 8, gap: int = 1, *, each: bool = False) -> np.ndarray:
    """Pictures row by row with `gap` grey pixels between them, as uint8 (H, W) or (H, W, 3).

    `images` is (n, h, w), (n, h, w, 1) or (n, h, w, 3): bytes, or floats, which are scaled together where one of them
    leaves 0..1; with `each` every picture is scaled from its own minimum to its own maximum. Fewer pictures than
    `columns` make one shorter row. Raises ValueError for other shapes.
    """
    import numpy as np

    array = np.asarray(images)
    if array.ndim == 4 and array.shape[3] == 1:
        array = array[..., 0]
    if not array.size or not (array.ndim == 3 or (array.ndim == 4 and array.shape[3] == 3)):
        raise ValueError(f"pictures of shape {array.shape} are not (n, h, w), (n, h, w, 1) or (n, h, w, 3) with n > 0")
    if columns < 1 or gap < 0:
        raise ValueError(f"{columns} columns with gaps of {gap} pixels cannot be drawn")
    count, height, width = array.shape[:3]
    columns = min(columns, count)
    rows = -(-count // columns)
    tiles = np.full((rows * columns, height + gap, width + gap, *array.shape[3:]), GAP, np.uint8)
    tiles[:, :height, :width] = 0  # places that stay free at the end of the last row are black
    tiles[:count, :height, :width] = np.stack([stretched(one) for one in array]) if each else as_bytes(array)
    grid = tiles.reshape(rows, columns, *tiles.shape[1:]).swapaxes(1, 2)
    whole = grid.reshape(rows * (height + gap), columns * (width + gap), *array.shape[3:])
    return whole[: whole.shape[0] - gap, : whole.shape[1] - gap]


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
    if array.min() < 0 or array.max() > 1:
        return stretched(array)
    return np.round(array * 255).astype(np.uint8)


def stretched(array: Any) -> Any:
    """`array` as uint8 from its minimum, 0, to its maximum, 255; one value throughout is 0."""
    import numpy as np

    array = np.nan_to_num(np.asarray(array).astype(np.float64))
    low, high = float(array.min()), float(array.max())
    scaled = (array - low) / (high - low) if high > low else np.zeros_like(array)
    return np.round(scaled * 255).astype(np.uint8)


def _stem(name: str) -> str:
    """`name` as a file's name."""
    return re.sub(r"[^\w.-]+", "-", name).strip("-.") or "picture"


def _write(picture: Image.Image, path: Path) -> None:
    """As PNG, in one go: a reader never finds half of it."""
    part = path.with_name(f".part-{path.name}")
    picture.save(part, format="PNG")
    part.replace(path)
