"""The cards of the note: what pressing one does, how their runs are going, what the experiments have shown."""

from __future__ import annotations

from collections.abc import Hashable
from functools import partial

from textual.screen import Screen

from dlwp_tui.analysis import evidence
from dlwp_tui.core import settings
from dlwp_tui.core.errors import DlwpError
from dlwp_tui.core.formats import rough_duration
from dlwp_tui.core.language import _, ngettext
from dlwp_tui.course.lesson import Experiment, Lesson
from dlwp_tui.render import inline
from dlwp_tui.runs import state, store
from dlwp_tui.runs.folder import RunFolder
from dlwp_tui.runs.state import RunState
from dlwp_tui.runs.view import RunView
from dlwp_tui.tui.bench.messages import RunStateChanged
from dlwp_tui.tui.bench.pane import BenchPane
from dlwp_tui.tui.bench.style import bar
from dlwp_tui.tui.dialogs import AskDialog
from dlwp_tui.tui.in_thread import in_thread
from dlwp_tui.tui.reader.cards import ExperimentBlock, RunBlock, run_key
from dlwp_tui.tui.reader.note import NotePane
from dlwp_tui.tui.screens.controller import Controller, handles
from dlwp_tui.tui.screens.panes import Panes
from dlwp_tui.tui.screens.runs import Runs
from dlwp_tui.tui.session import Session

BAR_CELLS = 10


class Cards(Controller):
    """Starts what a card offers, and keeps the cards of the open page up to date."""

    def __init__(self, screen: Screen[None], session: Session, panes: Panes, runs: Runs) -> None:
        super().__init__(screen)
        self._session = session
        self._panes = panes
        self._runs = runs
        self._active: set[str] = set()

    # -- pressed -------------------------------------------------------------------------------------------------

    @handles(RunBlock.Pressed)
    def _run_pressed(self, event: RunBlock.Pressed) -> None:
        card = event.card
        section = self._panes.find_or_notice(card.lesson)
        if section is None:
            return
        if self._panes.section is not section:
            self._panes.open_section(section)
        lesson = self._panes.lesson_or_notice()
        if lesson is None:
            return
        try:
            values = lesson.values(card.preset, dict(card.params))
        except DlwpError as error:
            self.show_error(error)
            return
        if event.start:
            self._runs.run_values(lesson, values)
        else:
            tabs = self._panes.bench.tabs
            tabs.params.set_values(values)
            tabs.show_tab("params")
            self._panes.show_pane("bench")

    @handles(ExperimentBlock.Pressed)
    def _experiment_pressed(self, event: ExperimentBlock.Pressed) -> None:
        lesson, experiment = event.lesson, event.experiment
        source = self._panes.bench.tabs.params.source

        def answered(answer: str | None) -> None:
            if answer == "start":
                start = partial(self._session.start_experiment, lesson, experiment, source)
                self._runs.begin(start, partial(self._experiment_started, lesson, experiment))

        count = len(experiment.runs) * experiment.seeds
        body = f"{inline.parse(str(experiment.statement)).plain}\n\n" + ngettext(
            "{count} run with preset {preset}.", "{count} runs with preset {preset}, one after the other.", count
        ).format(count=count, preset=experiment.preset)
        body += f"\n{self._time(lesson, experiment)}"
        answers = [("start", _("Start")), ("no", _("Not now"))]
        self.app.push_screen(AskDialog(_("Run this experiment?"), body, answers), answered)

    def _time(self, lesson: Lesson, experiment: Experiment) -> str:
        """The sentence that says how long all runs of an experiment take."""
        estimator = self._panes.bench.tabs.params.estimate.estimator
        seconds = estimator.of_experiment(experiment) if estimator and estimator.lesson.id == lesson.id else None
        if seconds is None:
            return _("How long that takes here is not known yet.")
        return _("That takes about {time} here.").format(time=rough_duration(seconds))

    def _experiment_started(self, lesson: Lesson, experiment: Experiment, folders: list[RunFolder]) -> None:
        self.notify(_("{count} runs queued; the verdict appears on the card.").format(count=len(folders)))
        self._find_arms(lesson, experiment)

    @handles(ExperimentBlock.CurvesAsked)
    def _curves_asked(self, event: ExperimentBlock.CurvesAsked) -> None:
        self._find_arms(event.lesson, event.experiment, focus=True)

    @in_thread(group="arms", exclusive=True)
    def _find_arms(self, lesson: Lesson, experiment: Experiment, focus: bool = False) -> None:
        self.app.call_from_thread(self._show_arms, evidence.arms(lesson, experiment), focus)

    def _show_arms(self, arms: dict[RunFolder, str], focus: bool) -> None:
        """The experiment's runs over each other in the curves tab."""
        if not arms:
            self.notify(_("Its runs were deleted."))
            return
        bench = self._panes.bench
        bench.show_experiment(arms)
        if focus or self.screen.has_class("-narrow"):
            self._panes.show_pane("bench", focus=False)
        bench.tabs.show_tab("curves", focus=focus)

    # -- shown ---------------------------------------------------------------------------------------------------

    @handles(NotePane.PageChanged, RunStateChanged)
    def _look_again(self, _event: NotePane.PageChanged | RunStateChanged) -> None:
        self._update()

    @handles(Runs.Polled)
    def _runs_polled(self, event: Runs.Polled) -> None:
        active = {folder.id for folder in event.active}
        if active != self._active:
            self._active = active
            self._update()

    def _update(self) -> None:
        note = self._panes.note
        runs, experiments = list(note.query(RunBlock)), list(note.query(ExperimentBlock))
        if runs or experiments:
            self._look(
                {run.key for run in runs},
                [(block.lesson, block.experiment) for block in experiments if block.lesson and block.experiment],
            )

    @in_thread(group="cards", exclusive=True)
    def _look(self, cards: set[Hashable], experiments: list[tuple[Lesson, Experiment]]) -> None:
        """Find the newest run of each run card and the verdict of each experiment."""
        newest: dict[Hashable, RunFolder] = {}
        for folder in store.all():
            spec = store.read_spec(folder)
            key = run_key(spec.lesson, spec.params)
            if key in cards:
                newest.setdefault(key, folder)
        states = {folder: state.current(folder) for folder in newest.values()}
        self.app.call_from_thread(self._show_runs, newest, states)
        for lesson, experiment in experiments:
            found = self._session.verdict_of(lesson, experiment)
            if found is not None:
                self.app.call_from_thread(self._panes.note.set_verdict, lesson.id, experiment.id, found)

    def _show_runs(self, newest: dict[Hashable, RunFolder], states: dict[RunFolder, RunState]) -> None:
        """Follow the runs that are going on; of the others the state is enough."""
        follower = self.screen.query_one(BenchPane).follower
        follower.keep(self._run_changed, [folder for folder in newest.values() if states[folder].active])
        for key, folder in newest.items():
            if states[folder].active:
                self._run_changed(follower.follow(folder))
            else:
                self._panes.note.set_run_state(key, state.label(states[folder]))

    def _run_changed(self, view: RunView) -> None:
        self._panes.note.set_run_state(run_key(view.spec.lesson, view.spec.params), progress(view))


def progress(view: RunView) -> str:
    """How a run is going, as its card shows it: `● 3/20 ━─────────`, `● training`, `✓ finished`."""
    if view.state is not RunState.RUNNING or not view.epochs:
        return state.label(view.state)
    done, rest = bar(view.fraction or 0.0, BAR_CELLS, settings.load().ascii)
    return f"● {view.epoch or 0}/{view.epochs} {done}{rest}"
