"""How runs look everywhere: a colour for each state, one colour and marker for each run, steady figures."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Mapping

from rich.cells import cell_len, set_cell_size

from dlwp_tui.core.language import _
from dlwp_tui.core.types import UsedSource
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
"""A theme colour (or `dim`) for each state; the glyph and the word of `runs.state.label` say the same."""

DARK = ("#7aa2f7", "#e0af68", "#9ece6a", "#bb9af7", "#7dcfff", "#f7768e", "#ff9e64", "#73daca")
LIGHT = ("#2f5bb7", "#96600f", "#3f7a1f", "#7a3fb0", "#1b7a94", "#b3263f", "#b5541c", "#1f7a6a")
ANSI = tuple(
    f"ansi_{name}" for name in ("blue", "yellow", "green", "magenta", "cyan", "red", "bright_blue", "bright_magenta")
)
MARKERS = ("•", "×", "+", "▴", "◦", "▪", "◆", "*")
ASCII_MARKERS = ("o", "x", "+", "^", "*", "#", "@", "%")
_KNOWN = 256  # runs whose place is remembered; far more than are ever on a screen
_places: OrderedDict[str, int] = OrderedDict()


def place(run_id: str) -> int:
    """The run's place in the palettes: the same in every widget of this app, and different for eight runs in a row."""
    if run_id not in _places:
        newest = next(reversed(_places.values()), -1)
        _places[run_id] = newest + 1
        while len(_places) > _KNOWN:
            _places.popitem(last=False)
    return _places[run_id]


def palette(theme: str, dark: bool) -> tuple[str, ...]:
    """Eight curve colours for a theme; names of the terminal's own colours in the ANSI themes."""
    if theme.startswith("ansi") or theme.endswith("-ansi"):
        return ANSI
    return DARK if dark else LIGHT


def source_word(source: UsedSource | None, *, short: bool = False) -> str:
    """What a run's data were, as every label says it; "" for real data and for none. `short`: for little room."""
    if short:
        return {"synthetic": _("synthetic"), "unverified": _("unverified file")}.get(source or "", "")
    return {
        "synthetic": _("synthetic data"),
        "unverified": _("real data (unverified file)"),
    }.get(source or "", "")


def metric_name(metric: str, own: Mapping[str, str] | None = None) -> str:
    """A metric or result in words, the name a learner meets in code beside it; "" where there are no words for it.

    own: the lesson's words for figures of its own.
    """
    words = {
        "loss": _("Loss"),
        "binary_crossentropy": _("Crossentropy"),
        "accuracy": _("Accuracy"),
        "acc": _("Accuracy"),
        "mae": _("Mean absolute error"),
        "mean_absolute_error": _("Mean absolute error"),
        "mse": _("Mean squared error"),
    }
    word = (own or {}).get(metric) or words.get(metric, "")
    for start, which in (("test_", _("Test: {figure}")), ("val_", _("Validation: {figure}"))):
        if not word and metric.startswith(start) and (base := words.get(metric.removeprefix(start))):
            word = which.format(figure=base)
    return word if not word or word.lower() == metric else f"{word} {metric}"


def figure(value: float) -> str:
    """A figure in exactly 7 cells: four significant digits, so that columns stand still while it changes."""
    if not math.isfinite(value):
        return f"{value:>7}"
    size = abs(value)
    if size != 0 and (size >= 1e6 or size < 1e-4):
        text = f"{value:7.1e}"  # 8 cells where the sign, or a third digit of the power, comes on top
        return text if len(text) <= 7 else f"{value:7.0e}"
    decimals = 4 if size < 10 else 3 if size < 100 else 2 if size < 1000 else 1 if size < 10000 else 0
    return f"{value:7.{decimals}f}"


def duration(seconds: float) -> str:
    """`8 s`, `2:05`, `1:02:05`."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def fit(text: str, width: int) -> str:
    """`text` in exactly `width` cells, with an ellipsis where it is cut."""
    if cell_len(text) <= width:
        return text + " " * (width - cell_len(text))
    # Where half of a wide character would fit the gap goes behind the ellipsis: `用于计… `, not `用于计 …`.
    return set_cell_size(set_cell_size(text, width - 1).rstrip() + "…", width) if width > 0 else ""


def bar(fraction: float, width: int, ascii: bool = False) -> tuple[str, str]:
    """A progress bar of `width` cells: (the part done, the part to come)."""
    done = max(0, min(width, math.floor(fraction * width + 1e-9)))
    return ("#" * done, "-" * (width - done)) if ascii else ("━" * done, "─" * (width - done))
