"""What a student hands in: runs with their curves, params, verdicts, data and environment, as HTML or markdown."""

from __future__ import annotations

import html
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from dlwp_tui.analysis import charting, compare, differences, evidence, figures, names, seen, verdict, wording
from dlwp_tui.core import formats
from dlwp_tui.core.language import _, language
from dlwp_tui.course.lesson import Lesson
from dlwp_tui.render import table as tables
from dlwp_tui.runs.facts import Model
from dlwp_tui.runs.state import label
from dlwp_tui.runs.view import RunView

CHARTS = 2
"""Charts of one lesson's runs: the loss and the first other metric."""


@dataclass
class Table:
    """Rows of text under their heads."""

    heads: list[str]
    rows: list[list[str]]


@dataclass
class Part:
    """What is said of the runs of one lesson."""

    title: str
    sentences: list[str] = field(default_factory=list)
    """Promises of presets and statements of experiments, with what was found."""
    svg: str = ""
    """The curves; "" without any."""
    tables: list[tuple[str, Table]] = field(default_factory=list)


def parts(views: Sequence[RunView]) -> list[Part]:
    """One part for each lesson of `views`, in the order of their first run."""
    by_lesson: dict[str, list[RunView]] = {}
    for view in views:
        by_lesson.setdefault(view.spec.lesson, []).append(view)
    return [_part(lesson, runs) for lesson, runs in by_lesson.items()]


def _part(lesson_id: str, views: Sequence[RunView]) -> Part:
    lesson = compare.lesson_of(lesson_id)
    title = f"{lesson_id} {lesson.title}" if lesson is not None else lesson_id
    called = names.of_views(views)
    part = Part(title, _judged(lesson, views, called), _curves(views, called))
    heads, rows = differences.cells(differences.rows(views, called), _compared(views))
    part.tables.append((_("Runs"), Table(heads, rows)))
    part.tables.append((_("Parameters"), _params(lesson, views, called)))
    for name, view in zip(called, views, strict=True):
        for model in view.models[:1]:
            part.tables.append((_("Network: {run}").format(run=name), _layers(model)))
        if view.results:
            found = [
                [_joined(at, metric), formats.number(value)]
                for at, one in view.results.items()
                for metric, value in one.items()
            ]
            part.tables.append((_("Results: {run}").format(run=name), Table([_("figure"), _("value")], found)))
    part.tables.append((_("Environment"), _environment(views, called)))
    return part


def markdown(found: Sequence[Part], pictures: Sequence[str]) -> str:
    """The report as markdown. `pictures` are the addresses of the parts' SVG files, "" where there is none."""
    title, curves = _("Report"), _("Curves")
    lines = [f"# {title}", "", _dated(), ""]
    for part, picture in zip(found, pictures, strict=True):
        lines += [f"## {part.title}", ""]
        lines += [f"- {sentence}" for sentence in part.sentences] + [""] * bool(part.sentences)
        if picture:
            lines += [f"![{curves}]({picture})", ""]
        for title, table in part.tables:
            lines += [f"### {title}", "", tables.markdown(table.heads, table.rows), ""]
    return "\n".join(lines)


def page(found: Sequence[Part]) -> str:
    """The report as one HTML file that needs nothing else."""
    title = html.escape(_("Report"))
    body = [f"<h1>{title}</h1><p>{html.escape(_dated())}</p>"]
    for part in found:
        body.append(f"<h2>{html.escape(part.title)}</h2>")
        if part.sentences:
            body.append("<ul>" + "".join(f"<li>{html.escape(one)}</li>" for one in part.sentences) + "</ul>")
        if part.svg:
            body.append(f"<figure>{part.svg[part.svg.index('<svg') :]}</figure>")
        for title, table in part.tables:
            body.append(f"<h3>{html.escape(title)}</h3>{_html_table(table)}")
    return _PAGE.format(language=language(), title=title, body="\n".join(body))


