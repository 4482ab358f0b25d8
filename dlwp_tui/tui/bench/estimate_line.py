"""The form's two rows on what its run will take: time, and where that is known from; memory needed and free."""

from __future__ import annotations

import time
from collections.abc import Mapping

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from dlwp_tui.analysis import estimates
from dlwp_tui.analysis.estimates import Estimate, Estimator
from dlwp_tui.core.language import _
from dlwp_tui.core.types import Value
from dlwp_tui.tui.keys import label


class EstimateLine(Widget):
    """`about 9 s (as last time)` and `memory: needs up to 460 MB, 18.2 GB free`."""

    DEFAULT_CSS = """
    EstimateLine { height: 2; padding: 0 1; text-wrap: nowrap; text-overflow: ellipsis; }
    """

    estimator: reactive[Estimator | None] = reactive(None)
    asked: reactive[tuple[Mapping[str, Value], str] | None] = reactive(None)
    """Params and device of the form's run; None while a value is not allowed."""
    free_mb: reactive[int | None] = reactive(None)
    dry_run_began: reactive[float | None] = reactive(None)
    """`time.monotonic()` when the dry run that is going on began."""

    def watch_dry_run_began(self, began: float | None) -> None:
        self.auto_refresh = None if began is None else 1.0

    @property
    def estimate(self) -> Estimate | None:
        """What is shown."""
        return self.estimator.of(*self.asked) if self.estimator is not None and self.asked is not None else None

    @property
    def text(self) -> str:
        """What is shown, without its colours."""
        return self.render().plain

    def render(self) -> Content:
        estimate = self.estimate
        if estimate is None:
            return Content("")
        row, key = str(estimate), label("run.measure")
        if self.dry_run_began is not None:
            seconds = time.monotonic() - self.dry_run_began
            row = _("trying the first steps: {n:.0f} s   {key} calls it off").format(n=seconds, key=key)
        elif estimate.seconds is None:
            row += "   " + _("{key} tries a few steps").format(key=key)
        content = Content.styled(row, "dim" if estimate.seconds is None else "$text-muted")
        if self.free_mb is None:
            return content
        row = estimates.ram_text(estimate.ram_mb, self.free_mb)
        if estimate.ram_mb > self.free_mb:
            return content + Content.styled(f"\n! {row}", "$text-warning bold")
        return content + Content.styled(f"\n{row}", "dim")
