"""`dlwp run ID --estimate`: the time and memory a run will take on this machine."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from dlwp_tui.cli import output
from dlwp_tui.core.errors import RunError
from dlwp_tui.core.language import _

if TYPE_CHECKING:
    from dlwp_tui.core.types import Source, Value
    from dlwp_tui.course.lesson import Lesson


def estimate(lesson: Lesson, values: Mapping[str, Value], *, source: Source, device: str, json: bool) -> None:
    """Print the estimate. Where no run like this one tells the time, its first steps are tried; nothing is kept."""
    from dlwp_tui.analysis import estimates
    from dlwp_tui.engine import dry_run, forecast, memory

    made = forecast.look(lesson).of(values, source=source, device=device)
    trouble = ""
    if made.basis in ("unknown", "similar"):
        output.say(_("Trying the first steps…"))
        try:
            dry_run.measure(lesson, values, source=source, device=device)
        except RunError as error:
            trouble = str(error)
        made = forecast.look(lesson).of(values, source=source, device=device)
    free = memory.free_mb()
    if json:
        output.json_line({"lesson": lesson.id, **made.as_json(), "ram_free_mb": free, "trouble": trouble or None})
        return
    if trouble:
        output.say(trouble)
    output.line(estimates.told(made))
    output.line(estimates.told_ram(made.ram, free))
    if made.ram.mb > free:
        output.line(f"! {memory.Shortage(made.ram.mb, free)}")
