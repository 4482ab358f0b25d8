"""All that the screen needs of the engine, the runs and the data, in one place and without widgets.

Every method may block on files or processes for some milliseconds: call it in a thread.
"""

from __future__ import annotations

import contextlib
import secrets
import threading
from dataclasses import dataclass
from pathlib import Path

from dlwp_tui.analysis import estimates, evidence, verdict
from dlwp_tui.analysis import export as exporter
from dlwp_tui.core import paths, progress
from dlwp_tui.core.errors import DlwpError, StorageError
from dlwp_tui.core.language import _
from dlwp_tui.core.types import Source, Value
from dlwp_tui.course import lesson_code
from dlwp_tui.course.lesson import Experiment, Lesson, Needs
from dlwp_tui.course.reader import Course
from dlwp_tui.engine import control, dry_run, launch, memory
from dlwp_tui.engine.zygote import Zygote
from dlwp_tui.runs import state, store, trash
from dlwp_tui.runs.folder import RunFolder
from dlwp_tui.runs.spec import ExperimentVote
from dlwp_tui.runs.state import RunState
from dlwp_tui.runs.trash import Deleted


@dataclass(frozen=True)
class RunRequest:
    """A run as the form describes it; the values are checked."""

    lesson: Lesson
    values: dict[str, Value]
    seed: int | None = None
    source: Source = "auto"
    device: str = "auto"


