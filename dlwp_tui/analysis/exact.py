"""The exact statements of a lesson: which of its runs checked them, and whether they came true."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dlwp_tui.analysis.evidence import Data, Evidence, view_of
from dlwp_tui.analysis.history import HistoryRow
from dlwp_tui.analysis.verdict import FIRST_SEED, Kind
from dlwp_tui.core.types import UsedSource
from dlwp_tui.course import lesson_code
from dlwp_tui.course.lesson import Lesson
from dlwp_tui.runs.facts import Check
from dlwp_tui.runs.state import RunState

FIRST_PRESET = "quick"


@dataclass(frozen=True)
class Checked:
    """One claim as a run's checks have it."""

    claim: str
    kind: Kind
    checks: tuple[Check, ...]
    run: str
    source: UsedSource | None
    seconds: float
    stale: tuple[str, ...] = ()
    why: tuple[str, ...] = ()


@dataclass(frozen=True)
class Exact:
    """What is known of a lesson's exact claims."""

    claims: tuple[str, ...]
    """Those that its code checks."""
    checked: dict[str, Checked]
    """The newest run of the first preset that reaches each of them."""
    untried: tuple[str, ...]
    """The presets that were not run with today's code and may reach more, the quickest first. () where all are reached
    or while one of them runs."""
    at_work: bool = False
    """One of its runs is going on."""


def of(
    evidence: Evidence,
    lesson: Lesson,
    data: Data | None = None,
    presets: Sequence[str] = (),
    claims: Sequence[str] | None = None,
) -> Exact:
    """The exact claims of a lesson by its runs; `claims`: only these.

    presets: its presets, the first that should be tried first; else `quick` and then as in the file.
    """
    there = sorted(lesson_code.checked(lesson.folder, lesson.content))
    wanted = tuple(claim for claim in there if claims is None or claim in claims)
    order = list(dict.fromkeys((FIRST_PRESET, *(presets or lesson.presets)))) if wanted else []
    found: dict[str, Checked] = {}
    untried, at_work = [], False
    for preset in order:
        if all(claim in found and not found[claim].stale for claim in wanted):
            break
        row = evidence.find(lesson, lesson.values(preset), FIRST_SEED, data, proofs=True)
        counts = row is not None and evidence.counts(lesson, row, proofs=True)
        at_work = at_work or (row is not None and row.state.active and counts)
        if not counts:
            untried.append(preset)
        if row is not None and row.state is RunState.FINISHED:
            for claim in _claims(evidence, lesson, row):
                if claim.claim in wanted and (claim.claim not in found or found[claim.claim].stale):
                    found[claim.claim] = claim
    whole = all(claim in found and not found[claim].stale for claim in wanted)
    return Exact(wanted, found, () if whole or at_work else tuple(untried), at_work)


def _claims(evidence: Evidence, lesson: Lesson, row: HistoryRow) -> list[Checked]:
    """The claims that a finished run has checked."""
    view = view_of(row)
    stale = evidence.changed(lesson, row, proofs=True)
    broken = tuple(warning.message for warning in view.warnings if warning.code == "proofs")
    found: dict[str, list[Check]] = {}
    for check in view.checks:
        if check.claim:
            found.setdefault(check.claim, []).append(check)
    return [
        Checked(
            claim,
            "holds" if all(check.ok for check in checks) else "does not hold",
            tuple(checks),
            row.id,
            row.source,
            view.elapsed_s,
            stale,
            broken,
        )
        for claim, checks in found.items()
    ]


def in_words(checked: Checked) -> tuple[str, ...]:
    """A sentence for each check that a claim rests on."""
    sentences = []
    for check in checked.checks:
        got = (
            "" if isinstance(check.got, bool) or check.got is None else f" ({_short(check.got)} / {_short(check.want)})"
        )
        sentences.append(f"{'✓' if check.ok else '✗'} {check.statement}{got}")
    return (*sentences, *checked.why)


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 60 else text[:59] + "…"
