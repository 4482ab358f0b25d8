"""A picture on a plain terminal: as the setting `pictures` says, else as half blocks."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from dlwp_tui.cli import output
from dlwp_tui.core import settings

if TYPE_CHECKING:
    from PIL.Image import Image

    from dlwp_tui.runs.facts import Picture

SPARE = 3
"""Lines kept free under a picture: its caption, and the prompt."""


def show(picture: Picture, file: Path, width: int | None) -> None:
    """Print `file`, a picture of a run or a state of it, and its caption. Raises PictureError."""
    from rich.console import Console
    from rich.text import Text

    from dlwp_tui.render import able, grid, tiles
    from dlwp_tui.render import picture as pictures
    from dlwp_tui.render.kitty import KittyLook
    from dlwp_tui.render.look import Look

    able.ask()
    if problem := able.problem():
        output.say(problem)
    kind = able.kind()
    room = shutil.get_terminal_size()
    columns = min(width or room.columns, room.columns) if width is None else width
    image = pictures.open_picture(file)
    look = Look(ascii=settings.load().ascii) if kind != "kitty" else KittyLook(_write, tmux="TMUX" in os.environ)
    if kind == "sixel":
        _sixels(image, columns, max(4, room.lines - SPARE))
        text = Text()
    elif picture.tiles is not None:
        of = picture.tiles
        page = tiles.page(of, columns, 10**6)  # a terminal scrolls: all of them
        text = grid.draw(image, of, page, look)
    else:
        wide, high = tiles.cells(image.width, image.height, columns, max(4, room.lines - SPARE))
        text = look.draw(image, wide, high)
    console = Console(
        file=sys.stdout, width=max(columns, room.columns), highlight=False, soft_wrap=True,
        color_system="truecolor" if kind == "kitty" else "auto",  # its colours are numbers
    )  # fmt: skip
    if text:
        console.print(text)
    else:
        output.line()
    if picture.caption:
        console.print(Text(picture.caption, "dim"))


def _write(sequence: str) -> None:
    sys.stdout.write(sequence)


def _sixels(image: Image, columns: int, rows: int) -> None:
    """As large as fits; a small picture grows by a whole number."""
    from dlwp_tui.render import sixel

    _write(sixel.encode(image, *sixel.size(image, columns, rows)))
