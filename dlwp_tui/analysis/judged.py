"""`content/judged.json`: what the course's authors measured of every experiment and exact claim, and on what.

`python -m tests.benchmarks.judged` writes it from the runs there are. A record holds the figures, not the sentences:
these are made in the language of the interface when it is read.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from dlwp_tui.analysis import effects, exact, history, provenance, verdict, wording
from dlwp_tui.analysis.effects import Effect
from dlwp_tui.analysis.evidence import Data, Evidence
from dlwp_tui.analysis.exact import Checked
from dlwp_tui.analysis.history import HistoryRow
from dlwp_tui.core import formats, parsed
from dlwp_tui.core.language import _, ngettext
from dlwp_tui.core.versions import versions
from dlwp_tui.course import expect
from dlwp_tui.course.lesson import Experiment, Lesson
from dlwp_tui.runs.state import RunState
from dlwp_tui.runs.view import RunView

FILE = "judged.json"
FORMAT = 1
Record = dict[str, Any]
Place = tuple[str, str, str]
"""Lesson, experiment or claim, kind of data ("" where the lesson uses none)."""


@dataclass(frozen=True)
class Judged:
    """All that the file holds."""

    experiments: dict[Place, Record]
    claims: dict[Place, Record]
    figures: dict[str, Record]
    """By lesson: `code`, the fingerprint of its code, and `names`, the figures that its runs have."""

    def of(self, lesson: str, name: str) -> list[Record]:
        """The records of an experiment or a claim, real data first."""
        found = [r for place, r in {**self.experiments, **self.claims}.items() if place[:2] == (lesson, name)]
        return sorted(found, key=lambda record: record["data"] != "real")


def read(content: Path) -> Judged:
    """What is recorded in a folder of lessons; nothing where there is no such file, or a damaged one."""
    file = content / FILE
    try:
        return _read(file, file.stat().st_mtime_ns)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return Judged({}, {}, {})


@lru_cache(maxsize=4)
def _read(file: Path, _time: int) -> Judged:
    raw = parsed.read_json(file)
    if raw["format"] != FORMAT:
        raise ValueError(raw["format"])
    found = Judged(
        {(one["lesson"], one["experiment"], one["data"] or ""): one for one in raw["experiments"]},
        {(one["lesson"], one["claim"], one["data"] or ""): one for one in raw["claims"]},
        dict(raw["figures"]),
    )
    for record in (*found.experiments.values(), *found.claims.values()):
        _fields = record["verdict"], record["seconds"], record["date"], record["depends"], record["versions"]
    return found


def dumps(found: Judged) -> str:
    """The file's text, a record a line, so that a change is a short difference."""
    parts = []
    for name, records in (("experiments", found.experiments), ("claims", found.claims)):
        lines = [json.dumps(records[place], ensure_ascii=False) for place in sorted(records, key=_order)]
        parts.append(f'"{name}": [\n' + ",\n".join(lines) + "\n]")
    lines = [f"{json.dumps(lesson)}: {json.dumps(found.figures[lesson])}" for lesson in sorted(found.figures, key=_nat)]
    parts.append('"figures": {\n' + ",\n".join(lines) + "\n}")
    return f'{{"format": {FORMAT},\n' + ",\n".join(parts) + "\n}\n"


def collect(evidence: Evidence, lessons: Iterable[Lesson], before: Judged) -> Judged:
    """The records of all runs that would come out the same today; where there are none, those of `before`.

    What the lessons do not have any more is left out.
    """
    experiments: dict[Place, Record] = {}
    claims: dict[Place, Record] = {}
    figures: dict[str, Record] = {}
    for lesson in lessons:
        kinds: tuple[Data | None, ...] = ("real", "synthetic") if lesson.datasets else (None,)
        for data in kinds:
            for experiment in lesson.experiments:
                place = (lesson.id, experiment.id, data or "")
                record = _of_experiment(evidence, lesson, experiment, data) or before.experiments.get(place)
                if record is not None:
                    experiments[place] = record
            checks = exact.of(evidence, lesson, data)
            for claim in checks.claims:
                place = (lesson.id, claim, data or "")
                checked = checks.checked.get(claim)
                fresh = checked is not None and not checked.stale
                made = _of_claim(evidence, lesson, checked, data) if checked is not None and fresh else None
                if made or place in before.claims:
                    claims[place] = made or before.claims[place]
        if names := figure_names(lesson, before.figures.get(lesson.id)):
            figures[lesson.id] = {"code": provenance.depends(lesson)["code"], "names": sorted(names)}
        elif lesson.id in before.figures:
            figures[lesson.id] = before.figures[lesson.id]
    return Judged(experiments, claims, figures)


def effects_of(record: Record, experiment: Experiment) -> tuple[Effect, ...]:
    """The comparisons of a recorded experiment."""
    terms = expect.parse(experiment.expect).terms
    margins = (tuple(m for seed in record["figures"] if (m := term.margin(seed)) is not None) for term in terms)
    return tuple(Effect(term, each, record["seeds"]) for term, each in zip(terms, margins, strict=True))


