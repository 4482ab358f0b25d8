"""What the learner writes on a run: its name, tags and note, typed in a dialog; and whether it is put away."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from textual.widget import Widget

from dlwp_tui.analysis.history import HistoryRow
from dlwp_tui.core.errors import DlwpError
from dlwp_tui.core.language import N_, _
from dlwp_tui.runs import labels
from dlwp_tui.runs.labels import Labels
from dlwp_tui.tui.dialogs import TextDialog


@dataclass(frozen=True)
class _Field:
    title: str
    get: Callable[[Labels], str]
    put: Callable[[Labels, str], Labels]


_FIELDS = {
    "name": _Field(N_("Name of the run"), lambda one: one.name, lambda one, text: replace(one, name=text)),
    "tags": _Field(
        N_("Tags, apart by spaces"),
        lambda one: " ".join(one.tags),
        lambda one, text: replace(one, tags=tuple(text.split())),
    ),
    "note": _Field(N_("Note on the run"), lambda one: one.note, lambda one, text: replace(one, note=text)),
}


def ask(widget: Widget, row: HistoryRow | None, field: str, then: Callable[[], object]) -> None:
    """Let the learner type the `name`, the `tags` or the `note` of a run; `then()` once it is kept."""
    if row is None:
        return
    kind = _FIELDS[field]

    def answered(text: str | None) -> None:
        if text is not None:
            keep(widget, row, kind.put(row.labels, text), then)

    widget.app.push_screen(TextDialog(_(kind.title), kind.get(row.labels)), answered)


def keep(widget: Widget, row: HistoryRow, kept: Labels, then: Callable[[], object]) -> None:
    """Write a run's labels, then `then()`; what cannot be kept becomes a notice."""
    try:
        labels.write(row.folder, kept)
    except DlwpError as error:
        widget.notify(str(error), severity="warning", markup=False)
    else:
        then()
