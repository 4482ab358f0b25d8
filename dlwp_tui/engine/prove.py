"""Proving: makes the runs that experiments and exact claims rest on, as ordinary runs in the queue.

What is to be done is found anew from the runs on the disk after each end, so a kill loses nothing but the runs at work,
and those end by themselves: the same command goes on. A run that would come out the same today is not repeated.
"""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from dlwp_tui.analysis import estimates, evidence, exact, verdict
from dlwp_tui.analysis.evidence import Data, Evidence
from dlwp_tui.analysis.exact import Exact
from dlwp_tui.analysis.verdict import FIRST_SEED, PlannedRun, Verdict
from dlwp_tui.core import settings
from dlwp_tui.core.errors import DlwpError, UsageError
from dlwp_tui.core.language import _
from dlwp_tui.core.types import Source, Value
from dlwp_tui.course import claims as claims_file
from dlwp_tui.course import lesson_code
from dlwp_tui.course.lesson import Experiment, Lesson
from dlwp_tui.course.problem import did_you_mean, names
from dlwp_tui.course.reader import Course
from dlwp_tui.engine import control, launch, slots
from dlwp_tui.engine.zygote import Zygote
from dlwp_tui.runs import state, store
from dlwp_tui.runs.folder import RunFolder
from dlwp_tui.runs.spec import ExperimentVote

POLL_S = 0.2
ELSEWHERE_S = 1.0


@dataclass(frozen=True)
class Target:
    """What of one lesson is to be proved."""

    lesson: Lesson
    experiments: tuple[Experiment, ...]
    claims: tuple[str, ...]
    """The exact claims."""


@dataclass(frozen=True)
class Step:
    """A run that is still to be made."""

    lesson: Lesson
    params: dict[str, Value]
    seed: int
    experiment: Experiment | None = None
    """None for a run that checks exact claims."""
    side: str = ""
    vote: int = 0
    preset: str = ""

    @property
    def key(self) -> tuple[str, str, str]:
        """Equal for steps that are one run."""
        return self.lesson.id, str(self.seed), repr(sorted(self.params.items()))


@dataclass(frozen=True)
class Judged:
    """An experiment, or a lesson's exact claims, of which nothing is left to be run."""

    lesson: Lesson
    experiment: Experiment | None
    verdict: Verdict | None = None
    exact: Exact | None = None


@dataclass(frozen=True)
class Refused:
    """A run that could not be started, and why."""

    step: Step
    error: DlwpError


