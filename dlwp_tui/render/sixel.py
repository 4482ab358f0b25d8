"""Pictures as sixels: bands of six rows of pixels, run-length coded, of at most 255 colours.

A sixel picture is painted over cells and erased when they are written again, so it suits what stands still: a picture
on the whole screen, and `dlwp picture`.
"""

from __future__ import annotations

import fcntl
import struct
import sys
import termios
from itertools import groupby
from typing import TYPE_CHECKING

from dlwp_tui.render.tiles import inside

if TYPE_CHECKING:
    from PIL.Image import Image

COLOURS = 255
MOST = 1000
"""Pixels a picture is wide and high at most: xterm shows nothing of a larger one, unless it is set up to."""
USUAL_CELL = (10, 20)
"""Pixels of a cell where the terminal does not say."""


def cell_size() -> tuple[int, int]:
    """Width and height of a cell in pixels, as the terminal says; SSH hands it on."""
    for stream in (sys.__stdout__, sys.__stderr__):
        try:
            answer = fcntl.ioctl(stream.fileno(), termios.TIOCGWINSZ, bytes(8)) if stream is not None else bytes(8)
        except (OSError, ValueError):
            continue
        rows, columns, width, height = struct.unpack("HHHH", answer)
        if min(rows, columns, width, height) > 0:
            return max(1, width // columns), max(1, height // rows)
    return USUAL_CELL


def size(image: Image, columns: int, rows: int) -> tuple[int, int]:
    """The pixels of `image` in a room of cells; a small one grows by a whole number."""
    wide, high = cell_size()
    return inside(image.width, image.height, min(MOST, columns * wide), min(MOST, rows * high))


def encode(image: Image, width: int, height: int, seen: int | None = None) -> str:
    """`image` scaled to `width` x `height` pixels, as one escape sequence: its first `seen` rows, all by default.

    Transparent parts are black.
    """
    from PIL import Image as images

    width, height = max(1, width), max(1, height)
    small = image.convert("RGB")
    if width < image.width:
        small = small.resize((width, height), images.Resampling.BOX)
    coded = small.quantize(COLOURS, dither=images.Dither.NONE)
    times = width // coded.width if width % coded.width == 0 else 1  # a wider pixel is a longer run
    coded = coded.resize((width // times, height), images.Resampling.NEAREST).crop(
        (0, 0, width // times, seen or height)
    )
    palette = coded.getpalette() or []
    data, wide = coded.tobytes(), coded.width
    used = sorted(set(data))
    parts = [f'\x1bP0;1;0q"1;1;{width};{coded.height}']
    parts += [
        f"#{colour};2;" + ";".join(str(round(part * 100 / 255)) for part in palette[3 * colour : 3 * colour + 3])
        for colour in used
    ]
    bands: dict[bytes, str] = {}
    for top in range(0, coded.height, 6):
        band = data[top * wide : (top + 6) * wide]
        if band not in bands:  # those of an enlarged picture are often equal
            bands[band] = _band(band, wide, times)
        parts.append(bands[band])
    return "".join(parts) + "\x1b\\"


def _band(band: bytes, wide: int, times: int) -> str:
    """Up to six rows of `wide` pixels, each of them `times` as wide: one colour after the other."""
    rows = [band[at : at + wide] for at in range(0, len(band), wide)]
    parts = []
    for colour in sorted(set(band)):
        bits = [0] * wide
        for bit, row in enumerate(rows):
            at = row.find(colour)
            while at >= 0:
                bits[at] |= 1 << bit
                at = row.find(colour, at + 1)
        parts.append(f"#{colour}{_packed(bits, times)}$")
    return "".join(parts) + "-"


def _packed(bits: list[int], times: int) -> str:
    """A band of one colour: a character a column, runs as `!count`, nothing at the end where nothing is set."""
    runs = [(value, times * sum(1 for _one in same)) for value, same in groupby(bits)]
    if runs and runs[-1][0] == 0:
        runs.pop()
    return "".join(f"!{count}{chr(63 + value)}" if count > 3 else chr(63 + value) * count for value, count in runs)
