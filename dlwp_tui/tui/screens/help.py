"""The help screen: every key of the one table, grouped, after the learner's own mapping."""

from __future__ import annotations

from itertools import groupby

from rich.cells import cell_len
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from dlwp_tui import paths
from dlwp_tui.i18n import _
from dlwp_tui.settings import load
from dlwp_tui.tui.keys import KEYS, label


class HelpScreen(ModalScreen[None]):
    """Keys and signs. Esc, q or ? closes it."""

    BINDINGS = [Binding("escape,q,question_mark,enter", "dismiss", show=False)]

    DEFAULT_CSS = """
    HelpScreen { align: center middle; background: $background 60%; }
    HelpScreen > VerticalScroll {
        width: 84; max-width: 96%; height: auto; max-height: 94%;
        padding: 1 2; background: $surface; border: round $border; border-title-align: left;
    }
    """

    def compose(self) -> ComposeResult:
        with VerticalScroll() as box:
            box.border_title = _("Help")
            box.border_subtitle = _("Esc closes")
            yield Static(self._text())

    def on_mount(self) -> None:
        self.query_one(VerticalScroll).focus()

    def _text(self) -> Text:
        keys = load().keys
        text = Text()
        for group, members in groupby(KEYS, key=lambda key: key.group):
            text.append(_(group) + "\n", style="bold")
            cells = [(label(key, keys), _(key.text)) for key in members]
            text.append_text(_columns(cells))
            text.append("\n")
        text.append(_("Signs") + "\n", style="bold")
        text.append_text(
            _columns(
                [
                    ("○ ◐ ✓", _("unread, begun, read")),
                    ("▸", _("the section has a lesson to run")),
                    ("● ✓ ■ ✗ †", _("training, finished, stopped, failed, died")),
                ]
            )
        )
        text.append("\n" + _("Your runs, notes and data lie in {home}").format(home=paths.home()), style="dim")
        text.append(
            "\n" + _("Select text with shift + mouse; after a cut connection `reset` repairs the terminal."),
            style="dim",
        )
        return text


def _columns(cells: list[tuple[str, str]], width: int = 38) -> Text:
    """Two columns of `key  meaning`, aligned by cell width."""
    text = Text()
    half = (len(cells) + 1) // 2
    for row in range(half):
        for number in (row, row + half):
            if number >= len(cells):
                continue
            key, meaning = cells[number]
            entry = Text("  ")
            entry.append(key + " " * max(1, 10 - cell_len(key)), style="bold")
            entry.append(meaning)
            entry.append(" " * max(1, width - entry.cell_len))
            text.append_text(entry)
        text.rstrip()
        text.append("\n")
    return text
