"""One chart: redrawn only when its curves, its size or the theme changed; every other repaint is a cached frame."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from time import perf_counter

from textual import events
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from dlwp_tui.analysis.charting import Chart as ChartData
from dlwp_tui.charts.draw import Frame, draw
from dlwp_tui.charts.series import View
from dlwp_tui.tui.bench.content import content


class Chart(Widget):
    """Draws what `build` gives. `show` names its state by a key; an equal key is not drawn again."""

    DEFAULT_CSS = """
    Chart { width: 1fr; height: 1fr; }
    """

    @dataclass
    class Hovered(Message):
        """The pointer stands over the plot."""

        x: float

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.data: ChartData | None = None
        """What was drawn last."""
        self.builds = 0
        """Frames drawn so far."""
        self.seconds = 0.0
        """What the last one took."""
        self._build: Callable[[], ChartData] | None = None
        self._key: Hashable = None
        self._subject: Hashable = None
        self._title: Callable[[str], str] = str
        self._view = View()
        self._hint = ""
        self._frame_key: Hashable = None
        self._frame: Frame | None = None
        self._content = Content("")

    def show(
        self,
        key: Hashable,
        build: Callable[[], ChartData],
        *,
        subject: Hashable,
        title: Callable[[str], str],
        view: View,
        hint: str = "",
    ) -> None:
        """Draw `build()` unless `key` and `view` are those drawn already.

        subject: what the chart is of; while it stays the same the y axis keeps its range as long as that fits.
        title: from the metric as the chart names it.
        """
        if (key, view, hint) == (self._key, self._view, self._hint):
            return
        if subject != self._subject:
            self._subject, self._frame = subject, None
        self._key, self._build, self._title, self._view, self._hint = key, build, title, view, hint
        self.refresh()

    def render(self) -> Content:
        width, height = self.content_size
        key = (self._key, self._view, self._hint, width, height)
        if key != self._frame_key and self._build is not None:
            start = perf_counter()
            self.data = self._build()
            self._frame = draw(
                self.data.series,
                width,
                height,
                title=self._title(self.data.metric),
                x_unit=self.data.x_unit,
                view=self._view if self._view.x is not None else replace(self._view, x=self.data.x),
                held=self._frame,
                hint=self._hint,
            )
            self._content = content(self._frame.text)
            self._frame_key = key
            self.builds += 1
            self.seconds = perf_counter() - start
        return self._content

    def on_mouse_move(self, event: events.MouseMove) -> None:
        if self._frame is not None and (x := self._frame.x_at(event.x)) is not None:
            self.post_message(self.Hovered(x))

    @property
    def text(self) -> str:
        """The frame as text."""
        return self._content.plain

    @property
    def ends(self) -> tuple[float, float] | None:
        """The ends of the x axis drawn last."""
        axis = self._frame.x if self._frame is not None else None
        return (axis.low, axis.high) if axis is not None else None
