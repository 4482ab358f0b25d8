"""Pictures by kitty's graphics protocol, placed by Unicode placeholders.

The picture is sent once under a number; then cells of text stand for it: U+10EEEE with two combining characters, which
say the row and the column, in a colour that says the number. Such text is moved, cropped and covered like any other,
also by tmux (with `set -g allow-passthrough on`), which knows nothing of pictures. kitty and Ghostty have it.
See https://sw.kovidgoyal.net/kitty/graphics-protocol/#unicode-placeholders
"""

from __future__ import annotations

import base64
import secrets
from collections import OrderedDict
from collections.abc import Callable
from hashlib import blake2b
from io import BytesIO
from typing import TYPE_CHECKING

from rich.color import Color
from rich.style import Style
from rich.text import Text

from dlwp_tui.render.look import Look
from dlwp_tui.render.picture import size_in_cells

if TYPE_CHECKING:
    from PIL.Image import Image

PLACEHOLDER = "\U0010eeee"
KEPT = 100_000_000
"""Bytes of pictures kept in the terminal's memory, which kitty bounds at 320 MB; what was drawn longest ago is deleted.

Not a number of pictures: one page of a grid may have a thousand small ones, all in view."""
CELL = (10, 20)
"""Pixels of a cell, about: what a picture is scaled to before it is sent. The terminal fits it to its own cells."""
CHUNK = 4096
"""Bytes of base64 in one escape sequence: the protocol's limit."""
_RANGES = (
    "305 30d-30e 310 312 33d-33f 346 34a-34c 350-352 357 35b 363-36f 483-487 592-595 597-599 59c-5a1 5a8-5a9 5ab-5ac "
    "5af 5c4 610-617 657-65b 65d-65e 6d6-6dc 6df-6e2 6e4 6e7-6e8 6eb-6ec 730 732-733 735-736 73a 73d 73f-741 743 745 "
    "747 749-74a 7eb-7f1 7f3 816-819 81b-823 825-827 829-82d 951 953-954 f82-f83 f86-f87 135d-135f 17dd 193a 1a17 "
    "1a75-1a7c 1b6b 1b6d-1b73 1cd0-1cd2 1cda-1cdb 1ce0 1dc0-1dc1 1dc3-1dc9 1dcb-1dcc 1dd1-1de6 1dfe 20d0-20d1 "
    "20d4-20d7 20db-20dc 20e1 20e7 20e9 20f0 2cef-2cf1 2de0-2dff"
)
"""The combining characters that stand for 0, 1, 2, ...: those of class 230 without decomposition in Unicode 6.0, in
order of their numbers, but for some that may be fused with others. The protocol names 297; these are its first."""


def _numbers() -> list[str]:
    found = []
    for part in _RANGES.split():
        first, _dash, last = part.partition("-")
        found += [chr(number) for number in range(int(first, 16), int(last or first, 16) + 1)]
    return found


NUMBERS = _numbers()


class KittyLook(Look):
    """Draws by sending each picture once and returning placeholders for it."""

    def __init__(self, send: Callable[[str], None], *, dark: bool = True, tmux: bool = False) -> None:
        """send: writes to the terminal, between two frames. tmux: the sequences are passed through it."""
        super().__init__(dark=dark)
        self._send = send
        self._tmux = tmux
        self._sent: OrderedDict[bytes, tuple[int, int]] = OrderedDict()
        self._bytes = 0

    def draw(self, image: Image, width: int, height: int) -> Text:
        columns, rows = size_in_cells(image, min(width, len(NUMBERS)), min(height, len(NUMBERS)))
        scaled = _scaled(image, columns * CELL[0], rows * CELL[1])
        key = blake2b(scaled.tobytes() + f"{scaled.size}{scaled.mode}{columns}x{rows}".encode()).digest()
        if key not in self._sent:
            number, size = secrets.randbelow((1 << 24) - 256) + 256, 4 * scaled.width * scaled.height
            for sequence in transmission(scaled, number, columns, rows):
                self._send(wrapped(sequence) if self._tmux else sequence)
            self._sent[key] = number, size
            self._bytes += size
            while self._bytes > KEPT and len(self._sent) > 1:
                self._delete()
                self.deleted += 1
        self._sent.move_to_end(key)
        number, _size = self._sent[key]
        return placeholders(number, columns, rows)

    def close(self) -> None:
        """Delete all pictures from the terminal's memory."""
        while self._sent:
            self._delete()

    def _delete(self) -> None:
        _key, (number, size) = self._sent.popitem(last=False)
        self._bytes -= size
        sequence = f"\x1b_Ga=d,d=I,i={number},q=2\x1b\\"
        self._send(wrapped(sequence) if self._tmux else sequence)


def transmission(image: Image, number: int, columns: int, rows: int) -> list[str]:
    """The escape sequences that send `image` as PNG under `number`, to be shown in `columns` x `rows` cells."""
    buffer = BytesIO()
    image.save(buffer, format="PNG", compress_level=1)
    data = base64.standard_b64encode(buffer.getvalue()).decode("ascii")
    chunks = [data[at : at + CHUNK] for at in range(0, len(data), CHUNK)]
    head = f"a=T,U=1,q=2,f=100,t=d,i={number},c={columns},r={rows},"
    return [
        f"\x1b_G{head if place == 0 else 'q=2,'}m={int(place < len(chunks) - 1)};{chunk}\x1b\\"
        for place, chunk in enumerate(chunks)
    ]


def placeholders(number: int, columns: int, rows: int) -> Text:
    """The cells that show picture `number`, each with its own row and column, so that any part of them may be cut."""
    style = Style(color=Color.from_rgb(number >> 16, number >> 8 & 255, number & 255))
    lines = ("".join(PLACEHOLDER + NUMBERS[row] + NUMBERS[column] for column in range(columns)) for row in range(rows))
    return Text(no_wrap=True, end="").append("\n".join(lines), style)


def wrapped(sequence: str) -> str:
    """A sequence as tmux hands it on to the terminal round it."""
    return "\x1bPtmux;" + sequence.replace("\x1b", "\x1b\x1b") + "\x1b\\"


def _scaled(image: Image, width: int, height: int) -> Image:
    """`image` smaller where it has more pixels than are seen; larger by a whole number, lest small ones are blurred."""
    from PIL import Image as images

    if image.mode not in ("L", "RGB", "RGBA"):
        image = image.convert("RGBA" if "transparency" in image.info or image.mode in ("LA", "PA") else "RGB")
    if image.width > width or image.height > height:
        return image.resize((min(image.width, width), min(image.height, height)), images.Resampling.BOX)
    factor = max(1, min(width // image.width, height // image.height))
    return image.resize((image.width * factor, image.height * factor), images.Resampling.NEAREST)
