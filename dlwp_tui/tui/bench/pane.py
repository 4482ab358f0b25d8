"""The bench: parameters, curves, output, source and history of one lesson, and the run strip that is always there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from textual import actions, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widget import Widget
from textual.worker import get_current_worker

from dlwp_tui.analysis import evidence, history
from dlwp_tui.core.errors import DlwpError
from dlwp_tui.core.language import _
from dlwp_tui.course.lesson import Lesson
from dlwp_tui.course.reader import Section
from dlwp_tui.runs import store
from dlwp_tui.runs.folder import RunFolder
from dlwp_tui.runs.state import RunState
from dlwp_tui.runs.view import RunView
from dlwp_tui.tui import keys
from dlwp_tui.tui.bench.follow import RunFollower
from dlwp_tui.tui.bench.history import HistoryView
from dlwp_tui.tui.bench.messages import LessonShown, RunStateChanged, UseParamsRequested
from dlwp_tui.tui.bench.picker import RunPicker
from dlwp_tui.tui.bench.strip import RunStrip
from dlwp_tui.tui.bench.tabs import TABS, BenchTabs
from dlwp_tui.tui.in_thread import in_thread
from dlwp_tui.tui.keys import Key

AT_WORK = (RunState.RUNNING, RunState.PAUSED)
COMPARED = 3
"""Earlier runs the compare key lays over the shown one; more can be added in the history."""


class BenchPane(Vertical, can_focus=False):
    """Shows one section's lesson and one of its runs in the tabs. It starts nothing: see `bench.messages`."""

    DEFAULT_CSS = "BenchPane { height: 1fr; }"

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.section: Section | None = None
        self.lesson: Lesson | None = None
        self.shown: RunView | None = None
        """The run whose curves and output are shown."""
        self.follower = RunFollower(self)
        self.tabs = BenchTabs(id="bench-tabs")
        self.comparison = self.tabs.comparison
        self._arms: frozenset[str] = frozenset()
        """The runs of the experiment that is followed: the shown run is the one of them that trains."""
        self._strip = RunStrip(id="strip")
        self._state: RunState | None = None
        self._read = False
        """Whether all of the shown run had been read when the tabs were last filled."""

    def compose(self) -> ComposeResult:
        yield self.tabs
        yield self._strip

    def do(self, key: Key) -> None:
        """Do what a key of the study screen names: on the bench itself, its `tabs`, or one of the tabs' views."""
        actor, name, arguments = actions.parse(key.action)
        if key.shows in TABS:
            self.tabs.show_tab(key.shows)
        getattr(self.actor(actor), f"action_{name}")(*arguments)

    def actor(self, name: str) -> Widget:
        """The widget that the key table calls by this name."""
        return {"bench": self, "tabs": self.tabs}.get(name) or self.tabs.query_one(f"#{name}")

    # -- what is shown -------------------------------------------------------------------------------------------

    def show(self, section: Section | None) -> None:
        """Another section: its lesson's form, code and history, and its newest run."""
        if section is not None and self.section is not None and section.id == self.section.id:
            return
        self.section = section
        self._arms = frozenset()
        self.lesson, reason = _lesson(section)
        title = _("Bench {section}").format(section=section.id) if section else _("Bench")
        self.border_title = Content(title)  # a str is read as markup
        self.tabs.params.show(self.lesson, reason)
        self.tabs.source.show(self.lesson)
        self.tabs.output.set_lesson(self.lesson)
        self.tabs.curves.lesson = self.lesson
        self._show_view(None)
        self.tabs.history.show(self.lesson.id if self.lesson else None)
        if self.lesson is not None:
            self._find_newest(self.lesson)
            self.post_message(LessonShown(self.lesson))

    def show_run(self, folder: RunFolder) -> None:
        """Show a run and follow it. Raises RunError when it cannot be read."""
        self._arms = frozenset()
        self._show_view(self.follower.follow(folder))
        self.tabs.history.reload()

    def show_experiment(self, arms: Mapping[RunFolder, str]) -> None:
        """Lay an experiment's runs over each other; the strip and the output follow the one that trains.

        arms: what the side of each run is called. Raises RunError when one of them cannot be read.
        """
        views = [self.follower.follow(folder) for folder in arms]
        if views:
            self.comparison.show_experiment({folder.id: side for folder, side in arms.items()}, views)
            self._arms = frozenset(folder.id for folder in arms)
            self._show_view(self._training_arm() or views[0])
            self.tabs.history.reload()

    def look_again(self) -> None:
        """Runs may have been resumed, deleted or started elsewhere."""
        self.follower.look_again()
        self.tabs.history.reload()

    def forget(self, run_id: str) -> None:
        """A run was deleted: show it no longer."""
        self.comparison.forget(run_id)
        self._show_view(None if self.shown is not None and self.shown.folder.id == run_id else self.shown)
        self.tabs.history.reload()

    @property
    def running(self) -> RunFolder | None:
        """The shown run while it is at work."""
        return self.shown.folder if self.shown is not None and self.shown.state.active else None

    @property
    def comparable(self) -> bool:
        """Whether there is a run of the lesson to compare the shown one with."""
        return bool(self.comparison.overlays or self._earlier())

    def lay_over(self, folders: Iterable[RunFolder]) -> None:
        """Draw these runs with the shown one."""
        self.comparison.lay_over([self.follower.follow(folder) for folder in folders])
        self._fill()

    def action_compare(self) -> None:
        """Lay the lesson's earlier runs over the shown one and open the picker; again: take them away, close it.

        In the history: lay the chosen run over the shown one.
        """
        history, curves = self.tabs.history, self.tabs.curves
        if self.tabs.tab == "history" and history.has_focus_within:
            history.action_overlay()
            return
        self.tabs.show_tab("curves")
        if curves.picker.has_class("-open"):
            curves.picker.remove_class("-open")
            self.comparison.only_shown()
            self._fill()
            curves.focus()
            return
        if not self.comparison.overlays:
            folders = self._earlier()
            if not folders:
                self.notify(_("There is no earlier run to compare with."))
                return
            self.lay_over(folders[:COMPARED])
        curves.picker.add_class("-open")
        self._fill_picker()
        curves.picker.focus()

    # -- inside --------------------------------------------------------------------------------------------------

    def _show_view(self, view: RunView | None) -> None:
        self.shown = view
        self.comparison.show(view)
        self._state = view.state if view else None
        self._read = view is not None and view.read
        self._fill()
        self._leave_empty_curves()

    def _leave_empty_curves(self) -> None:
        """Open the output in place of the curves where the shown run is over and has none."""
        over = self.shown is not None and self.shown.read and not self.shown.state.active
        if over and self.tabs.tab == "curves" and not self.tabs.curves.metrics:
            self.tabs.show_tab("output", focus=self.tabs.focuses("curves"))

    def _earlier(self) -> list[RunFolder]:
        """The lesson's runs that are over and have figures, newest first, without the shown one."""
        lesson, shown = (self.lesson.id if self.lesson else None), (self.shown.folder.id if self.shown else None)
        over = (RunState.FINISHED, RunState.STOPPED)
        rows = (row for row in self.tabs.history.rows if row.best and row.state in over and not row.labels.archived)
        return [row.folder for row in rows if row.lesson == lesson and row.id != shown]

    def _fill(self) -> None:
        """Pass what is shown on to the tabs and the strip."""
        overlays = self.comparison.overlays
        self.follower.keep(self._updated, [view.folder for view in self.comparison.runs])
        self.tabs.curves.show(self.shown)
        self.tabs.output.show(self.shown)
        self._show_strip()
        self._fill_picker()
        self.tabs.history.mark(
            self.shown.folder.id if self.shown else None, frozenset(view.folder.id for view in overlays)
        )

    def _fill_picker(self) -> None:
        if self.tabs.curves.picker.has_class("-open"):
            lesson = self.lesson.id if self.lesson is not None else None
            drawn = {view.folder.id for view in self.comparison.runs}
            rows = [row for row in self.tabs.history.rows if row.lesson == lesson or row.id in drawn]
            self.tabs.curves.picker.set_rows(rows)

    def _show_strip(self) -> None:
        hint = _("Press {key} to run.").format(key=keys.label("run.start")) if self.lesson is not None else ""
        side = self.comparison.sides.get(self.shown.folder.id, "") if self.shown is not None else ""
        if self.shown is not None and side:
            side = _("{side} · seed {seed}").format(side=side, seed=self.shown.spec.seed)
        self._strip.show(self.shown, hint, side)

    def _updated(self, view: RunView) -> None:
        """A followed run has changed. Charts and output redraw at their own pace."""
        if self.shown is None or view.folder != self.shown.folder:
            self._follow_arms()
            return
        self._show_strip()
        before, self._state = self._state, view.state
        unread, self._read = not self._read, view.read
        if view.state is not before or (unread and view.read):
            self.tabs.output.refresh_now()
            self.tabs.curves.redraw()
            self._leave_empty_curves()
        if view.state is not before:
            self.tabs.history.reload()
            self.post_message(RunStateChanged(view.folder.id, view.spec.lesson, view.state))
            self._follow_arms()

    def _follow_arms(self) -> None:
        """Show the run of the experiment that trains, once the shown one trains no longer."""
        if self.shown is not None and self.shown.folder.id in self._arms and self.shown.state not in AT_WORK:
            training = self._training_arm()
            if training is not None:
                self._show_view(training)

    def _training_arm(self) -> RunView | None:
        runs = [one for one in self.comparison.runs if one.folder.id in self._arms]
        return next((one for one in runs if one.state in AT_WORK), None)

    @in_thread(group="newest-run", exclusive=True)
    def _find_newest(self, lesson: Lesson) -> None:
        """The lesson's newest run; where it belongs to an experiment, all runs of that."""
        rows = history.history(lesson.id)
        if not rows:
            return
        place = store.read_spec(rows[0].folder).experiment
        experiment = next((one for one in lesson.experiments if place and one.id == place.id), None)
        arms = evidence.arms(lesson, experiment) if experiment is not None else {}
        if not get_current_worker().is_cancelled:
            self.call_later(self._show_newest, lesson, rows[0].folder, arms)

    def _show_newest(self, lesson: Lesson, folder: RunFolder, arms: Mapping[RunFolder, str]) -> None:
        if self.shown is None and self.lesson is not None and self.lesson.id == lesson.id:
            if arms:
                self.show_experiment(arms)
            else:
                self._show_or_notice(folder)

    def _show_or_notice(self, folder: RunFolder) -> None:
        try:
            self.show_run(folder)
        except DlwpError as error:
            self.notify(str(error), severity="warning", markup=False)

    @on(HistoryView.Chosen)
    def _chosen(self, event: HistoryView.Chosen) -> None:
        event.stop()
        self.tabs.show_tab("curves", focus=True)
        self._show_or_notice(event.row.folder)

    @on(HistoryView.Overlaid)
    def _overlaid(self, event: HistoryView.Overlaid) -> None:
        event.stop()
        self._toggle_overlay(event.row.folder)

    @on(RunPicker.Toggled)
    def _picked(self, event: RunPicker.Toggled) -> None:
        event.stop()
        self._toggle_overlay(event.row.folder)

    @on(RunPicker.Chosen)
    def _picked_to_show(self, event: RunPicker.Chosen) -> None:
        event.stop()
        self._show_or_notice(event.row.folder)

    @on(RunPicker.Changed)
    def _labels_changed(self) -> None:
        self._fill_picker()
        self.tabs.history.reload()

    @on(HistoryView.Labelled)
    def _labelled_in_history(self, event: HistoryView.Labelled) -> None:
        event.stop()
        self.comparison.version += 1
        self.tabs.curves.redraw()
        self._labels_changed()

    @on(HistoryView.Read)
    def _history_read(self, event: HistoryView.Read) -> None:
        event.stop()
        self._fill_picker()

    def _toggle_overlay(self, folder: RunFolder) -> None:
        if any(view.folder == folder for view in self.comparison.overlays):
            self.comparison.take_away(folder.id)
            self._fill()
            return
        try:
            self.lay_over([folder])
        except DlwpError as error:
            self.notify(str(error), severity="warning", markup=False)

    @on(UseParamsRequested)
    def _use_params(self, event: UseParamsRequested) -> None:
        self.tabs.params.set_values(event.values)
        self.tabs.show_tab("params", focus=True)


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
