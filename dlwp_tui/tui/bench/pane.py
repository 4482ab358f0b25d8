"""The bench: parameters, curves, output, source and history of one lesson, and the run strip that is always there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.worker import get_current_worker

from dlwp_tui.analysis import history
from dlwp_tui.analysis.estimates import Estimator
from dlwp_tui.core.errors import DlwpError
from dlwp_tui.core.language import _
from dlwp_tui.core.types import Value
from dlwp_tui.course.lesson import Lesson
from dlwp_tui.course.reader import Section
from dlwp_tui.runs.folder import RunFolder
from dlwp_tui.runs.state import RunState
from dlwp_tui.runs.view import RunView
from dlwp_tui.tui.bench.curves import CurvesView
from dlwp_tui.tui.bench.follow import RunFollower
from dlwp_tui.tui.bench.form import ParamsForm
from dlwp_tui.tui.bench.history import HistoryView
from dlwp_tui.tui.bench.messages import (
    DemoAsked,
    DryRunCancelled,
    EstimatorRequested,
    PauseRequested,
    RerunRequested,
    RunRequested,
    RunShown,
    RunStateChanged,
    StopRequested,
    UseParamsRequested,
)
from dlwp_tui.tui.bench.output import OutputView
from dlwp_tui.tui.bench.strip import RunStrip
from dlwp_tui.tui.bench.tabs import BenchTabs
from dlwp_tui.tui.in_thread import in_thread

__all__ = [
    "BenchPane",
    "DemoAsked",
    "PauseRequested",
    "RerunRequested",
    "RunRequested",
    "RunShown",
    "RunStateChanged",
    "StopRequested",
    "UseParamsRequested",
]  # fmt: skip

COMPARED = 3
"""Earlier runs the compare key lays over the shown one; more can be added in the history."""


class BenchPane(Vertical, can_focus=False):
    """Shows one section's lesson and one of its runs. It starts nothing: see `bench_messages`."""

    DEFAULT_CSS = "BenchPane { height: 1fr; }"

    @dataclass
    class _Newest(Message):
        """The newest run of a lesson, found by the thread."""

        lesson_id: str
        folder: RunFolder

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.section: Section | None = None
        self.lesson: Lesson | None = None
        self.shown: RunView | None = None
        """The run whose curves and output are shown."""
        self.overlays: list[RunView] = []
        self._follower = RunFollower(self, self._updated)
        self._state: RunState | None = None
        self._read = False
        """Whether all of the shown run was read when the tabs were last told of it."""

    def compose(self) -> ComposeResult:
        yield BenchTabs(id="bench-tabs")
        yield RunStrip(id="strip")

    # -- what is shown -------------------------------------------------------------------------------------------

    def show(self, section: Section | None) -> None:
        """Another section: its lesson's form, code and history, and its newest run."""
        if section is not None and self.section is not None and section.id == self.section.id:
            return
        self.section = section
        self.lesson, trouble = _lesson(section)
        self.border_title = _("Bench {section}").format(section=section.id) if section else _("Bench")
        self._form.show(self.lesson, trouble)
        self._tabs.source.show(self.lesson)
        self._output.set_lesson(self.lesson)
        self._curves.words = self.lesson.words if self.lesson is not None else {}
        self._show_view(None)
        self._history.show(self.lesson.id if self.lesson else None)
        if self.lesson is not None:
            self._newest(self.lesson.id)
            self.post_message(EstimatorRequested())

    def show_run(self, run: RunFolder | str, *, tab: str | None = None) -> None:
        """Show a run and follow it; `tab` is opened with it. Raises RunError when it cannot be read."""
        from dlwp_tui.runs import store

        folder = store.find(run) if isinstance(run, str) else run
        view = self._follower.follow(folder)
        self.overlays = [one for one in self.overlays if one.folder != folder]
        self._show_view(view)
        self._history.reload()
        if tab is not None:
            self.show_tab(tab)

    def look_again(self) -> None:
        """Runs may have changed by other hands: resumed, deleted, started."""
        self._follower.look_again()
        self._history.reload()

    def forget(self, run_id: str) -> None:
        """A run was deleted: show it no longer."""
        self.overlays = [one for one in self.overlays if one.folder.id != run_id]
        self._show_view(None if self.shown is not None and self.shown.folder.id == run_id else self.shown)
        self._history.reload()

    @property
    def running(self) -> RunFolder | None:
        """The shown run while it is at work."""
        return self.shown.folder if self.shown is not None and self.shown.state.active else None

    def set_overlays(self, views: Sequence[RunView]) -> None:
        """Lay these runs over the shown one."""
        self.overlays = [view for view in views if self.shown is None or view.folder != self.shown.folder]
        self._tell()

    # -- tabs ----------------------------------------------------------------------------------------------------

    @property
    def tab(self) -> str:
        """The open tab: one of TABS."""
        return self._tabs.tab

    def show_tab(self, name: str, *, focus: bool = False) -> None:
        """Open a tab, and focus what it holds."""
        self._tabs.show_tab(name, focus=focus)

    def focus_tab(self) -> None:
        """Focus what the open tab holds."""
        self._tabs.focus_tab()

    def action_tab(self, name: str) -> None:
        """Open and focus a tab. The output's key means what the run said: the log has a key of its own."""
        if name == "output":
            self._output.action_said()
        self.show_tab(name, focus=True)

    # -- the form ------------------------------------------------------------------------------------------------

    def values(self) -> dict[str, Value]:
        """The form's checked values. Raises ParamError for the first that is not allowed."""
        return self._form.values()

    def set_values(self, values: dict[str, Value], *, preset: str | None = None, seed: int | None = None) -> None:
        """Put a preset's values, then `values`, into the form. Raises UsageError for an unknown preset."""
        if preset is not None:
            self._form.use_preset(preset)
        self._form.set_values(values, seed=seed)

    def set_data_status(self, text: str) -> None:
        """One line in the form: which data `auto` would use now."""
        self._form.set_data_status(text)

    def set_estimator(self, estimator: Estimator, free_mb: int) -> None:
        """For the form's estimate; that of another lesson than the open one is ignored."""
        if self.lesson is not None and estimator.lesson.id == self.lesson.id:
            self._form.estimate.estimator = estimator
            self._form.estimate.free_mb = free_mb

    @property
    def estimator(self) -> Estimator | None:
        """Of the open lesson; None before it was set."""
        return self._form.estimate.estimator

    def set_free_memory(self, free_mb: int) -> None:
        """Memory that is free now, MB."""
        self._form.estimate.free_mb = free_mb

    def action_measure(self) -> None:
        """Request a dry run of the form's run, or cancel the one that is going on."""
        if self._form.estimate.dry_run_began is not None:
            self.post_message(DryRunCancelled())
        elif not self._form.request_dry_run():
            self.show_tab("params", focus=True)
        else:
            self.show_tab("params")

    def dry_run_over(self) -> None:
        """The dry run has ended, one way or another."""
        self._form.estimate.dry_run_began = None

    def action_run(self) -> bool:
        """Ask for a run with the form's values; with a bad one the form is shown and the field has the focus."""
        if self.lesson is None:
            self.notify(_("This section has no lesson to run."), severity="warning")
            return False
        asked = self._form.request()
        if not asked:
            self.show_tab("params", focus=True)
        return asked

    def action_preset(self) -> None:
        """The next preset."""
        self._form.next_preset()

    def action_reset(self) -> None:
        """The form as the lesson suggests it."""
        self._form.reset()

    # -- runs ----------------------------------------------------------------------------------------------------

    def action_stop(self) -> None:
        """Stop the shown run."""
        if self.running is not None:
            self.post_message(StopRequested(self.running.id))
        else:
            self.notify(_("No run is at work here."))

    def action_pause(self) -> None:
        """Pause the shown run, or let it go on."""
        if self.shown is not None:
            self.post_message(PauseRequested(self.shown.folder.id))

    def action_rerun(self) -> None:
        """Run the shown run again, with its seed."""
        if self.shown is not None:
            self.post_message(RerunRequested(self.shown.folder.id))

    def action_compare(self) -> None:
        """In the history: lay the chosen run over the shown one. Elsewhere: the lesson's earlier runs, or none."""
        if self.tab == "history" and self._history.has_focus_within:
            self._history.action_overlay()
        elif self.overlays:
            self.set_overlays([])
        else:
            self._overlay_earlier()

    def action_log_scale(self) -> None:
        """Logarithmic y axis or not."""
        self._curves.action_log_scale()

    def action_smooth(self) -> None:
        """The next smoothing."""
        self._curves.action_smooth()

    def action_batches(self) -> None:
        """Figures of single batches or not."""
        self._curves.action_batches()

    def action_metric(self) -> None:
        """All metrics, then each alone and large."""
        self.show_tab("curves")
        self._curves.action_next_metric()

    def action_log(self) -> None:
        """The shown run's log; where it is in view, what the run said."""
        self._output.action_log()
        self.show_tab("output")

    def action_demo(self) -> None:
        """Try the trained model."""
        self.show_tab("output")
        self.call_after_refresh(self._focus_demo)

    def set_demo_answer(self, answer: Mapping[str, Any]) -> None:
        """What the model said: see `engine.demo`."""
        self._output.set_demo_answer(answer)

    # -- inside --------------------------------------------------------------------------------------------------

    @property
    def _tabs(self) -> BenchTabs:
        return self.query_one(BenchTabs)

    @property
    def _form(self) -> ParamsForm:
        return self._tabs.form

    @property
    def _curves(self) -> CurvesView:
        return self._tabs.curves

    @property
    def _output(self) -> OutputView:
        return self._tabs.output

    @property
    def _history(self) -> HistoryView:
        return self._tabs.history

    def _show_view(self, view: RunView | None) -> None:
        before = self.shown.folder.id if self.shown else None
        self.shown = view
        self._state = view.state if view else None
        self._read = view is not None and view.read
        self._tell()
        now = view.folder.id if view else None
        if now != before:
            self.post_message(RunShown(now))

    def _tell(self) -> None:
        """Pass what is shown on to the tabs and the strip."""
        self._follower.keep({view.folder.id for view in (self.shown, *self.overlays) if view is not None})
        self._curves.overlays = tuple(self.overlays)
        self._curves.show(self.shown)
        self._output.show(self.shown)
        self.query_one(RunStrip).show(self.shown, self._hint())
        self._history.mark(
            self.shown.folder.id if self.shown else None, frozenset(view.folder.id for view in self.overlays)
        )

    def _hint(self) -> str:
        return _("Press r to run.") if self.lesson is not None else ""

    def _updated(self, view: RunView) -> None:
        """The follower has news of a run. Charts and output redraw at their own pace."""
        if self.shown is None or view.folder != self.shown.folder:
            return
        self.query_one(RunStrip).show(view, self._hint())
        before, self._state = self._state, view.state
        unread, self._read = not self._read, view.read
        if view.state is not before or (unread and view.read):
            self._output.refresh_now()
            self._curves.redraw()
        if view.state is not before:
            self._history.reload()
            self.post_message(RunStateChanged(view.folder.id, view.spec.lesson, view.state))

    def _focus_demo(self) -> None:
        if not self._output.focus_demo():
            has_demo = self.lesson is not None and any(demo.input in ("text", "canvas") for demo in self.lesson.demos)
            told = (
                _("Run the lesson first: the demo needs a trained model.")
                if has_demo
                else _("This lesson has nothing to try.")
            )
            self.notify(told)

    @in_thread(group="newest-run", exclusive=True)
    def _newest(self, lesson_id: str) -> None:
        rows = history.history(lesson_id)
        if rows and not get_current_worker().is_cancelled:
            self.post_message(self._Newest(lesson_id, rows[0].folder))

    @on(_Newest)
    def _show_newest(self, event: _Newest) -> None:
        event.stop()
        if self.shown is None and self.lesson is not None and self.lesson.id == event.lesson_id:
            self._follow_or_say(event.folder)

    def _overlay_earlier(self) -> None:
        rows = [row for row in self._history.rows if row.best and row.state in (RunState.FINISHED, RunState.STOPPED)]
        shown = self.shown.folder.id if self.shown else None
        folders = [row.folder for row in rows if row.id != shown and self.lesson and row.lesson == self.lesson.id]
        if not folders:
            self.notify(_("There is no earlier run to compare with."))
            return
        self.set_overlays([self._follower.follow(folder) for folder in folders[:COMPARED]])

    def _follow_or_say(self, folder: RunFolder) -> None:
        try:
            self.show_run(folder)
        except DlwpError as error:
            self.notify(str(error), severity="warning")

    @on(HistoryView.Chosen)
    def _chosen(self, event: HistoryView.Chosen) -> None:
        event.stop()
        self._follow_or_say(event.row.folder)
        self.show_tab("curves", focus=True)

    @on(HistoryView.Overlaid)
    def _overlaid(self, event: HistoryView.Overlaid) -> None:
        event.stop()
        without = [view for view in self.overlays if view.folder.id != event.row.id]
        if len(without) == len(self.overlays):
            try:
                without.append(self._follower.follow(event.row.folder))
            except DlwpError as error:
                self.notify(str(error), severity="warning")
        self.set_overlays(without)

    @on(UseParamsRequested)
    def _use_params(self, event: UseParamsRequested) -> None:
        self._form.set_values(event.values)
        self.show_tab("params", focus=True)


def _lesson(section: Section | None) -> tuple[Lesson | None, str]:
    """The section's lesson, and the sentence that stands in its place where there is none."""
    if section is None:
        return None, ""
    if not section.has_lesson:
        return None, _("This section is for reading: it has no lesson to run.")
    try:
        return section.lesson(), ""
    except DlwpError as error:
        return None, str(error)
