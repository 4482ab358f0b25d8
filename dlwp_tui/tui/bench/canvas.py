"""The paper, and the trained model's answers to a digit while it is drawn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.cells import cell_len
from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from dlwp_tui.core import settings
from dlwp_tui.core.language import _
from dlwp_tui.course.demo import Demo
from dlwp_tui.tui import keys
from dlwp_tui.tui.bench import output_text
from dlwp_tui.tui.bench.content import content
from dlwp_tui.tui.bench.demo_parts import Asked, Left
from dlwp_tui.tui.bench.drawing import SIDE, Drawing
from dlwp_tui.tui.bench.paper import SIDE_WIDTH, Paper
from dlwp_tui.tui.bench.pump import Pump
from dlwp_tui.tui.bench.style import bar, fit
from dlwp_tui.tui.key_hints import KeyHints

UNDER = 15
"""Rows that the bars and the lines round them need under the paper."""


class Answer(Widget):
    """Bars of shares, the largest marked; or any other answer of a demo. A new answer moves nothing else."""

    DEFAULT_CSS = """
    Answer { width: 1fr; height: 1fr; min-height: 10; }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.given: Mapping[str, Any] = {}
        self.blank = True
        """True while the paper is blank: all bars are empty then."""
        self._ascii = False

    def on_mount(self) -> None:
        self._ascii = settings.load().ascii

    def show(self, given: Mapping[str, Any], *, blank: bool) -> None:
        """Another answer."""
        if (given, blank) != (self.given, self.blank):
            self.given, self.blank = given, blank
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
            return content(output_text.wrapped(output_text.answer(self.given, width, self._ascii), width))
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
        bars = self.given.get("bars")
        return {str(name): float(share) for name, share in bars.items()} if isinstance(bars, Mapping) else {}


class CanvasDemo(Widget):
    """The paper, and beside it the model's answer, asked for at most eight times a second; drawing never waits."""

    DEFAULT_CSS = """
    CanvasDemo { layout: horizontal; height: 1fr; padding: 0 1; }
    CanvasDemo > Vertical { width: 1fr; height: 1fr; padding-left: 2; max-width: 56; }
    CanvasDemo #canvas-label { height: 1; text-style: bold; }
    CanvasDemo Answer { margin-top: 0; height: 10; }
    CanvasDemo.-tall #canvas-label { margin-bottom: 1; }
    CanvasDemo.-stacked { layout: vertical; }
    CanvasDemo.-stacked > Vertical { padding-left: 0; }
    CanvasDemo.-stacked #canvas-label { display: none; }
    CanvasDemo.-stacked #canvas-pen { margin: 0; }
    CanvasDemo.-tight > Vertical { padding-left: 1; }
    CanvasDemo.-tight #canvas-keys { display: none; }
    CanvasDemo.-tall #canvas-pen { margin: 1 0; }
    CanvasDemo #canvas-pen { height: 1; }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._demo: Demo | None = None
        self._pump = Pump(self, lambda: self._send(self.paper.drawing))

    def compose(self) -> ComposeResult:
        yield Paper(id="paper")
        with Vertical():
            yield Static(id="canvas-label")
            yield Answer(id="canvas-answer")
            yield Static(id="canvas-pen")
            yield KeyHints([*keys.hints("paper"), _("mouse: drag, right button erases")], id="canvas-keys")

    @property
    def paper(self) -> Paper:
        """What is drawn on."""
        return self.query_one(Paper)

    @property
    def answer(self) -> Answer:
        """The model's answer."""
        return self.query_one(Answer)

    def set_demo(self, demo: Demo | None) -> None:
        """Another lesson's demo."""
        self._demo = demo
        self.query_one("#canvas-label", Static).update(Content(str(demo.label) if demo is not None else ""))
        self.forget()

    def forget(self) -> None:
        """Another run's model: a fresh sheet, nothing asked."""
        self.paper.drawing.clear()
        self.paper.down = self.paper.erasing = False
        self._pump.forget()
        self.answer.show({}, blank=True)
        self._show_pen()

    def open(self) -> None:
        """Take the keys, and have the model loaded before the first stroke."""
        self.paper.focus()
        if not self._pump.warm and not self._pump.waiting and self._demo is not None:
            anything = Drawing()  # a demo may refuse a blank sheet
            anything.stroke((SIDE / 2, 5), (SIDE / 2, SIDE - 6))
            self._send(anything)
            self._show_pen()

    def on_resize(self) -> None:
        room = self.content_size
        beside = room.width >= SIDE + 2 + SIDE_WIDTH
        stacked = not beside and room.height >= SIDE // 2 + 2 + UNDER
        self.set_class(room.height >= SIDE // 2 + 4, "-tall")
        self.set_class(stacked, "-stacked")
        self.set_class(not beside and not stacked, "-tight")
        self.paper.fit(room)

    def take(self, answer: Mapping[str, Any]) -> None:
        """The model's answer; if the drawing has changed since, it is put to the model again."""
        first, well = not self._pump.warm, "error" not in answer
        self.answer.show(answer, blank=well and (first or self.paper.drawing.empty))
        self._pump.answered(well=well)
        self._show_pen()

    # -- asking --------------------------------------------------------------------------------------------------

    @on(Paper.Drawn)
    def _drawn(self, event: Paper.Drawn) -> None:
        event.stop()
        if self.paper.drawing.empty:
            self.answer.show(self.answer.given, blank=True)
            self._pump.drop()
        else:
            self._pump.want()

    @on(Paper.Moved)
    def _pen_moved(self, event: Paper.Moved) -> None:
        event.stop()
        self._show_pen()

    @on(Paper.Left)
    def _left(self, event: Paper.Left) -> None:
        event.stop()
        self.post_message(Left())

    def _send(self, drawing: Drawing) -> None:
        if self._demo is not None:
            self._pump.asked()
            self.post_message(Asked(self._demo, drawing.rows, self._demo.defaults))

    def _show_pen(self) -> None:
        """In words: where the cursor is and what the pen does."""
        paper = self.paper
        if self._pump.loading:
            text = _("loading the model…")
        else:
            tool = _("eraser") if paper.erasing else _("pen")
            state = _("● {tool} down") if paper.down else _("○ {tool} up")
            text = f"{state.format(tool=tool)}  ({paper.cursor[0] + 1}, {paper.cursor[1] + 1})"
        self.query_one("#canvas-pen", Static).update(Content(text), layout=False)
