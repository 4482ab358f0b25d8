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

if TYPE_CHECKING:
    from PIL.Image import Image

COLOURS = 255
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


def encode(image: Image, width: int, height: int) -> str:
    """`image` scaled to `width` x `height` pixels, as one escape sequence. Transparent parts are black."""
    from PIL import Image as images

    method = images.Resampling.BOX if width < image.width else images.Resampling.NEAREST
    small = image.convert("RGB").resize((max(1, width), max(1, height)), method)
    coded = small.quantize(COLOURS, dither=images.Dither.NONE)
    palette = coded.getpalette() or []
    data, wide = coded.tobytes(), coded.width
    used = sorted(set(data))
    parts = [f'\x1bP0;1;0q"1;1;{wide};{coded.height}']
    parts += [
        f"#{colour};2;" + ";".join(str(round(part * 100 / 255)) for part in palette[3 * colour : 3 * colour + 3])
        for colour in used
    ]
    for top in range(0, coded.height, 6):
        rows = [data[row * wide : (row + 1) * wide] for row in range(top, min(top + 6, coded.height))]
        for colour in sorted(set(b"".join(rows))):
            bits = [0] * wide
            for bit, row in enumerate(rows):
                at = row.find(colour)
                while at >= 0:
                    bits[at] |= 1 << bit
                    at = row.find(colour, at + 1)
            parts.append(f"#{colour}{_packed(bits)}$")
        parts.append("-")
    return "".join(parts) + "\x1b\\"


def _packed(bits: list[int]) -> str:
    """A band of one colour: a character a column, runs as `!count`, nothing at the end where nothing is set."""
    runs = [(value, sum(1 for _one in same)) for value, same in groupby(bits)]
    if runs and runs[-1][0] == 0:
        runs.pop()
    return "".join(f"!{count}{chr(63 + value)}" if count > 3 else chr(63 + value) * count for value, count in runs)
