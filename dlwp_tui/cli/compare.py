"""`dlwp compare`: runs over each other in one chart, and the table of what differs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dlwp_tui.cli import output
from dlwp_tui.cli.options import Json
from dlwp_tui.core.errors import UsageError
from dlwp_tui.core.language import _

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dlwp_tui.analysis.charting import Chart, Look
    from dlwp_tui.analysis.differences import Row
    from dlwp_tui.runs.view import RunView

HEIGHT = 16
"""Rows of a chart in the terminal."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("compare", help=_("Lay runs over each other: curves, and the table of what differs."))(compare)


def compare(  # noqa: PLR0917 - typer calls it by keyword
    runs: Annotated[
        list[str],
        typer.Argument(metavar="RUN...", help=_("Ids of runs, their ends or `last`; the first is the reference.")),
    ],
    metric: Annotated[
        str | None, typer.Option("--metric", help=_("Only this metric, for instance loss or accuracy."))
    ] = None,
    log: Annotated[bool, typer.Option("--log", help=_("Logarithmic y axis."))] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help=_("The table as CSV, without the chart."))] = False,
    svg: Annotated[Path | None, typer.Option("--svg", metavar="FILE", help=_("Write the charts as SVG."))] = None,
    png: Annotated[Path | None, typer.Option("--png", metavar="FILE", help=_("Write the charts as PNG."))] = None,
    json: Json = False,
) -> None:
    from dlwp_tui.analysis import differences

    views = _views(runs)
    names = _names(views)
    rows = differences.rows(views, names)
    if json:
        for row in rows:
            output.json_line(row.as_json())
        return
    if as_csv:
        _write_csv(rows)
        return
    chosen = _metrics(views, metric)
    if svg or png:
        from dlwp_tui.analysis import figures
        from dlwp_tui.analysis.charting import Look

        made = _charts(views, names, chosen, Look(colors=figures.COLORS, signs=figures.MARKERS))
        for path, content in ((svg, figures.svg), (png, figures.png)):
            if path is not None:
                _write(path, content(made, log=log))
        return
    _print_charts(views, names, chosen, log)
    watched = differences.watched(views) if metric is None else next((m for m in rows[0].figures if metric in m), None)
    heads, cells = differences.cells(rows, [watched] if watched else [])
    output.table(heads, cells)


def _views(runs: Sequence[str]) -> list[RunView]:
    from dlwp_tui.runs import store
    from dlwp_tui.runs.view import RunView

    found = {}
    for run in runs:
        folder = store.find(run)
        if folder.id not in found:
            found[folder.id] = RunView.whole(folder)
    return list(found.values())


def _names(views: Sequence[RunView]) -> list[str]:
    from dlwp_tui.analysis import names

    return names.of_views(views)


def _metrics(views: Sequence[RunView], metric: str | None) -> list[str]:
    from dlwp_tui.analysis import charting

    known = charting.metrics(views)
    if metric is None:
        return known[:2]
    if metric.removeprefix("val_") not in known:
        raise UsageError(
            _("No run has the metric {metric}.").format(metric=metric),
            _("There are: {names}").format(names=", ".join(known) or "–"),
        )
    return [metric.removeprefix("val_")]


def _charts(
    views: Sequence[RunView], names: Sequence[str], metrics: Sequence[str], look: Look
) -> list[tuple[str, Chart]]:
    from dlwp_tui.analysis import charting
    from dlwp_tui.core import formats

    members = [
        charting.Member((view,), name, focused=at == 0)
        for at, (view, name) in enumerate(zip(views, names, strict=True))
    ]
    sources = dict.fromkeys(formats.source_label(view.source) for view in views)
    made = []
    for metric in metrics:
        chart = charting.chart(metric, members, look)
        made.append((" · ".join([chart.metric, *filter(None, sources)]), chart))
    return made


def _print_charts(views: Sequence[RunView], names: Sequence[str], metrics: Sequence[str], log: bool) -> None:
    import shutil

    from dlwp_tui.analysis.charting import Look
    from dlwp_tui.charts.draw import draw
    from dlwp_tui.charts.series import View
    from dlwp_tui.core import settings

    colors = ("blue", "yellow", "green", "magenta", "cyan", "red", "bright_blue", "bright_magenta")
    width = min(120, shutil.get_terminal_size((100, 24)).columns)
    plain = settings.load().ascii
    for title, chart in _charts(views, names, metrics, Look(colors=colors)):
        view = View(log=log, x=chart.x, ascii=plain, color=output.is_terminal())
        frame = draw(chart.series, width, HEIGHT, title=title, x_unit=chart.x_unit, view=view)
        output.styled(frame.text, width)
        output.line()


def _write_csv(rows: Sequence[Row]) -> None:
    metrics = list(dict.fromkeys(metric for row in rows for metric in row.figures))
    params = list(rows[0].params)
    kinds = ("best", "epoch", "last")
    lines: list[list[object]] = [
        [
            *("run", "name", "state", *params),
            *(f"{kind}_{metric}" for metric in metrics for kind in kinds),
            *("seconds", "parameters", "source"),
        ]
    ]
    for row in rows:
        figures = [
            getattr(row.figures[metric], kind) if metric in row.figures else "" for metric in metrics for kind in kinds
        ]
        values = [row.params.get(param) for param in params]
        lines.append(
            [row.run, row.name, str(row.state), *values, *figures, f"{row.seconds:.3f}", row.parameters, row.source]
        )
    output.csv_rows(lines)


def _write(path: Path, content: str | bytes) -> None:
    from dlwp_tui.analysis import export

    export.save(content, path)
    output.say(_("Wrote {path}.").format(path=path))
