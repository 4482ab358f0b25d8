"""The curves tab: a chart for each pair of training and validation metric, live, at most four redraws a second."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import cache, partial

from rich.cells import cell_len
from textual import events, on
from textual.app import ComposeResult
from textual.containers import Container
from textual.content import Content
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Static

from dlwp_tui.analysis import charting
from dlwp_tui.analysis.charting import X_UNITS, Look
from dlwp_tui.analysis.signs import ASCII_SIGNS, SIGNS
from dlwp_tui.charts import cursor
from dlwp_tui.charts.legend import crop
from dlwp_tui.charts.series import Series, View
from dlwp_tui.core import formats, settings
from dlwp_tui.core.language import _
from dlwp_tui.course.lesson import Lesson
from dlwp_tui.runs.state import RunState
from dlwp_tui.runs.view import RunView
from dlwp_tui.tui import keys
from dlwp_tui.tui.bench import style
from dlwp_tui.tui.bench.chart import Chart
from dlwp_tui.tui.bench.comparison import Comparison
from dlwp_tui.tui.bench.curve_lines import CurvesNote, Readings
from dlwp_tui.tui.bench.picker import RunPicker

HZ = 4
"""Redraws a second: more only loads the link of an SSH session."""
SLOW = 0.030
"""Seconds a frame may take before the rate is halved."""
LEAST_ROWS, LEAST_COLUMNS = 11, 34
"""A smaller chart cannot be read: fewer charts are shown then."""
MOST = 4
SMOOTHING = (0.0, 0.6, 0.9)
"""Weights the smoothing key walks through."""


class CurvesView(Widget, can_focus=True):
    """Charts of the runs of a comparison. Every choice is an action, named in the key table."""

    BINDINGS = keys.bindings("curves")
    DEFAULT_CSS = """
    CurvesView { height: 1fr; padding: 0 1; }
    CurvesView #charts { height: 1fr; layout: grid; grid-size: 1; grid-gutter: 1 2; }
    CurvesView #curves-empty { height: 1fr; content-align: center middle; color: $text-muted; }
    """

    def __init__(self, comparison: Comparison, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.comparison = comparison
        self.view: RunView | None = None
        """The shown run."""
        self.lesson: Lesson | None = None
        """The lesson of the open section."""
        self.log_y = False
        self.batches = False
        self.whole = False
        """Show also the first points that would rule the y axis."""
        self.metric: str | None = None
        """The one metric to draw; None: as many as fit."""
        self.zoom: tuple[float, float] | None = None
        """The chosen ends of the x axis."""
        self.cursor: float | None = None
        """The x under the cursor; None without one."""
        self._x_unit = 0
        self._smoothing: dict[str, int] = {}
        """By lesson: which of `SMOOTHING`."""
        self._ascii = False
        self._skip = False
        self._timer: Timer | None = None
        self._charts: list[Chart] = []
        self._built: tuple[Hashable, Callable[[str], charting.Chart]] = (None, lambda _name: charting.Chart(""))
        """What the charts were built from last, and their builder."""
        self.picker = RunPicker(comparison, id="picker")

    def compose(self) -> ComposeResult:
        yield CurvesNote(id="curves-note")
        yield Container(id="charts")
        yield Readings(id="curves-readings")
        yield Static(id="curves-empty")
        yield self.picker

    def on_mount(self) -> None:
        self._ascii = settings.load().ascii
        self._timer = self.set_interval(1 / HZ, self._tick)
        self.watch(self.app, "theme", self.redraw, init=False)
        self.redraw()

    # -- what is shown -------------------------------------------------------------------------------------------

    def show(self, view: RunView | None) -> None:
        """Draw another run; its updates are seen at the next tick."""
        if view is None or self.view is None or view.spec.lesson != self.view.spec.lesson:
            self.zoom = self.cursor = None
        self.view = view
        if self.metric is not None and self.metric not in self.metrics:
            self.metric = None
        self.redraw()

    @property
    def KEYS(self) -> str:
        """For the footer: a chart's keys while there is a chart."""
        return "curves" if self.metrics else ""

    @property
    def drawings(self) -> list[tuple[str, str]]:
        """(metric, the chart as text) of each chart in view."""
        return [(chart.data.metric, chart.text) for chart in self._charts if chart.data is not None]

    @property
    def metrics(self) -> list[str]:
        """What can be drawn."""
        return charting.metrics(self.comparison.runs)

    @property
    def smoothing(self) -> float:
        """The weight of the smoothing in this lesson; 0: none."""
        return SMOOTHING[self._smoothing.get(self._lesson, 0)]

    @property
    def shown_metrics(self) -> list[str]:
        """The metrics that have a chart now."""
        return self._chosen(self.metrics)

    @property
    def _lesson(self) -> str:
        return self.view.spec.lesson if self.view is not None else ""

    # -- choices -------------------------------------------------------------------------------------------------

    def action_log_scale(self) -> None:
        """Logarithmic y axis or not."""
        self.log_y = not self.log_y
        self.redraw()

    def action_smooth(self) -> None:
        """The next smoothing of this lesson: none, 0.6, 0.9."""
        self._smoothing[self._lesson] = (self._smoothing.get(self._lesson, 0) + 1) % len(SMOOTHING)
        self.redraw()

    def action_batches(self) -> None:
        """Show figures of single batches too, or not."""
        self.batches = not self.batches
        self.redraw()

    def action_whole(self) -> None:
        """Show the first points that rule the range too, or let them run out at the top."""
        self.whole = not self.whole
        self.redraw()

    def action_x_unit(self) -> None:
        """Count epochs, steps or seconds along the x axis."""
        self._x_unit = (self._x_unit + 1) % len(X_UNITS)
        self.zoom = self.cursor = None
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

    # -- cursor and zoom -----------------------------------------------------------------------------------------

    def action_cursor(self, way: int) -> None:
        """One point to the right or to the left."""
        self.cursor = cursor.step(self._series(), self.cursor, way)
        self._keep_cursor_in_view()
        self.redraw()

    def action_cursor_end(self, way: int) -> None:
        """To the last or to the first point."""
        self.cursor = cursor.step(self._series(), None, -way)
        self._keep_cursor_in_view()
        self.redraw()

    def action_cursor_off(self) -> None:
        """No cursor; without one, the whole range again."""
        if self.cursor is None:
            self.zoom = None
        self.cursor = None
        self.redraw()

    def action_zoom(self, factor: float) -> None:
        """Show a part `factor` as wide, round the cursor or the right end; all of it where that is enough."""
        ends = self._ends()
        if ends is None:
            return
        whole = self._whole_ends()
        width = (ends[1] - ends[0]) * factor
        centre = self.cursor if self.cursor is not None else ends[1]
        low = centre - width / 2 if self.cursor is not None else ends[1] - width
        self.zoom = None if whole is None or width >= whole[1] - whole[0] else _within((low, low + width), whole)
        self.redraw()

    def action_pan(self, way: int) -> None:
        """A quarter of what is shown to the right or to the left."""
        whole = self._whole_ends()
        if self.zoom is not None and whole is not None:
            shift = way * (self.zoom[1] - self.zoom[0]) / 4
            self.zoom = _within((self.zoom[0] + shift, self.zoom[1] + shift), whole)
            self.redraw()

    def action_zoom_off(self) -> None:
        """All of it."""
        self.zoom = None
        self.redraw()

    @on(Chart.Hovered)
    def _hovered(self, event: Chart.Hovered) -> None:
        event.stop()
        at = cursor.snap(self._series(), event.x)
        if at != self.cursor:
            self.cursor = at
            self.redraw()

    def on_leave(self, _event: events.Leave) -> None:
        if not self.has_focus and self.cursor is not None:
            self.cursor = None
            self.redraw()

    @on(RunPicker.Changed)
    def _comparison_changed(self) -> None:
        self.redraw()

    @on(RunPicker.Left)
    def _picker_left(self) -> None:
        self.focus()

    def _series(self) -> list[Series]:
        return [one for chart in self._charts if chart.data is not None for one in chart.data.series]

    def _ends(self) -> tuple[float, float] | None:
        return self._charts[0].ends if self._charts else None

    def _whole_ends(self) -> tuple[float, float] | None:
        xs = [x for one in self._series() for x in (*one.points.xs[:1], *one.points.xs[-1:])]
        return (min(xs), max(xs)) if xs else None

    def _keep_cursor_in_view(self) -> None:
        if self.zoom is not None and self.cursor is not None and not self.zoom[0] <= self.cursor <= self.zoom[1]:
            width = self.zoom[1] - self.zoom[0]
            low = self.cursor - (width if self.cursor > self.zoom[1] else 0)
            self.zoom = (low, low + width)

    # -- drawing -------------------------------------------------------------------------------------------------

    def redraw(self) -> None:
        """Show the current data now, whatever the rate."""
        if not self.is_mounted:
            return
        names = self.shown_metrics
        more = len(self.metrics) - len(names)
        self.query_one(CurvesNote).show(self.view, self.lesson, self.comparison, more)
        empty = self.query_one("#curves-empty", Static)
        empty.display = not names
        self.query_one("#charts").display = bool(names)
        if not names or self.view is None:
            self.query_one(Readings).set_class(False, "-shown")
            empty.update(Content(self._nothing()))
            return
        self._lay_out(names)
        palette = style.palette(self.app.theme, self.app.current_theme.dark)
        look = Look(
            smoothing=self.smoothing,
            batches=self.batches,
            x=X_UNITS[self._x_unit],
            colors=palette,
            signs=ASCII_SIGNS if self._ascii else SIGNS,
        )
        members = self.comparison.members()
        reference = self.comparison.name_of_reference(members) if len(members) > 1 else ""
        subject = (
            self._lesson,
            self.log_y,
            self.whole,
            self.zoom,
            look.x,
            tuple(id(view) for view in self.comparison.runs),
        )
        stamp = (self.comparison.version, tuple(view.version for view in self.comparison.runs), look)
        if stamp != self._built[0]:  # once for a chart and its readings, until something changes
            self._built = stamp, cache(partial(charting.chart, members=members, look=look))
        build = self._built[1]
        view = View(log=self.log_y, x=self.zoom, whole=self.whole, cursor=self.cursor, ascii=self._ascii)
        for chart, name in zip(self._charts, names, strict=True):
            chart.show(
                (name, stamp),
                partial(build, name),
                subject=(name, subject),
                title=self._title,
                view=view,
                hint=self._nothing(),
            )
        self.query_one(Readings).show(build, names, reference, self.cursor)

    def on_resize(self, _event: events.Resize) -> None:
        self.redraw()

    def _tick(self) -> None:
        if self.view is None or not self.is_on_screen:
            return
        self._skip = not self._skip and max((chart.seconds for chart in self._charts), default=0) > SLOW
        if not self._skip:
            self.redraw()

    def _title(self, metric: str) -> str:
        """The metric in words, the source of the data, and how the drawing differs from the usual one."""
        columns, _rows = self._grid(len(self.shown_metrics))
        bare = metric.removeprefix("val_")
        words = self.lesson.words if self.lesson is not None else {}
        parts = []
        if self.view is not None and (source := formats.source_label(self.view.source, short=columns > 1)):
            parts.append(source)
        if self.smoothing:
            parts.append(_("smoothing {weight}").format(weight=self.smoothing))
        if self.log_y:
            parts.append(_("log axis"))
        name = style.metric_name(metric, words) or style.metric_name(bare, words) or metric
        tail = "".join(f" · {part}" for part in parts)
        return crop(name, max(8, self.content_size.width // columns - 2 - cell_len(tail))) + tail

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
            columns = 3 if count == 3 and width >= 4 * LEAST_COLUMNS else 2  # low and wide: side by side
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

    def _nothing(self) -> str:
        if self.view is None and self.lesson is None:
            return _("This section has no lesson to run, so there are no curves.")
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


def _within(ends: tuple[float, float], whole: tuple[float, float]) -> tuple[float, float]:
    """`ends`, moved so that they do not lie outside `whole`."""
    width = ends[1] - ends[0]
    low = max(whole[0], min(ends[0], whole[1] - width))
    return low, low + width
