"""Follows a run until it ends: JSON lines, plain lines in a pipe, or a progress bar in a terminal.

Ctrl-C reaches this process alone, as a run has a session of its own; a question then decides whether the run stops.
"""

from __future__ import annotations

import shutil
import sys
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from dlwp_tui.cli import output
from dlwp_tui.core import formats, layer_graph
from dlwp_tui.core.errors import ReaderGone
from dlwp_tui.core.language import _
from dlwp_tui.render.layer_graph import lines as draw
from dlwp_tui.runs import kinds
from dlwp_tui.runs.events import Event, figures, number
from dlwp_tui.runs.folder import RunFolder
from dlwp_tui.runs.state import RunState, current, word
from dlwp_tui.runs.view import RunView, summary

if TYPE_CHECKING:
    from dlwp_tui.analysis.seen import Seen

POLL_S = 0.1
LONGEST_FIGURE = 60
"""Characters; a check may compare arrays of thousands of numbers."""
MAX_NODES = 60
"""Of a graph that is printed; larger ones are in the app."""
EXIT_CODES = {RunState.FINISHED: 0, RunState.STOPPED: 130}
"""Every other end is 1."""


def follow(folder: RunFolder, *, json: bool, ours: bool) -> int:
    """Show the run until it ends and return the exit code. `ours`: Ctrl-C may stop it; else it only stops watching."""
    try:
        view = RunView.open(folder)
        if json:
            _until_end(view, output.json_line, batches=True)
            output.json_line(_summary(view))
        elif output.is_terminal():
            _follow_live(view)
        else:
            printer = PlainPrinter()
            _until_end(view, printer.event)
            printer.end(view)
        view.pack()
    except KeyboardInterrupt:
        return _interrupted(folder, ours=ours, json=json)
    except ReaderGone:
        if current(folder).active:
            output.say(_goes_on(folder))
        raise
    return EXIT_CODES.get(view.state, 1)


def _follow_live(view: RunView) -> None:
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

    console = output.console(soft_wrap=True)
    printer = PlainPrinter(console.print, epochs=False)
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=24),
        TaskProgressColumn(),
        TextColumn("{task.fields[figures]}", markup=False),
        TextColumn("{task.fields[left]}", markup=False),  # Rich's own estimate knows no validation
    )
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task(_("waiting"), total=None, figures="", left="")

        def on_change() -> None:
            fraction = view.fraction
            progress.update(
                task,
                description=_where(view),
                total=None if fraction is None else 1.0,
                completed=fraction or 0.0,
                figures=formats.numbers(view.last_figures),
                left="" if view.eta_s is None else _("{time} left").format(time=formats.duration(view.eta_s)),
            )

        _until_end(view, printer.event, on_change)
    printer.end(view)


def _until_end(
    view: RunView,
    on_event: Callable[[Event], object],
    on_change: Callable[[], object] = lambda: None,
    *,
    batches: bool = False,
) -> None:
    """Update `view` until the run has ended; `on_event` gets each event, `on_change` is called after each change.

    batches: `on_event` needs those of batches, too, also of a long run that is over.
    """
    pause = threading.Event()
    while True:
        if view.update(on_event=on_event, batches=batches) or view.waiting:
            on_change()
        if not view.state.active:
            return
        pause.wait(POLL_S)


def _where(view: RunView) -> str:
    parts = [view.spec.lesson, word(view.state)]
    if view.epochs:
        parts.append(f"{view.epoch}/{view.epochs}")
    if view.state is RunState.QUEUED:
        parts.append(_("starting, or waiting for another run"))
    if what := view.waiting or view.phase:
        parts.append(what)
    return " ".join(parts)


class PlainPrinter:
    """Prints a run's events as plain lines; without `epochs` the ones that a progress bar shows are left out."""

    def __init__(self, emit: Callable[[str], object] = output.line, *, epochs: bool = True) -> None:
        self._emit = emit
        self._epochs = epochs

    def event(self, event: Event) -> None:
        """Print one event; kinds without a line of their own are left out."""
        for text in _lines(event, epochs=self._epochs):
            self._emit(text)

    def end(self, view: RunView) -> None:
        """Print how the run ended: figures, the preset's promise, or what went wrong and where the log is."""
        for label, metrics in view.results.items():
            self._emit(" ".join(filter(None, [_("result"), label, formats.numbers(metrics)])))
        if (found := _seen(view)) is not None:
            self._emit(f"{found.label}: {found.promise}" if found.promise else found.label)
            for sentence in (*found.sentences, *found.missing):
                self._emit(f"  {sentence}")
        if view.pictures:
            text = _("{count} pictures: dlwp picture {run} NAME")
            self._emit(text.format(count=len(view.pictures), run=view.folder.id))
        seconds = formats.duration(view.elapsed_s, tenths=True)
        self._emit(
            _("{run} {state} after {seconds}").format(run=view.folder.id, state=word(view.state), seconds=seconds)
        )
        if view.state in (RunState.FAILED, RunState.DIED):
            error = view.error
            if error is not None:
                output.say(error.text)
            for text in view.log_tail(12) if error is None else error.lines:
                output.say(f"  {text}")
            output.say(_("The whole log: {path}").format(path=view.folder.log))