def _judged(lesson: Lesson | None, views: Sequence[RunView], called: Sequence[str]) -> list[str]:
    """What the presets promised and what was seen; the verdicts of the experiments that the runs belong to."""
    sentences = []
    for name, view in zip(called, views, strict=True):
        if (found := seen.seen(view, lesson)) is not None:
            sentences.append(f"{name}: {found.label} – {found.promise} {wording.joined(found.sentences)}".strip())
        held = sum(check.ok for check in view.checks)
        if view.checks:
            sentences.append(
                _("{run}: {held} of {count} exact statements hold.").format(run=name, held=held, count=len(view.checks))
            )
    ids = dict.fromkeys(view.spec.experiment.id for view in views if view.spec.experiment is not None)
    for experiment in lesson.experiments if lesson is not None else ():
        if experiment.id in ids and lesson is not None and (judged := evidence.latest(lesson, experiment)) is not None:
            words = [
                *verdict.in_words(judged, lesson, experiment),
                *filter(None, [judged.of_seeds]),
                *verdict.effects_in_words(judged, lesson, experiment),
            ]
            sentences.append(f"{judged.label}: {experiment.statement} {wording.joined(words)}".strip())
    return sentences


def _curves(views: Sequence[RunView], called: Sequence[str]) -> str:
    look = charting.Look(colors=figures.COLORS, signs=figures.MARKERS)
    members = [
        charting.Member((view,), name, at == 0) for at, (view, name) in enumerate(zip(views, called, strict=True))
    ]
    charts = [charting.chart(metric, members, look) for metric in charting.metrics(views)[:CHARTS]]
    drawn = [(chart.metric, chart) for chart in charts if chart.series]
    return figures.svg(drawn) if drawn else ""


def _compared(views: Sequence[RunView]) -> list[str]:
    watched = differences.watched(views)
    return [watched] if watched else []


def _params(lesson: Lesson | None, views: Sequence[RunView], called: Sequence[str]) -> Table:
    known = dict.fromkeys(name for view in views for name in view.spec.params)
    rows = []
    for name in known:
        label_ = str(lesson.params[name].label) if lesson is not None and name in lesson.params else ""
        values = [view.spec.params.get(name) for view in views]
        rows.append([name, label_, *("–" if value is None else str(value) for value in values)])
    rows.append([_("preset"), "", *(view.spec.preset or "–" for view in views)])
    rows.append([_("seed"), "", *(str(view.spec.seed) for view in views)])
    return Table([_("parameter"), "", *called], rows)


def _layers(model: Model) -> Table:
    rows = [[name, kind, shape, f"{params:,}"] for name, kind, shape, params in model.layers]
    return Table(
        [_("layer"), _("kind"), _("output shape"), _("parameters")], [*rows, ["", "", "", f"{model.params:,}"]]
    )


def _environment(views: Sequence[RunView], called: Sequence[str]) -> Table:
    rows = []
    for name, view in zip(called, views, strict=True):
        versions = " ".join(f"{package} {version}" for package, version in view.spec.versions.items())
        data = ", ".join(f"{use.name}: {formats.source_word(use.source)}" for use in view.datasets) or "–"
        began = time.strftime("%Y-%m-%d %H:%M", time.localtime(view.spec.created))
        rows.append(
            [name, view.folder.id, label(view.state), began, data, view.device or "–", view.spec.host, versions]
        )
    heads = [_("run"), "id", _("state"), _("started"), _("data"), _("device"), _("machine"), _("versions")]
    return Table(heads, rows)


def _dated() -> str:
    return _("Written by dlwp on {date}.").format(date=time.strftime("%Y-%m-%d %H:%M"))


def _joined(label_: str, metric: str) -> str:
    return f"{label_} {metric}".strip()


def _html_table(table: Table) -> str:
    head = "".join(f"<th>{html.escape(cell)}</th>" for cell in table.heads)
    rows = "".join("<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>" for row in table.rows)
    return f"<div class=wide><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"


_PAGE = """<!doctype html>
<html lang="{language}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>
body {{ font: 16px/1.6 system-ui, "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif; color: #222;
  background: #fff; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }}
h2 {{ border-bottom: 1px solid #ddd; padding-bottom: .3rem; margin-top: 2.5rem; }}
figure {{ margin: 1rem 0; }} svg {{ max-width: 100%; height: auto; }}
.wide {{ overflow-x: auto; }}
table {{ border-collapse: collapse; font-size: .9rem; font-variant-numeric: tabular-nums; }}
th, td {{ text-align: left; padding: .3rem .8rem .3rem 0; border-bottom: 1px solid #eee; white-space: nowrap; }}
</style>
{body}
</html>
"""
