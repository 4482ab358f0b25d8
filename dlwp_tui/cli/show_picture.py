"""A picture on a plain terminal: as the setting `pictures` says, else as half blocks."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from dlwp_tui.core import settings

if TYPE_CHECKING:
    from dlwp_tui.runs.facts import Picture

SPARE = 3
"""Lines kept free under a picture: its caption, and the prompt."""


def show(picture: Picture, file: Path, width: int | None) -> None:
    """Print `file`, a picture of a run or a state of it, and its caption. Raises PictureError."""
    from rich.console import Console
    from rich.text import Text

    from dlwp_tui.render import grid, tiles
    from dlwp_tui.render import picture as pictures
    from dlwp_tui.render.look import Look

    room = shutil.get_terminal_size()
    columns = min(width or room.columns, room.columns) if width is None else width
    image = pictures.open_picture(file)
    look = Look(ascii=settings.load().ascii)
    if picture.tiles is not None:
        of = picture.tiles
        page = tiles.page(of, columns, 10**6)  # a terminal scrolls: all of them
        text = grid.draw(image, of, page, look)
    else:
        wide, high = tiles.cells(image.width, image.height, columns, max(4, room.lines - SPARE))
        text = look.draw(image, wide, high)
    console = Console(file=sys.stdout, width=max(columns, room.columns), highlight=False, soft_wrap=True)
    console.print(text)
    if picture.caption:
        console.print(Text(picture.caption, "dim"))
