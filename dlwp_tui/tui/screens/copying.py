"""Copying code, a table, a figure: to the terminal's clipboard, and to a file for terminals that have none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.screen import Screen

from dlwp_tui.core import paths
from dlwp_tui.core.errors import DlwpError
from dlwp_tui.core.language import _
from dlwp_tui.tui.screens.controller import Controller
from dlwp_tui.tui.screens.panes import Panes

if TYPE_CHECKING:
    from dlwp_tui.tui.copies import Copy


class Copying(Controller):
    """Offers what the focused pane holds. The text goes out by OSC 52, which also passes through SSH.

    A terminal never answers whether it took the text (macOS Terminal and the Linux console do not), so it is written
    to a file too, and the notice names that.
    """

    def __init__(self, screen: Screen[None], panes: Panes) -> None:
        super().__init__(screen)
        self._panes = panes

    def action_copy(self) -> None:
        """Copy the only thing there is, the one with the focus, or one chosen from a list."""
        from dlwp_tui.tui.copies import CopyScreen, of_bench, of_page

        bench, focused = self._panes.bench, self.screen.focused
        chosen: Copy | None = None
        if bench.display and (bench.has_focus_within or not self._panes.note.display):
            try:
                found = list(of_bench(bench.tabs))
            except OSError as error:
                self.notify(str(error), severity="warning")
                return
        else:
            parts = list(of_page(self._panes.note))
            found = [copy for copy, _block in parts]
            chosen = next((copy for copy, block in parts if block is focused), None)
        if not found:
            self.notify(_("There is no code, table or figure here to copy."))
        elif chosen is not None or len(found) == 1:
            self._copy(chosen or found[0])
        else:
            self.app.push_screen(CopyScreen(found), lambda copy: self._copy(copy) if copy is not None else None)

    def _copy(self, copy: Copy) -> None:
        self.app.copy_to_clipboard(copy.text)
        file = paths.home() / "copied.txt"
        try:
            paths.atomic_write(file, copy.text + "\n")
        except DlwpError as error:
            self.show_error(error)
            return
        text = _("If your terminal has no clipboard, it is also in {path}").format(path=file)
        self.notify(text, title=_("Copied: {what}").format(what=copy.label), timeout=6)
