"""The last line: the keys of whatever has the focus, then those of the study screen, as many as fit.

Textual's own Footer makes its widgets anew at every change of focus (30 ms); this is one widget and draws one line.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from rich.cells import cell_len
from textual import events
from textual.content import Content
from textual.widget import Widget

from dlwp_tui.core.language import _
from dlwp_tui.tui import keys

GAP = 2
"""Cells between two entries."""
MOST = 8
"""Entries at most: nobody reads more."""


@dataclass(frozen=True)
class Entry:
    """One key, or several that do the same in other directions."""

    keys: str
    text: str
    action: str
    """Of the first of them."""
    local: bool = False
    """True for a key of the focused widget, False for one of the study screen."""
    stays: bool = False
    """Shown however little room there is."""

    @property
    def width(self) -> int:
        """Cells."""
        return cell_len(self.keys) + 1 + cell_len(self.text)


class KeyBar(Widget, can_focus=False):
    """One line; what does not fit is left out from the end, but help always stays. A click does what the key does."""

    DEFAULT_CSS = """
    KeyBar { dock: bottom; height: 1; background: $panel; padding: 0 1; }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._focused: Widget | None = None
        self._where = ""
        self._there: frozenset[keys.Offer] = frozenset()
        self._entries = _entries("", ())
        self._places: list[tuple[int, int, Entry]] = []
        """(first cell, cell after the last, entry) of each entry that is shown."""

    def follow(self, focused: Widget | None) -> None:
        """Show the keys of the widget that has the focus, or of the one round it that has keys (`KEYS`)."""
        around = [one for one in focused.ancestors_with_self if isinstance(one, Widget)] if focused is not None else []
        holder = next((one for one in around if hasattr(one, "KEYS")), None)
        where = str(holder.KEYS) if holder is not None else ""
        self._focused = holder
        self._show(where, self._there)

    def offer(self, there: frozenset[keys.Offer]) -> None:
        """Show only those keys of the study screen whose thing is `there`."""
        self._show(self._where, there)

    def _show(self, where: str, there: frozenset[keys.Offer]) -> None:
        if (where, there) != (self._where, self._there):
            self._where, self._there, self._entries = where, there, _entries(where, there)
            self.refresh()

    def render(self) -> Content:
        """The entries that fit."""
        parts: list[tuple[str, str] | str] = []
        self._places = []
        x = 0
        for entry in self._fitting(self.content_size.width):
            parts += [(entry.keys, "bold $accent"), f" {entry.text}{' ' * GAP}"]
            self._places.append((x, x + entry.width, entry))
            x += entry.width + GAP
        return Content.assemble(*parts)

    async def on_click(self, event: events.Click) -> None:
        """Do what the entry under the pointer does."""
        for start, end, entry in self._places:
            if start <= event.x - self.gutter.left < end:
                if entry.local and self._focused is not None:
                    await self._focused.run_action(entry.action)
                else:
                    await self.screen.run_action(entry.action)

    def _fitting(self, room: int) -> list[Entry]:
        """As many as fit, without those that stay the first ones."""
        kept = [entry for entry in self._entries if entry.stays]
        chosen = [entry for entry in self._entries if not entry.stays][: MOST - len(kept)]
        while chosen and sum(entry.width + GAP for entry in (*chosen, *kept)) - GAP > room:
            chosen.pop()
        return [*chosen, *kept]


def _entries(where: str, there: Collection[keys.Offer]) -> list[Entry]:
    """Those of `where`, then those of the study screen. Which panes there are, and help, always stay."""
    own = [Entry(words, text, action, local=True) for words, text, action in keys.local(where)]
    study: list[Entry] = []
    for key in keys.footer(there):
        text, label = _(key.short or key.text), keys.label(key.id)
        entry = Entry(label, text, f"do('{key.id}')", stays=key.offered == "one pane" or key.id == "app.help")
        if study and study[-1].text == text:
            study[-1] = replace(study[-1], keys=f"{study[-1].keys} {label}")
        else:
            study.append(entry)
    return [*own, *study]
