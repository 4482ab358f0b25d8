"""Charts as SVG and PNG, for a report or a page: drawn by matplotlib, which is imported only here."""

from __future__ import annotations

import io
import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from dlwp_tui.analysis.charting import Chart
from dlwp_tui.charts.series import BASELINE, FOCUSED, Series
from dlwp_tui.core import paths

if TYPE_CHECKING:
    from matplotlib.figure import Figure

COLORS = ("#2f5bb7", "#c4760c", "#3f7a1f", "#7a3fb0", "#1b7a94", "#b3263f", "#8a5a2b", "#5c6670")
"""Eight colours that are told apart in print and with the usual kinds of colour blindness, on white."""
MARKERS = ("o", "x", "+", "^", "s", "D", "v", "*")
FONTS = (
    "Noto Sans CJK SC", "Source Han Sans SC", "Noto Sans SC", "WenQuanYi Micro Hei", "PingFang SC", "Microsoft YaHei",
    "SimHei", "DejaVu Sans",
)  # fmt: skip
"""The first that is installed is used; in SVG the reader's own."""


def svg(charts: Sequence[tuple[str, Chart]], *, log: bool = False) -> str:
    """One SVG picture of `charts`, (title, chart) one above the other. Its texts stay texts."""
    out = io.StringIO()
    _figure(charts, log).savefig(out, format="svg", metadata=dict.fromkeys(("Date", "Creator", "Format", "Type")))
    return out.getvalue()


def png(charts: Sequence[tuple[str, Chart]], *, log: bool = False) -> bytes:
    """The same as PNG, 1600 pixels wide."""
    out = io.BytesIO()
    _figure(charts, log).savefig(out, format="png", dpi=200)
    return out.getvalue()


def _figure(charts: Sequence[tuple[str, Chart]], log: bool) -> Figure:
    os.environ.setdefault("MPLCONFIGDIR", str(paths.ensure(paths.cache() / "matplotlib")))
    import matplotlib as mpl
    from matplotlib import font_manager
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator

    installed = {font.name for font in font_manager.fontManager.ttflist}
    family = [name for name in FONTS if name in installed]
    with mpl.rc_context({"svg.fonttype": "none", "font.family": family or ["sans-serif"], "font.size": 9}):
        figure = Figure(figsize=(8, 3.2 * max(1, len(charts))), layout="constrained")
        for number, (title, chart) in enumerate(charts, 1):
            axes = figure.add_subplot(len(charts), 1, number)
            for series in chart.series:
                _draw(axes, series)
            axes.set_title(title, loc="left", fontsize=10, fontweight="bold")
            axes.set_xlabel(chart.x_unit)
            axes.xaxis.set_major_locator(MaxNLocator(integer=True))
            axes.grid(color="#dddddd", linewidth=0.6)
            axes.spines[["top", "right"]].set_visible(False)
            if log:
                axes.set_yscale("log")
            if any(series.name for series in chart.series):
                axes.legend(frameon=False, fontsize=8)
        figure.draw_without_rendering()
    return figure


def _draw(axes: Any, series: Series) -> None:
    xs, ys = zip(*series.points.pairs(), strict=True)  # NaN leaves a gap
    style: dict[str, Any] = {
        "color": series.color or "#777777",
        "label": series.name or None,
        "zorder": series.front + 2,
    }
    if series.faint:
        style |= {"alpha": 0.4, "linewidth": 1}
    match series.pattern:
        case "blobs":
            style |= {"marker": "o", "markersize": 3.5, "linestyle": ""}
        case "dashes":
            style |= {"linestyle": "--", "linewidth": 1}
        case _:
            style |= {"linewidth": 2.2 if series.front == FOCUSED else 1.6}
    if series.front == BASELINE:
        style |= {"linestyle": ":", "alpha": 1}
    if series.sign in MARKERS:
        style |= {"marker": series.sign, "markersize": 5, "markevery": max(1, len(xs) // 8)}
    axes.plot(xs, ys, **style)
    if series.best is not None:
        axes.annotate(
            f"{series.best[1]:.4g}", series.best, xytext=(0, 10 if series.best_is_high else -14),
            textcoords="offset points", ha="center", fontsize=8, color=style["color"],
            arrowprops={"arrowstyle": "-", "color": style["color"], "linewidth": 0.6},
        )  # fmt: skip
