"""Runs: start, stop, pause, run again, delete, export; which are going on; leaving the app."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from textual import events
from textual.message import Message
from textual.screen import Screen

from dlwp_tui.core.formats import disk_used, duration
from dlwp_tui.core.language import _, ngettext
from dlwp_tui.course.lesson import Lesson
from dlwp_tui.engine.memory import MemoryShort
from dlwp_tui.runs import state, store, trash
from dlwp_tui.runs.folder import RunFolder
from dlwp_tui.runs.state import RunState
from dlwp_tui.runs.trash import Deleted
from dlwp_tui.tui import keys
from dlwp_tui.tui.bench.history import HistoryView
from dlwp_tui.tui.bench.messages import (
    DeleteRequested,
    ExportRequested,
    RerunRequested,
    RunStateChanged,
    UndeleteRequested,
)
from dlwp_tui.tui.bench.pane import BenchPane
from dlwp_tui.tui.dialogs import AskDialog
from dlwp_tui.tui.hardware_bar import HardwareBar
from dlwp_tui.tui.in_thread import in_thread
from dlwp_tui.tui.screens.controller import Controller, handles
from dlwp_tui.tui.screens.panes import Panes
from dlwp_tui.tui.session import RunRequest, Session

ASK_S = 60.0
"""Seconds of work that are not thrown away by one key."""
POLL_ACTIVE_S = 1.0
"""How often the list of active runs is read: one listing of folders and a lock test each."""


class Runs(Controller):
    """What a key or a card does to a run. Blocking work goes to threads, so no key is slow while a model trains."""

    @dataclass
    class Polled(Message):
        """The runs that are going on, read once a second."""

        active: list[RunFolder]
        ended: bool
        """True when a run that was going on at the last reading has ended since."""

    def __init__(self, screen: Screen[None], session: Session, panes: Panes) -> None:
        super().__init__(screen)
        self._session = session
        self._panes = panes
        self._active: list[RunFolder] = []

    # -- starting ------------------------------------------------------------------------------------------------

    def action_start(self) -> None:
        """Run the lesson with the values of the form; a bad value is marked and nothing starts."""
        tabs = self._panes.bench.tabs
        request = tabs.params.request()
        if request is None:
            tabs.show_tab("params", focus=True)
        else:
            self.start(request)

    def run_preset(self, name: str) -> None:
        """Run the open lesson with a preset's values."""
        if (lesson := self._panes.lesson_or_notice()) is not None:
            self.run_values(lesson, lesson.values(name))

    def run_values(self, lesson: Lesson, values: dict[str, Any]) -> None:
        """Put values into the form and run the lesson with them, on the data that the form names."""
        form = self._panes.bench.tabs.params
        form.set_values(values)
        self.start(RunRequest(lesson, values, source=form.source))

    def start(self, request: RunRequest) -> None:
        """Start a run; where memory is short, ask first."""
        self.begin(partial(self._session.start, request), partial(self._started, request.lesson.id))

    @in_thread(group="start")
    def begin(self, action: Callable[..., Any], then: Callable[[Any], None], force: bool = False) -> None:
        """`then(action(force=...))`, the action in a thread; where it raises MemoryShort, the learner decides."""
        try:
            result = action(force=force)
        except MemoryShort as error:
            self.app.call_from_thread(self._ask_about_memory, error.message, action, then)
        else:
            self.app.call_from_thread(then, result)
            self.app.call_from_thread(self._poll)

    def _ask_about_memory(self, warning: str, action: Callable[..., Any], then: Callable[[Any], None]) -> None:
        def answered(answer: str | None) -> None:
            if answer == "start":
                self.begin(action, then, force=True)

        answers = [("no", _("Not now")), ("start", _("Start anyway"))]
        self.app.push_screen(AskDialog(_("Little memory"), warning, answers), answered)

    def _started(self, lesson_id: str, folder: RunFolder) -> None:
        if self._panes.section is not None and self._panes.section.id == lesson_id:
            bench = self._panes.bench
            bench.show_run(folder)
            bench.tabs.show_tab("curves")
            if self.screen.has_class("-narrow"):
                self._panes.show_pane("bench")

    # -- controlling ---------------------------------------------------------------------------------------------

    def action_stop(self) -> None:
        """Stop the shown run, if it is going on; one that has worked for long only after a question."""
        bench = self._panes.bench
        if bench.running is None or bench.shown is None:
            self.notify(_("No run is at work here."))
            return
        stop = partial(self._do, partial(self._session.stop, bench.running.id))
        worked = bench.shown.elapsed_s
        if worked <= ASK_S:
            stop()
            return

        def answered(answer: str | None) -> None:
            if answer == "stop":
                stop()

        body = _("It has worked for {time}. Its curves and weights so far stay.").format(time=duration(worked))
        answers = [("go-on", _("Go on training")), ("stop", _("Stop it"))]
        self.app.push_screen(AskDialog(_("Stop this run?"), body, answers), answered)

    def action_pause(self) -> None:
        """Pause the shown run, let it go on, or resume it from its checkpoint."""
        if (shown := self._panes.bench.shown) is not None:
            self.begin(partial(self._session.pause_or_go_on, shown.folder.id), lambda _done: None)

    def action_rerun(self) -> None:
        """The shown run again, with its seed."""
        if (shown := self._panes.bench.shown) is not None:
            self._rerun(shown.folder.id)

    @handles(RerunRequested)
    def _rerun_requested(self, event: RerunRequested) -> None:
        self._rerun(event.run_id)

    def _rerun(self, run_id: str) -> None:
        def started(folder: RunFolder) -> None:
            self._started(store.read_spec(folder).lesson, folder)  # its folder of lessons may be out of use

        self.begin(partial(self._session.rerun, run_id), started)

    @handles(DeleteRequested)
    def _delete_requested(self, event: DeleteRequested) -> None:
        def deleted(one: Deleted) -> None:
            self._panes.bench.forget(event.run_id)
            self._show_deleted()
            text = _("Deleted {run}; {key} brings it back. Quitting frees {size}.")
            text = text.format(run=event.run_id[-4:], key=keys.label("past.undo"), size=disk_used(one.size))
            self._history.say(text)

        self._do(partial(self._session.delete, event.run_id), deleted)

    @handles(UndeleteRequested)
    def _undelete_requested(self, _event: UndeleteRequested) -> None:
        def brought_back(folder: RunFolder | None) -> None:
            self._show_deleted()
            if folder is None:
                self._history.say(_("Nothing was deleted since the app was opened."))
            else:
                self._history.go_to(folder.id)

        self._do(self._session.undelete, brought_back)

    @property
    def _history(self) -> HistoryView:
        return self.screen.query_one(BenchPane).tabs.history

    @in_thread(group="deleted", exclusive=True)
    def _show_deleted(self) -> None:
        """Put into the history what can be brought back; remove for good what was deleted long ago."""
        trash.purge_old()
        count, size = len(self._session.deleted), sum(one.size for one in self._session.deleted)
        self.app.call_from_thread(self._history.show_deleted, count, size)

    @handles(ExportRequested)
    def _export_requested(self, event: ExportRequested) -> None:
        self._do(
            partial(self._session.export, event.run_id),
            lambda path: self.notify(_("Wrote {path}.").format(path=path)),
        )

    @in_thread(group="control")
    def _do(self, action: Callable[[], Any], then: Callable[[Any], None] | None = None) -> None:
        """`action()` in a thread, then `then(result)` back here."""
        result = action()
        if then is not None:
            self.app.call_from_thread(then, result)
        self.app.call_from_thread(self._poll)

    # -- what is going on ----------------------------------------------------------------------------------------

    @handles(events.Mount)
    def _mounted(self, _event: events.Mount) -> None:
        self.screen.set_interval(POLL_ACTIVE_S, self._poll)
        self._poll()
        self._show_deleted()

    @handles(RunStateChanged)
    def _run_state_changed(self, _event: RunStateChanged) -> None:
        self._poll()

    @in_thread(group="active", exclusive=True, polled=True)
    def _poll(self) -> None:
        active, waiting = self._session.active()
        self.app.call_from_thread(self._show_active, active, waiting, self._session.free_mb())

    def _show_active(self, active: list[RunFolder], waiting: int, free_mb: int) -> None:
        self.screen.query_one(BenchPane).tabs.params.estimate.free_mb = free_mb  # `panes.bench` would build the form
        self.screen.query_one(HardwareBar).set_runs(len(active), waiting)
        ended = {folder.id for folder in self._active} - {folder.id for folder in active}
        self._active = active
        if ended:
            self._panes.bench.look_again()
        self.screen.post_message(self.Polled(active, bool(ended)))

    # -- leaving -------------------------------------------------------------------------------------------------

    def action_quit(self) -> None:
        """Quit; when runs are going on, ask first: they will go on, and the dialog shows where to find them."""
        active = [folder for folder in self._active if state.current(folder).active]  # the reading is up to 1 s old
        if not active:
            self.app.exit()
            return

        def stop_all() -> None:
            for folder in active:
                self._session.stop(folder.id)

        def answered(answer: str | None) -> None:
            if answer == "leave":
                self.app.exit()
            elif answer == "stop":
                self._do(stop_all, lambda _done: self.app.exit())

        title = ngettext("{count} run is going on", "{count} runs are going on", len(active)).format(count=len(active))
        states = [state.current(folder) for folder in active]
        lines = [f"  {folder.id}  {state.label(now)}" for folder, now in zip(active, states, strict=True)]
        names = "\n".join(lines[:5])
        if waiting := states.count(RunState.QUEUED):
            text = _("In the queue: {count}. What waits there starts by itself, also without dlwp.")
            names += "\n" + text.format(count=waiting)
        body = _("Leaving does not stop them.\n{names}\n\nOpen dlwp again to see them, or: dlwp watch {run}").format(
            names=names, run=active[0].id
        )
        answers = [("leave", _("Leave them running")), ("stop", _("Stop them")), ("stay", _("Stay"))]
        self.app.push_screen(AskDialog(title, body, answers), answered)
