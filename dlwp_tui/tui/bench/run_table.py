"""The table of the history: draws only the lines in view, so that a thousand runs cost no more than ten."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from dlwp_tui.analysis import listing
from dlwp_tui.analysis.history import HistoryRow
from dlwp_tui.analysis.listing import Column, Placed
from dlwp_tui.analysis.signs import ASCII_SIGNS, SIGNS, place
from dlwp_tui.core import settings
from dlwp_tui.tui import keys
from dlwp_tui.tui.bench import style

MUTED = frozenset({"data", "time", "when", "seed", "tags"})
"""Columns of secondary facts."""


class RunTable(ScrollView, can_focus=True):
    """Runs under fixed headings, one of them under the cursor. Enter is left to the history."""

    BINDINGS = keys.bindings("runs")
    COMPONENT_CLASSES = {
        "runs--head", "runs--cursor", "runs--muted", "runs--accent", "runs--success", "runs--warning", "runs--error",
    }  # fmt: skip
    DEFAULT_CSS = """
    RunTable {
        height: auto; max-height: 100%; overflow-x: hidden; overflow-y: auto; padding: 0 1;
        background: $background; scrollbar-size-vertical: 1;
    }
    RunTable > .runs--head, RunTable > .runs--muted { color: $text-muted; }
    RunTable > .runs--cursor { background: $block-cursor-blurred-background; color: $foreground; text-style: bold; }
    RunTable > .runs--accent { color: $text-accent; }
    RunTable > .runs--success { color: $text-success; }
    RunTable > .runs--warning { color: $text-warning; }
    RunTable > .runs--error { color: $text-error; }
    RunTable:ansi > .runs--head, RunTable:ansi > .runs--muted { color: ansi_default; text-style: dim; }
    RunTable:ansi > .runs--cursor { background: ansi_default; color: ansi_default; text-style: reverse; }
    """

    @dataclass
    class Moved(Message):
        """The cursor is on another run, or on none."""

    @dataclass
    class Pressed(Message):
        """The run under the cursor was clicked."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.rows: Sequence[HistoryRow] = ()
        self.cursor = 0
        """Which of `rows`."""
        self.drawn: frozenset[str] = frozenset()
        """The ids of the runs whose curves are drawn: they show their sign."""
        self._columns: Sequence[Column] = ()
        self._placed: list[Placed] = []
        self._room = -1
        self._signs = ASCII_SIGNS if settings.load().ascii else SIGNS

    @property
    def current(self) -> HistoryRow | None:
        """The run under the cursor."""
        return self.rows[self.cursor] if 0 <= self.cursor < len(self.rows) else None

    @property
    def shown_columns(self) -> list[str]:
        """The ids of the columns that fit."""
        return [one.column.id for one in self._fitted()]

    def reads(self, column: str) -> bool:
        """Whether a column is there in full."""
        found = next((one for one in self._fitted() if one.column.id == column), None)
        return found is not None and found.column in self._columns

    def cut(self, column: str) -> str:
        """The text in a column of the run under the cursor, where the column is too narrow for it; else ""."""
        one = next((one for one in self._fitted() if one.column.id == column), None)
        text = one.column.cells[self.cursor] if one is not None and self.rows else ""
        return text if one is not None and one.cell(text).rstrip() != text else ""

    def show(self, rows: Sequence[HistoryRow], columns: Sequence[Column], cursor: str | None) -> None:
        """Other rows; the cursor goes to the run with this id, or stays at its height where it is not among them."""
        count = len(self.rows)
        self.rows, self._columns, self._room = rows, columns if rows else (), -1
        at = next((number for number, row in enumerate(rows) if row.id == cursor), self.cursor)
        self.cursor = max(0, min(at, len(rows) - 1))
        self.virtual_size = Size(self.size.width, len(rows) + 1)
        self.refresh(layout=count != len(rows))
        self._keep_cursor_in_view()

    def move_to(self, at: int) -> None:
        """The cursor to another row, as near as there is one."""
        at = max(0, min(at, len(self.rows) - 1))
        if at == self.cursor or not self.rows:
            return
        for line in (self.cursor, at):
            self.refresh(Region(0, line + 1 - self.scroll_offset.y, self.size.width, 1))
        self.cursor = at
        self._keep_cursor_in_view()
        self.post_message(self.Moved())

    def action_move(self, step: int) -> None:
        """Up or down."""
        self.move_to(self.cursor + step)

    def action_turn(self, way: int) -> None:
        """A screenful up or down."""
        self.move_to(self.cursor + way * max(1, self.size.height - 2))

    def action_end(self, way: int) -> None:
        """The first row or the last."""
        self.move_to(len(self.rows) if way > 0 else 0)

    def on_click(self, event: events.Click) -> None:
        """To the run under the pointer; on it already: show it."""
        at = self.scroll_offset.y + event.y - 1
        if event.y == 0 or not 0 <= at < len(self.rows):
            return
        if at == self.cursor:
            self.post_message(self.Pressed())
        self.move_to(at)

    def on_resize(self, _event: events.Resize) -> None:
        self.virtual_size = Size(self.size.width, len(self.rows) + 1)
        self._keep_cursor_in_view()

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self.refresh()

    # -- drawing -------------------------------------------------------------------------------------------------

    def render_line(self, y: int) -> Strip:
        """The headings in the first line, a run in each of the others."""
        width, placed = self.scrollable_content_region.width, self._fitted()
        at = self.scroll_offset.y + y - 1
        if y == 0:
            return self._line([(one.cell(one.column.head), Style()) for one in placed], self._look("head"), width)
        if at >= len(self.rows):
            return Strip.blank(width, self.rich_style)
        row = self.rows[at]
        cells = [(one.cell(one.column.cells[at]), self._cell_style(one.column.id, row)) for one in placed]
        if cells:  # the first column is the sign
            cells[0] = (self._signs[place(row.number, row.id)[1]] if row.id in self.drawn else " ", cells[0][1])
        return self._line(cells, self._look("cursor") if at == self.cursor else self.rich_style, width)

    def _fitted(self) -> list[Placed]:
        width = self.scrollable_content_region.width - self.show_vertical_scrollbar  # a blank cell before the bar
        if self._room != width:
            self._room = width
            self._placed = listing.fit(self._columns, self._room) if self._columns else []
        return self._placed

    def _line(self, cells: Sequence[tuple[str, Style]], base: Style, width: int) -> Strip:
        segments, x = [], 0
        for one, (text, look) in zip(self._placed, cells, strict=True):
            own = base if base.reverse else base + Style(color=look.color)  # reversed, a colour were the background
            segments += [Segment(" " * (one.start - x), base), Segment(text, own)]
            x = one.start + one.width
        return Strip(segments).adjust_cell_length(width, base)

    def _cell_style(self, column: str, row: HistoryRow) -> Style:
        if column == "state":
            name = style.STYLES[row.state]
            return self._look("muted" if name == "dim" else name)
        if column == "sign":
            colors = style.palette(self.app.theme, self.app.current_theme.dark)
            return Style(color=colors[place(row.number, row.id)[0]].removeprefix("ansi_"))
        return self._look("muted") if column in MUTED else Style()

    def _look(self, name: str) -> Style:
        return self.get_component_rich_style(f"runs--{name}")

    def _keep_cursor_in_view(self) -> None:
        height = self.size.height - 1
        if height < 1:
            return
        top = self.scroll_offset.y
        wanted = min(max(top, self.cursor - height + 1), self.cursor)
        if wanted != top:
            self.scroll_to(y=wanted, animate=False, force=True)
