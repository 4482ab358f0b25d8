"""How pictures are drawn on a terminal. Whoever draws one holds a Look, and draws it with that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dlwp_tui.render.picture import half_blocks

if TYPE_CHECKING:
    from PIL.Image import Image
    from rich.text import Text


class Look:
    """Half blocks, two pixels a cell; characters for terminals without colours or without those blocks."""

    def __init__(self, *, ascii: bool = False, dark: bool = True) -> None:
        self.ascii = ascii
        self.dark = dark
        """Whether the terminal's background is."""
        self.deleted = 0
        """How many pictures drawn before are no longer to be seen where their text stands."""

    def draw(self, image: Image, width: int, height: int) -> Text:
        """`image` in at most `width` x `height` cells, its proportions kept; lines of equal width."""
        return half_blocks(image, width, height, ascii=self.ascii, dark=self.dark)
