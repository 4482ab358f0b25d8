"""Drawing a digit with the mouse or with keys alone, and what the trained model makes of it while it is drawn."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rich.cells import cell_len
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.geometry import Region, Size
from textual.message import Message
from textual.strip import Strip
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Static

from dlwp_tui import settings
from dlwp_tui.course.lesson import Probe
from dlwp_tui.i18n import _
from dlwp_tui.tui.widgets import lab_blocks
from dlwp_tui.tui.widgets.lab_content import content
from dlwp_tui.tui.widgets.lab_drawing import REACH, SIDE, Drawing, ascii_line, half_block_line, square_line
from dlwp_tui.tui.widgets.lab_look import bar, fit

ASK_EVERY = 0.125
"""Seconds between two questions: eight a second is as fast as bars can be followed."""
LOST = 60.0
"""Seconds after which an answer is no longer waited for; a model's first takes some."""
SIDE_WIDTH = 22
"""Cells the bars need beside the paper, with the space between."""
UNDER = 15
"""Rows the bars and what belongs to them need under the paper."""


class Paper(Widget, can_focus=True):
    """28 by 28 pixels in 28x14 cells, or in 56x28 where there is room.

    Mouse: dragging draws, with the right button it erases. Keys: arrows move, space sets the pen down or lifts it.
    """

    ALLOW_SELECT = False
    BINDINGS = [
        Binding("up", "move(0, -1)", show=False),
        Binding("down", "move(0, 1)", show=False),
        Binding("left", "move(-1, 0)", show=False),
        Binding("right", "move(1, 0)", show=False),
        Binding("space", "pen", show=False),
        Binding("e", "eraser", show=False),
        Binding("x,delete,backspace", "clear", show=False),
        Binding("escape", "leave", show=False),
    ]
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
        """The learner wants to be elsewhere."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.drawing = Drawing()
        self.cursor = (SIDE // 2, SIDE // 2)
        self.down = False
        """Whether the pen is on the paper when keys move it."""
        self.erasing = False
        self.large = False
        self._by_mouse = False
        """True after a stroke of the mouse, until a key: the cursor would only be in the way."""
        self._last: tuple[float, float] | None = None
        self._ascii = False

    def on_mount(self) -> None:
        self._ascii = settings.load().ascii

    def fit(self, room: Size) -> None:
        """As large as `room` cells allow, bars beside it, with a frame where there is a row for it above and below."""
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
        """Back to what the run said."""
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
        """The rows of cells that a stroke, or the cursor's way, touches: a third of the work of all of them."""
        pixels = 1 if self.large else 2
        top = math.floor((min(start[1], end[1]) - REACH) / pixels)
        bottom = math.floor((max(start[1], end[1]) + REACH) / pixels) + 1
        rows = range(max(0, top), min(self.content_size.height, bottom))
        if rows:
            self.refresh(Region(0, rows[0], self.content_size.width, len(rows)))

    def _moved(self) -> None:
        self.refresh()
        self.post_message(self.Moved())


