"""The table of differences: runs side by side, what was set otherwise and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dlwp_tui.analysis import charting, compare
from dlwp_tui.core import formats
from dlwp_tui.core.language import _
from dlwp_tui.core.types import UsedSource, Value
from dlwp_tui.runs.events import plain
from dlwp_tui.runs.series import CurveKey, higher_is_better
from dlwp_tui.runs.state import RunState, word
from dlwp_tui.runs.view import RunView


@dataclass(frozen=True)
class Figure:
    """One metric of one run."""

    best: float
    epoch: int
    """Of the best figure, from 1."""
    last: float


@dataclass(frozen=True)
class Row:
    """One run."""

    run: str
    name: str
    state: RunState
    params: dict[str, Value | None]
    """Those that are not equal in all runs; None where the run has no such param."""
    figures: dict[str, Figure]
    """By metric, without those that are neither good nor bad."""
    seconds: float
    parameters: int | None
    """Of the first model that the run showed; None without one."""
    source: UsedSource | None

    def as_json(self) -> dict[str, Any]:
        """Plain JSON values, NaN and infinity as strings."""
        return dict(
            plain(
                {
                    "run": self.run,
                    "name": self.name,
                    "state": str(self.state),
                    "params": self.params,
                    "figures": {
                        metric: {"best": figure.best, "epoch": figure.epoch, "last": figure.last}
                        for metric, figure in self.figures.items()
                    },
                    "seconds": round(self.seconds, 3),
                    "parameters": self.parameters,
                    "source": self.source,
                }
            )
        )


def rows(views: Sequence[RunView], names: Sequence[str]) -> list[Row]:
    """A row for each of `views`, in their order: put the reference first."""
    differing = compare.diff_params([view.spec.params for view in views])
    return [
        Row(
            view.folder.id,
            name,
            view.state,
            {param: values[at] for param, values in differing.items()},
            _figures(view),
            view.elapsed_s,
            view.models[0].params if view.models else None,
            view.source,
        )
        for at, (view, name) in enumerate(zip(views, names, strict=True))
    ]


def cells(found: Sequence[Row], metrics: Sequence[str] | None = None) -> tuple[list[str], list[list[str]]]:
    """Column heads and rows of text. From the second row on each best figure has its difference to the first row's.

    metrics: those to show; all that the first run has, where none are given.
    """
    if not found:
        return [], []
    shown = list(found[0].figures if metrics is None else metrics)
    params = list(found[0].params)
    heads = [_("run"), *params]
    for metric in shown:
        heads += [_("best {metric}").format(metric=metric), _("epoch"), _("last")]
    heads += [_("time"), _("parameters"), _("data"), _("state")]
    return heads, [_cells(row, found[0], params, shown) for row in found]


def watched(views: Sequence[RunView]) -> str | None:
    """The metric to compare by: the first with validation, else the first there is; None without curves."""
    names = charting.metrics(views)
    keys = {key.metric for view in views for key in view.curves}
    return next((f"val_{name}" for name in names if f"val_{name}" in keys), names[0] if names else None)


def _figures(view: RunView) -> dict[str, Figure]:
    """The best and the last figure of each curve without a label; of labelled ones where there are no others."""
    labels = {key.label for key in view.curves}
    label = "" if "" in labels else next(iter(labels), "")
    found = {}
    names = charting.metrics([view])
    for metric in [name for base in names for name in (f"val_{base}", base)]:
        curve = view.curves.get(CurveKey(label, metric))
        higher = higher_is_better(metric)
        if curve is None or curve.last is None or higher is None:
            continue
        best = curve.high if higher else curve.low
        assert best is not None
        found[metric] = Figure(best.y, int(best.x), curve.last.y)
    return found


def _cells(row: Row, reference: Row, params: Sequence[str], metrics: Sequence[str]) -> list[str]:
    cells = [row.name]
    for param in params:
        value = row.params.get(param)
        cells.append("–" if value is None else formats.number(value) if isinstance(value, float) else str(value))
    for metric in metrics:
        figure, other = row.figures.get(metric), reference.figures.get(metric)
        if figure is None:
            cells += ["–", "–", "–"]
            continue
        best = formats.number(figure.best)
        if row is not reference and other is not None:
            best += f" ({figure.best - other.best:+.3g})"
        cells += [best, str(figure.epoch), formats.number(figure.last)]
    parameters = f"{row.parameters:,}" if row.parameters else "–"
    source = formats.source_word(row.source) or "–"
    return [*cells, formats.duration(row.seconds), parameters, source, word(row.state)]
