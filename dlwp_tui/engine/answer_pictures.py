"""The pictures in a demo's answers: written as PNG files, their places in the message instead of them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from dlwp_tui.lab.pictures import grid, to_pil
from dlwp_tui.runs.folder import RunFolder

if TYPE_CHECKING:
    from PIL.Image import Image

COMPRESS = 1
"""zlib's fastest level: three times faster than the usual one, and the file lives for a second."""


class AnswerPictures:
    """Writes the pictures of answers to two sets of files in turn, so that one may be read while the next is drawn."""

    def __init__(self, folder: RunFolder, demo: str) -> None:
        self._folder = folder.artifacts / "demo"
        self._stem = f"{demo}-{os.getpid()}"
        self._count = 0
        self._number = 0

    def written(self, answer: Mapping[str, Any]) -> dict[str, Any]:
        """`answer` with `picture`, `pictures` and `grids` replaced by where they are; see LESSONS.md, Demos.

        `picture` becomes the path of a file, `pictures` a list of {name, file, width, height}, `grids` such a list
        with the `tiles` of each. Raises ValueError for what is no picture.
        """
        message = dict(answer)
        self._count += 1
        self._number = 0
        if "picture" in message and not isinstance(message["picture"], str):
            message["picture"] = self._write("picture", to_pil("picture", message["picture"]))["file"]
        if "pictures" in message:
            message["pictures"] = [
                self._write(str(name), to_pil(str(name), image)) for name, image in dict(message["pictures"]).items()
            ]
        if "grids" in message:
            message["grids"] = [self._grid(str(name), given) for name, given in dict(message["grids"]).items()]
        return message

    def _grid(self, name: str, given: Any) -> dict[str, Any]:
        from PIL import Image as images

        options: dict[str, Any] = {"columns": 8, "each": True, "captions": []}
        if isinstance(given, Mapping):
            options |= {key: value for key, value in given.items() if key != "images"}
            given = given["images"]
        whole, tiles = grid(name, given, **options)
        return {**self._write(name, images.fromarray(whole)), "tiles": tiles}

    def _write(self, name: str, picture: Image) -> dict[str, Any]:
        self._folder.mkdir(parents=True, exist_ok=True)
        self._number += 1
        path = self._folder / f"{self._stem}-{self._count % 2}-{self._number}.png"
        part = path.with_suffix(".part")
        picture.save(part, format="PNG", compress_level=COMPRESS)
        part.replace(path)
        return {"name": name, "file": str(path), "width": picture.width, "height": picture.height}
