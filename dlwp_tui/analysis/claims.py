"""Every claim of the course with what the runs here, and the course's own, show of it. Nothing of a terminal.

`rows` is all that `dlwp claims` and the page of the app show.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from dlwp_tui.analysis import evidence, exact, judged, verdict
from dlwp_tui.analysis.evidence import Evidence
from dlwp_tui.analysis.exact import Exact
from dlwp_tui.core.errors import ContentError
from dlwp_tui.core.language import _
from dlwp_tui.core.types import UsedSource
from dlwp_tui.course import claims as claims_file
from dlwp_tui.course.claims import Claim
from dlwp_tui.course.lesson import Experiment, Lesson
from dlwp_tui.course.reader import Course

State = Literal["does not hold", "running", "stale", "undecided", "not tried", "holds", "not testable"]
STATES: tuple[State, ...] = ("does not hold", "running", "stale", "undecided", "not tried", "holds", "not testable")
"""The first of these that one of its proofs has is the claim's: it holds where all of them do."""
KINDS: dict[verdict.Kind, State] = {
    "holds": "holds", "does not hold": "does not hold", "undecided": "undecided", "pending": "running",
}  # fmt: skip


@dataclass(frozen=True)
class Proof:
    """One place that proves a claim, as runs have it: an experiment, or the exact checks of a lesson."""

    lesson: str
    experiment: str
    """"" for exact checks."""
    state: State
    statement: str = ""
    """What the experiment states; "" for exact checks."""
    words: tuple[str, ...] = ()
    """Effects with their spread, or the checks, a sentence each."""
    recorded: str = ""
    """The figures of the source and of the book."""
    source: UsedSource | None = None
    seconds: float = 0.0
    seeds: int = 0
    """How many seeds it is of; 0 for exact checks."""
    seeds_needed: int | None = None
    """About how many would decide it, where it is undecided."""
    why: tuple[str, ...] = ()
    """Why it is undecided or out of date."""
    runs: tuple[str, ...] = ()
    date: str = ""
    """Of a proof that the course recorded: when."""
    machine: str = ""
    """And on what, with the versions."""

    @property
    def place(self) -> str:
        """`4.4/smaller-overfits-later`, `check:4.4`."""
        return f"{self.lesson}/{self.experiment}" if self.experiment else f"check:{self.lesson}"


@dataclass(frozen=True)
class ClaimRow:
    """A claim, what proves it, and what became of that."""

    claim: Claim
    proofs: tuple[Proof, ...]
    """By the runs here, each place that proves it."""
    course: tuple[Proof, ...]
    """By the course's own record."""

    @property
    def state(self) -> State:
        """What the runs here show."""
        return _together(self.proofs)

    @property
    def course_state(self) -> State:
        """What the course's own runs showed: real data where they were judged on it, else synthetic."""
        best: dict[str, Proof] = {}
        for proof in self.course:
            best.setdefault(proof.place, proof)
        rest = (proof for proof in self.proofs if proof.place not in best)
        return _together([*best.values(), *(Proof(one.lesson, one.experiment, "not tried") for one in rest)])

    @property
    def seconds(self) -> float:
        """What the runs here have worked."""
        return sum(proof.seconds for proof in self.proofs)


def rows(course: Course) -> list[ClaimRow]:
    """All claims of the course, in the order of the file. Raises ContentError where claims.toml cannot be read."""
    found = evidence.read()
    proofs: dict[str, list[Proof]] = {}
    recorded: dict[str, list[Proof]] = {}
    for lesson in _lessons(course):
        kept = judged.read(lesson.content)
        for experiment in lesson.experiments:
            if experiment.claims:
                here, there = _experiment(found, lesson, experiment), _recorded(kept, lesson, experiment)
                for claim in experiment.claims:
                    proofs.setdefault(claim, []).append(here)
                    recorded.setdefault(claim, []).extend(there)
        exactly = exact.of(found, lesson)
        for claim in exactly.claims:
            proofs.setdefault(claim, []).append(_check(exactly, lesson, claim))
            recorded.setdefault(claim, []).extend(_recorded(kept, lesson, claim))
    found.save()
    return [
        ClaimRow(claim, tuple(proofs.get(claim.id, ())), tuple(recorded.get(claim.id, ())))
        for claim in claims_file.load(course.content).claims
    ]


