"""How runs look everywhere: a colour for each state, one colour and marker for each run, names of metrics, bars."""

from __future__ import annotations

import math
from collections.abc import Mapping

from rich.cells import cell_len, set_cell_size

from dlwp_tui.analysis import wording
from dlwp_tui.runs.state import RunState

STYLES = {
    RunState.QUEUED: "dim",
    RunState.RUNNING: "accent",
    RunState.PAUSED: "warning",
    RunState.FINISHED: "success",
    RunState.STOPPED: "warning",
    RunState.FAILED: "error",
    RunState.DIED: "error",
}
"""A theme colour (or `dim`) for each state, beside the glyph and the word of `runs.state.label`."""

DARK = ("#7aa2f7", "#e0af68", "#9ece6a", "#bb9af7", "#7dcfff", "#f7768e", "#ff9e64", "#73daca")
LIGHT = ("#2f5bb7", "#755000", "#2f6b12", "#7a3fb0", "#00688a", "#b0203a", "#b03f00", "#006b50")
"""Dark enough that the faint ones, too, have a contrast of 3:1."""
# Terminals differ in their 16 colours: most have a blue that cannot be read on black, and a yellow and a cyan that
# cannot on white (1.7:1 in xterm, 2.6:1 in Windows Terminal).
ANSI_DARK = tuple(
    f"ansi_{name}"
    for name in ("bright_blue", "yellow", "green", "bright_magenta", "cyan", "bright_red", "white", "bright_yellow")
)
ANSI_LIGHT = tuple(
    f"ansi_{name}"
    for name in ("blue", "red", "green", "magenta", "default", "bright_red", "bright_blue", "bright_black")
)


def palette(theme: str, dark: bool) -> tuple[str, ...]:
    """Eight curve colours for a theme; names of the terminal's own colours in the ANSI themes."""
    if theme.startswith("ansi") or theme.endswith("-ansi"):
        return ANSI_DARK if dark else ANSI_LIGHT
    return DARK if dark else LIGHT


def metric_name(metric: str, own: Mapping[str, str] | None = None) -> str:
    """A metric or result in words and beside it the name that code uses; "" where there are no words for it.

    own: the lesson's words for its own metrics.
    """
    word = wording.metric(metric, own)
    word = word[:1].upper() + word[1:]
    return word if not word or word.lower() == metric else f"{word} {metric}"


def fit(text: str, width: int) -> str:
    """`text` in exactly `width` cells, with an ellipsis where it is cut."""
    if cell_len(text) <= width:
        return text + " " * (width - cell_len(text))
    # Where only half of a wide character would fit, the blank cell goes behind the ellipsis: `用于计… `.
    return set_cell_size(set_cell_size(text, width - 1).rstrip() + "…", width) if width > 0 else ""


def bar(fraction: float, width: int, ascii: bool = False) -> tuple[str, str]:
    """A progress bar of `width` cells: (the part done, the part to come)."""
    done = max(0, min(width, math.floor(fraction * width + 1e-9)))
    return ("#" * done, "-" * (width - done)) if ascii else ("━" * done, "─" * (width - done))
