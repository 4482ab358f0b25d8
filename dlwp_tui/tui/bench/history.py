"""The history tab: the lesson's runs (or all), newest first, and what can be done with one of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rich.cells import cell_len
from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static
from textual.worker import get_current_worker

from dlwp_tui.analysis import filters, history, listing, names
from dlwp_tui.analysis.filters import Filter
from dlwp_tui.analysis.history import HistoryRow
from dlwp_tui.core.errors import UsageError
from dlwp_tui.core.formats import disk_used, number, source_word
from dlwp_tui.core.language import _
from dlwp_tui.runs import store
from dlwp_tui.tui import keys
from dlwp_tui.tui.bench import field, messages, run_labels
from dlwp_tui.tui.bench.filter_line import FilterLine
from dlwp_tui.tui.bench.run_table import RunTable
from dlwp_tui.tui.in_thread import in_thread

AFTER_PAINT = 0.15
"""Seconds after the tab is shown until its runs are read anew."""
REFRESH = 2.0
"""Seconds between two readings while the tab is looked at: runs may be started elsewhere."""

MOST_BROKEN = 3
"""Rows on runs that cannot be read."""


class HistoryView(Widget, can_focus=False):
    """A line to filter by, the table of runs, the run under the cursor in full, and how many there are."""

    BINDINGS = keys.bindings("history")
    DEFAULT_CSS = """
    HistoryView { height: 1fr; }
    HistoryView #history-room { height: 1fr; }
    HistoryView #history-empty { height: 1fr; content-align: center middle; padding: 0 2; color: $text-muted; }
    HistoryView #history-empty { display: none; }
    HistoryView #history-broken { display: none; height: auto; max-height: 6; padding: 0 1; color: $text-error; }
    HistoryView #history-detail, HistoryView #history-sum {
        height: 1; padding: 0 1; color: $text-muted; text-wrap: nowrap; text-overflow: ellipsis;
    }
    HistoryView #history-detail:ansi, HistoryView #history-sum:ansi { text-style: dim; }
    HistoryView.-notice #history-detail { color: $text-warning; text-style: bold; }
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

    @dataclass
    class Labelled(Message):
        """A run has another name, other tags or another note, or was put away."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.rows: list[HistoryRow] = []
        """All runs of the lesson, or of all lessons, newest first."""
        self.every_lesson = False
        self.last = False
        """Whether the table shows the last figure of each run, and not the best."""
        self.deleted: tuple[int, int] = (0, 0)
        """How many runs can be brought back, and the bytes they take."""
        self._lesson: str | None = None
        self._asking: str | None = None
        """The id of the run whose deletion awaits the second press."""
        self._notice = ""
        """A sentence in the place of the run's details."""
        self._filter = Filter()
        self._mistake = ""
        """What is wrong with the words of the filter."""
        self._metric: str | None = None
        """The one that the table shows; None: of each run its own."""
        self._newest = ""
        """The id of the newest run that was there when the tab was opened last."""
        self._opened = True
        self._wanted = ""
        """The id of the run to put the cursor on, once it is there."""
        self._drawn: object = None

    def compose(self) -> ComposeResult:
        yield FilterLine()
        with Vertical(id="history-room"):
            yield RunTable()
            yield Static(id="history-empty")
        yield Static(id="history-broken")
        yield Static(id="history-detail")
        yield Static(id="history-sum")

    def on_mount(self) -> None:
        self.set_interval(REFRESH, self._look)

    @property
    def KEYS(self) -> str:
        """For the footer: a run's keys while there is a run."""
        return "history" if self.rows else ""

    def show(self, lesson: str | None) -> None:
        """The runs of another lesson."""
        if lesson != self._lesson and self.is_mounted and not self.every_lesson:
            self._opened, self._newest = True, ""
            self._filter_line.set_text("")
        self._lesson = lesson
        self.reload()

    def mark(self, shown: str | None, overlays: frozenset[str]) -> None:
        """Which run the curves show, and which lie over it."""
        drawn = overlays | ({shown} if shown is not None else frozenset())
        if drawn != self._table.drawn:
            self._table.drawn = drawn
            self._table.refresh()

    def reload(self) -> None:
        """Read the folders anew, in a thread: hundreds of runs take some hundred milliseconds the first time."""
        if self.is_mounted:
            self._read(None if self.every_lesson else self._lesson)

    @property
    def current(self) -> HistoryRow | None:
        """The run under the cursor."""
        return self._table.current

    @property
    def listed(self) -> Sequence[HistoryRow]:
        """The runs in the table: those of `rows` that the filter leaves, in its order."""
        return self._table.rows

    def focus_table(self) -> None:
        """Take the focus."""
        self._table.focus()

    def go_to(self, run_id: str) -> None:
        """Read anew, and put the cursor on this run."""
        self._wanted = run_id
        self.reload()

    def say(self, text: str) -> None:
        """Put a sentence in the place of the run's details until the cursor moves; "" brings them back."""
        self._asking, self._notice = None, text
        self.set_class(bool(text), "-notice")
        self._show_detail()

    def show_deleted(self, count: int, size: int) -> None:
        """How many runs can be brought back, and the bytes they take."""
        self.deleted = count, size
        if self.is_mounted:
            self._show_sum()

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
            self.post_message(messages.RerunRequested(row.id))

    def action_use_params(self) -> None:
        """Take its params over into the form."""
        if row := self.current:
            self.post_message(messages.UseParamsRequested(dict(row.params)))

    def action_export(self) -> None:
        """Write its figures to a file."""
        if row := self.current:
            self.post_message(messages.ExportRequested(row.id))

    def action_all_lessons(self) -> None:
        """The runs of all lessons, or of this one."""
        self.every_lesson = not self.every_lesson
        self.reload()

    def action_filter(self) -> None:
        """Type which runs to list."""
        self._filter_line.open()

    def action_sort(self) -> None:
        """The next order."""
        orders = filters.sorts(self.rows)
        now = filters.sort_of(self._filter_line.text)
        at = orders.index(now) + 1 if now in orders else 0
        self._filter_line.set_text(filters.resorted(self._filter_line.text, orders[at % len(orders)]))

    def action_figure(self) -> None:
        """Best figures or last ones."""
        self.last = not self.last
        self._fill(self.rows)

    def action_label(self, what: str) -> None:
        """The learner's own name, tags or note for the run under the cursor."""
        run_labels.ask(self, self.current, what, self._labelled)

    def action_archive(self) -> None:
        """Put the run away, out of all lists that are not asked for it, or take it out again."""
        row = self.current
        if row is None:
            return
        archived = not row.labels.archived
        run_labels.keep(self, row, replace(row.labels, archived=archived), self._labelled)
        if archived and not self._filter.archived:
            text = _("Put away {run}. With the word archived the filter ({key}) lists it.")
            self.say(text.format(run=row.id[-4:], key=keys.label("past.filter")))

    def action_delete(self) -> None:
        """Ask first; the same key again deletes."""
        row = self.current
        if row is None:
            return
        if row.state.active:
            self.notify(_("Run {run} is still at work. Stop it first.").format(run=row.id), severity="warning")
            return
        if self._asking == row.id:
            self.say("")
            self.post_message(messages.DeleteRequested(row.id))
            return
        text = _("{delete} again deletes {run}; {keep} keeps it.")
        self.say(text.format(run=row.id[-4:], delete=keys.label("past.delete"), keep=keys.label("past.keep")))
        self._asking = row.id

    def action_undo(self) -> None:
        """Bring back the run that was deleted last."""
        self.post_message(messages.UndeleteRequested())

    def action_keep(self) -> None:
        """Delete nothing; where nothing was asked, list every run again."""
        if self._asking is not None:
            self.say("")
        elif self._filter_line.text:
            self._filter_line.set_text("")

    # -- reading and drawing -------------------------------------------------------------------------------------

    @property
    def _table(self) -> RunTable:
        return self.query_one(RunTable)

    @property
    def _filter_line(self) -> FilterLine:
        return self.query_one(FilterLine)

    def _look(self) -> None:
        if self.is_on_screen:
            self.reload()

    def on_resize(self) -> None:
        self._show_detail()

    def on_show(self) -> None:
        self._opened = True
        # After the paint that answers the key: beside it, a reading thread costs it 20 ms on a busy machine.
        self.set_timer(AFTER_PAINT, self.reload)

    @in_thread(group="history", exclusive=True, polled=True)
    def _read(self, lesson: str | None) -> None:
        rows = history.history(lesson)
        broken = [problem.message for problem in store.problems({row.id for row in rows})]
        if not get_current_worker().is_cancelled:
            self.call_later(self._show_broken, broken)
            self.call_later(self._fill, rows)

    def _show_broken(self, messages: list[str]) -> None:
        """A row for each run that cannot be read, three at most."""
        rows = [f"✗ {message}" for message in messages[:MOST_BROKEN]]
        if len(messages) > MOST_BROKEN:
            rows[-1] = "✗ " + _("and {count} more").format(count=len(messages) - MOST_BROKEN + 1)
        line = self.query_one("#history-broken", Static)
        line.display = bool(rows)
        field.put(line, "\n".join(rows))

    def _fill(self, rows: list[HistoryRow]) -> None:
        state = (rows, self._filter, self.last, self._wanted)
        if state == self._drawn and not self._opened:
            return
        cursor = self._cursor(rows)
        self.rows = rows
        found = self._filter.apply(rows)
        sort = self._filter.sort
        self._metric = sort if any(row.figure(sort) for row in found) else listing.watched(found)
        columns = listing.columns(found, names.of_rows(found, by_preset=True), self._metric, last=self.last)
        self._table.show(found, columns, cursor)
        self._drawn = (rows, self._filter, self.last, self._wanted)
        self._filter_line.show_mistake(self._mistake or filters.unknown(self._filter, rows))
        self._show_empty(found)
        self._show_sum()
        self._show_detail()
        self.post_message(self.Read())

    def _cursor(self, rows: Sequence[HistoryRow]) -> str | None:
        """The id of the run to have the cursor: after opening the newest, if it was not there before; else as it is."""
        if any(row.id == self._wanted for row in rows):
            wanted, self._wanted = self._wanted, ""
            return wanted
        kept = self.current.id if self.current is not None else None
        if not self._opened or not rows:
            return kept
        before, self._newest, self._opened = self._newest, rows[0].id, False
        return kept if before == self._newest and kept is not None else self._newest

    def _show_empty(self, found: Sequence[HistoryRow]) -> None:
        empty = self.query_one("#history-empty", Static)
        empty.display = not found
        if found:
            return
        if self.rows and self._filter_line.text.strip():
            text = _("No run fits. {key} changes the filter, {all} lists all runs.")
        elif self.rows:
            text = _("All runs are put away. {key} and the word `archived` list them.")
        elif self._lesson is None:
            text = _("No runs yet. Sections marked ▸ have a lesson to run.")
        else:
            text = _("No runs yet. Press {run} to run; each run stays here.")
        empty.update(
            Content(
                text.format(key=keys.label("past.filter"), all=keys.label("past.keep"), run=keys.label("run.start"))
            )
        )

    def _show_detail(self) -> None:
        """The run under the cursor in one line: what its row has no room for, the most useful first."""
        row = self.current
        text = self._notice or ("" if row is None else self._details(row, row.id))
        if row is not None and cell_len(text) > self.size.width - 2 and not self._notice:
            text = self._details(row, row.id[-4:])  # commands take the last four characters too
        self.query_one("#history-detail", Static).update(Content(text), layout=False)

    def _details(self, row: HistoryRow, called: str) -> str:
        table = self._table
        metric = self._metric or next(iter(row.metrics), "")
        figure = row.figure(metric, last=self.last)
        words = [
            table.cut("name"),
            f"{metric} {number(figure.value)}" if figure and not table.reads("figure") else "",
            _("epoch {epoch}").format(epoch=figure.epoch) if figure and not table.reads("epoch") else "",
            source_word(row.source) if not table.reads("data") else "",
            disk_used(row.disk),
            called,
            _("seed {seed}").format(seed=row.seed) if not table.reads("seed") else "",
            listing.tags(row) if not table.reads("tags") else "",
            " ".join(row.labels.note.split()),
        ]
        return " · ".join(filter(None, words))

    def _show_sum(self) -> None:
        text = listing.summary(self.rows, len(self.listed)) if self.rows else ""
        if archived := sum(row.labels.archived for row in self.rows):
            text += " · " + _("put away: {count}").format(count=archived)
        if self.deleted[0]:
            undo = _("deleted: {count}, {size} ({key} brings back)")
            undo = undo.format(count=self.deleted[0], size=disk_used(self.deleted[1]), key=keys.label("past.undo"))
            text = f"{text} · {undo}" if text else undo
        self.query_one("#history-sum", Static).update(Content(text), layout=False)

    def _labelled(self) -> None:
        self.post_message(self.Labelled())

    @on(FilterLine.Changed)
    def _filtered(self, event: FilterLine.Changed) -> None:
        event.stop()
        try:
            text = filters.settled(event.text, self.rows) if event.typing else event.text
            self._filter, self._mistake = filters.parse(text), ""
        except UsageError as error:
            self._mistake = str(error)
            self._filter_line.show_mistake(self._mistake)
        else:
            self._fill(self.rows)

    @on(FilterLine.Left)
    def _filter_left(self, event: FilterLine.Left) -> None:
        event.stop()
        self.screen.set_focus(self._table)

    @on(RunTable.Pressed)
    def _pressed(self, event: RunTable.Pressed) -> None:
        event.stop()
        self.action_show()

    @on(RunTable.Moved)
    def _moved(self, event: RunTable.Moved) -> None:
        event.stop()
        self.say("")
