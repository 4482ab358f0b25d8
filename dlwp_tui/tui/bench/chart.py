"""One chart: redrawn only when its curves, its size or the theme changed; every other repaint is a cached frame."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from time import perf_counter

from rich.text import Text
from textual.content import Content
from textual.widget import Widget

from dlwp_tui.charts import draw
from dlwp_tui.tui.bench.content import content
from dlwp_tui.tui.bench.series import ChartData


class Chart(Widget):
    """Draws what `show` was given last, again only when the key, the size or the theme has changed."""

    DEFAULT_CSS = """
    Chart { width: 1fr; height: 1fr; }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._build: Callable[[], ChartData] | None = None
        self._key: Hashable = None
        self._options: dict[str, object] = {}
        self._frame_key: Hashable = None
        self._frame = Content("")
        self.builds = 0
        """Frames drawn so far."""
        self.seconds = 0.0
        """What the last one took."""

    def show(self, key: Hashable, build: Callable[[], ChartData], **options: object) -> None:
        """Draw `build()` with `options` of `charts.draw`, unless `key` is the one drawn already."""
        if key != self._key:
            self._key, self._build, self._options = key, build, options
            self.refresh()

    def render(self) -> Content:
        width, height = self.content_size
        key = (self._key, width, height)
        if key != self._frame_key and self._build is not None:
            start = perf_counter()
            self._frame = content(self._draw(self._build(), width, height))
            self._frame_key = key
            self.builds += 1
            self.seconds = perf_counter() - start
        return self._frame

    @property
    def text(self) -> str:
        """The frame as text."""
        return self._frame.plain

    def _draw(self, data: ChartData, width: int, height: int) -> Text:
        return draw.draw(data.series, width, height, x_range=data.x_range, **self._options)  # type: ignore[arg-type]
