"""A place to try the trained model: one demo of the lesson at a time, and the layers its answer went through."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from textual.app import ComposeResult
from textual.widget import Widget

from dlwp_tui.core.language import _
from dlwp_tui.course.demo import Demo
from dlwp_tui.course.lesson import Lesson
from dlwp_tui.render.look import Look
from dlwp_tui.runs.facts import Picture
from dlwp_tui.tui.bench import picture_text
from dlwp_tui.tui.bench.asking import AskDemo
from dlwp_tui.tui.bench.canvas import CanvasDemo
from dlwp_tui.tui.bench.demo_parts import DemoAnswer
from dlwp_tui.tui.bench.plane import PlaneDemo

LAYERS = "layers"
"""The choice that shows the grids of the last answer to a drawing."""
BOTH = 30
"""Rows from which on the layers find room under the paper."""

FEW_ROWS = 8
"""Rows of a layer there, so that two or three are seen."""


def beside_report(demo: Demo) -> bool:
    """True for a demo that needs no more room than a line under the report: see `TextDemo`."""
    return demo.input == "text" and demo.output != "picture" and not demo.sliders


class Trying(Widget):
    """The chosen demo of the lesson, or the layers."""

    DEFAULT_CSS = """
    Trying { height: 1fr; }
    Trying #layers { padding: 0 1; }
    Trying.-both #canvas { height: 18; }
    """

    def __init__(self, look: Look, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._canvas, self._plane, self._ask = (
            CanvasDemo(id="canvas"),
            PlaneDemo(look, id="plane"),
            AskDemo(look, id="ask"),
        )
        self._layers = DemoAnswer(look, id=LAYERS)
        self._all = (self._canvas, self._plane, self._ask, self._layers)
        self.demos: dict[str, Demo] = {}
        """The lesson's demos by id, but for the one under the report."""
        self.chosen = ""
        """The id of the demo in view, or LAYERS."""
        self._last = ""
        """The demo that was opened last."""
        self._shown: Widget = self._canvas

    def compose(self) -> ComposeResult:
        yield from self._all

    def set_lesson(self, lesson: Lesson | None) -> None:
        """The demos of another lesson."""
        demos = lesson.demos if lesson is not None else ()
        found = {demo.id: demo for demo in demos if not beside_report(demo)}
        if found == self.demos:
            return
        self.demos = found
        self.chosen = self._last = ""
        for widget in (self._canvas, self._plane, self._ask):
            widget.set_demo(None)

    @property
    def options(self) -> list[tuple[str, str]]:
        """The choices beside report and log: (id, word)."""
        words = {"canvas": _("draw"), "plane": _("walk"), "slider": _("move"), "file": _("a file"), "text": _("write")}
        inputs = [demo.input for demo in self.demos.values()]
        found = [
            (demo.id, words[demo.input] if inputs.count(demo.input) == 1 else str(demo.label))
            for demo in self.demos.values()
        ]
        return [*found, *([(LAYERS, _("layer by layer"))] if self._layers.grids else [])]

    @property
    def grids(self) -> tuple[Picture, ...]:
        """The grids of the last answer."""
        return self._layers.grids if self.chosen in ("", LAYERS) else self._answer.grids

    def show(self, choice: str) -> None:
        """Bring one of `options` into view."""
        self.chosen = choice
        if choice == LAYERS:
            self._bring(self._layers)
            return
        demo = self.demos[choice]
        widget = self._widget(demo)
        if choice != self._last:
            self._last = choice
            widget.set_demo(demo)
            widget.forget()
        self._bring(widget)

    def open(self) -> None:
        """Give the keys to what is in view."""
        if self.chosen == LAYERS:
            views = self._layers.query("GridView")
            (views.first() if views else self._layers).focus()
        elif self.chosen:
            self._widget(self.demos[self.chosen]).open()

    def forget(self) -> None:
        """Another run's model."""
        for widget in (self._canvas, self._plane, self._ask):
            widget.forget()
        self._layers.clear()
        self._arrange()

    def take(self, answer: Mapping[str, Any], demo_id: str) -> None:
        """The answer of a demo; that of one which is no longer in view is of no interest."""
        if demo_id != self._last or demo_id not in self.demos:
            return
        demo = self.demos[demo_id]
        self._widget(demo).take(answer)
        if demo.input == "canvas" and answer.get("grids") and not self._canvas.paper.drawing.empty:
            self._layers.take({"grids": answer["grids"]})
            self._arrange()

    def on_resize(self) -> None:
        self._arrange()

    def _bring(self, shown: Widget) -> None:
        self._shown = shown
        self._arrange()

    def _arrange(self) -> None:
        """Only what was chosen; in a tall pane the layers are under the paper, and change while one draws."""
        both = self._shown is self._canvas and bool(self._layers.grids) and self.size.height >= BOTH
        self.set_class(both, "-both")
        self._layers.set_most_rows(FEW_ROWS if both else picture_text.ROWS)
        for widget in self._all:
            widget.display = widget is self._shown or (both and widget is self._layers)

    @property
    def _answer(self) -> DemoAnswer:
        widget = self._widget(self.demos[self.chosen])
        return self._layers if isinstance(widget, CanvasDemo) else widget.answer

    def _widget(self, demo: Demo) -> CanvasDemo | PlaneDemo | AskDemo:
        if demo.input == "canvas":
            return self._canvas
        return self._plane if demo.input == "plane" else self._ask
