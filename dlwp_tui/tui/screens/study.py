"""The study screen: reading (see `reading`), looking (see `looking`) and everything a key or a card does to a run.

Blocking work goes to threads (see `in_thread`), so no key is ever slow while a model trains.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from textual import on

from dlwp_tui.core.errors import DlwpError
from dlwp_tui.core.formats import rough_duration
from dlwp_tui.core.language import _, ngettext
from dlwp_tui.core.types import Source
from dlwp_tui.course.lesson import Experiment, Lesson
from dlwp_tui.engine.memory import MemoryShort
from dlwp_tui.runs import state, store
from dlwp_tui.runs.folder import RunFolder
from dlwp_tui.tui import keys
from dlwp_tui.tui.bench import messages
from dlwp_tui.tui.bench.form import ParamsForm
from dlwp_tui.tui.bench.pane import BenchPane
from dlwp_tui.tui.hardware_bar import HardwareBar
from dlwp_tui.tui.in_thread import in_thread
from dlwp_tui.tui.reader.note import NotePane
from dlwp_tui.tui.screens.dialogs import AskDialog
from dlwp_tui.tui.screens.looking import LookingScreen
from dlwp_tui.tui.session import RunRequest, Session

POLL_ACTIVE_S = 1.0
"""How often the list of active runs is looked at: one listing of folders and a lock test each."""


class StudyScreen(LookingScreen):
    """Contents | note | bench, and the runs between them. Make one with `study_screen`, in the language of the day."""

    def __init__(self, session: Session, section: str | None) -> None:
        super().__init__(session, section)
        self._active: list[RunFolder] = []

    @property
    def source(self) -> Source:
        """Which data the form asks for; a card's run takes the same."""
        return self.query_one(ParamsForm).source

    def on_mount(self) -> None:  # Textual calls that of `ReadingScreen` itself: super() had opened the section twice
        self.set_interval(POLL_ACTIVE_S, self._poll_active)
        self._poll_active()

    # -- starting ------------------------------------------------------------------------------------------------

    def action_run(self) -> None:
        """Run the lesson with the values of the form; a bad value is marked and nothing starts."""
        if self.lesson_or_say() is not None:
            self.bench.action_run()

    def run_preset(self, name: str) -> None:
        """Run the open lesson with a preset's values."""
        if (lesson := self.lesson_or_say()) is not None:
            self.bench.set_values(lesson.values(name))
            self._start(RunRequest(lesson, lesson.values(name), source=self.source))

    @on(messages.RunRequested)
    def _run_requested(self, event: messages.RunRequested) -> None:
        lesson = self.session.course.lesson(event.lesson_id)
        self._start(RunRequest(lesson, event.values, event.seed, event.source, event.device))

    @on(NotePane.RunCardPressed)
    def _run_card(self, event: NotePane.RunCardPressed) -> None:
        section = self.find_or_say(event.lesson)
        if section is None:
            return
        if self.section is not section:
            self.open_section(section)
        lesson = self.lesson_or_say()
        if lesson is None:
            return
        try:
            values = lesson.values(event.preset, dict(event.params))
        except DlwpError as error:
            self.say(error)
            return
        self.bench.set_values(values)
        if event.start:
            self._start(RunRequest(lesson, values, source=self.source))
        else:
            self.bench.show_tab("params")
            self.show_pane("bench")

    def _start(self, request: RunRequest) -> None:
        """Start; where memory is short, ask first."""
        self._begin(partial(self.session.start, request), then=partial(self._started, request.lesson))

    @in_thread(group="start")
    def _begin(
        self, action: Callable[..., Any], then: Callable[[Any], None] | None = None, force: bool = False
    ) -> None:
        """`action(force=...)` in a thread; where it raises that memory is short, the learner decides."""
        try:
            result = action(force=force)
        except MemoryShort as error:
            self.app.call_from_thread(self._ask_about_memory, error.message, action, then)
        else:
            if then is not None:
                self.app.call_from_thread(then, result)
            self.app.call_from_thread(self._poll_active)

    def _ask_about_memory(self, warning: str, action: Callable[..., Any], then: Callable[[Any], None] | None) -> None:
        def answered(answer: str | None) -> None:
            if answer == "start":
                self._begin(action, then, force=True)

        answers = [("no", _("Not now")), ("start", _("Start anyway"))]
        self.app.push_screen(AskDialog(_("Little memory"), warning, answers), answered)

    def _started(self, lesson: Lesson, folder: RunFolder) -> None:
        if self.section is not None and self.section.id == lesson.id:
            self.bench.show_run(folder)
            self.bench.show_tab("curves")
            if self.has_class("-narrow"):
                self.show_pane("bench")

    # -- controlling ---------------------------------------------------------------------------------------------

    def action_stop(self) -> None:
        """Stop the shown run, if it is going on."""
        self.bench.action_stop()

    def action_pause(self) -> None:
        """Pause the shown run, let it go on, or resume it from its checkpoint."""
        self.bench.action_pause()

    def action_rerun(self) -> None:
        """The shown run again, with its seed."""
        self.bench.action_rerun()

    @on(messages.StopRequested)
    def _stop_requested(self, event: messages.StopRequested) -> None:
        self._do(partial(self.session.stop, event.run_id))

    @on(messages.PauseRequested)
    def _pause_requested(self, event: messages.PauseRequested) -> None:
        self._begin(partial(self.session.pause_or_go_on, event.run_id))

    @on(messages.RerunRequested)
    def _rerun_requested(self, event: messages.RerunRequested) -> None:
        self._begin(partial(self.session.rerun, event.run_id), then=self._rerun_started)

    def _rerun_started(self, folder: RunFolder) -> None:
        self._started(self.session.course.lesson(store.read_spec(folder).lesson), folder)

    @on(messages.DeleteRequested)
    def _delete_requested(self, event: messages.DeleteRequested) -> None:
        self._do(partial(self.session.delete, event.run_id), then=lambda _done: self.bench.forget(event.run_id))

    @on(messages.ExportRequested)
    def _export_requested(self, event: messages.ExportRequested) -> None:
        def told(path: object) -> None:
            self.notify(_("Wrote {path}.").format(path=path), markup=False)

        self._do(partial(self.session.export, event.run_id), then=told)

    @on(messages.RunStateChanged)
    def _run_state_changed(self, event: messages.RunStateChanged) -> None:
        self._poll_active()
        if not event.state.active:
            self.show_verdicts()
            self.read_estimator()

    @in_thread(group="control")
    def _do(self, action: Callable[[], Any], then: Callable[[Any], None] | None = None) -> None:
        """`action()` in a thread, then `then(result)` back here."""
        result = action()
        if then is not None:
            self.app.call_from_thread(then, result)
        self.app.call_from_thread(self._poll_active)

    # -- experiments ---------------------------------------------------------------------------------------------

    @on(NotePane.ExperimentPressed)
    def _experiment_pressed(self, event: NotePane.ExperimentPressed) -> None:
        section = self.find_or_say(event.lesson)
        if section is None:
            return
        try:
            lesson = section.lesson()
            experiment = lesson.experiment(event.id)
        except DlwpError as error:
            self.say(error)
            return
        count = len(experiment.runs) * experiment.seeds

        def answered(answer: str | None) -> None:
            if answer == "start":
                start = partial(self.session.start_experiment, lesson, experiment, self.source)
                self._begin(start, then=self._experiment_started)

        body = f"{experiment.statement}\n\n" + ngettext(
            "{count} run with preset {preset}.", "{count} runs with preset {preset}, one after the other.", count
        ).format(count=count, preset=experiment.preset)
        body += f"\n{self._time_of(lesson, experiment)}"
        answers = [("start", _("Start")), ("no", _("Not now"))]
        self.app.push_screen(AskDialog(_("Run this experiment?"), body, answers), answered)

    def _time_of(self, lesson: Lesson, experiment: Experiment) -> str:
        """The sentence that says how long all runs of an experiment take."""
        estimator = self.query_one(BenchPane).estimator
        if (
            estimator is None
            or estimator.lesson.id != lesson.id
            or not (seconds := estimator.of_experiment(experiment))
        ):
            return _("How long that takes here is not known yet.")
        return _("That takes about {time} here.").format(time=rough_duration(seconds))

    def _experiment_started(self, folders: list[RunFolder]) -> None:
        self.notify(_("{count} runs queued; the verdict appears on the card.").format(count=len(folders)))
        self.bench.show_run(folders[0])
        self.show_verdicts()

    # -- what is going on ----------------------------------------------------------------------------------------

    @in_thread(group="active", exclusive=True, polled=True)
    def _poll_active(self) -> None:
        folders, waiting = self.session.active()
        self.app.call_from_thread(self._show_active, folders, waiting, self.session.free_mb())

    def _show_active(self, folders: list[RunFolder], waiting: int, free_mb: int) -> None:
        self.query_one(BenchPane).set_free_memory(free_mb)  # `bench` would build the form
        ended = {folder.id for folder in self._active} - {folder.id for folder in folders}
        self._active = folders
        self.query_one(HardwareBar).set_runs(len(folders), waiting)
        if ended:
            self.bench.look_again()
            self.show_verdicts()

    # -- leaving -------------------------------------------------------------------------------------------------

    def action_quit(self) -> None:
        """Quit; when runs are going on, say first that they will go on, and where to find them."""
        self._active = [
            folder for folder in self._active if state.current(folder).active
        ]  # the last look is up to 1 s old
        if not self._active:
            self.app.exit()
            return

        def answered(answer: str | None) -> None:
            if answer == "leave":
                self.app.exit()
            elif answer == "stop":
                self._do(self._stop_all, then=lambda _done: self.app.exit())

        count = len(self._active)
        title = ngettext("{count} run is going on", "{count} runs are going on", count).format(count=count)
        names = "\n".join(f"  {folder.id}" for folder in self._active[:5])
        body = _("Leaving does not stop them.\n{names}\n\nOpen dlwp again to see them, or: dlwp watch {run}").format(
            names=names, run=self._active[0].id
        )
        answers = [("leave", _("Leave them running")), ("stop", _("Stop them")), ("stay", _("Stay"))]
        self.app.push_screen(AskDialog(title, body, answers), answered)

    def _stop_all(self) -> None:
        for folder in self._active:
            self.session.stop(folder.id)


def study_screen(session: Session, section: str | None = None) -> StudyScreen:
    """A study screen whose keys are described in the language in force now."""
    kind = type("StudyScreen", (StudyScreen,), {"BINDINGS": keys.bindings()})
    screen: StudyScreen = kind(session, section)
    return screen