def word(state: State) -> str:
    """A state as lists show it: a glyph and a word, since colour is never the only sign."""
    words: dict[State, str] = {
        "stale": "~ " + _("out of date"),
        "not tried": "· " + _("not tried"),
        "not testable": "– " + _("not testable"),
    }
    kinds = {state: kind for kind, state in KINDS.items()}
    return words.get(state) or verdict.word(kinds[state])


def status_word(claim: Claim) -> str:
    """What the course says of a claim itself."""
    return {
        "true": _("true"),
        "false": _("false as stated"),
        "caveat": _("true with a caveat"),
        "training": _("shown by training"),
        "qualitative": _("qualitative"),
    }[claim.status]


def _together(proofs: Iterable[Proof]) -> State:
    states = {proof.state for proof in proofs}
    return next((state for state in STATES if state in states), "not testable")


def _lessons(course: Course) -> Iterable[Lesson]:
    for section in course.sections:
        if section.has_lesson:
            try:
                yield section.lesson()
            except ContentError:  # `dlwp check` reports it; what the other lessons prove is shown
                continue


def _experiment(found: Evidence, lesson: Lesson, experiment: Experiment) -> Proof:
    recorded, statement = str(experiment.recorded), str(experiment.statement)
    judgement = found.verdict(lesson, experiment)
    if judgement is None:
        return Proof(lesson.id, experiment.id, "not tried", statement, recorded=recorded, seeds=experiment.seeds)
    return Proof(
        lesson.id,
        experiment.id,
        "stale" if judgement.stale and judgement.kind != "pending" else KINDS[judgement.kind],
        statement,
        verdict.effects_in_words(judgement, lesson, experiment),
        recorded,
        judgement.source,
        judgement.seconds,
        experiment.seeds,
        judgement.seeds_needed,
        (*([judgement.label] if judgement.stale else []), *judgement.why, *judgement.stale),
        judgement.runs,
    )


def _check(found: Exact, lesson: Lesson, claim: str) -> Proof:
    checked = found.checked.get(claim)
    if checked is None:
        return Proof(lesson.id, "", "running" if found.at_work else "not tried")
    return Proof(
        lesson.id,
        "",
        "stale" if checked.stale else KINDS[checked.kind],
        words=exact.in_words(checked),
        source=checked.source,
        seconds=checked.seconds,
        why=checked.stale,
        runs=(checked.run,),
    )


def _recorded(kept: judged.Judged, lesson: Lesson, what: Experiment | str) -> list[Proof]:
    """The course's records of an experiment or a claim, real data first."""
    experiment = what if isinstance(what, Experiment) else None
    found = []
    for record in kept.of(lesson.id, what if isinstance(what, str) else what.id):
        stale = judged.changed(record, lesson, experiment)
        if experiment is not None:
            words = judged.in_words(record, lesson, experiment)
        else:
            words = tuple(f"{'✓' if ok else '✗'} {statement}" for statement, ok in record["statements"])
        names = ("keras", "tensorflow", "numpy")
        made = ", ".join(
            [record["machine"], record["device"], *(f"{n} {record['versions'].get(n, '?')}" for n in names)]
        )
        found.append(
            Proof(
                lesson.id,
                experiment.id if experiment is not None else "",
                "stale" if stale else KINDS[record["verdict"]],
                words=words,
                source=record["source"],
                seconds=record["seconds"],
                seeds=record.get("seeds", 0),
                why=stale,
                date=record["date"],
                machine=made,
            )
        )
    return found
