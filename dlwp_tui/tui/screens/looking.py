"""The looking half of the study screen: what its keys show in the bench, what the form shows, what a model is asked.

Nothing here starts a run or ends one: see `study`.
"""

from __future__ import annotations

from textual import on

from dlwp_tui.analysis.verdict import Verdict
from dlwp_tui.core.errors import DlwpError
from dlwp_tui.core.language import _
from dlwp_tui.course.lesson import Lesson
from dlwp_tui.tui.bench import messages
from dlwp_tui.tui.bench.demos import Demos
from dlwp_tui.tui.in_thread import in_thread
from dlwp_tui.tui.reader.note import NotePane
from dlwp_tui.tui.screens.reading import ReadingScreen
from dlwp_tui.tui.screens.writing import WritingScreen
from dlwp_tui.tui.session import RunRequest, Session, explain


class LookingScreen(WritingScreen):
    """Reading and writing, and the bench beside them to look at."""

    def __init__(self, session: Session, section: str | None) -> None:
        super().__init__(session, section)
        self._demos = Demos(session)

    def on_unmount(self) -> None:
        self._demos.close()

    @on(ReadingScreen.SectionOpened)
    def _section_opened(self) -> None:
        self._demos.close()
        self.session.cancel_dry_run()

    @on(NotePane.Settled)
    def _lesson_shown(self) -> None:
        if self.lesson is not None:
            self._show_data_status()

    @on(NotePane.PageChanged)
    def _cards_need_verdicts(self) -> None:
        self.show_verdicts()

    # -- what the bench shows --------------------------------------------------------------------------------------

    def action_tab(self, name: str) -> None:
        """Show one of the bench's tabs."""
        self.show_pane("bench", focus=False)
        self.with_bench(lambda bench: bench.show_tab(name, focus=True))

    def action_compare(self) -> None:
        """Overlay the lesson's earlier runs, or take them away."""
        self.show_pane("bench", focus=False)
        if self.bench.tab != "history":  # there it lays the run under the cursor over the shown one
            self.bench.show_tab("curves")
        self.bench.action_compare()

    def action_log_scale(self) -> None:
        """Logarithmic or plain y axis."""
        self.bench.action_log_scale()

    def action_smooth(self) -> None:
        """No, some or much smoothing."""
        self.bench.action_smooth()

    def action_batches(self) -> None:
        """Curves per batch or per epoch."""
        self.bench.action_batches()

    def action_metric(self) -> None:
        """All metrics, then each alone and large."""
        self.show_pane("bench", focus=False)
        self.bench.action_metric()

    def action_log(self) -> None:
        """The shown run's log, or what it said."""
        self.show_pane("bench", focus=False)
        self.bench.action_log()

    def action_preset(self) -> None:
        """The next preset into the form."""
        if self.lesson_or_say() is not None:
            self.bench.show_tab("params")
            self.show_pane("bench", focus=False)
            self.bench.action_preset()

    def lesson_or_say(self) -> Lesson | None:
        """The open section's lesson; a notice and None where it has none."""
        lesson = self.lesson
        if lesson is None:
            self.notify(_("This section has no lesson to run; `n` goes to the next section."))
        return lesson

    # -- the form ------------------------------------------------------------------------------------------------

    @in_thread(group="data", exclusive=True)
    def _show_data_status(self) -> None:
        if (lesson := self.lesson) is not None:
            try:
                status = self.session.data_status(lesson)
            except DlwpError as error:
                status = explain(error)
            self.app.call_from_thread(lambda: self.bench.set_data_status(status))

    @on(messages.EstimatorRequested)
    def _estimator_requested(self) -> None:
        self._show_data_status()
        self.read_estimator()

    @in_thread(group="estimator", exclusive=True)
    def read_estimator(self) -> None:
        """Give the form what its estimate is made of: again after each run."""
        if (lesson := self.lesson) is not None:
            estimator, free_mb = self.session.estimator(lesson), self.session.free_mb()
            self.app.call_from_thread(lambda: self.bench.set_estimator(estimator, free_mb))

    def action_measure(self) -> None:
        """A dry run, to learn how long the whole takes; again: cancel it."""
        if self.lesson_or_say() is not None:
            self.show_pane("bench", focus=False)
            self.bench.action_measure()

    @on(messages.DryRunRequested)
    def _dry_run_requested(self, event: messages.DryRunRequested) -> None:
        self._dry_run(
            RunRequest(self.session.course.lesson(event.lesson_id), event.values, None, event.source, event.device)
        )

    @on(messages.DryRunCancelled)
    def _dry_run_cancelled(self) -> None:
        self.session.cancel_dry_run()

    @in_thread(group="dry-run")
    def _dry_run(self, request: RunRequest) -> None:
        try:
            self.session.dry_run(request)
        finally:
            self.app.call_from_thread(self._dry_run_over)

    def _dry_run_over(self) -> None:
        self.bench.dry_run_over()
        self.read_estimator()

    # -- the cards -----------------------------------------------------------------------------------------------

    @in_thread(group="verdicts", exclusive=True)
    def show_verdicts(self) -> None:
        lesson = self.lesson
        for experiment in lesson.experiments if lesson is not None else ():
            assert lesson is not None
            found = self.session.verdict_of(lesson, experiment)
            if found is not None:
                self.app.call_from_thread(self._put_verdict, lesson.id, experiment.id, found)

    def _put_verdict(self, lesson_id: str, experiment_id: str, verdict: Verdict) -> None:
        if self.section is not None and self.section.id == lesson_id:
            self.query_one(NotePane).set_verdict(experiment_id, verdict)

    # -- the trained model ---------------------------------------------------------------------------------------

    def action_demo(self) -> None:
        """Go to the field where the trained model can be tried."""
        if self.lesson_or_say() is not None:
            self.show_pane("bench", focus=False)
            self.bench.action_demo()

    @on(messages.DemoAsked)
    def _demo_asked(self, event: messages.DemoAsked) -> None:
        self._ask_demo(event.run_id, event.demo_id, event.value)

    @in_thread(group="demo", exclusive=True)
    def _ask_demo(self, run_id: str, demo_id: str, value: object) -> None:
        answer: dict[str, object] = {}
        try:
            answer = self._demos.ask(run_id, demo_id, value)
        except Exception as error:
            answer = {"error": explain(error)}  # whoever asked waits no longer
            raise
        finally:
            self.app.call_from_thread(lambda: self.bench.set_demo_answer(answer))