class Session:
    """What one open app shares: its course and its zygote. Runs go on when it is closed."""

    def __init__(self, course: Course) -> None:
        self.course = course
        seen = progress.load()
        self.first_start = bool(course.begin) and not (seen.section or seen.sections or store.all())
        """Whether this is the learner's first start and nothing was run yet."""
        self.zygote = Zygote()
        self.deleted: list[Deleted] = []
        """The runs that can be brought back, the last one last."""
        self._one_dry_run = threading.Lock()
        self._cancel = threading.Event()

    def warm_up(self) -> None:
        """Start the process that has TensorFlow imported; returns at once."""
        self.zygote.start()

    def close(self) -> None:
        """End the zygote; its workers live on, a dry run does not. What was deleted is gone for good."""
        self.cancel_dry_run()
        self.zygote.close()
        for deleted in self.deleted:
            with contextlib.suppress(StorageError):  # `trash.purge_old` tries again
                trash.purge(deleted)

    def start(self, request: RunRequest, force: bool = False) -> RunFolder:
        """Start one run; raises DlwpError before anything is half started, MemoryShort unless `force`."""
        self.cancel_dry_run()
        return launch.start(
            request.lesson,
            request.values,
            preset=request.lesson.matching_preset(request.values),
            seed=request.seed,
            source=request.source,
            device=request.device,
            zygote=self.zygote,
            force=force,
        )

    def start_experiment(
        self, lesson: Lesson, experiment: Experiment, source: Source, force: bool = False
    ) -> list[RunFolder]:
        """Start the runs that an experiment compares and that are not there yet; all of them where none is missing.

        They wait for slots by themselves, also when the app is closed. Raises
        MemoryShort, unless `force`, when one of the sides needs more memory than is free; then none is started.
        """
        self.cancel_dry_run()
        found = evidence.read(lesson.id)
        missing = found.missing(lesson, experiment, evidence.data_of(lesson, source))
        plan = missing or list(verdict.plan(lesson, experiment))
        if not force:
            for planned in {planned.side: planned for planned in plan}.values():
                memory.require(lesson, planned.params)
        batch = secrets.token_hex(4)
        folders: list[RunFolder] = []
        for planned in plan:
            vote = ExperimentVote(id=experiment.id, batch=batch, side=planned.side, vote=planned.vote)
            folders.append(
                launch.start(
                    lesson,
                    planned.params,
                    preset=lesson.matching_preset(planned.params),
                    seed=planned.seed,
                    source=source,
                    zygote=self.zygote,
                    experiment=vote,
                    force=True,
                )
            )
        return folders

    def rerun(self, run_id: str, force: bool = False) -> RunFolder:
        """The same lesson, params, seed and source again; raises MemoryShort unless `force`."""
        self.cancel_dry_run()
        return launch.rerun(store.find(run_id), zygote=self.zygote, force=force)

    def stop(self, run_id: str) -> None:
        """Stop in order, after a grace period by force."""
        control.stop(store.find(run_id))

    def delete(self, run_id: str) -> Deleted:
        """Delete a run that is over; until the app ends `undelete` brings it back."""
        self.deleted.append(trash.take(store.find(run_id)))
        return self.deleted[-1]

    def undelete(self) -> RunFolder | None:
        """Bring back the run that was deleted last; None where there is none."""
        return trash.bring_back(self.deleted.pop()) if self.deleted else None

    def export(self, run_id: str) -> Path:
        """Write a run's curves as CSV into the data home; returns the file."""
        path = paths.ensure(paths.home() / "exports") / f"{run_id}.csv"
        exporter.save(exporter.to_csv(store.find(run_id)), path)
        return path

    def pause_or_go_on(self, run_id: str, force: bool = False) -> None:
        """Pause a running run; let a paused one go on; resume a stopped one from its checkpoint."""
        folder = store.find(run_id)
        if state.current(folder) in (RunState.RUNNING, RunState.QUEUED):
            control.pause(folder)
        else:
            launch.resume(folder, zygote=self.zygote, force=force)

    def active(self) -> tuple[list[RunFolder], int]:
        """The runs that are going on now, and how many of them wait for a slot."""
        folders = control.active()
        waiting = sum(state.current(folder) is RunState.QUEUED for folder in folders)
        return folders, waiting

    def data_status(self, lesson: Lesson, needs: Needs) -> str:
        """One line for the form: which source `auto` would use for a run that `needs` these datasets, in words."""
        from dlwp_tui.data import loader, locate, registry  # numpy stays out of start-up

        if not needs:
            return _("needs no dataset")
        not_real = {name: loader.not_real(name, options) for name, options in needs.items()}
        others = [name for name, reason in not_real.items() if reason is not None]
        together = bool(others) and lesson_code.read(lesson.code_file, lesson.content).together
        parts = []
        for name in needs:
            status = locate.status(name)
            found = status.state
            word = {
                "real": _("real data"),
                "unverified": _("real data (unverified file)"),
                "missing": _("synthetic data – real file not found, see: dlwp data get {name}"),
                "half-downloaded": _("synthetic data – the real file is half downloaded, see: dlwp data get {name}"),
                "damaged": _("synthetic data – the real file is damaged, see: dlwp data verify {name}"),
            }.get(found, found)
            if not status.usable and registry.get(name).twin is None:
                word = _("not here, and there is no synthetic data; see: dlwp data get {name}")
            word = word.format(name=name)
            if status.usable and not_real[name] is not None:
                word = _("synthetic data – {reason}").format(reason=not_real[name])
            elif status.usable and together:
                word = _("synthetic data, as {names} is: they belong together").format(names=", ".join(others))
            parts.append(f"{name}: {word}")
        return " · ".join(parts)

    def estimator(self, lesson: Lesson) -> estimates.Estimator:
        """What estimates of the lesson's runs are made of."""
        return estimates.read(lesson)

    def free_mb(self) -> int:
        """Memory a new run may take, MB."""
        return memory.free_mb()

    def dry_run(self, request: RunRequest) -> None:
        """Make a dry run, one at a time, and keep what it shows for `estimator`. Raises DlwpError where it fails."""
        with self._one_dry_run:
            self._cancel.clear()
            dry_run.measure(
                request.lesson,
                request.values,
                source=request.source,
                device=request.device,
                zygote=self.zygote,
                cancelled=self._cancel.is_set,
            )

    def cancel_dry_run(self) -> None:
        """End the dry run that is going on, if any, within a fifth of a second."""
        self._cancel.set()

    def verdict_of(self, lesson: Lesson, experiment: Experiment) -> verdict.Verdict | None:
        """The verdict of this experiment by the runs there are; None where no run serves it."""
        return evidence.latest(lesson, experiment)


def explain(error: BaseException) -> str:
    """An error as one sentence."""
    if isinstance(error, DlwpError):
        return str(error)
    return f"{type(error).__name__}: {error}"
