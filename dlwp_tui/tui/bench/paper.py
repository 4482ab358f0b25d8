"""The sheet of paper a digit is drawn on, with the mouse or with keys alone."""

from __future__ import annotations

import math

from textual import events
from textual.geometry import Region, Size
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from dlwp_tui.core import settings
from dlwp_tui.tui import keys
from dlwp_tui.tui.bench.drawing import REACH, SIDE, Drawing, ascii_line, half_block_line, square_line

SIDE_WIDTH = 22
"""Cells the bars need beside the paper, with the space between."""


class Paper(Widget, can_focus=True):
    """28 by 28 pixels in 28x14 cells, or in 56x28 where there is room.

    Mouse: dragging draws, with the right button it erases. Keys: arrows move, space sets the pen down or lifts it.
    """

    ALLOW_SELECT = False
    BINDINGS = keys.bindings("paper")
    DEFAULT_CSS = """
    Paper { width: auto; height: auto; border-left: outer $border-blurred; border-right: outer $border-blurred; }
    Paper:focus { border-left: outer $accent; border-right: outer $accent; }
    Paper.-framed { border: round $border-blurred; }
    Paper.-framed:focus { border: round $accent; }
    """

    class Drawn(Message):
        """The drawing changed."""

    class Moved(Message):
        """The cursor or the pen changed."""

    class Left(Message):
        """Go back to the report."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.drawing = Drawing()
        self.cursor = (SIDE // 2, SIDE // 2)
        self.down = False
        """Whether the pen is on the paper when keys move it."""
        self.erasing = False
        self.large = False
        self._by_mouse = False
        """True from a stroke of the mouse until the next key: no cursor is shown then."""
        self._last: tuple[float, float] | None = None
        self._ascii = False

    def on_mount(self) -> None:
        self._ascii = settings.load().ascii

    def fit(self, room: Size) -> None:
        """As large as `room` allows with bars beside it; framed where there is a row for it above and below."""
        large = room.width >= 2 * SIDE + 2 + SIDE_WIDTH and room.height >= SIDE and not self._ascii
        rows = SIDE if large else SIDE // 2
        framed = room.height >= rows + 2
        if (large, framed) != (self.large, self.has_class("-framed")):
            self.large = large
            self.set_class(framed, "-framed")
            self.refresh(layout=True)

    def get_content_width(self, container: Size, viewport: Size) -> int:  # noqa: ARG002 - Textual's signature
        """Cells across."""
        return 2 * SIDE if self.large else SIDE

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002
        """Rows of cells."""
        return SIDE if self.large else SIDE // 2

    def render_line(self, y: int) -> Strip:
        """One row of cells."""
        cursor = self.cursor if self.has_focus and not self._by_mouse else None
        if self._ascii:
            return Strip(ascii_line(self.drawing, y, cursor), SIDE)
        accent = self._accent()
        if self.large:
            return Strip(square_line(self.drawing, y, cursor, accent), 2 * SIDE)
        return Strip(half_block_line(self.drawing, y, cursor, accent), SIDE)

    def _accent(self) -> str:
        """The cursor's colour: never one of the greys, to which 16 colours would reduce a soft accent."""
        accent = self.app.theme_variables.get("accent", "")
        many = self.app.console.color_system in ("256", "truecolor")
        return accent if many and accent.startswith("#") else "bright_yellow"

    def on_focus(self) -> None:
        self.refresh()

    def on_blur(self) -> None:
        self.refresh()

    # -- keys ----------------------------------------------------------------------------------------------------

    def action_move(self, right: int, down: int) -> None:
        """One pixel on; with the pen down it draws, or erases."""
        before = self.cursor
        self.cursor = (min(SIDE - 1, max(0, before[0] + right)), min(SIDE - 1, max(0, before[1] + down)))
        self._by_mouse = False
        if self.down:
            self._stroke(before, self.cursor, self.erasing)
        self._repaint(before, self.cursor)
        self.post_message(self.Moved())

    def action_pen(self) -> None:
        """The pen down, which makes a dot, or up."""
        self.down = not self.down
        self._by_mouse = False
        if self.down:
            self._stroke(self.cursor, self.cursor, self.erasing)
        self._moved()

    def action_eraser(self) -> None:
        """The eraser in the pen's place, or the pen again."""
        self.erasing = not self.erasing
        self._by_mouse = False
        self._moved()

    def action_clear(self) -> None:
        """A fresh sheet; the pen is lifted."""
        self.drawing.clear()
        self.down = self.erasing = False
        self._moved()
        self.post_message(self.Drawn())

    def action_leave(self) -> None:
        """Back to the run's report."""
        self.post_message(self.Left())

    # -- mouse ---------------------------------------------------------------------------------------------------

    def on_mouse_down(self, event: events.MouseDown) -> None:
        if event.button not in (1, 3):
            return
        event.stop()
        self.focus()
        self.capture_mouse()
        self._by_mouse = True
        self._repaint(self.cursor, self.cursor)
        self._last = self._pixel(event)
        self._stroke(self._last, self._last, self.erasing or event.button == 3)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        if self._last is not None and event.button in (1, 3):
            event.stop()
            here = self._pixel(event)
            self._stroke(self._last, here, self.erasing or event.button == 3)
            self._last = here

    def on_mouse_up(self, event: events.MouseUp) -> None:
        if self._last is not None:
            event.stop()
            self._last = None
            self.release_mouse()

    def _pixel(self, event: events.MouseEvent) -> tuple[float, float]:
        """The middle of the cell under the pointer, which may be beyond the paper."""
        at = event.get_content_offset_capture(self)
        return (at.x // 2, at.y) if self.large else (at.x, 2 * at.y + 0.5)

    def _stroke(self, start: tuple[float, float], end: tuple[float, float], erase: bool) -> None:
        self.drawing.stroke(start, end, erase=erase)
        self._repaint(start, end)
        self.post_message(self.Drawn())

    def _repaint(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        """Only the rows of cells that a stroke or the cursor touches: a third of the work of all of them."""
        pixels = 1 if self.large else 2
        top = math.floor((min(start[1], end[1]) - REACH) / pixels)
        bottom = math.floor((max(start[1], end[1]) + REACH) / pixels) + 1
        rows = range(max(0, top), min(self.content_size.height, bottom))
        if rows:
            self.refresh(Region(0, rows[0], self.content_size.width, len(rows)))

    def _moved(self) -> None:
        self.refresh()
        self.post_message(self.Moved())
