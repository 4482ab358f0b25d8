"""The machine now: processor, memory, every GPU, and whose processes are on it. Looked at anew each second."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static
from textual.worker import get_current_worker

from dlwp_tui.core import hardware, hardware_lines
from dlwp_tui.core.language import _
from dlwp_tui.tui import keys
from dlwp_tui.tui.dialogs import Dialog
from dlwp_tui.tui.in_thread import in_thread


class MachineScreen(Dialog[None]):
    """What `dlwp gpu --watch` prints."""

    DEFAULT_CSS = "MachineScreen > VerticalScroll { width: 78; }"

    def compose(self) -> ComposeResult:
        with VerticalScroll() as box:
            box.border_title = _("Machine")
            box.border_subtitle = _("{key} closes").format(key=keys.label("dialog.close"))
            yield Static(id="machine")

    def on_mount(self) -> None:
        self.query_one(VerticalScroll).focus()
        self._measure()
        self.set_interval(1.0, self._measure)

    @in_thread(group="machine", exclusive=True, polled=True)
    def _measure(self) -> None:
        text = "\n".join(hardware_lines.lines(hardware.sample()))
        if not get_current_worker().is_cancelled:
            self.call_later(self._show, text)

    def _show(self, text: str) -> None:
        self.query_one("#machine", Static).update(Content(text))
