"""Looking ahead and back: what the form shows of data and time, the dry run, the trained model."""

from __future__ import annotations

import time

from textual import events
from textual.screen import Screen

from dlwp_tui.core.errors import DlwpError
from dlwp_tui.course.lesson import Lesson, Needs
from dlwp_tui.tui.bench.demos import Demos
from dlwp_tui.tui.bench.messages import DemoAsked, LessonShown, NeedsChanged, RunStateChanged
from dlwp_tui.tui.in_thread import in_thread
from dlwp_tui.tui.screens.controller import Controller, handles
from dlwp_tui.tui.screens.panes import Panes
from dlwp_tui.tui.session import RunRequest, Session, explain


class Looking(Controller):
    """Answers the bench's questions that take files, processes or the model. It starts and ends no run."""

    def __init__(self, screen: Screen[None], session: Session, panes: Panes) -> None:
        super().__init__(screen)
        self._session = session
        self._panes = panes
        self._demos = Demos(session)

    @handles(Panes.SectionOpened)
    def _section_opened(self, _event: Panes.SectionOpened) -> None:
        self._demos.close()
        self._session.cancel_dry_run()

    @handles(events.Unmount)
    def _left(self, _event: events.Unmount) -> None:
        self._demos.close()

    # -- the form ------------------------------------------------------------------------------------------------

    @handles(LessonShown)
    def _lesson_shown(self, event: LessonShown) -> None:
        self._read_estimator(event.lesson)

    @handles(NeedsChanged)
    def _needs_changed(self, event: NeedsChanged) -> None:
        self._show_data_status(event.lesson, event.needs)

    @handles(RunStateChanged)
    def _run_state_changed(self, event: RunStateChanged) -> None:
        lesson = self._panes.lesson
        if lesson is not None and not event.state.active:
            self._read_estimator(lesson)

    @in_thread(group="data", exclusive=True)
    def _show_data_status(self, lesson: Lesson, needs: Needs) -> None:
        try:
            status = self._session.data_status(lesson, needs)
        except DlwpError as error:
            status = explain(error)
        self.app.call_from_thread(lambda: self._panes.bench.tabs.params.set_data_status(status, needs))

    @in_thread(group="estimator", exclusive=True)
    def _read_estimator(self, lesson: Lesson) -> None:
        estimator, free_mb = self._session.estimator(lesson), self._session.free_mb()
        self.app.call_from_thread(lambda: self._panes.bench.tabs.params.set_estimator(estimator, free_mb))

    def action_measure(self) -> None:
        """A dry run, to learn how long the whole takes; again: cancel it."""
        tabs = self._panes.bench.tabs
        if tabs.params.estimate.dry_run_began is not None:
            self._session.cancel_dry_run()
        elif (request := tabs.params.request()) is None:
            tabs.show_tab("params", focus=True)
        else:
            tabs.show_tab("params")
            tabs.params.estimate.dry_run_began = time.monotonic()
            self._dry_run(request)

    @in_thread(group="dry-run")
    def _dry_run(self, request: RunRequest) -> None:
        try:
            self._session.dry_run(request)
        finally:
            self.app.call_from_thread(self._dry_run_over, request.lesson)

    def _dry_run_over(self, lesson: Lesson) -> None:
        self._panes.bench.tabs.params.estimate.dry_run_began = None
        self._read_estimator(lesson)

    # -- the trained model ---------------------------------------------------------------------------------------

    @handles(DemoAsked)
    def _demo_asked(self, event: DemoAsked) -> None:
        self._ask(event)

    @in_thread(group="demo", exclusive=True)
    def _ask(self, asked: DemoAsked) -> None:
        try:
            for answer in self._demos.ask(asked.run_id, asked.demo_id, asked.value, asked.sliders):
                self._answer(asked, answer)
        except Exception as error:
            self._answer(asked, {"error": explain(error)})  # the field shows it instead of waiting on
            raise

    def _answer(self, asked: DemoAsked, answer: dict[str, object]) -> None:
        self.app.call_from_thread(lambda: self._panes.bench.tabs.output.set_demo_answer(answer, asked.demo_id))