@dataclass
class Prover:
    """One proving, from its targets to their verdicts. `run` yields what becomes of it."""

    targets: Sequence[Target]
    source: Source = "auto"
    device: str = "auto"
    zygote: Zygote | None = None
    started: dict[RunFolder, Step] = field(default_factory=dict)
    """The runs that were started here, those that are over included."""
    active: dict[RunFolder, Step] = field(default_factory=dict)
    """Those that are at work."""
    refused: list[Refused] = field(default_factory=list)
    _tried: set[tuple[str, str, str]] = field(default_factory=set)
    _broken: set[tuple[str, str]] = field(default_factory=set)
    """Lessons and experiments of which a run could not be started: the others are not tried."""
    _data: dict[str, Data | None] = field(default_factory=dict)
    _estimators: dict[str, estimates.Estimator] = field(default_factory=dict)

    def steps(self, target: Target, found: Evidence | None = None) -> list[Step]:
        """The runs of a target that are still to be made, and were not tried here."""
        found = found or evidence.read(target.lesson.id)
        lesson, data = target.lesson, self.data(target.lesson)
        steps = [
            Step(lesson, run.params, run.seed, experiment, run.side, run.vote)
            for experiment in target.experiments
            for run in found.missing(lesson, experiment, data)
            if not self._settled(found, lesson, run)
        ]
        if target.claims and (preset := next(iter(self._exact(target, found).untried), "")):
            steps.insert(0, Step(lesson, lesson.values(preset), FIRST_SEED, preset=preset))
        unique = {step.key: step for step in reversed(steps)}  # of two that are one run the first
        return [step for step in reversed(unique.values()) if step.key not in self._tried and not self._gave_up(step)]

    def data(self, lesson: Lesson) -> Data | None:
        """The kind of data its runs use."""
        if lesson.id not in self._data:
            self._data[lesson.id] = evidence.data_of(lesson, self.source)
        return self._data[lesson.id]

    def seconds(self, step: Step) -> float | None:
        """How long a run takes here; of one that is not known as long as its preset with as many epochs."""
        lesson, device = step.lesson, self.device
        estimator = self._estimator(lesson)
        preset = step.preset or (step.experiment.preset if step.experiment is not None else "book")
        near = lesson.values(preset, {name: value for name, value in step.params.items() if name == "epochs"})
        return estimator.of(step.params, device).seconds or estimator.of(near, device).seconds

    def run(self) -> Iterator[RunFolder | Refused | Judged | None]:
        """Make all runs. Yields the folder of each that has ended, a Refused, a Judged, and None at each look."""
        for target in self.targets:
            while True:
                while self.zygote is not None and self.zygote.state == "warming":  # a cold start would slow it down
                    yield None
                    time.sleep(POLL_S)
                found = evidence.read(target.lesson.id)
                steps = self.steps(target, found)
                if steps and len(self.active) < _at_once(self.device):
                    yield from self._start(steps[0])
                elif self.active:
                    yield from self._look()
                elif self._at_work(target, found):  # another program's
                    yield None
                    time.sleep(ELSEWHERE_S)
                else:
                    break
            yield from self._judged(target, found)

    def stop(self) -> None:
        """Stop the runs at work; what has finished stays."""
        for folder in list(self.active):
            if state.locked(folder):
                control.stop(folder)
            self.active.pop(folder)

    def _start(self, step: Step) -> Iterator[Refused]:
        self._tried.add(step.key)
        place = None
        if (experiment := step.experiment) is not None:
            place = ExperimentVote(id=experiment.id, batch=secrets.token_hex(4), side=step.side, vote=step.vote)
        try:
            folder = launch.start(
                step.lesson,
                step.params,
                preset=step.lesson.matching_preset(step.params),
                seed=step.seed,
                source=self.source,
                device=self.device,
                zygote=self.zygote,
                experiment=place,
            )
        except DlwpError as error:
            self._broken.add(_part(step))
            self.refused.append(Refused(step, error))
            yield self.refused[-1]
        else:
            self.started[folder] = self.active[folder] = step

    def _look(self) -> Iterator[RunFolder | None]:
        """Wait until one of the runs started here has ended."""
        while not (over := [folder for folder in self.active if not state.locked(folder)]):
            yield None
            time.sleep(POLL_S)
        for folder in over:
            self.active.pop(folder)
            yield folder

    def _at_work(self, target: Target, found: Evidence) -> bool:
        serving = (found.serving(target.lesson, each, self.data(target.lesson)) for each in target.experiments)
        going = any(row.state.active for rows in serving for row in rows.values())
        return going or self._exact(target, found).at_work

    def _judged(self, target: Target, found: Evidence) -> Iterator[Judged]:
        lesson = target.lesson
        data = None if self.source == "auto" else self.data(lesson)
        for experiment in target.experiments:
            yield Judged(lesson, experiment, found.verdict(lesson, experiment, data) or verdict.judge(experiment, {}))
        if target.claims:
            yield Judged(lesson, None, exact=self._exact(target, found))

    def _exact(self, target: Target, found: Evidence) -> Exact:
        lesson, estimator = target.lesson, self._estimator(target.lesson)
        known = {name: estimator.of(lesson.values(name), self.device).seconds for name in lesson.presets}
        order = sorted(known, key=lambda name: (known[name] is None, known[name] or 0.0))
        return exact.of(found, lesson, self.data(lesson), order, target.claims)

    def _settled(self, found: Evidence, lesson: Lesson, run: PlannedRun) -> bool:
        """Whether `auto` took synthetic data for this run though the files are there: they lack what it asks for."""
        if self.source != "auto" or self.data(lesson) != "real":
            return False
        row = found.find(lesson, run.params, run.seed, "synthetic")
        asked = row is not None and found.counts(lesson, row) and store.read_spec(row.folder).source == "auto"
        return asked and row is not None and row.created > evidence.data_time(lesson)

    def _gave_up(self, step: Step) -> bool:
        return _part(step) in self._broken

    def _estimator(self, lesson: Lesson) -> estimates.Estimator:
        if lesson.id not in self._estimators:
            self._estimators[lesson.id] = estimates.read(lesson)
        return self._estimators[lesson.id]


