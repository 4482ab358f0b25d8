"""The last line: eight keys and what they do.

Textual's own Footer makes its eight widgets anew at every change of focus (30 ms); these keys never change.
"""

from __future__ import annotations

from rich.cells import cell_len
from textual import events
from textual.content import Content
from textual.widget import Widget

from dlwp_tui.core.language import _
from dlwp_tui.tui import keys

GAP = 2
"""Cells between two entries."""


class KeyBar(Widget, can_focus=False):
    """One line; what does not fit is left out from the end, but help always stays. A click does what the key does."""

    DEFAULT_CSS = """
    KeyBar { dock: bottom; height: 1; background: $panel; padding: 0 1; }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._entries = [(keys.label(key.id), _(key.short or key.text), key.id) for key in keys.footer()]
        self._places: list[tuple[int, int, str]] = []
        """(first cell, cell after the last, key's id) of each entry that is shown."""

    def render(self) -> Content:
        """The entries that fit."""
        parts: list[tuple[str, str] | str] = []
        self._places = []
        x = 0
        for key, text, key_id in self._fitting(self.content_size.width):
            width = cell_len(key) + 1 + cell_len(text)
            parts += [(key, "bold $accent"), f" {text}{' ' * GAP}"]
            self._places.append((x, x + width, key_id))
            x += width + GAP
        return Content.assemble(*parts)

    async def on_click(self, event: events.Click) -> None:
        """Do what the entry under the pointer does."""
        for start, end, key_id in self._places:
            if start <= event.x - self.gutter.left < end:
                await self.screen.run_action(f"do('{key_id}')")

    def _fitting(self, room: int) -> list[tuple[str, str, str]]:
        chosen = list(self._entries)
        while len(chosen) > 1 and self._width(chosen) > room:
            del chosen[-2]  # the last is help
        return chosen

    def _width(self, entries: list[tuple[str, str, str]]) -> int:
        return sum(cell_len(key) + 1 + cell_len(text) for key, text, _id in entries) + GAP * (len(entries) - 1)
