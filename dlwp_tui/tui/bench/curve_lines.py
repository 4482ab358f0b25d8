"""The lines above and below the charts: what went wrong, what is not drawn, and the values under the cursor."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence

from textual.content import Content
from textual.widgets import Static

from dlwp_tui.analysis import wording
from dlwp_tui.analysis.alerts import alerts
from dlwp_tui.analysis.charting import Chart
from dlwp_tui.analysis.seen import seen
from dlwp_tui.charts import cursor
from dlwp_tui.charts.axis import short
from dlwp_tui.core.language import ngettext
from dlwp_tui.course.lesson import Lesson
from dlwp_tui.runs.series import higher_is_better
from dlwp_tui.runs.view import RunView
from dlwp_tui.tui.bench.comparison import Comparison


class Readings(Static):
    """What every curve is worth at the cursor, the best first; not shown without a cursor."""

    DEFAULT_CSS = """
    Readings { height: auto; max-height: 4; color: $text-muted; display: none; }
    Readings.-shown { display: block; }
    """

    def show(self, build: Callable[[str], Chart], names: Sequence[str], reference: str, at: float | None) -> None:
        """The values at x = `at` of the charts of these metrics, a line or more for each; None: no cursor."""
        lines: list[Content] = []
        if at is not None:
            for name in names:
                chart = build(name)
                found = cursor.readings(chart.series, at, higher_is_better=higher_is_better(name), reference=reference)
                lines.append(self._line(f"{chart.x_unit} {short(at)} · {chart.metric}", found))
        self.set_class(bool(lines), "-shown")
        if lines:
            self.update(Content("\n").join(lines))

    def _line(self, head: str, found: list[cursor.Reading]) -> Content:
        """All values of one chart, on as many lines as they take; no value is parted from its curve."""
        assert self.parent is not None
        width = max(1, self.parent.content_size.width)  # type: ignore[attr-defined]
        lines = [Content(head)]
        for one in found:
            words = " ".join(filter(None, (one.series.sign, one.series.name)))
            difference = f" ({one.difference:+.3g})" if one.difference is not None else ""
            entry = Content.assemble(
                Content.styled(f"{words} ", one.series.color or "dim"),
                Content.styled(f"{short(one.y)}{difference}", "$foreground"),
            )
            if lines[-1].cell_length + 2 + entry.cell_length <= width:
                lines[-1] = Content.assemble(lines[-1], "  ", entry)
            else:
                lines.append(entry.truncate(width, ellipsis=True))
        return Content("\n").join(lines)


class CurvesNote(Static):
    """What went wrong and what to try, whether the preset's promise was kept, and what is not drawn."""

    DEFAULT_CSS = """
    CurvesNote { height: auto; max-height: 3; color: $text-muted; display: none; }
    CurvesNote.-shown { display: block; }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._text = Content("")
        self._seen: tuple[Hashable, str] = (None, "")
        """The run and version looked at last for its preset's promise, and the line about it."""

    def show(self, view: RunView | None, lesson: Lesson | None, comparison: Comparison, more_metrics: int) -> None:
        """About the shown run and those laid over it; more_metrics: how many have no chart now."""
        warnings = _warnings(view) if view is not None else []
        lines = [Content.styled(f"⚠ {message}", "$text-warning") for message in warnings[:2]]
        if len(comparison.runs) < 2 and (promise := self._promise(view, lesson)):
            lines.append(Content(promise))
        how = []
        hidden = sum(not comparison.drawn(run.folder.id) for run in comparison.runs)
        if hidden:
            how.append(ngettext("{count} run hidden", "{count} runs hidden", hidden).format(count=hidden))
        if more_metrics > 0:
            more = ngettext("{count} more metric", "{count} more metrics", more_metrics)
            how.append(more.format(count=more_metrics))
        if how:
            lines.append(Content(" · ".join(how)))
        text = Content("\n").join(lines)
        if text != self._text:
            self._text = text
            self.set_class(bool(lines), "-shown")
            self.update(text)

    def _promise(self, view: RunView | None, lesson: Lesson | None) -> str:
        """Whether a run that is over showed what its preset promises; "" where nothing is promised."""
        if view is None or view.state.active:
            return ""
        key = (view.folder.id, view.version)
        if key != self._seen[0]:
            found = seen(view, lesson)
            self._seen = (key, f"{found.label}  {wording.joined(found.sentences)}" if found is not None else "")
        return self._seen[1]


def _warnings(view: RunView) -> list[str]:
    """The error that ended the run, alerts with what to try, and the run's own warnings."""
    found = alerts(view)
    known = any(alert.code == "nan" for alert in found)
    return [
        *([view.error.text] if view.error is not None else []),
        *(f"{alert.message} {alert.hint}" for alert in found),
        *(warning.message for warning in view.warnings if not (known and warning.code == "nan")),
    ]
