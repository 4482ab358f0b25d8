"""The run picker under the charts: which runs are drawn, in what order, against which, and what they are called."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from dlwp_tui.analysis import differences, names
from dlwp_tui.analysis.history import HistoryRow
from dlwp_tui.analysis.signs import ASCII_SIGNS, SIGNS, place
from dlwp_tui.core import formats, settings
from dlwp_tui.core.language import _
from dlwp_tui.tui import keys
from dlwp_tui.tui.bench import run_labels, style
from dlwp_tui.tui.bench.comparison import Comparison

MOST = 60
"""Runs listed at most, the drawn ones first."""


class RunPicker(OptionList):
    """One line a run: its sign, its name, its best figure. What is done with it is said by messages."""

    BINDINGS = keys.bindings("picker")
    KEYS = "picker"
    DEFAULT_CSS = """
    RunPicker {
        height: auto; max-height: 8; border: none; border-top: solid $surface-lighten-2; padding: 0; display: none;
        background: $background; scrollbar-size-vertical: 1;
    }
    RunPicker.-open { display: block; }
    RunPicker:focus { border: none; border-top: solid $accent; background-tint: $foreground 0%; }
    RunPicker > .option-list--option-highlighted, RunPicker:focus > .option-list--option-highlighted {
        background: $block-cursor-blurred-background; color: $foreground; text-style: bold;
    }
    """

    @dataclass
    class Toggled(Message):
        """Lay this run over the shown one, or take it away."""

        row: HistoryRow

    @dataclass
    class Chosen(Message):
        """Show this run."""

        row: HistoryRow

    @dataclass
    class Changed(Message):
        """The comparison was changed: draw anew."""

    @dataclass
    class Left(Message):
        """Back to the charts."""

    def __init__(self, comparison: Comparison, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.comparison = comparison
        self.rows: list[HistoryRow] = []
        self._drawn: object = None

    # -- what is shown -------------------------------------------------------------------------------------------

    def set_rows(self, rows: Sequence[HistoryRow]) -> None:
        """The runs there are, newest first."""
        order = {view.folder.id: at for at, view in enumerate(self.comparison.runs)}
        drawn = sorted((row for row in rows if row.id in order), key=lambda row: order[row.id])
        others = [
            row for row in rows if row.id not in order and not row.labels.archived and (row.best or row.state.active)
        ]
        self.rows = [*drawn, *others][:MOST]
        self._fill()

    @property
    def current(self) -> HistoryRow | None:
        """The run under the cursor."""
        at = self.highlighted
        return self.rows[at] if at is not None and at < len(self.rows) else None

    def on_resize(self) -> None:
        self._fill()

    def _fill(self) -> None:
        stamp = (
            self.comparison.version,
            [(row.id, row.state, row.labels, row.best) for row in self.rows],
            self.app.theme,
            self.size.width,
        )
        if stamp == self._drawn:
            return
        self._drawn = stamp
        cursor = self.current.id if self.current else None
        self.clear_options()
        called = names.of_rows(self.rows)
        self.add_options(
            [Option(self._line(row, name), id=row.id) for row, name in zip(self.rows, called, strict=True)]
        )
        at = next((number for number, row in enumerate(self.rows) if row.id == cursor), 0)
        self.highlighted = at if self.rows else None

    def _line(self, row: HistoryRow, name: str) -> Content:
        comparison = self.comparison
        color, sign = place(row.number, row.id)
        signs = ASCII_SIGNS if settings.load().ascii else SIGNS
        over = any(view.folder.id == row.id for view in comparison.runs)
        drawn = over and comparison.drawn(row.id)
        mark = Content.styled(signs[sign], style.palette(self.app.theme, self.app.current_theme.dark)[color])
        words = [
            _("reference") if row.id == comparison.reference_id and len(comparison.runs) > 1 else "",
            _("alone") if row.id == comparison.alone else _("hidden") if over and not drawn else "",
            *(f"#{tag}" for tag in row.labels.tags),
        ]
        figure = " ".join([*filter(None, words), self._figure(row)])
        room = max(4, self.size.width - cell_len(figure) - 6)
        return Content.assemble(
            mark if drawn else Content.styled("-" if over else " ", "dim"),
            " ",
            Content.styled(style.fit(name, room), "" if over else "dim"),
            "  ",
            Content.styled(figure, "" if over else "dim"),
        )

    def _figure(self, row: HistoryRow) -> str:
        metric = differences.watched(self.comparison.runs) or next(iter(row.metrics), None)
        best = row.figure(metric or "")
        return formats.fixed(best.value).strip() if best is not None else row.label

    # -- actions -------------------------------------------------------------------------------------------------

    def action_lay_over(self) -> None:
        """Lay the run over the shown one, or take it away."""
        if row := self.current:
            self.post_message(self.Toggled(row))

    def action_show(self) -> None:
        """Make it the shown run."""
        if row := self.current:
            self.post_message(self.Chosen(row))

    def action_hide(self) -> None:
        """Hide the run, or draw it again."""
        self._change(self.comparison.toggle_hidden)

    def action_alone(self) -> None:
        """Draw it alone, or all again."""
        self._change(self.comparison.toggle_alone)

    def action_reference(self) -> None:
        """Compare the others with it."""
        self._change(self.comparison.toggle_reference)

    def action_fold(self) -> None:
        """Fold the seeds of a setting into a band, or unfold them."""
        self.comparison.toggle_folded()
        self.post_message(self.Changed())

    def action_move_run(self, step: int) -> None:
        """Up or down in the legend."""
        if row := self.current:
            self.comparison.move(row.id, step)
            self.post_message(self.Changed())

    def action_leave(self) -> None:
        """Back to the charts."""
        self.post_message(self.Left())

    def action_label(self, field: str) -> None:
        """The learner's own name, tags or note for the run."""
        run_labels.ask(self, self.current, field, self._labelled)

    def _labelled(self) -> None:
        self.comparison.version += 1
        self.post_message(self.Changed())

    def _change(self, change: object) -> None:
        row = self.current
        if row is not None and any(view.folder.id == row.id for view in self.comparison.runs):
            change(row.id)  # type: ignore[operator]
            self.post_message(self.Changed())
