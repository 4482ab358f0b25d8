"""A demo that is asked with a text or a file, with sliders, or with sliders alone, and the answer under it."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from itertools import islice
from typing import Any

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.suggester import Suggester
from textual.widget import Widget
from textual.widgets import Input, Static

from dlwp_tui.core import paths
from dlwp_tui.core.errors import UsageError
from dlwp_tui.core.language import _
from dlwp_tui.course.demo import Demo
from dlwp_tui.render.look import Look
from dlwp_tui.tui import keys
from dlwp_tui.tui.bench.demo_parts import Asked, DemoAnswer, Sliders, loading
from dlwp_tui.tui.bench.pump import Pump

LISTED = 5000
"""Names of a folder that are looked at for a suggestion."""


class Paths(Suggester):
    """Completes the path of a file."""

    def __init__(self) -> None:
        super().__init__(use_cache=False, case_sensitive=True)

    async def get_suggestion(self, value: str) -> str | None:
        """The first name in the folder that begins like the last part of `value`."""
        folder, slash, begun = value.rpartition("/")
        try:
            inside = paths.expanded(f"{folder}{slash}" or ".")
            found = sorted(path.name + ("/" if path.is_dir() else "") for path in islice(inside.iterdir(), LISTED))
        except (OSError, ValueError, UsageError):  # no such folder, or user
            return None
        name = next((name for name in found if begun and name.startswith(begun)), None)
        return None if name is None else f"{folder}{slash}{name}"


class AskDemo(Widget):
    """Enter asks what was typed; sliders alone ask as they move. The answer may be written while one looks on."""

    DEFAULT_CSS = """
    AskDemo { layout: vertical; height: 1fr; padding: 0 1; }
    AskDemo Input { height: 1; border: none; background: $panel; padding: 0 1; }
    AskDemo Input:focus { background: $block-cursor-blurred-background; }
    AskDemo #ask-label { height: 1; }
    AskDemo Sliders { margin-top: 1; }
    AskDemo DemoAnswer { margin-top: 1; }
    """

    def __init__(self, look: Look, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._demo: Demo | None = None
        self._input = Input(id="ask-input", compact=True)
        self._sliders = Sliders(look)
        self.answer = DemoAnswer(look)
        """What the model said."""
        self._pump = Pump(self, self._ask)

    def compose(self) -> ComposeResult:
        yield Static(id="ask-label")
        yield self._input
        yield self._sliders
        yield self.answer

    def set_demo(self, demo: Demo | None) -> None:
        """Another lesson's demo."""
        self._demo = demo
        self._sliders.set_demo(demo)
        if demo is None:
            return
        self._input.display = demo.input != "slider"
        self._input.suggester = Paths() if demo.input == "file" else None
        self._input.value, self._input.placeholder = "", demo.example
        leaves = keys.label("output.leave")
        hint = (
            _("{key} leaves").format(key=leaves)
            if demo.input == "slider"
            else _("Enter asks · {key} leaves").format(key=leaves)
        )
        self.query_one("#ask-label", Static).update(Content.assemble((str(demo.label), "bold"), (f"   {hint}", "dim")))

    def forget(self) -> None:
        """Another run's model: no answer."""
        self._pump.forget()
        self.answer.clear()

    def open(self) -> None:
        """Take the keys; sliders alone ask at once."""
        if self._demo is not None and self._demo.input == "slider":
            self._sliders.focus()
            if not self._pump.warm:
                self.answer.say(loading())
                self._pump.want()
        else:
            self._input.focus()

    def take(self, answer: Mapping[str, Any]) -> None:
        """The model's answer, or a part of it."""
        self.answer.take(answer)
        if not answer.get("part"):
            self._pump.answered(well="error" not in answer)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if self._value():
            self.answer.clear()
            self.answer.say(_("Asking the model…") if self._pump.warm else loading())
            self._ask()

    @on(Sliders.Moved)
    def _slid(self, event: Sliders.Moved) -> None:
        event.stop()
        if self._demo is not None and self._demo.input == "slider":
            self._pump.want()

    def _value(self) -> str:
        given = self._input.value or (self._demo.example if self._demo is not None else "")
        if self._demo is not None and self._demo.input == "file" and given:
            with contextlib.suppress(UsageError):  # no such user: the demo answers that there is no such file
                return str(paths.expanded(given).absolute())
        return given

    def _ask(self) -> None:
        if self._demo is not None:
            self._pump.asked()
            value = None if self._demo.input == "slider" else self._value()
            self.post_message(Asked(self._demo, value, dict(self._sliders.values)))
