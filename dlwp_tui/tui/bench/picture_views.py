"""Pictures that answer to keys: a grid that is paged and zoomed, and a picture that changed, with a slider."""

from __future__ import annotations

from pathlib import Path

from rich.text import Text
from textual import events
from textual.timer import Timer
from textual.widget import Widget

from dlwp_tui.render import tiles
from dlwp_tui.render.look import Look
from dlwp_tui.runs.facts import Picture
from dlwp_tui.tui import keys
from dlwp_tui.tui.bench import picture_text
from dlwp_tui.tui.bench.block_view import Block, BlockView

FEWEST, AROUND = 8, 4
"""Rows of a picture at least, and the rows of its name, its slider and its caption."""
PLAY_S = 0.25
"""Seconds a state is shown while the steps play."""


class PictureView(BlockView, can_focus=True):
    """A picture of a run in its report. A click takes the focus, the next one enlarges."""

    DEFAULT_CSS = """
    PictureView { border-left: blank; padding-left: 0; }
    PictureView:focus { border-left: thick $accent; }
    """

    def __init__(self, block: Block, folder: Path, look: Look, *, large: bool = False) -> None:
        """`large`: on a screen of its own, as large as that has room, without name and caption."""
        super().__init__(block)
        self.folder = folder
        self.look = look
        self.large = large
        self.most_rows = picture_text.ROWS
        """Rows a picture takes at most in the pane."""
        self.set_class(large, "-large")
        self._fresh = False

    @property
    def rows(self) -> int:
        """Rows there are for a picture: with name, slider and caption no more than what holds it has."""
        height = self.parent.content_size.height if isinstance(self.parent, Widget) else 0
        if self.large:
            return max(4, height - 2)
        return max(FEWEST, min(self.most_rows, height - AROUND)) if height else self.most_rows

    def on_resize(self) -> None:
        if self.large:
            self.redraw()

    @property
    def made(self) -> Picture:
        """The picture."""
        assert self.block.picture is not None
        return self.block.picture

    def on_focus(self) -> None:
        self._fresh = True

    def on_click(self, event: events.Click) -> None:
        fresh, self._fresh = self._fresh, False
        if fresh:
            event.stop()
            event.prevent_default()  # Textual calls `BlockView.on_click` as well, which enlarges


class GridView(PictureView):
    """One page of a grid; the page stays with its first picture when the zoom or the width changes."""

    KEYS = "grid"
    BINDINGS = keys.bindings("grid")

    def __init__(self, block: Block, folder: Path, look: Look, *, large: bool = False) -> None:
        super().__init__(block, folder, look, large=large)
        self.across = 0
        """Pictures in a row; 0: as many as fit well."""
        self.first = 0
        """The first picture of the page."""

    @property
    def page(self) -> tiles.Page:
        """What is in view."""
        return self._page(max(8, self.content_size.width))

    def _page(self, width: int) -> tiles.Page:
        assert self.made.tiles is not None
        return tiles.page(self.made.tiles, width, self.rows, across=self.across, shown=self.first)

    def action_turn(self, step: int) -> None:
        """The next or previous page, not round the end."""
        page = self.page
        if 0 <= page.number + step < page.count:
            self.first = page.first + step * page.across * page.down
            self.redraw()

    def action_zoom(self, step: int) -> None:
        """Fewer and larger pictures in a row, or more and smaller ones."""
        page = self.page
        self.across = max(1, page.across - step)
        self.first = page.first
        self.redraw()

    def action_turn_to(self, step: int) -> None:
        """The first or the last page."""
        assert self.made.tiles is not None
        self.first = 0 if step < 0 else self.made.tiles.count - 1
        self.redraw()

    def draw(self, width: int) -> Text:
        page = self._page(width)
        if not self.large:
            return picture_text.grid(self.made, self.folder, width, self.look, page)
        assert self.made.tiles is not None
        text = Text(no_wrap=True).append(picture_text.page_label(self.made.tiles, page), "dim").append("\n\n")
        return picture_text.middle(
            text.append_text(picture_text.grid_body(self.made, self.folder, page, self.look)), width
        )


class FramesView(PictureView):
    """A picture that changed: its last state, until the learner goes back to an earlier one."""

    KEYS = "frames"
    BINDINGS = keys.bindings("frames")

    def __init__(self, block: Block, folder: Path, look: Look, *, large: bool = False) -> None:
        super().__init__(block, folder, look, large=large)
        self.step: int | None = None
        """The step of the state shown; None: the newest, also when another comes."""
        self._playing: Timer | None = None

    @property
    def number(self) -> int:
        """The state shown, from 0. One that is no longer kept gives way to the next later one."""
        steps = [step for step, _file in self.made.frames]
        if self.step is None or self.step > steps[-1]:
            return len(steps) - 1
        return next(number for number, step in enumerate(steps) if step >= self.step)

    def action_move(self, step: int) -> None:
        """Some steps on or back."""
        self._stop()
        self._show(self.number + step)

    def action_move_to(self, step: int) -> None:
        """The first or the last state."""
        self._stop()
        self._show(0 if step < 0 else len(self.made.frames) - 1)

    def action_play(self) -> None:
        """From the state shown to the last, four a second; from the last one from the beginning. Again: stop."""
        if self._playing is not None:
            self._stop()
            return
        if self.number == len(self.made.frames) - 1:
            self._show(0)
        self._playing = self.set_interval(PLAY_S, self._play)

    def draw(self, width: int) -> Text:
        if not self.large:
            return picture_text.frame(self.made, self.folder, width, self.look, self.number, rows=self.rows)
        body = picture_text.frame_body(
            self.made, self.folder, width, self.look, number=self.number, rows=self.rows, growth=tiles.LARGEST
        )
        return picture_text.middle(body, width)

    def _play(self) -> None:
        self._show(self.number + 1)
        if self.number == len(self.made.frames) - 1:
            self._stop()

    def _stop(self) -> None:
        if self._playing is not None:
            self._playing.stop()
            self._playing = None

    def _show(self, number: int) -> None:
        frames = self.made.frames
        number = max(0, min(number, len(frames) - 1))
        self.step = None if number == len(frames) - 1 else frames[number][0]
        self.redraw()
