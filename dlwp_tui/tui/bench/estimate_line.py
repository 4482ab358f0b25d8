"""The form's line of what its run will take: time, where that is known from, memory needed and free."""

from __future__ import annotations

import time
from collections.abc import Mapping

from rich.cells import cell_len
from textual.content import Content
from textual.timer import Timer
from textual.widget import Widget

from dlwp_tui.analysis import estimates
from dlwp_tui.core.language import _
from dlwp_tui.core.types import Source, Value
from dlwp_tui.course.lesson import Lesson
from dlwp_tui.engine.forecast import Known
from dlwp_tui.tui.keys import label


class CostLine(Widget):
    """`about 9 s (as last time) · memory: needs 460 MB, 18.2 GB free`, in two lines where one has no room.

    It computes at every change of the form, from what `set_known` gave it: that takes no files.
    """

    DEFAULT_CSS = """
    CostLine { height: auto; max-height: 2; padding: 0 1; }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.estimate: estimates.Estimate | None = None
        """What is shown; None while nothing is asked, or a value is not allowed."""
        self._lesson: Lesson | None = None
        self.known: Known | None = None
        """What is known of the lesson's runs."""
        self._free_mb: int | None = None
        self._asked: tuple[Mapping[str, Value], Source, str] | None = None
        self._began: float | None = None
        self._timer: Timer | None = None
        self._lines = 1
        self._key = "T"

    def on_mount(self) -> None:
        self._key = label("run.measure")
        self._timer = self.set_interval(1.0, self._redraw, pause=True)

    def show(self, lesson: Lesson | None) -> None:
        """Another lesson: nothing is known of it yet."""
        self._lesson, self.known, self._asked, self.estimate = lesson, None, None, None
        self._redraw()

    def set_known(self, known: Known) -> None:
        """Another estimate can be made now."""
        self.known = known
        self._update()

    def set_free(self, free_mb: int) -> None:
        """Memory that is free now, MB."""
        before = self.text
        self._free_mb = free_mb
        if self.text != before:
            self._redraw()

    def ask(self, params: Mapping[str, Value] | None, source: Source, device: str) -> None:
        """The form's run has these checked params now; None: one of them is not allowed."""
        self._asked = None if params is None else (params, source, device)
        self._update()

    @property
    def trying(self) -> bool:
        """True while a trial goes on."""
        return self._began is not None

    @trying.setter
    def trying(self, trying: bool) -> None:
        self._began = time.monotonic() if trying else None
        if self._timer is not None:
            if trying:
                self._timer.resume()
            else:
                self._timer.pause()
        self._redraw()

    @property
    def text(self) -> str:
        """What is shown."""
        return "\n".join(self._parts())

    def render(self) -> Content:
        parts = self._parts()
        styles = ["$text-muted" if self.estimate and self.estimate.seconds is not None else "dim", "dim"]
        if self._short:
            styles[-1] = "$text-warning bold"
        styled = [Content.styled(part, style) for part, style in zip(parts, styles, strict=False)]
        if self._rows() == 1:
            return Content("  ").join(styled).truncate(max(1, self.content_size.width), ellipsis=True)
        width = max(1, self.content_size.width)
        return Content("\n").join(part.truncate(width, ellipsis=True) for part in styled)

    def get_content_height(self, container: object, viewport: object, width: int) -> int:  # noqa: ARG002 - Textual's
        """One row, or two where the line is too long for one."""
        return self._rows(width)

    @property
    def _short(self) -> bool:
        return self.estimate is not None and self._free_mb is not None and self.estimate.ram.mb > self._free_mb

    def _parts(self) -> list[str]:
        """The time, and the memory."""
        if self.estimate is None:
            return [""]
        if self._began is not None:
            seconds = time.monotonic() - self._began
            first = _("trying the first steps: {n:.0f} s   {key} calls it off").format(n=seconds, key=self._key)
        else:
            first = estimates.told(self.estimate)
            if self.estimate.basis in ("unknown", "similar"):
                first += "   " + _("{key} tries a few steps").format(key=self._key)
        if self._free_mb is None:
            return [first]
        return [first, ("! " if self._short else "") + estimates.told_ram(self.estimate.ram, self._free_mb)]

    def _rows(self, width: int | None = None) -> int:
        width = self.content_size.width if width is None else width
        if self.estimate is None:  # a half typed figure: the rows stay
            return self._lines
        return 1 if cell_len("  ".join(self._parts())) <= width else len(self._parts())

    def _update(self) -> None:
        if self.known is None or self._asked is None:
            self.estimate = None
        else:
            params, source, device = self._asked
            self.estimate = self.known.of(params, source=source, device=device)
        self._redraw()

    def _redraw(self) -> None:
        lines = self._rows()
        self.refresh(layout=lines != self._lines)
        self._lines = lines
