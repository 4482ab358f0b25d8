"""A plane to walk through: a point moved by the arrow keys or the mouse, and what the model makes of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.segment import Segment
from rich.style import Style
from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Static

from dlwp_tui.core.formats import number
from dlwp_tui.core.language import _
from dlwp_tui.course.demo import Demo
from dlwp_tui.render.look import Look
from dlwp_tui.tui import keys
from dlwp_tui.tui.bench.demo_parts import Asked, DemoAnswer, Left, Sliders, loading
from dlwp_tui.tui.bench.pump import Pump
from dlwp_tui.tui.key_hints import KeyHints

COLUMNS, ROWS = 25, 13
"""Cells of the plane: odd numbers, so that there is a middle."""
PARTS = 24
"""Steps from one end of an axis to the other."""
FINEST, WIDEST = 1 / 16, 4.0
"""Of a usual step."""


class Plane(Widget, can_focus=True):
    """The plane as a box with its axes, the point on it; y grows upwards."""

    ALLOW_SELECT = False
    KEYS = "plane"
    BINDINGS = keys.bindings("plane")
    DEFAULT_CSS = """
    Plane { width: auto; height: auto; border: round $border-blurred; }
    Plane:focus { border: round $accent; }
    """

    class Moved(Message):
        """The point is elsewhere."""

    def __init__(self, look: Look, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._look = look
        self.ends = ((-3.0, 3.0), (-3.0, 3.0))
        """Where the axes begin and end: x, y."""
        self.point = (0.0, 0.0)
        self.pace = 1.0
        """How far a key moves the point, in usual steps."""

    def set_ends(self, x: tuple[float, float], y: tuple[float, float]) -> None:
        """Another plane, the point in its middle."""
        self.ends = (x, y)
        self.action_middle()

    def action_move(self, right: int, up: int) -> None:
        """A step, not beyond the plane."""
        x, y = (
            value + steps * self.pace * (high - low) / PARTS
            for value, steps, (low, high) in zip(self.point, (right, up), self.ends, strict=True)
        )
        self.go(x, y)

    def action_stride(self, factor: float) -> None:
        """Wider or finer steps."""
        self.pace = max(FINEST, min(WIDEST, self.pace * factor))
        self.post_message(self.Moved())

    def action_middle(self) -> None:
        """To the middle."""
        self.go(*((low + high) / 2 for low, high in self.ends))

    def action_leave(self) -> None:
        """Back to the report."""
        self.post_message(Left())

    def go(self, x: float, y: float) -> None:
        """To a point, or the nearest one of the plane."""
        (left, right), (bottom, top) = self.ends
        self.point = (round(max(left, min(right, x)), 6), round(max(bottom, min(top, y)), 6))
        self.refresh()
        self.post_message(self.Moved())

    def on_mouse_down(self, event: events.MouseDown) -> None:
        at = event.get_content_offset(self)
        if at is not None:
            event.stop()
            (left, right), (bottom, top) = self.ends
            self.go(left + (right - left) * at.x / (COLUMNS - 1), top - (top - bottom) * at.y / (ROWS - 1))

    def get_content_width(self, container: Size, viewport: Size) -> int:  # noqa: ARG002 - Textual's signature
        """Cells across."""
        return COLUMNS

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002
        """Rows."""
        return ROWS

    def render_line(self, y: int) -> Strip:
        """One row of cells."""
        (left, right), (bottom, top) = self.ends
        column = round((self.point[0] - left) / (right - left) * (COLUMNS - 1))
        row = round((top - self.point[1]) / (top - bottom) * (ROWS - 1))
        across, down, cross = ("-", "|", "+") if self._look.ascii else ("╌", "┆", "┼")
        line = [" "] * COLUMNS
        axis = round(-left / (right - left) * (COLUMNS - 1))
        if round(top / (top - bottom) * (ROWS - 1)) == y:
            line = [across] * COLUMNS
        if 0 <= axis < COLUMNS:
            line[axis] = cross if line[axis] == across else down
        ground = self.rich_style
        faint = ground + Style(dim=True)
        if row != y:
            return Strip([Segment("".join(line), faint)], COLUMNS)
        accent = self.app.theme_variables.get("accent", "")
        knob = ground + Style(color=accent if accent.startswith("#") else "bright_yellow", bold=True)
        sign = "O" if self._look.ascii else "●"
        cells = [
            Segment("".join(line[:column]), faint),
            Segment(sign, knob),
            Segment("".join(line[column + 1 :]), faint),
        ]
        return Strip(cells, COLUMNS)


class PlaneDemo(Widget):
    """The plane, and beside or under it the model's answer, which follows the point."""

    DEFAULT_CSS = """
    PlaneDemo { layout: horizontal; height: 1fr; padding: 0 1; }
    PlaneDemo > Vertical { width: 27; height: auto; margin-right: 2; }
    PlaneDemo.-stacked { layout: vertical; }
    PlaneDemo.-stacked KeyHints { display: none; }
    PlaneDemo #plane-place { height: auto; margin-bottom: 1; color: $text-muted; }
    """

    def __init__(self, look: Look, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._demo: Demo | None = None
        self._plane = Plane(look)
        self._sliders = Sliders(look)
        self.answer = DemoAnswer(look)
        """What the model made of the point."""
        self._pump = Pump(self, self._ask)

    def compose(self) -> ComposeResult:
        with Vertical():
            yield self._plane
            yield Static(id="plane-place")
            yield self._sliders
            yield KeyHints(keys.hints("plane"))
        yield self.answer

    def set_demo(self, demo: Demo | None) -> None:
        """Another lesson's demo."""
        self._demo = demo
        self._sliders.set_demo(demo)
        if demo is not None:
            self._plane.set_ends(demo.x, demo.y)

    def forget(self) -> None:
        """Another run's model."""
        self._pump.forget()
        self.answer.clear()

    def open(self) -> None:
        """Take the keys, and show what is at the point."""
        self._plane.focus()
        if not self._pump.warm:
            self.answer.say(loading())
            self._pump.want()

    def take(self, answer: Mapping[str, Any]) -> None:
        """The model's answer."""
        self.answer.take(answer)
        if not answer.get("part"):
            self._pump.answered(well="error" not in answer)

    def on_resize(self) -> None:
        self.set_class(self.content_size.width < 2 * COLUMNS + 4, "-stacked")

    @on(Plane.Moved)
    def _moved(self, event: Plane.Moved) -> None:
        event.stop()
        step = self._plane.pace * (self._plane.ends[0][1] - self._plane.ends[0][0]) / PARTS
        x, y = map(number, self._plane.point)
        text = _("({x}, {y}), steps of {step}").format(x=x, y=y, step=number(step))
        self.query_one("#plane-place", Static).update(Content(text))
        if self._pump.warm or self._pump.waiting:
            self._pump.want()

    @on(Sliders.Moved)
    def _slid(self, event: Sliders.Moved) -> None:
        event.stop()
        self._pump.want()

    def _ask(self) -> None:
        if self._demo is not None:
            self._pump.asked()
            self.post_message(Asked(self._demo, list(self._plane.point), dict(self._sliders.values)))
