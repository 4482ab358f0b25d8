"""A picture of a run, as large as its place allows."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from rich.text import Text
from textual.content import Content
from textual.widgets import Static

from dlwp_tui.i18n import _
from dlwp_tui.render import picture
from dlwp_tui.tui.widgets.note_text import Fitted

if TYPE_CHECKING:
    from PIL.Image import Image


class Picture(Static):
    """Half blocks: two pixels a cell, in whatever colours the terminal has; brightness as characters with `ascii`.

    A cell is twice as high as wide, so proportions are kept. The file is read once, when it is shown.
    """

    DEFAULT_CSS = """
    Picture { width: 1fr; height: auto; text-wrap: nowrap; }
    """

    def __init__(
        self,
        source: Image | Path | None = None,
        *,
        caption: str = "",
        max_height: int = 24,
        ascii: bool = False,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        """`max_height` is in cells, the caption not counted."""
        super().__init__(id=id, classes=classes)
        self.max_height = max_height
        self.ascii = ascii
        self.caption = caption
        self.image: Image | None = None
        self._source = source

    def on_mount(self) -> None:
        if self._source is not None:
            self.show(self._source, self.caption)

    def show(self, source: Image | Path, caption: str = "") -> None:
        """Show a picture, or say why it cannot be read."""
        self.caption = caption
        try:
            self.image = picture.open_picture(source) if isinstance(source, Path) else source
        except picture.PictureError as error:
            self.image = None
            self.update(Content(_("✗ {reason}").format(reason=error)))
            return
        self.update(Fitted(self._build))

    def clear(self) -> None:
        """Show nothing."""
        self.image = None
        self.update(Content())

    def _build(self, width: int) -> Content:
        assert self.image is not None
        dark = self.app.current_theme.dark
        text = picture.half_blocks(self.image, max(1, width), self.max_height, ascii=self.ascii, dark=dark)
        if self.caption:
            text = Text("\n").join([text, Text(self.caption, style="dim")])
        return Content.from_rich_text(text)
