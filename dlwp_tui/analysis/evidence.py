"""What the runs on the disk show of the course's statements: which of them an experiment or a claim rests on.

A run serves an experiment by its lesson, params and seed, whoever started it and for what. Where several do, the newest
counts that would come out the same today (see `provenance`) or is at work; else the newest that has finished.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from dlwp_tui.analysis import history, provenance, row_cache, verdict, wording
from dlwp_tui.analysis.history import HistoryRow
from dlwp_tui.analysis.row_cache import RowCache
from dlwp_tui.analysis.verdict import Measured, PlannedRun, Verdict
from dlwp_tui.core.types import Source, Value
from dlwp_tui.course import expect
from dlwp_tui.course.lesson import Experiment, Lesson
from dlwp_tui.runs import kinds, store
from dlwp_tui.runs.folder import RunFolder
from dlwp_tui.runs.scan import scan
from dlwp_tui.runs.state import LIFECYCLE, RunState
from dlwp_tui.runs.view import RunView

Data = Literal["real", "synthetic"]
"""Of an unverified file, too, the data is real."""
_KINDS = (
    *LIFECYCLE, kinds.DATASET, kinds.EPOCH, kinds.RESULT, kinds.MODEL, kinds.CHECK, kinds.WARNING, kinds.PAUSED,
    kinds.RESUMED,
)  # fmt: skip
"""The events that figures and checks are made of, but for figures of single batches."""
_Key = tuple[str, int, str]


@dataclass
class Evidence:
    """All runs, by what they can be evidence of. Made anew for each look: a run may begin or end at any time."""

    rows: Mapping[_Key, list[HistoryRow]] = field(default_factory=dict)
    """By lesson, seed and params, newest first."""
    now: dict[str, dict[str, str]] = field(default_factory=dict)
    """The fingerprints of each lesson as it is now."""
    _kept: RowCache | None = None
    """Figures of runs that have ended, from the cache."""

    def find(
        self, lesson: Lesson, params: Mapping[str, Value], seed: int, data: Data | None = None, *, proofs: bool = False
    ) -> HistoryRow | None:
        """The run with these params and this seed that counts; on one kind of data, where one is named."""
        found = [
            row
            for row in self.rows.get(_key(lesson.id, seed, params), [])
            if data is None or row.source is None or (row.source == "synthetic") == (data == "synthetic")
        ]
        fresh = (row for row in found if self.counts(lesson, row, proofs=proofs))
        finished = (row for row in found if row.state is RunState.FINISHED)
        return next(fresh, None) or next(finished, None) or next(iter(found), None)

    def counts(self, lesson: Lesson, row: HistoryRow, *, proofs: bool = False) -> bool:
        """Whether a run has finished or is at work, and would come out the same today: it need not be repeated."""
        usable = row.state is RunState.FINISHED or row.state.active
        return usable and not self.changed(lesson, row, proofs=proofs)

    def changed(self, lesson: Lesson, row: HistoryRow, *, proofs: bool = False) -> tuple[str, ...]:
        """What is another today than when the run was made, a sentence each."""
        if lesson.id not in self.now:
            self.now[lesson.id] = provenance.depends(lesson)
        synthetic = row.source == "synthetic"
        return provenance.changed(row.depends, row.versions, self.now[lesson.id], synthetic=synthetic, proofs=proofs)

    def serving(
        self, lesson: Lesson, experiment: Experiment, data: Data | None = None
    ) -> dict[tuple[str, int], HistoryRow]:
        """The runs of an experiment by side and vote, as many as there are.

        Without `data` they are of one kind: that with more runs that would come out the same, of two equal ones real.
        """
        if data is None:
            each = [self.serving(lesson, experiment, kind) for kind in ("real", "synthetic")]
            return max(each, key=lambda rows: (sum(self.counts(lesson, row) for row in rows.values()), len(rows)))
        planned = verdict.plan(lesson, experiment)
        found = {(run.side, run.vote): self.find(lesson, run.params, run.seed, data) for run in planned}
        return {place: row for place, row in found.items() if row is not None}

    def verdict(self, lesson: Lesson, experiment: Experiment, data: Data | None = None) -> Verdict | None:
        """The verdict of an experiment; None where no run serves it."""
        rows = self.serving(lesson, experiment, data)
        if not rows:
            return None
        runs = {place: self._measured(row) for place, row in rows.items()}
        over = [row for row in rows.values() if row.state is RunState.FINISHED]
        stale = dict.fromkeys(sentence for row in over for sentence in self.changed(lesson, row))
        return verdict.judge(experiment, runs, tuple(stale))

    def save(self) -> None:
        """Keep the figures that were read, so that the next look at these runs takes a tenth of the time."""
        if self._kept is not None:
            self._kept.save({folder.id for folder in store.folders()})
        provenance.save()

    def _measured(self, row: HistoryRow) -> Measured:
        views: list[RunView] = []

        def value(figure: expect.Figure) -> float | str:
            """From the cache; else from the run, folded once without its batches, and whole where those matter."""
            if self._kept is None:
                self._kept = row_cache.load(["figures"], "figures")
            made, name = history.stamp(str(row.folder.events)), f"{figure.function} {figure.metric}"
            kept = self._kept.get(row.id, made) or {}
            if name in kept:
                return float(kept[name])
            if not views:
                views.append(view_of(row))
            if _of_batches(figure, views[0]):
                views[0] = RunView.whole(row.folder)
            found = verdict.measured(views[0]).value(figure)
            if not isinstance(found, str) and row.state is RunState.FINISHED:
                self._kept.put(row.id, made, kept | {name: found})
            return found

        return Measured(row.id, row.state, row.source, row.seconds, value)

    def missing(self, lesson: Lesson, experiment: Experiment, data: Data | None) -> list[PlannedRun]:
        """The runs of an experiment that are still to be made."""
        rows = self.serving(lesson, experiment, data)
        return [
            run
            for run in verdict.plan(lesson, experiment)
            if (row := rows.get((run.side, run.vote))) is None or not self.counts(lesson, row)
        ]


def read(lesson_id: str | None = None) -> Evidence:
    """What there is now; of one lesson, where its id is given."""
    rows: dict[_Key, list[HistoryRow]] = {}
    for row in history.history(lesson_id):
        rows.setdefault(_key(row.lesson, row.seed, row.params), []).append(row)
    return Evidence(rows)


def latest(lesson: Lesson, experiment: Experiment) -> Verdict | None:
    """The verdict of an experiment as it is now; None where no run serves it."""
    found = read(lesson.id)
    judged = found.verdict(lesson, experiment)
    found.save()
    return judged


def arms(lesson: Lesson, experiment: Experiment) -> dict[RunFolder, str]:
    """The runs that serve the experiment, vote by vote, and what the side of each is called."""
    called = wording.side_names(lesson, experiment)
    rows = read(lesson.id).serving(lesson, experiment)
    order = {side: number for number, side in enumerate(experiment.runs)}
    return {rows[place].folder: called[place[0]] for place in sorted(rows, key=lambda one: (one[1], order[one[0]]))}


def data_of(lesson: Lesson, source: Source) -> Data | None:
    """The kind of data that a run asked for by `source` uses now; None where the lesson uses none."""
    if not lesson.datasets:
        return None
    if source != "auto":
        return source
    from dlwp_tui.data import locate  # only where it is needed: it stays out of start-up

    return "real" if all(locate.status(name).usable for name in lesson.datasets) else "synthetic"


def data_time(lesson: Lesson) -> float:
    """When the newest of the lesson's data files came here, seconds since the epoch; 0 for none."""
    from dlwp_tui.data import locate

    files = (file for name in lesson.datasets for file in locate.status(name).files.values())
    return max((file.stat().st_ctime for file in files), default=0.0)


def view_of(row: HistoryRow) -> RunView:
    """The run folded without its batches."""
    return RunView.of_events(row.folder, scan(row.folder.events, *_KINDS))


def _of_batches(figure: expect.Figure, view: RunView) -> bool:
    """Whether a view without batches may lack the figure for that reason."""
    name = figure.metric
    return bool(name) and not name.startswith(wording.RESULT) and name not in verdict.figures_of(view)


def _key(lesson: str, seed: int, params: Mapping[str, Value]) -> _Key:
    return lesson, seed, json.dumps(params, sort_keys=True)
