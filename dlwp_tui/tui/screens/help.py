"""The help screen: every key of the one table, grouped, after the learner's own mapping."""

from __future__ import annotations

from itertools import groupby

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from dlwp_tui.core import paths
from dlwp_tui.core.language import _
from dlwp_tui.core.settings import load
from dlwp_tui.tui.keys import KEYS, label


class HelpScreen(ModalScreen[None]):
    """Keys and signs. Esc, q or ? closes it."""

    BINDINGS = [Binding("escape,q,question_mark,enter", "dismiss", show=False)]

    DEFAULT_CSS = """
    HelpScreen { align: center middle; background: $background 60%; }
    HelpScreen > VerticalScroll {
        width: 92; max-width: 96%; height: auto; max-height: 94%;
        padding: 1 2; background: $surface; border: round $border; border-title-align: left;
    }
    """

    def compose(self) -> ComposeResult:
        with VerticalScroll() as box:
            box.border_title = _("Help")
            box.border_subtitle = _("Esc closes")
            yield Static(self._body())

    def on_mount(self) -> None:
        self.query_one(VerticalScroll).focus()

    def _body(self) -> Group:
        remapped = load().keys
        parts: list[RenderableType] = []
        for group, members in groupby(KEYS, key=lambda key: key.group):
            cells = [(label(key, remapped), _(key.text)) for key in members]
            parts += [Text(_(group), style="bold"), _columns(cells), ""]
        signs = [
            ("○ ◐ ✓", _("unread, begun, read")),
            ("▸", _("has a lesson to run")),
            ("★", _("bookmark")),
            ("● ✓", _("training, finished")),
            ("■ ✗ †", _("stopped, failed, died")),
        ]
        parts += [Text(_("Signs"), style="bold"), _columns(signs), ""]
        for sentence in (
            _("Your runs, notes and data lie in {home}").format(home=paths.home()),
            _("Select text with shift + mouse; after a cut connection `reset` repairs the terminal."),
        ):
            parts.append(Text(sentence, style="dim"))
        return Group(*parts)


def _columns(cells: list[tuple[str, str]]) -> Table:
    """`key  meaning` twice a row, down the left half first."""
    grid = Table.grid(padding=(0, 2, 0, 0), expand=True)
    for ratio in (1, 3, 1, 3):
        grid.add_column(ratio=ratio, style="bold" if ratio == 1 else "")
    half = (len(cells) + 1) // 2
    for row in range(half):
        right = cells[row + half] if row + half < len(cells) else ("", "")
        grid.add_row(*cells[row], *right)
    return grid
