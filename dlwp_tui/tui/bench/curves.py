"""The curves tab: a chart for each pair of training and validation metric, live, at most four redraws a second."""

from __future__ import annotations

from textual import events
from textual.app import ComposeResult
from textual.containers import Container
from textual.content import Content
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Static

from dlwp_tui.core import formats, settings
from dlwp_tui.core.language import _, ngettext
from dlwp_tui.runs.state import RunState
from dlwp_tui.runs.view import RunView
from dlwp_tui.tui import keys
from dlwp_tui.tui.bench import series, style
from dlwp_tui.tui.bench.chart import Chart
from dlwp_tui.tui.bench.series import SMOOTHING, Look

HZ = 4
"""Redraws a second: more only loads the link of an SSH session."""
SLOW = 0.030
"""Seconds a frame may take before the rate is halved."""
LEAST_ROWS, LEAST_COLUMNS = 9, 34
"""A smaller chart cannot be read: fewer charts are shown then."""
MOST = 4


class CurvesView(Widget, can_focus=True):
    """Charts of the shown run and of the runs laid over it. Every choice is an action, named in the key table."""

    DEFAULT_CSS = """
    CurvesView { height: 1fr; padding: 0 1; }
    CurvesView #curves-note { height: auto; max-height: 3; color: $text-muted; display: none; }
    CurvesView #curves-note.-shown { display: block; }
    CurvesView #curves-note.-warning { color: $text-warning; }
    CurvesView #charts { height: 1fr; layout: grid; grid-size: 1; grid-gutter: 1 2; }
    CurvesView #curves-empty { height: 1fr; content-align: center middle; color: $text-muted; }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.view: RunView | None = None
        self.overlays: tuple[RunView, ...] = ()
        self.words: dict[str, str] = {}
        """The lesson's words for figures of its own."""
        self.log_y = False
        self.batches = False
        self.metric: str | None = None
        """The one metric to draw; None: as many as fit."""
        self._smoothing = 0
        self._ascii = False
        self._skip = False
        self._timer: Timer | None = None
        self._charts: list[Chart] = []
        self._note = ""

    def compose(self) -> ComposeResult:
        yield Static(id="curves-note")
        yield Container(id="charts")
        yield Static(id="curves-empty")

    def on_mount(self) -> None:
        self._ascii = settings.load().ascii
        self._timer = self.set_interval(1 / HZ, self._tick)
        self.watch(self.app, "theme", self.redraw, init=False)
        self.redraw()

    # -- what is shown -------------------------------------------------------------------------------------------

    def show(self, view: RunView | None) -> None:
        """Draw another run; its updates are seen at the next tick."""
        self.view = view
        if self.metric is not None and self.metric not in self.metrics:
            self.metric = None
        self.redraw()

    @property
    def metrics(self) -> list[str]:
        """What can be drawn."""
        return series.metrics([view for view in (self.view, *self.overlays) if view is not None])

    @property
    def smoothing(self) -> float:
        """The weight of the smoothing; 0: none."""
        return SMOOTHING[self._smoothing]

    @property
    def shown_metrics(self) -> list[str]:
        """The metrics that have a chart now."""
        return self._chosen(self.metrics)

    def action_log_scale(self) -> None:
        """Logarithmic y axis or not."""
        self.log_y = not self.log_y
        self.redraw()

    def action_smooth(self) -> None:
        """The next smoothing: none, 0.6, 0.9."""
        self._smoothing = (self._smoothing + 1) % len(SMOOTHING)
        self.redraw()

    def action_batches(self) -> None:
        """Show figures of single batches too, or not."""
        self.batches = not self.batches
        self.redraw()

    def action_next_metric(self) -> None:
        """All metrics, then each alone and large."""
        names = self.metrics
        if self.metric in names:
            number = names.index(self.metric) + 1
            self.metric = names[number] if number < len(names) else None
        else:
            self.metric = names[0] if names else None
        self.redraw()

    # -- drawing -------------------------------------------------------------------------------------------------

    def redraw(self) -> None:
        """Show the current data now, whatever the rate."""
        if not self.is_mounted:
            return
        names = self.shown_metrics
        self._show_note()
        empty = self.query_one("#curves-empty", Static)
        empty.display = not names
        self.query_one("#charts").display = bool(names)
        if not names or self.view is None:
            empty.update(Content(self._nothing()))
            return
        self._lay_out(names)
        look = Look(self.log_y, self.smoothing, self.batches, self._palette(), self._ascii)
        shown, overlays = self.view, self.overlays
        stamp = (
            shown.folder.id,
            shown.version,
            tuple((one.folder.id, one.version) for one in overlays),
            look,
        )
        columns, _rows = self._grid(len(names))
        source = formats.source_label(shown.source, short=columns > 1)  # the legend stands beside it
        for chart, name in zip(self._charts, names, strict=True):
            drawn = f"val_{name}" if series.of_validation(name, shown) else name
            title = style.metric_name(drawn, self.words) or style.metric_name(name, self.words) or drawn
            title = f"{title} · {source}" if source else title
            chart.show(
                (name, title, stamp),
                lambda name=name: series.chart(name, shown, overlays, look),  # type: ignore[misc]
                title=title,
                x_label=series.x_label(name, shown),
                log_y=self.log_y,
                ascii=self._ascii,
                hint=self._nothing(),
            )

    def on_resize(self, _event: events.Resize) -> None:
        self.redraw()

    def _tick(self) -> None:
        if self.view is None or not self.is_on_screen:
            return
        self._skip = not self._skip and max((chart.seconds for chart in self._charts), default=0) > SLOW
        if not self._skip:
            self.redraw()

    def _chosen(self, names: list[str]) -> list[str]:
        if self.metric is not None:
            return [self.metric] if self.metric in names else []
        columns, rows = self._grid(len(names))
        return names[: columns * rows]

    def _grid(self, count: int) -> tuple[int, int]:
        """(columns, rows) of charts that fit the space."""
        width, height = self.content_size
        count = min(count, MOST) or 1
        columns = min(count, max(1, width // LEAST_COLUMNS)) if height < LEAST_ROWS * count else 1
        if columns == 1 and count > 1 and width >= 2 * LEAST_COLUMNS + 2 and width > 3.4 * height:
            columns = 2  # low and wide: side by side
        rows = max(1, min(-(-count // columns), (height + 1) // LEAST_ROWS))
        return columns, rows

    def _lay_out(self, names: list[str]) -> None:
        box = self.query_one("#charts", Container)
        while len(self._charts) < len(names):
            chart = Chart()
            self._charts.append(chart)
            box.mount(chart)
        while len(self._charts) > len(names):
            self._charts.pop().remove()
        columns, _rows = self._grid(len(names))
        box.styles.grid_size_columns = columns if len(names) > 1 else 1

    def _show_note(self) -> None:
        """Above the charts: what went wrong, then how the drawing differs from the usual one."""
        note = self.query_one("#curves-note", Static)
        warnings = [notice.message for notice in self.view.warnings] if self.view else []
        if self.view is not None and self.view.error is not None:
            warnings.insert(0, self.view.error.text)
        lines = [f"⚠ {message}" for message in warnings[:2]]
        how = []
        if self.smoothing:
            how.append(_("smoothing {weight}").format(weight=self.smoothing))
        if self.log_y:
            how.append(_("log axis"))
        if self.batches:
            how.append(_("single batches"))
        if self.overlays:
            how.append(_("compared with {count}").format(count=len(self.overlays)))
        hidden = len(self.metrics) - len(self.shown_metrics)
        if hidden > 0:
            how.append(ngettext("{count} more metric", "{count} more metrics", hidden).format(count=hidden))
        if how:
            lines.append(" · ".join(how))
        text = "\n".join(lines)
        if text != self._note:
            self._note = text
            note.set_class(bool(lines), "-shown")
            note.set_class(bool(warnings), "-warning")
            note.update(Content(text))

    def _nothing(self) -> str:
        if self.view is None:
            text = _("Press {key} to run; in a few seconds curves appear here.")
            return text.format(key=keys.label("run.start"))
        if not self.view.read:
            return _("Reading the run…")
        if self.view.state is RunState.QUEUED:
            return _("It begins in a moment; while another run is at work, when that one has ended.")
        if self.view.state.active:
            return _("The first figures come in a moment.")
        return _("This run has no curves; see its output.")

    def _palette(self) -> tuple[str, ...]:
        return style.palette(self.app.theme, self.app.current_theme.dark)