class Answer(Widget):
    """Bars of shares, the largest marked; or whatever else a probe said. A new answer moves nothing else."""

    DEFAULT_CSS = """
    Answer { width: 1fr; height: 1fr; min-height: 10; }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.told: Mapping[str, Any] = {}
        self.blank = True
        """True: there is nothing on the paper, so all bars are empty."""
        self._ascii = False

    def on_mount(self) -> None:
        self._ascii = settings.load().ascii

    def show(self, told: Mapping[str, Any], *, blank: bool) -> None:
        """Another answer."""
        if (told, blank) != (self.told, self.blank):
            self.told, self.blank = told, blank
            self.refresh()

    @property
    def best(self) -> str | None:
        """The label of the longest bar; None before there is any."""
        bars = self._bars()
        return max(bars, key=lambda name: bars[name]) if bars and not self.blank else None

    def render(self) -> Content:
        bars = self._bars()
        width = max(8, self.content_size.width)
        if not bars:
            return content(lab_blocks.wrapped(lab_blocks.answer(self.told, width, self._ascii), width))
        best = self.best
        cells = max(cell_len(name) for name in bars)
        lines = []
        for name, share in bars.items():
            shown = 0.0 if self.blank else share
            figure = f"{shown:6.1%}" if width >= SIDE_WIDTH - 4 else f"{shown:4.0%}"
            done, rest = bar(shown, max(0, min(40, width - cells - len(figure) - 4)), self._ascii)
            mark = (">" if self._ascii else "▶") if name == best else " "
            style = "bold $text-accent" if name == best else ""
            lines.append(
                Content.assemble(
                    (f"{mark} {fit(name, cells)} ", style), (done, style), (rest, "dim"), (f" {figure}", style)
                )
            )
        return Content("\n").join(lines)

    def _bars(self) -> dict[str, float]:
        bars = self.told.get("bars")
        return {str(name): float(share) for name, share in bars.items()} if isinstance(bars, Mapping) else {}


class CanvasProbe(Widget):
    """The paper, and beside it what the model says. It asks at most eight times a second and never waits."""

    DEFAULT_CSS = """
    CanvasProbe { layout: horizontal; height: 1fr; padding: 0 1; }
    CanvasProbe > Vertical { width: 1fr; height: 1fr; padding-left: 2; max-width: 56; }
    CanvasProbe #canvas-label { height: 1; text-style: bold; }
    CanvasProbe Answer { margin-top: 0; height: 10; }
    CanvasProbe.-tall #canvas-label { margin-bottom: 1; }
    CanvasProbe.-stacked { layout: vertical; }
    CanvasProbe.-stacked > Vertical { padding-left: 0; }
    CanvasProbe.-stacked #canvas-label { display: none; }
    CanvasProbe.-stacked #canvas-pen { margin: 0; }
    CanvasProbe.-tight > Vertical { padding-left: 1; }
    CanvasProbe.-tight #canvas-keys { display: none; }
    CanvasProbe.-tall #canvas-pen { margin: 1 0; }
    CanvasProbe #canvas-pen { height: 1; }
    CanvasProbe #canvas-keys { height: auto; color: $text-muted; }
    """

    @dataclass
    class Asked(Message):
        """What does the model say to this drawing?"""

        probe: Probe
        value: list[list[float]]

    class Left(Message):
        """The learner wants to be elsewhere."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._probe: Probe | None = None
        self._changed = False
        self._asked_at: float | None = None
        """When the question was asked that waits for its answer."""
        self._next = 0.0
        self._timer: Timer | None = None
        self._warm = False
        """True once the model has answered."""

    def compose(self) -> ComposeResult:
        yield Paper(id="paper")
        with Vertical():
            yield Static(id="canvas-label")
            yield Answer(id="canvas-answer")
            yield Static(id="canvas-pen")
            yield Static(
                Content(
                    _("arrows move · space pen · e eraser · x clear · Esc back · mouse: drag, right button erases")
                ),
                id="canvas-keys",
            )

    @property
    def paper(self) -> Paper:
        """What is drawn on."""
        return self.query_one(Paper)

    @property
    def answer(self) -> Answer:
        """What the model says."""
        return self.query_one(Answer)

    def set_probe(self, probe: Probe | None) -> None:
        """Another lesson's probe."""
        self._probe = probe
        self.query_one("#canvas-label", Static).update(Content(str(probe.label) if probe is not None else ""))
        self.forget()

    def forget(self) -> None:
        """Another run's model: a fresh sheet, nothing asked."""
        self.paper.drawing.clear()
        self.paper.down = self.paper.erasing = False
        self._changed, self._asked_at, self._warm = False, None, False
        self.answer.show({}, blank=True)
        self._tell_pen()

    def open(self) -> None:
        """The learner is here: let the model be loaded meanwhile, and take the keys."""
        self.paper.focus()
        if not self._warm and self._asked_at is None and self._probe is not None:
            anything = Drawing()  # a blank sheet may be no question to it
            anything.stroke((SIDE / 2, 5), (SIDE / 2, SIDE - 6))
            self._send(anything)
            self._tell_pen()

    def on_resize(self) -> None:
        room = self.content_size
        beside = room.width >= SIDE + 2 + SIDE_WIDTH
        stacked = not beside and room.height >= SIDE // 2 + 2 + UNDER
        self.set_class(room.height >= SIDE // 2 + 4, "-tall")
        self.set_class(stacked, "-stacked")
        self.set_class(not beside and not stacked, "-tight")
        self.paper.fit(room)

    def take(self, told: Mapping[str, Any]) -> None:
        """The model's answer; the next question follows if the drawing has changed since."""
        self._asked_at = None
        first, self._warm = not self._warm, "error" not in told
        self.answer.show(told, blank=self._warm and (first or self.paper.drawing.empty))
        self._tell_pen()
        self._pump()

    # -- asking --------------------------------------------------------------------------------------------------

    @on(Paper.Drawn)
    def _drawn(self, event: Paper.Drawn) -> None:
        event.stop()
        if self.paper.drawing.empty:
            self.answer.show(self.answer.told, blank=True)
            self._changed = False
        else:
            self._changed = True
            self._pump()

    @on(Paper.Moved)
    def _pen_moved(self, event: Paper.Moved) -> None:
        event.stop()
        self._tell_pen()

    @on(Paper.Left)
    def _left(self, event: Paper.Left) -> None:
        event.stop()
        self.post_message(self.Left())

    def _pump(self) -> None:
        """Ask if the drawing has changed, no answer is waited for and the last question was long enough ago."""
        now = time.monotonic()
        waiting = self._asked_at is not None and now - self._asked_at < LOST
        if not self._changed or waiting or self._timer is not None:
            return
        if now < self._next:
            self._timer = self.set_timer(self._next - now, self._again)
        else:
            self._changed = False
            self._send(self.paper.drawing)

    def _again(self) -> None:
        self._timer = None
        self._pump()

    def _send(self, drawing: Drawing) -> None:
        if self._probe is not None:
            self._asked_at = time.monotonic()
            self._next = self._asked_at + ASK_EVERY
            self.post_message(self.Asked(self._probe, drawing.rows))

    def _tell_pen(self) -> None:
        """Where the cursor is and what the pen does: for those who cannot see it move."""
        paper = self.paper
        if self._asked_at is not None and not self._warm:
            told = _("loading the model…")
        else:
            tool = _("eraser") if paper.erasing else _("pen")
            state = _("● {tool} down") if paper.down else _("○ {tool} up")
            told = f"{state.format(tool=tool)}  ({paper.cursor[0] + 1}, {paper.cursor[1] + 1})"
        self.query_one("#canvas-pen", Static).update(Content(told), layout=False)
