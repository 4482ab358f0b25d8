"""A line under the output where a text can be typed for the trained model, and the model's answer to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from dlwp_tui.core import settings
from dlwp_tui.core.language import _
from dlwp_tui.course.demo import Demo
from dlwp_tui.tui import keys
from dlwp_tui.tui.bench import output_text
from dlwp_tui.tui.bench.content import content
from dlwp_tui.tui.bench.demo_parts import Asked


class TextDemo(Vertical):
    """A label, the line, and the answer: bars of shares, a text, unknown words, or an error."""

    DEFAULT_CSS = """
    TextDemo { height: auto; padding: 0 1; border-top: solid $border-blurred; }
    TextDemo Input { height: 1; border: none; background: $panel; padding: 0 1; }
    TextDemo Input:focus { background: $block-cursor-blurred-background; }
    TextDemo #demo-label { color: $text-muted; height: 1; }
    TextDemo #demo-answer { height: auto; max-height: 9; }
    TextDemo.-answered { padding-bottom: 1; }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._demo: Demo | None = None
        self._answer: Mapping[str, Any] = {}

    def compose(self) -> ComposeResult:
        yield Static(id="demo-label")
        yield Input(id="demo-input", compact=True)
        yield Static(id="demo-answer")

    def set_demo(self, demo: Demo | None) -> None:
        """Another lesson's demo."""
        self._demo = demo
        self.forget()
        if demo is not None:
            hint = _("Enter asks · {key} leaves").format(key=keys.label("output.leave"))
            self.query_one("#demo-label", Static).update(Content.assemble(str(demo.label), (f"   {hint}", "dim")))
            box = self.query_one(Input)
            box.value, box.placeholder = "", demo.example

    def forget(self) -> None:
        """Another run's model: no answer."""
        self.take({})

    def open(self) -> None:
        """Take the keys."""
        self.query_one(Input).focus()

    def take(self, answer: Mapping[str, Any]) -> None:
        """Show the model's answer: see `output_text.answer`."""
        self._answer = answer
        self.set_class(bool(answer), "-answered")  # its bars do not touch the run's below
        self._draw()

    def on_resize(self) -> None:
        self._draw()

    def _draw(self) -> None:
        text = output_text.answer(self._answer, max(20, self.content_size.width - 2), settings.load().ascii)
        self.query_one("#demo-answer", Static).update(content(text))

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if self._demo is not None and (value := event.value or self._demo.example):
            self.query_one("#demo-answer", Static).update(Content.styled(_("Asking the model…"), "dim"))
            self.post_message(Asked(self._demo, value, self._demo.defaults))
