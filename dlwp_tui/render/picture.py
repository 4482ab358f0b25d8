"""Pictures in any terminal: two pixels a cell as half blocks, or brightness as ASCII."""

from __future__ import annotations

import math
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from rich.color import Color
from rich.style import Style
from rich.text import Text

from dlwp_tui.core.errors import DlwpError
from dlwp_tui.core.language import _

if TYPE_CHECKING:
    from PIL.Image import Image

FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP")
MOST = 20_000_000
"""Pixels of a picture that is looked at: 80 MB. A sheet of pictures of a run has a million."""
RAMP = " .:-=+*#%@"
"""From dark to bright on a dark background."""


class PictureError(DlwpError):
    """A file that is no picture, or none that can be read."""


def open_picture(path: Path) -> Image:
    """The picture in `path`, in memory and with the file closed; raises PictureError with the cause."""
    from dlwp_tui.data import pixels  # with Pillow 55 ms

    try:
        with pixels.opened(path, FORMATS, MOST) as found:
            return found.copy()
    except pixels.NotAPicture as error:
        raise PictureError(
            _("The picture {path} cannot be read: {reason}").format(path=path, reason=error),
            _("It may be incomplete: look again when the run has ended."),
        ) from error


def size_in_cells(picture: Image, width: int, height: int) -> tuple[int, int]:
    """The columns and rows `picture` takes within `width` x `height` cells; a cell is one pixel wide and two high."""
    factor = min(width / picture.width, 2 * height / picture.height)
    half = picture.height * factor / 2
    rows = round(half) if factor < 1 else math.ceil(half - 1e-9)  # of a picture that does not shrink no line is lost
    return max(1, min(width, round(picture.width * factor))), max(1, min(height, rows))


def scaled(image: Image, columns: int, rows: int) -> Image:
    """`image` as `columns` x `rows` cells of two pixels; one that grew to an odd height has its last line twice.

    Squeezed or stretched by that pixel it would lose a line somewhere, or have one twice: that of a grid.
    """
    from PIL import Image as images

    high = 2 * rows
    growth, rest = divmod(columns, image.width)
    if not rest and growth * image.height == high - 1:
        whole = image.resize((columns, high - 1), images.Resampling.NEAREST)
        image = whole.crop((0, 0, columns, high))
        image.paste(whole.crop((0, high - 2, columns, high - 1)), (0, high - 1))
        return image
    shrinks = columns < image.width or high < image.height
    return image.resize((columns, high), images.Resampling.BOX if shrinks else images.Resampling.NEAREST)


def half_blocks(picture: Image | Path, width: int, height: int, *, ascii: bool = False, dark: bool = True) -> Text:
    """`picture` within `width` x `height` cells, its proportions kept; lines of equal width, none trailing.

    Colours are 24 bit; Rich degrades them to what the terminal has. With `ascii` brightness becomes a character:
    for terminals without colour or without block characters; `dark` is for a dark background.
    """
    from PIL import Image as images

    image = open_picture(picture) if isinstance(picture, Path) else picture
    columns, rows = size_in_cells(image, width, height)
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        ground = images.new("RGBA", image.size, (0, 0, 0, 255) if dark else (255, 255, 255, 255))
        image = images.alpha_composite(ground, image.convert("RGBA"))
    if ascii:
        shrinks = columns < image.width or rows * 2 < image.height
        method = images.Resampling.BOX if shrinks else images.Resampling.NEAREST
        return _characters(image.convert("L").resize((columns, rows), method), dark)
    return _blocks(scaled(image.convert("RGB"), columns, rows))


def _blocks(image: Image) -> Text:
    data = image.tobytes()
    stride = image.width * 3
    text = Text(no_wrap=True, end="")
    for top in range(0, image.height, 2):
        if top:
            text.append("\n")
        upper, lower = data[top * stride : (top + 1) * stride], data[(top + 1) * stride : (top + 2) * stride]
        run, current = 0, b""
        for at in range(0, stride, 3):
            pair = upper[at : at + 3] + lower[at : at + 3]
            if pair != current and run:
                text.append("▀" * run, _style(current))
                run = 0
            current, run = pair, run + 1
        text.append("▀" * run, _style(current))
    return text


def _characters(image: Image, dark: bool) -> Text:
    ramp = RAMP if dark else RAMP[::-1]
    levels = [ramp[level * len(ramp) // 256] for level in range(256)]
    data = image.tobytes()
    rows = [data[at : at + image.width] for at in range(0, len(data), image.width)]
    return Text("\n".join("".join(levels[level] for level in row) for row in rows), no_wrap=True, end="")


@lru_cache(maxsize=65536)  # a grey picture has few colours; building a Style costs 4 µs
def _style(pair: bytes) -> Style:
    return Style.from_color(Color.from_rgb(*pair[:3]), Color.from_rgb(*pair[3:]))
