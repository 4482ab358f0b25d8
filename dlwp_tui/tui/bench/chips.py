"""A row of options of which one is chosen: presets, choices, switches. One line, arrows only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from textual import events
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from dlwp_tui.core.language import _
from dlwp_tui.tui import keys


class Chips(Widget, can_focus=True):
    """`● relu  ○ tanh`; where that does not fit, `‹ relu › 1/9`. Left and right choose, space takes the next."""

    BINDINGS = keys.bindings("chips")
    DEFAULT_CSS = """
    Chips { width: 1fr; height: 1; }
    Chips:focus { background: $block-cursor-blurred-background; }
    """

    @dataclass
    class Changed(Message):
        """The learner chose another option."""

        chips: Chips
        value: str

        @property
        def control(self) -> Chips:
            """The row itself."""
            return self.chips

    def __init__(
        self,
        options: Sequence[tuple[str, str]],
        value: str | None = None,
        *,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        """`options` are (value, text)."""
        super().__init__(id=id, classes=classes)
        self.options = tuple(options)
        self._value = value

    @property
    def value(self) -> str | None:
        """The chosen option; None where none of them is (a form that fits no preset)."""
        return self._value

    @value.setter
    def value(self, value: str | None) -> None:
        if value != self._value:
            self._value = value
            self.refresh()

    def set_options(self, options: Sequence[tuple[str, str]]) -> None:
        """Other options; the chosen one stays chosen."""
        if tuple(options) != self.options:
            self.options = tuple(options)
            self.refresh()

    def render(self) -> Content:
        width = self.size.width
        if sum(cell_len(text) + 2 for _value, text in self.options) + 2 * (len(self.options) - 1) > width:
            return self._brief(width)
        parts: list[Content] = []
        for value, text in self.options:
            if parts:
                parts.append(Content("  "))
            chosen = value == self._value
            style = "$text-accent bold" if chosen and self.has_focus else "bold" if chosen else "dim"
            parts.append(Content.styled(f"{'●' if chosen else '○'} {text}", style))
        return Content.assemble(*parts)

    def _brief(self, width: int) -> Content:
        number = self._index()
        text = self.options[number][1] if number is not None else _("changed")
        place = f" {number + 1}/{len(self.options)}" if number is not None else ""
        style = "$text-accent bold" if self.has_focus else "bold"
        room = max(1, width - cell_len(place) - 4)
        return Content.assemble("‹ ", Content.styled(text, style).truncate(room, ellipsis=True), " ›", (place, "dim"))

    def _index(self) -> int | None:
        return next((n for n, (value, _text) in enumerate(self.options) if value == self._value), None)

    def action_step(self, step: int) -> None:
        """The next or previous option, round the end."""
        number = self._index()
        self._choose((0 if step > 0 else -1) if number is None else (number + step) % len(self.options))

    def on_click(self, event: events.Click) -> None:
        at = event.get_content_offset(self)
        if at is None:
            return
        left = 0
        for number, (_value, text) in enumerate(self.options):
            right = left + cell_len(text) + 2
            if left <= at.x < right:
                self._choose(number)
                return
            left = right + 2

    def _choose(self, number: int) -> None:
        value = self.options[number][0]
        if value != self._value:
            self.value = value
            self.post_message(self.Changed(self, value))
