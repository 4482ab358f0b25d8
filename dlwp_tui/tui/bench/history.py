"""The history tab: the lesson's runs (or all), newest first, and what can be done with one of them."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import DataTable, Static
from textual.widgets.data_table import RowDoesNotExist
from textual.worker import get_current_worker

from dlwp_tui.analysis import history
from dlwp_tui.analysis.charting import place
from dlwp_tui.analysis.history import HistoryRow
from dlwp_tui.core import settings
from dlwp_tui.core.formats import duration, fixed, numbers, source_word
from dlwp_tui.core.language import _
from dlwp_tui.tui import keys
from dlwp_tui.tui.bench import style
from dlwp_tui.tui.bench.messages import DeleteRequested, ExportRequested, RerunRequested, UseParamsRequested
from dlwp_tui.tui.in_thread import in_thread

AFTER_PAINT = 0.15
"""Seconds after the tab is shown until its runs are read anew."""
REFRESH = 2.0
"""Seconds between two readings while the tab is looked at: runs may be started elsewhere."""


class RunTable(DataTable[Text]):
    """The table itself. Its Enter is left to the history, whose key can be remapped."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 - Textual's
        """Whether a key's action is done here."""
        return action != "select_cursor"


class HistoryView(Widget, can_focus=False):
    """A table of runs; what its keys do with the run under the cursor stands below it."""

    BINDINGS = keys.bindings("history")
    KEYS = "history"
    DEFAULT_CSS = """
    HistoryView { height: 1fr; }
    /* A table as high as its room fills in each empty line anew: 10 ms of each change of tab. */
    HistoryView #history-room { height: 1fr; }
    HistoryView DataTable {
        height: auto; max-height: 100%; background: $background;
        scrollbar-size-vertical: 1; scrollbar-size-horizontal: 1;
    }
    HistoryView DataTable:focus { background-tint: $foreground 0%; }
    HistoryView DataTable > .datatable--cursor, HistoryView DataTable:focus > .datatable--cursor {
        background: $block-cursor-blurred-background; color: $foreground; text-style: bold;
    }
    HistoryView DataTable > .datatable--header { background: $background; color: $text-muted; text-style: none; }
    HistoryView DataTable:ansi > .datatable--header { background: ansi_default; color: ansi_default; text-style: dim; }
    HistoryView DataTable:ansi > .datatable--cursor { text-style: reverse; }
    HistoryView #history-empty { height: 1fr; content-align: center middle; color: $text-muted; display: none; }
    HistoryView #history-asking { height: auto; padding: 0 1; }
    HistoryView #history-asking { display: none; color: $text-warning; text-style: bold; }
    HistoryView.-asking #history-asking { display: block; }
    """

    @dataclass
    class Chosen(Message):
        """Show this run's curves."""

        row: HistoryRow

    @dataclass
    class Overlaid(Message):
        """Lay this run over the shown one, or take it away again."""

        row: HistoryRow

    @dataclass
    class Read(Message):
        """The rows were read anew."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.rows: list[HistoryRow] = []
        self.every_lesson = False
        self._lesson: str | None = None
        self._shown: str | None = None
        self._overlays: frozenset[str] = frozenset()
        self._asking: str | None = None
        self._drawn: object = None

    def compose(self) -> ComposeResult:
        with Vertical(id="history-room"):
            yield RunTable(cursor_type="row", zebra_stripes=False, cell_padding=1)
            yield Static(id="history-empty")
        yield Static(id="history-asking")

    def on_mount(self) -> None:
        self.set_interval(REFRESH, self._look)

    def show(self, lesson: str | None) -> None:
        """The runs of another lesson."""
        self._lesson = lesson
        self.reload()

    def mark(self, shown: str | None, overlays: frozenset[str]) -> None:
        """Which run the curves show, and which lie over it."""
        if (shown, overlays) != (self._shown, self._overlays):
            self._shown, self._overlays = shown, overlays
            self._fill(self.rows)

    def reload(self) -> None:
        """Read the folders anew, in a thread: hundreds of runs take some hundred milliseconds the first time."""
        if self.is_mounted:
            self._read(None if self.every_lesson else self._lesson)

    @property
    def current(self) -> HistoryRow | None:
        """The run under the cursor."""
        number = self._table.cursor_row
        return self.rows[number] if 0 <= number < len(self.rows) else None

    def focus_table(self) -> None:
        """Take the focus."""
        self._table.focus()

    # -- actions -------------------------------------------------------------------------------------------------

    def action_show(self) -> None:
        """Show the curves of the run under the cursor."""
        if row := self.current:
            self.post_message(self.Chosen(row))

    def action_overlay(self) -> None:
        """Lay the run under the cursor over the shown one, or take it away."""
        if row := self.current:
            self.post_message(self.Overlaid(row))

    def action_rerun(self) -> None:
        """Run it again, with its seed."""
        if row := self.current:
            self.post_message(RerunRequested(row.id))

    def action_use_params(self) -> None:
        """Take its params over into the form."""
        if row := self.current:
            self.post_message(UseParamsRequested(dict(row.params)))

    def action_export(self) -> None:
        """Write its figures to a file."""
        if row := self.current:
            self.post_message(ExportRequested(row.id))

    def action_all_lessons(self) -> None:
        """The runs of all lessons, or of this one."""
        self.every_lesson = not self.every_lesson
        self.reload()

    def action_delete(self) -> None:
        """Ask first; the same key again deletes."""
        row = self.current
        if row is None:
            return
        if row.state.active:
            self.notify(_("Run {run} is still at work. Stop it first.").format(run=row.id), severity="warning")
            return
        if self._asking == row.id:
            self._ask(None)
            self.post_message(DeleteRequested(row.id))
        else:
            self._ask(row.id)

    def action_keep(self) -> None:
        """Delete nothing."""
        self._ask(None)

    def on_data_table_row_selected(self, event: DataTable.RowSelected) -> None:
        event.stop()
        self.action_show()

    def on_data_table_row_highlighted(self, event: DataTable.RowHighlighted) -> None:
        event.stop()
        if self._asking is not None and (self.current is None or self.current.id != self._asking):
            self._ask(None)

    # -- reading and drawing -------------------------------------------------------------------------------------

    @property
    def _table(self) -> RunTable:
        return self.query_one(RunTable)

    def _look(self) -> None:
        if self.is_on_screen:
            self.reload()

    def on_show(self) -> None:
        # After the paint that answers the key: beside it, a reading thread costs it 20 ms on a busy machine.
        self.set_timer(AFTER_PAINT, self.reload)

    @in_thread(group="history", exclusive=True, polled=True)
    def _read(self, lesson: str | None) -> None:
        rows = history.history(lesson)
        if not get_current_worker().is_cancelled:
            self.call_later(self._fill, rows)

    def _fill(self, rows: list[HistoryRow]) -> None:
        drawn = (
            [(row.id, row.state, round(row.seconds), row.best_figures) for row in rows],
            self._shown,
            self._overlays,
            self.every_lesson,
            self.app.theme,
        )
        if drawn == self._drawn:
            return
        self._drawn = drawn
        self.post_message(self.Read())
        cursor = self.current.id if self.current else None
        self.rows = rows
        table = self._table
        table.clear(columns=True)
        for number, name in enumerate(self._columns()):
            table.add_column(name, key=str(number))
        for row in rows:
            table.add_row(*self._cells(row), key=row.id)
        if cursor is not None:
            try:
                table.move_cursor(row=table.get_row_index(cursor))
            except RowDoesNotExist:  # deleted meanwhile: the cursor stays at the top
                table.move_cursor(row=0)
        table.display = bool(rows)
        empty = self.query_one("#history-empty", Static)
        empty.display = not rows
        text = _("No runs yet. Press {key} to run; each run stays here.")
        empty.update(Content(text.format(key=keys.label("run.start"))))

    def _columns(self) -> list[str]:
        first = [" ", _("State"), *([_("Lesson")] if self.every_lesson else [])]
        return [*first, _("When"), _("Params"), *map(_short, self._metrics()), _("Data"), _("Time")]

    def _metrics(self) -> list[str]:
        """The best figures that get a column: the two most of the runs have; of all lessons, one for all."""
        if self.every_lesson:
            return [""]
        count = Counter(name for row in self.rows for name in row.best_figures)
        chosen: dict[str, str] = {}  # one column a figure: `loss` where no run has `val_loss`
        for name, _times in sorted(count.items(), key=lambda item: (not item[0].startswith("val_"), -item[1])):
            chosen.setdefault(_short(name), name)
        return list(chosen.values())[:2]

    def _cells(self, row: HistoryRow) -> list[Text]:
        theme = self.app.current_theme
        colors = style.palette(self.app.theme, theme.dark)
        markers = style.ASCII_SIGNS if settings.load().ascii else style.SIGNS
        sign = Text(" ")
        if row.id == self._shown or row.id in self._overlays:
            color, mark = place(row.number, row.id)
            sign = Text(markers[mark], _rich(colors[color]))
        changed = [f"{name}={value}" for name, value in row.changed.items()]
        params = " ".join([*([row.base] if row.base else []), *changed])
        cells = [sign, Text(row.label, self._style(row))]
        if self.every_lesson:
            cells.append(Text(row.lesson))
        cells += [Text(_when(row.created)), Text(params or "–")]
        for name in self._metrics():
            best = row.best.get(name)
            if not name:
                cells.append(Text(numbers(row.best_figures) or "–"))
            else:
                cells.append(Text("–" if best is None else fixed(best.value).strip(), justify="right"))
        return [*cells, Text(source_word(row.source) or "–"), Text(duration(row.seconds), justify="right")]

    def _style(self, row: HistoryRow) -> str:
        name = style.STYLES[row.state]
        if name == "dim":
            return name
        return _rich(str(getattr(self.app.current_theme, name, None) or ""))

    def _ask(self, run_id: str | None) -> None:
        """Put a question in the place of the keys: delete this run? None takes it away."""
        self._asking = run_id
        self.set_class(run_id is not None, "-asking")
        if run_id is not None:
            text = _("{delete} again to delete {run} and its files; {keep} keeps it.")
            text = text.format(run=run_id, delete=keys.label("past.delete"), keep=keys.label("past.keep"))
            self.query_one("#history-asking", Static).update(Content(text))


def _rich(color: str) -> str:
    """Textual's name of a colour as Rich calls it: a table's cells are Rich's."""
    return color.removeprefix("ansi_")


def _short(metric: str) -> str:
    """A column's title: `val_accuracy` stands under accuracy, since the best validation figure is what counts."""
    bare = metric.removeprefix("val_")
    words = {"accuracy": _("accuracy"), "loss": _("loss"), "": _("best")}
    return words.get(bare, bare)


def _when(created: float) -> str:
    then, now = time.localtime(created), time.localtime()
    today = (then.tm_year, then.tm_yday) == (now.tm_year, now.tm_yday)
    return time.strftime("%H:%M" if today else "%m-%d %H:%M", then)
