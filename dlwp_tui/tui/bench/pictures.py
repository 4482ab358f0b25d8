"""A run's pictures on the whole screen: as large as fits, pixel by pixel, a grid's pages, or the steps of one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Self

from rich.cells import cell_len
from rich.console import Console
from rich.segment import Segment
from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.geometry import Region, Size
from textual.screen import ModalScreen
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widgets import Static

from dlwp_tui.core.language import _
from dlwp_tui.render import picture as pictures
from dlwp_tui.render import sixel
from dlwp_tui.render.look import Look
from dlwp_tui.render.tiles import cells
from dlwp_tui.runs.facts import Picture
from dlwp_tui.tui import keys
from dlwp_tui.tui.bench.block_view import Block
from dlwp_tui.tui.bench.picture_views import FramesView, GridView
from dlwp_tui.tui.compositor import PaintedCompositor
from dlwp_tui.tui.look import uses_sixels

if TYPE_CHECKING:
    from PIL.Image import Image

_CONSOLE = Console(file=StringIO(), color_system=None)
"""Rich needs one to make segments of a text; nothing is printed."""


class Pixels(ScrollView, can_focus=True):
    """One picture; only the rows in view are drawn."""

    DEFAULT_CSS = """
    Pixels { width: 1fr; height: 1fr; scrollbar-size: 1 1; }
    """

    def __init__(self, look: Look, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._look = look
        self._image: Image | None = None
        self.reason = ""
        """Why there is no picture to show."""
        self._true_size = False
        self._lines: dict[int, Strip] = {}
        self._sized: Image | None = None
        self._room = Size(0, 0)
        self._sixels: tuple[tuple[Image, int, int, int], str] | None = None
        """The picture as it was painted last: of which picture, how large, and its sequence."""

    def show(self, path: Path, *, true_size: bool) -> None:
        """Another picture, or another size."""
        self._true_size = true_size
        try:
            self._image, self.reason = pictures.open_picture(path).convert("RGB"), ""
        except pictures.PictureError as error:
            self._image, self.reason = None, error.message
        self.scroll_home(animate=False)
        self._fit()

    def on_resize(self) -> None:
        if self.size != self._room:
            self._room = self.size
            self._fit()

    def _fit(self) -> None:
        from PIL import Image as images

        self._lines.clear()
        self._sized = None
        image = self._image
        if image is None or not self.size:
            self.virtual_size = self.size
            self.refresh()
            return
        columns, rows = cells(image.width, image.height, self.size.width, self.size.height)
        if self._true_size and columns < image.width:
            columns, rows = image.width, -(-image.height // 2)
        if uses_sixels(self.app):
            self.virtual_size = self.size
            self.refresh()
            return
        if type(self._look) is Look:
            method = images.Resampling.BOX if columns < image.width else images.Resampling.NEAREST
            self._sized = image.resize((columns, 2 * rows), method)
        else:
            lines = self._look.draw(image, columns, rows).split("\n")
            columns, rows = cell_len(lines[0].plain), len(lines)
            self._lines = {number: Strip(line.render(_CONSOLE), columns) for number, line in enumerate(lines)}
        self.virtual_size = Size(columns, rows)
        self.refresh()

    def painted(self, written: Callable[[int], bool]) -> str:
        """The picture as sixels over its cells, which are blank, where `written` says that a row of them was written.

        Where a notice lies over it, only the rows above that.
        """
        room = self.region
        if self._image is None or not room or not uses_sixels(self.app) or not any(map(written, room.line_range)):
            return ""
        wide, high = sixel.cell_size()
        width, height = sixel.size(self._image, room.width, room.height)
        left, top = room.x + (room.width - -(-width // wide)) // 2, room.y + (room.height - -(-height // high)) // 2
        seen = min(height, (self._covered_from() - top) * high)
        if seen <= 0:
            return ""
        key = (self._image, width, height, seen)
        if self._sixels is None or self._sixels[0] != key:
            self._sixels = key, sixel.encode(self._image, width, height, seen)
        return f"\x1b7\x1b[{top + 1};{left + 1}H{self._sixels[1]}\x1b8"

    def _covered_from(self) -> int:
        """The first row of the screen in which another widget lies over this one."""
        room, first = self.region, self.region.bottom
        for widget, (region, clip) in self.screen._compositor.visible_widgets.items():  # those in front come first
            if widget is self:
                break
            if region.intersection(clip).overlaps(room):
                first = min(first, region.y)
        return first

    def render_line(self, y: int) -> Strip:
        """One row of cells, from the scrolled place; the picture stands in the middle of a larger room."""
        if self._image is None or not (self._lines or self._sized):
            return Strip.blank(self.size.width, self.rich_style)
        room, picture = self.size, self.virtual_size
        top = max(0, (room.height - picture.height) // 2)
        line = y - top + self.scroll_offset.y
        if not 0 <= line < picture.height:
            return Strip.blank(room.width, self.rich_style)
        left = max(0, (room.width - picture.width) // 2)
        strip = self._strip(line).crop(self.scroll_offset.x, self.scroll_offset.x + room.width)
        ground = self.rich_style
        return Strip([Segment(" " * left, ground), *strip.apply_style(ground)]).adjust_cell_length(room.width, ground)

    def _strip(self, line: int) -> Strip:
        if line not in self._lines:
            assert self._sized is not None
            self._lines[line] = _drawn(self._sized, line, self._look.ascii)
        return self._lines[line]


class PictureScreen(ModalScreen[None]):
    """All pictures of a run, one at a time."""

    BINDINGS = keys.bindings("pictures")
    DEFAULT_CSS = """
    PictureScreen { background: $background; }
    PictureScreen Static { height: 1; padding: 0 1; text-wrap: nowrap; text-overflow: ellipsis; }
    PictureScreen #picture-caption { height: auto; max-height: 6; text-wrap: wrap; }
    PictureScreen #picture-keys { dock: bottom; color: $text-muted; background: $panel; }
    PictureScreen #picture-caption { dock: bottom; color: $text-muted; margin-bottom: 1; }
    PictureScreen #picture-room { width: 1fr; height: 1fr; align-vertical: middle; }
    PictureScreen PictureView, PictureScreen PictureView:focus { border: none; margin: 0; padding: 0 1; }
    PictureScreen.-view Pixels, PictureScreen.-plain #picture-room { display: none; }
    """

    def __init__(self, shown: Sequence[Picture], folder: Path, look: Look, number: int = 0) -> None:
        """`folder`: the run's artifacts."""
        super().__init__()
        self._compositor = PaintedCompositor(lambda written: self.query_one(Pixels).painted(written))
        self._shown = tuple(shown)
        self._folder = folder
        self._look = look
        self.number = number
        """Which picture, from 0."""
        self.true_size = False

    def compose(self) -> ComposeResult:
        yield Static(id="picture-title")
        yield Pixels(self._look, id="pixels")
        yield Vertical(id="picture-room")
        yield Static(id="picture-caption")
        yield Static(id="picture-keys")

    def refresh(self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False) -> Self:
        """Not where only what lies behind has changed: a clock there would send the whole picture twice a second."""
        return self if regions else super().refresh(repaint=repaint, layout=layout, recompose=recompose)

    def on_mount(self) -> None:
        self.query_one(Pixels).focus()
        self.call_after_refresh(self._show)

    async def action_turn(self, step: int) -> None:
        """The next or previous picture, round the end."""
        self.number = (self.number + step) % len(self._shown)
        await self._show()

    async def action_size(self) -> None:
        """Pixel by pixel, or all of it; a grid and a changing picture as one picture, and back."""
        self.true_size = not self.true_size
        await self._show()

    def action_close(self) -> None:
        """Back to the bench."""
        self.dismiss(None)

    async def _show(self) -> None:
        made = self._shown[self.number]
        view = None if self.true_size else self._view(made)
        room = self.query_one("#picture-room", Vertical)
        self.set_class(view is not None, "-view")
        self.set_class(view is None, "-plain")
        await room.remove_children()
        pixels = self.query_one(Pixels)
        if view is None:
            pixels.show(self._folder / made.file, true_size=self.true_size)
            pixels.focus()
        else:
            await room.mount(view)
            view.focus()
        place = f"{self.number + 1}/{len(self._shown)}" if len(self._shown) > 1 else ""
        size = f"{made.width}×{made.height}" if made.width else ""
        title = Content.assemble((made.name, "bold"), ("  " + "  ".join(filter(None, [place, size])), "dim"))
        self.query_one("#picture-title", Static).update(title)
        reason = pixels.reason if view is None else ""
        self.query_one("#picture-caption", Static).update(Content(reason or made.caption))
        hints = [
            _("{key} every pixel, or all of it").format(key=keys.label("pictures.size")),
            _("{key} back").format(key=keys.label("dialog.close")),
        ]
        hints[1:1] = [_("arrows move")] if view is None else keys.hints(view.KEYS)
        if len(self._shown) > 1:
            turn = f"{keys.label('pictures.next')} {keys.label('pictures.previous')}"
            hints.insert(0, _("{keys} next and previous picture").format(keys=turn))
        self.query_one("#picture-keys", Static).update(Content(" · ".join(hints)))

    def _view(self, made: Picture) -> GridView | FramesView | None:
        """What shows this picture with keys of its own; None where `Pixels` does."""
        block = Block(("large", made), lambda _width: Text(), made)
        kind = FramesView if made.frames else GridView if made.tiles is not None else None
        return None if kind is None else kind(block, self._folder, self._look, large=True)


def _drawn(image: Image, line: int, ascii: bool) -> Strip:
    """Cell row `line` of an RGB image of two pixel rows a cell row."""
    rows = image.crop((0, 2 * line, image.width, 2 * line + 2))
    text = pictures.half_blocks(rows, image.width, 1, ascii=ascii)
    segments = [Segment(text.plain[span.start : span.end], span.style) for span in text.spans]  # type: ignore[arg-type]
    return Strip(segments or [Segment(text.plain)], image.width)
