"""The help screen: every key of the one table, grouped, after the learner's own mapping."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Static

from dlwp_tui.core import paths
from dlwp_tui.core.language import _
from dlwp_tui.tui import keys
from dlwp_tui.tui.dialogs import Dialog


class HelpScreen(Dialog[None]):
    """Keys and signs."""

    BINDINGS = keys.bindings("help")
    DEFAULT_CSS = "HelpScreen > VerticalScroll { width: 92; }"

    def compose(self) -> ComposeResult:
        with VerticalScroll() as box:
            box.border_title = _("Help")
            box.border_subtitle = _("{key} closes").format(key=keys.label("dialog.close"))
            yield Static(self._body())

    def on_mount(self) -> None:
        self.query_one(VerticalScroll).focus()

    def _body(self) -> Group:
        parts: list[RenderableType] = []
        for heading, entries in keys.help_groups():
            parts += [Text(heading, style="bold"), _columns(entries), ""]
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