def targets(course: Course, what: str = "", wanted: str = "", seeds: int = 0) -> list[Target]:
    """What there is to prove of a lesson, a chapter, or with "" of the whole course.

    wanted: only the experiment with this id, or all that proves the claim with this number. seeds: of each experiment,
    instead of its own. Raises UsageError where there is nothing.
    """
    found = [_target(lesson) for lesson in _lessons(course, what)]
    if re.fullmatch(r"[Cc]\d{3}", wanted):
        found = _proving(course, found, wanted.upper())
    elif wanted:
        found = _called(found, wanted)
    found = [target for target in found if target.experiments or target.claims]
    if not found:
        message = _("Lesson {lesson} has no experiment and checks no exact claim.")
        raise UsageError(
            message.format(lesson=what), _("`dlwp list` shows the lessons; `dlwp claims` what they prove.")
        )
    if seeds:
        more = {"seeds": seeds}
        found = [
            Target(one.lesson, tuple(each.model_copy(update=more) for each in one.experiments), one.claims)
            for one in found
        ]
    return found


def _lessons(course: Course, what: str) -> list[Lesson]:
    if not what:
        return [section.lesson() for section in course.sections if section.has_lesson]
    chapter = next((one for one in course.chapters if one.id == what), None)
    if chapter is not None:
        return [section.lesson() for section in chapter.sections if section.has_lesson]
    return [course.lesson(what)]


def _target(lesson: Lesson) -> Target:
    return Target(lesson, lesson.experiments, tuple(sorted(lesson_code.checked(lesson.folder, lesson.content))))


def _proving(course: Course, found: Sequence[Target], claim: str) -> list[Target]:
    claims = claims_file.load(course.content)
    if claims.find(claim) is None:
        near = did_you_mean(claim, [one.id for one in claims.claims])
        raise UsageError(_("There is no claim {id!r}.").format(id=claim), near or _("`dlwp claims` lists them."))
    cut = [
        Target(
            target.lesson,
            tuple(one for one in target.experiments if claim in one.claims),
            (claim,) * (claim in target.claims),
        )
        for target in found
    ]
    cut = [target for target in cut if target.experiments or target.claims]
    if not cut:
        places = [
            t.lesson.id for t in map(_target, _lessons(course, "")) if claim in (*t.claims, *_claims_of(t.lesson))
        ]
        hint = _("It is proved in: {names}").format(names=names(places)) if places else _("No lesson can test it.")
        raise UsageError(_("Nothing there proves {claim}.").format(claim=claim), hint)
    return cut


def _called(found: Sequence[Target], wanted: str) -> list[Target]:
    cut = [Target(target.lesson, tuple(one for one in target.experiments if one.id == wanted), ()) for target in found]
    if not any(target.experiments for target in cut):
        known = [one.id for target in found for one in target.experiments]
        hint = did_you_mean(wanted, known) or _("Its experiments: {names}").format(names=names(known))
        raise UsageError(_("There is no experiment {name!r}.").format(name=wanted), hint)
    return cut


def _claims_of(lesson: Lesson) -> list[str]:
    return [claim for experiment in lesson.experiments for claim in experiment.claims]


def _part(step: Step) -> tuple[str, str]:
    return step.lesson.id, step.experiment.id if step.experiment is not None else ""


def _at_once(device: str) -> int:
    """How many runs are at work together: one for each slot."""
    return (len(slots.gpus()) if device != "cpu" else 0) or settings.load().cpu_slots
