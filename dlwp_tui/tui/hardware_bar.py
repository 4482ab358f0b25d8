"""The hardware bar: processor, memory, GPUs at 1 Hz, and how many runs are active."""

from __future__ import annotations

from rich.cells import cell_len
from textual.content import Content
from textual.widget import Widget
from textual.worker import get_current_worker

from dlwp_tui.core import hardware, hardware_lines
from dlwp_tui.core.language import _
from dlwp_tui.tui.in_thread import in_thread

GPU_ROOM, MACHINE_ROOM = 110, 80
"""Terminal columns from which on GPUs, and the processor and memory, have a place beside the title."""

GAPS = 4
"""Columns of the top line besides title and figures: its padding and the space between the two."""


class HardwareBar(Widget):
    """One line, right of the title."""

    DEFAULT_CSS = """
    HardwareBar { width: auto; height: 1; color: $text-muted; }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.sample: hardware.Hardware | None = None
        self._active = self._queued = self._title = 0
        self._behind = False
        """True when the last sample was not shown because a dialog covered the screen."""

    def on_mount(self) -> None:
        self._measure()
        self.set_interval(1.0, self._measure)

    def set_runs(self, active: int, queued: int) -> None:
        """Runs at work or waiting, and how many of them wait."""
        if (active, queued) != (self._active, self._queued):
            self._active, self._queued = active, queued
            self.refresh(layout=True)

    def leave_room(self, title: int) -> None:
        """Keep so many cells for the title; where both do not fit, the machine's figures are left out."""
        if title != self._title:
            self._title = title
            self.refresh(layout=True)

    @property
    def text(self) -> str:
        """What is shown."""
        return "  ".join(part for part in (self._machine(), self._runs()) if part)

    def render(self) -> Content:
        runs = self._runs()
        style = "$text-accent" if self._active else ""
        return Content.assemble(self._machine(), "  " if self._machine() and runs else "", (runs, style))

    def get_content_width(self, container: object, viewport: object) -> int:  # noqa: ARG002 - Textual's signature
        """The cells of the line."""
        return cell_len(self.text)

    def _machine(self) -> str:
        columns = self.app.size.width
        if self.sample is None or columns < MACHINE_ROOM:
            return ""
        runs = cell_len(self._runs())
        room = columns - self._title - GAPS - (runs + 2 if runs else 0)
        text = hardware_lines.line(self.sample, min(room, 90 if columns >= GPU_ROOM else 42))
        return text if cell_len(text) <= room else ""

    def _runs(self) -> str:
        if not self._active:
            return ""
        return _("runs {active} · queued {queued}").format(active=self._active - self._queued, queued=self._queued)

    @in_thread(group="hardware", exclusive=True, polled=True)
    def _measure(self) -> None:
        sample = hardware.sample()  # NVML may block for some milliseconds while a GPU wakes up
        if not get_current_worker().is_cancelled:
            self.call_later(self._show, sample)

    def _show(self, sample: hardware.Hardware) -> None:
        before = cell_len(self.text)
        self.sample = sample
        # Under a dialog each change makes Textual render the whole screen behind it anew: 90 ms, once a second.
        if self.app.screen is self.screen:
            self.refresh(layout=cell_len(self.text) != before or self._behind)
        self._behind = self.app.screen is not self.screen