def _seen(view: RunView) -> Seen | None:
    from dlwp_tui.analysis.seen import seen
    from dlwp_tui.core.errors import DlwpError
    from dlwp_tui.engine import launch

    try:
        return seen(view, launch.lesson_of(view.spec))
    except DlwpError:  # the lesson is no longer in the course, or broken, which `dlwp check` reports
        return None


def _summary(view: RunView) -> dict[str, object]:
    found = _seen(view)
    return summary(view, None if found is None else found.holds)


def _lines(event: Event, *, epochs: bool) -> list[str]:
    get = event.get
    label = f"[{get('label')}] " if get("label") else ""
    match event["e"]:
        case kinds.EPOCH if epochs and kinds.worth_a_line(get("epoch"), get("epochs")):
            done = f"{get('epoch')}/{get('epochs')}" if get("epochs") else get("epoch")
            return [f"{label}{get('unit') or _('epoch')} {done}  {formats.numbers(figures(event))}"]
        case kinds.BASELINE | kinds.OLD_BASELINE:
            return [f"{label}{formats.numbers(figures(event))}"]
        case kinds.PHASE:
            return [f"— {get('name')}"]
        case kinds.DATASET:
            return [f"{get('name')}: {get('detail') or get('source')}"]
        case kinds.MODEL:
            return _model(event, label)
        case kinds.CHECK:
            line = f"{'✓' if get('ok') else '✗'} {get('statement')}"
            if isinstance(get("got"), bool) or get("got") is None:
                return [line]  # the statement itself came true or not
            return [f"{line}  ({_short(get('got'))} / {_short(get('want'))})"]
        case kinds.TEXT:
            return [f"{get('title')}:", *(f"  {text}" for text in str(get("body")).splitlines())]
        case kinds.TABLE:
            return [f"{get('title')}:", *_table(get("columns"), get("rows"))]
        case kinds.WARNING:
            return [f"! {get('message')}"]
        case kinds.STARTED:
            return [_("started on {device}").format(device=get("device"))]
        case _:
            return []


def _model(event: Event, label: str) -> list[str]:
    """How large a model is; its graph too, where it is more than a chain."""
    params = number(event.get("params"))
    shown = "?" if params is None else f"{params:,.0f}"
    line = _("{label}model with {params} parameters").format(label=label, params=shown)
    graph = layer_graph.parse(event.get("graph"))
    if graph is None or not graph.branches or len(graph.nodes) > MAX_NODES:
        return [line]
    return [line, *(f"  {text}".rstrip() for text in draw(graph, _width()))]


def _width() -> int:
    """Cells for a drawing that is indented by two; 100 where the output goes to a file."""
    return max(20, min(100, shutil.get_terminal_size((100, 24)).columns) - 2)


def _short(value: object) -> str:
    """A figure of a check; of a long array only its beginning."""
    text = str(value)
    return text if len(text) <= LONGEST_FIGURE else text[: LONGEST_FIGURE - 1] + "…"


def _table(columns: object, rows: object) -> list[str]:
    if not isinstance(columns, list) or not isinstance(rows, list) or not columns:
        return []  # a line that was damaged, or written by another version
    wide = len(columns)
    cells = [[*map(str, row), *[""] * wide][:wide] for row in rows if isinstance(row, list)]
    columns, cells, more = formats.beginning([str(name) for name in columns], cells)
    return [f"  {text}" for text in (*formats.aligned(columns, cells), *filter(None, [more]))]


def _interrupted(folder: RunFolder, *, ours: bool, json: bool) -> int:
    from dlwp_tui.engine import control

    leave = _goes_on(folder)
    if not ours:
        output.say("\n" + leave)
        return 130
    if sys.stdin.isatty() and sys.stderr.isatty():
        output.say("")
        try:
            sys.stderr.write(_("Stop the run, or leave it running? [s]top / [l]eave: "))
            sys.stderr.flush()
            answer = sys.stdin.readline().strip().lower()
        except KeyboardInterrupt:
            answer = "s"
        if answer.startswith(("l", "留")):
            output.say(leave)
            return 130
    control.stop(folder)
    view = RunView.whole(folder)
    if json:
        output.json_line(_summary(view))
    output.say(_("Stopped {run}; its curves stay: dlwp export {run} --csv").format(run=folder.id))
    return 130


def _goes_on(folder: RunFolder) -> str:
    return _("{run} goes on. Watch it: dlwp watch {run}   Stop it: dlwp stop {run}").format(run=folder.id)
