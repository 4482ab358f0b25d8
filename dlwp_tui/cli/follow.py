"""Follow a run until it ends: JSON lines, plain lines in a pipe, or a live progress in a terminal.

Ctrl-C asks once what to do with the run; it lives in a session of its own, so the key never reaches it.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from dlwp_tui.cli import output
from dlwp_tui.core import formats
from dlwp_tui.core.errors import ReaderGone
from dlwp_tui.core.language import _
from dlwp_tui.runs.folder import RunFolder
from dlwp_tui.runs.state import RunState, current, word
from dlwp_tui.runs.view import RunView, summary

if TYPE_CHECKING:
    from dlwp_tui.analysis.seen import Seen

POLL_S = 0.1
EXIT_CODES = {RunState.FINISHED: 0, RunState.STOPPED: 130}
"""Every other end is 1."""


def follow(folder: RunFolder, *, json: bool, ours: bool) -> int:
    """Show the run until it ends and return the exit code. `ours`: Ctrl-C may stop it; else it only stops watching."""
    try:
        if json:
            return _follow_json(folder)
        if output.is_terminal():
            return _follow_live(folder)
        return _follow_plain(folder)
    except KeyboardInterrupt:
        return _interrupted(folder, ours=ours, json=json)
    except ReaderGone:
        if current(folder).active:
            output.say(_goes_on(folder))
        raise


def _follow_json(folder: RunFolder) -> int:
    from dlwp_tui.runs.events import Tail

    tail, view = Tail(folder.events), RunView.open(folder)

    def step() -> None:
        for event in tail.read_all():
            output.json_line(event)

    state = _until_end(view, step)
    output.json_line(_summary(view))
    return EXIT_CODES.get(state, 1)


def _follow_plain(folder: RunFolder) -> int:
    view = RunView.open(folder)
    printer = PlainPrinter(folder)
    state = _until_end(view, printer.step)
    printer.end(view)
    return EXIT_CODES.get(state, 1)


def _follow_live(folder: RunFolder) -> int:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    view = RunView.open(folder)
    console = Console(highlight=False, soft_wrap=True)
    printer = PlainPrinter(folder, emit=console.print, epochs=False)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        TaskProgressColumn(),
        TextColumn("{task.fields[figures]}"),
        TimeRemainingColumn(compact=True),
    )
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task(_("waiting"), total=None, figures="")

        def step() -> None:
            printer.step()
            fraction = view.fraction
            progress.update(
                task,
                description=_where(view),
                total=None if fraction is None else 1.0,
                completed=fraction or 0.0,
                figures=formats.numbers(view.last_figures),
            )

        state = _until_end(view, step)
    printer.end(view)
    return EXIT_CODES.get(state, 1)


def _until_end(view: RunView, step: Callable[[], None]) -> RunState:
    """Call `step` at each change until the run has ended; returns the final state."""
    pause = threading.Event()
    while True:
        changed = view.update()
        active = view.state.active
        if changed or not active:
            step()
        if not active:
            return view.state
        pause.wait(POLL_S)


def _where(view: RunView) -> str:
    parts = [view.spec.lesson, word(view.state)]
    if view.epochs:
        parts.append(f"{view.epoch}/{view.epochs}")
    if view.phase:
        parts.append(view.phase)
    return " ".join(parts)


class PlainPrinter:
    """Prints a run's events as plain lines, each once, in the order they happened."""

    def __init__(self, folder: RunFolder, emit: Callable[[str], object] = output.line, *, epochs: bool = True) -> None:
        from dlwp_tui.runs.events import Tail

        self._folder = folder
        self._tail = Tail(folder.events)
        self._emit = emit
        self._epochs = epochs

    def step(self) -> None:
        """Print what is new."""
        for event in self._tail.read_all():
            for text in _lines(event, epochs=self._epochs):
                self._emit(text)

    def end(self, view: RunView) -> None:
        """Print how it ended: figures, or what went wrong and where the log is."""
        for label, metrics in view.results.items():
            self._emit(" ".join(filter(None, [_("result"), label, formats.numbers(metrics)])))
        self._say_seen(_seen(view))
        self._emit(
            _("{run} {state} after {seconds}").format(
                run=self._folder.id, state=word(view.state), seconds=formats.duration(view.elapsed_s, tenths=True)
            )
        )
        if view.state in (RunState.FAILED, RunState.DIED):
            if view.error is not None:
                output.say(view.error.told)
                for text in view.error.lines:
                    output.say(f"  {text}")
            else:
                for text in view.log_tail(12):
                    output.say(f"  {text}")
            output.say(_("The whole log: {path}").format(path=self._folder.log))

    def _say_seen(self, found: Seen | None) -> None:
        """The preset's promise beside what the run showed."""
        if found is None:
            return
        self._emit(f"{found.label}: {found.promise}" if found.promise else found.label)
        for told in (*found.told, *found.missing):
            self._emit(f"  {told}")


def _seen(view: RunView) -> Seen | None:
    from dlwp_tui.analysis.seen import seen
    from dlwp_tui.core.errors import DlwpError
    from dlwp_tui.engine import launch

    try:
        return seen(view, launch.lesson_of(view.spec))
    except DlwpError:  # the lesson is no longer in the course, or broken: `dlwp check` says so
        return None


def _summary(view: RunView) -> dict[str, object]:
    found = _seen(view)
    return summary(view, None if found is None else found.holds)


def _lines(event: dict[str, object], *, epochs: bool) -> list[str]:
    from dlwp_tui.runs import kinds
    from dlwp_tui.runs.events import number

    get = event.get
    label = f"[{get('label')}] " if get("label") else ""
    match event["e"]:
        case kinds.EPOCH if epochs:
            done = f"{get('epoch')}/{get('epochs')}" if get("epochs") else get("epoch")
            return [f"{label}{get('unit') or _('epoch')} {done}  {_metrics(get('metrics'))}"]
        case kinds.BASELINE:
            return [f"{label}{_metrics(get('metrics'))}"]
        case kinds.PHASE:
            return [f"— {get('name')}"]
        case kinds.DATASET:
            return [f"{get('name')}: {get('detail') or get('source')}"]
        case kinds.MODEL:
            params = number(get("params"))
            told = "?" if params is None else f"{params:,.0f}"
            return [_("{label}model with {params} parameters").format(label=label, params=told)]
        case kinds.CHECK:
            return [f"{'✓' if get('ok') else '✗'} {get('statement')}  ({get('got')} / {get('want')})"]
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


def _metrics(metrics: object) -> str:
    from dlwp_tui.runs.events import number

    if not isinstance(metrics, dict):
        return ""
    values = {name: number(value) for name, value in metrics.items()}
    return formats.numbers({name: value for name, value in values.items() if value is not None})


def _table(columns: object, rows: object) -> list[str]:
    if not isinstance(columns, list) or not isinstance(rows, list) or not columns:
        return []  # a line that was damaged, or written by another version
    wide = len(columns)
    cells = [[*map(str, row), *[""] * wide][:wide] for row in rows if isinstance(row, list)]
    lines = output.aligned([str(name) for name in columns], cells)
    return [f"  {text}" for text in lines]


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
    view = RunView.open(folder)
    view.update()
    if json:
        output.json_line(_summary(view))
    output.say(_("Stopped {run}; its curves stay: dlwp export {run} --csv").format(run=folder.id))
    return 130


def _goes_on(folder: RunFolder) -> str:
    return _("{run} goes on. Watch it: dlwp watch {run}   Stop it: dlwp stop {run}").format(run=folder.id)
