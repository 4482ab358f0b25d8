"""The bench: parameters, curves, output, source and history of one lesson, and the run strip that is always there."""

from __future__ import annotations

from collections.abc import Iterable

from textual import actions, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widget import Widget
from textual.worker import get_current_worker

from dlwp_tui.analysis import history
from dlwp_tui.core.errors import DlwpError
from dlwp_tui.core.language import _
from dlwp_tui.course.lesson import Lesson
from dlwp_tui.course.reader import Section
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
        self.lesson, reason = _lesson(section)
        self.border_title = _("Bench {section}").format(section=section.id) if section else _("Bench")
        self.tabs.params.show(self.lesson, reason)
        self.tabs.source.show(self.lesson)
        self.tabs.output.set_lesson(self.lesson)
        self.tabs.curves.words = self.lesson.words if self.lesson is not None else {}
        self._show_view(None)
        self.tabs.history.show(self.lesson.id if self.lesson else None)
        if self.lesson is not None:
            self._find_newest(self.lesson.id)
            self.post_message(LessonShown(self.lesson))

    def show_run(self, folder: RunFolder) -> None:
        """Show a run and follow it. Raises RunError when it cannot be read."""
        self._show_view(self.follower.follow(folder))
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
            rows = [row for row in history.rows if row.best and row.state in (RunState.FINISHED, RunState.STOPPED)]
            shown = self.shown.folder.id if self.shown else None
            folders = [row.folder for row in rows if row.id != shown and self.lesson and row.lesson == self.lesson.id]
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
        self._strip.show(self.shown, hint)

    def _updated(self, view: RunView) -> None:
        """A followed run has changed. Charts and output redraw at their own pace."""
        if self.shown is None or view.folder != self.shown.folder:
            return
        self._show_strip()
        before, self._state = self._state, view.state
        unread, self._read = not self._read, view.read
        if view.state is not before or (unread and view.read):
            self.tabs.output.refresh_now()
            self.tabs.curves.redraw()
        if view.state is not before:
            self.tabs.history.reload()
            self.post_message(RunStateChanged(view.folder.id, view.spec.lesson, view.state))

    @in_thread(group="newest-run", exclusive=True)
    def _find_newest(self, lesson_id: str) -> None:
        rows = history.history(lesson_id)
        if rows and not get_current_worker().is_cancelled:
            self.call_later(self._show_newest, lesson_id, rows[0].folder)

    def _show_newest(self, lesson_id: str, folder: RunFolder) -> None:
        if self.shown is None and self.lesson is not None and self.lesson.id == lesson_id:
            self._show_or_notice(folder)

    def _show_or_notice(self, folder: RunFolder) -> None:
        try:
            self.show_run(folder)
        except DlwpError as error:
            self.notify(str(error), severity="warning", markup=False)

    @on(HistoryView.Chosen)
    def _chosen(self, event: HistoryView.Chosen) -> None:
        event.stop()
        self._show_or_notice(event.row.folder)
        self.tabs.show_tab("curves", focus=True)

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