def in_words(record: Record, lesson: Lesson, experiment: Experiment) -> tuple[str, ...]:
    """The sentences of a recorded experiment, as `verdict.effects_in_words` makes them of runs."""
    sides = wording.side_names(lesson, experiment)
    return effects.in_words(effects_of(record, experiment), record["figures"], sides, lesson.words)


def sentences(lesson: Lesson, experiment: Experiment) -> tuple[str, ...]:
    """What the course's own runs of an experiment showed, for its card; () where it was never run.

    The verdict for each kind of data, and where it is not that the statement holds, the figures.
    """
    found: list[str] = []
    for record in read(lesson.content).of(lesson.id, experiment.id):
        seeds = ngettext("{count} seed", "{count} seeds", record["seeds"]).format(count=record["seeds"])
        head = (verdict.word(record["verdict"]), formats.source_label(record["source"]), seeds, record["date"])
        found.append(_("In the course's own runs: {verdict}").format(verdict=" · ".join(filter(None, head))))
        if record["verdict"] != "holds":
            found += in_words(record, lesson, experiment)
        found += changed(record, lesson, experiment)
    return tuple(found)


def changed(record: Record, lesson: Lesson, experiment: Experiment | None = None) -> tuple[str, ...]:
    """What is another now than when it was recorded, a sentence each. Versions are shown with the record."""
    synthetic, now = record["data"] == "synthetic", provenance.depends(lesson)
    found = provenance.changed(record["depends"], versions(), now, synthetic=synthetic, proofs=experiment is None)
    if experiment is not None and record["asked"] != asked(lesson, experiment):
        found = (*found, _("The experiment has changed since."))
    return found


def asked(lesson: Lesson, experiment: Experiment) -> str:
    """A fingerprint of what an experiment runs and compares."""
    first = [(run.side, run.params) for run in verdict.plan(lesson, experiment)[: len(experiment.runs)]]
    text = json.dumps([first, expect.parse(experiment.expect).text], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def figure_names(lesson: Lesson, recorded: Record | None) -> set[str] | None:
    """The figures that runs of the lesson have with today's code, by its runs here and what is recorded.

    None where neither is of today's code.
    """
    code = provenance.depends(lesson)["code"]
    names: set[str] = set(recorded["names"]) if recorded is not None and recorded["code"] == code else set()
    seen: set[str] = set()
    for row in history.history(lesson.id):
        params = json.dumps(row.params, sort_keys=True)
        if row.state is RunState.FINISHED and row.depends.get("code") == code and params not in seen:
            seen.add(params)
            names |= set(verdict.figures_of(RunView.whole(row.folder)))
    return names if names or seen else None


def known_figures(lesson: Lesson) -> set[str] | None:
    """`figure_names` of a lesson by its runs here and the record of its course."""
    return figure_names(lesson, read(lesson.content).figures.get(lesson.id))


def _of_experiment(evidence: Evidence, lesson: Lesson, experiment: Experiment, data: Data | None) -> Record | None:
    """None unless every run is there and would come out the same today."""
    if evidence.missing(lesson, experiment, data):
        return None
    rows = list(evidence.serving(lesson, experiment, data).values())
    found = evidence.verdict(lesson, experiment, data)
    if found is None or found.kind == "pending":
        return None
    return {
        "lesson": lesson.id,
        "experiment": experiment.id,
        "data": data if any(row.source for row in rows) else None,
        "source": found.source,
        "verdict": found.kind,
        "seeds": experiment.seeds,
        "asked": asked(lesson, experiment),
        "figures": [_short(vote.figures) for vote in found.votes if vote.whole],
        "seconds": round(found.seconds, 1),
        **_made(rows),
    }


def _of_claim(evidence: Evidence, lesson: Lesson, checked: Checked, data: Data | None) -> Record:
    row = next(row for rows in evidence.rows.values() for row in rows if row.id == checked.run)
    return {
        "lesson": lesson.id,
        "claim": checked.claim,
        "data": data if row.source else None,
        "source": checked.source,
        "verdict": checked.kind,
        "statements": [[check.statement, check.ok] for check in checked.checks],
        "seconds": round(checked.seconds, 1),
        **_made([row]),
    }


def _made(rows: list[HistoryRow]) -> Record:
    """When, on what machine and with what the runs were made; of several the newest."""
    newest = max(rows, key=lambda row: row.created)
    return {
        "date": time.strftime("%Y-%m-%d", time.localtime(newest.created)),
        "machine": newest.host,
        "device": newest.device or "cpu",
        "versions": newest.versions,
        "depends": newest.depends,
    }


def _short(figures: dict[str, float]) -> dict[str, float]:
    return {name: float(f"{value:.6g}") for name, value in figures.items()}


def _order(place: Place) -> tuple[tuple[int, ...], str, str]:
    return _nat(place[0]), place[1], place[2]


def _nat(lesson: str) -> tuple[int, ...]:
    return tuple(int(part) if part.isdigit() else 99 for part in lesson.split("."))
