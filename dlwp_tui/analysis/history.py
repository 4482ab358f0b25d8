"""The history of runs, read from their folders. A run that has ended is read once in a process."""

from __future__ import annotations

import os
import time
from collections import Counter
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dlwp_tui.analysis import compare, presets, row_cache
from dlwp_tui.analysis.presets import Presets
from dlwp_tui.core.errors import RunError
from dlwp_tui.core.types import UsedSource, Value
from dlwp_tui.runs import kinds, packed, packing, state, store
from dlwp_tui.runs.events import plain
from dlwp_tui.runs.facts import Best
from dlwp_tui.runs.folder import EVENTS, LABELS, SPEC, RunFolder
from dlwp_tui.runs.labels import Labels
from dlwp_tui.runs.labels import read as read_labels
from dlwp_tui.runs.scan import scan
from dlwp_tui.runs.series import Curve, CurveKey
from dlwp_tui.runs.state import RunState

if TYPE_CHECKING:
    from dlwp_tui.runs.spec import ExperimentVote

_KINDS = (
    *state.LIFECYCLE, kinds.DATASET, kinds.EPOCH, kinds.RESULT, kinds.PAUSED, kinds.RESUMED,
)  # fmt: skip
"""The few events a row is made of; a long run's thousands of batches are passed over."""
NO_LABELS = Labels()


@dataclass(frozen=True)
class HistoryRow:
    """One run in the history."""

    folder: RunFolder
    lesson: str
    state: RunState
    created: float
    """When it was started, seconds since the epoch."""
    started: float | None
    """When it got its slot; None while it waits."""
    seconds: float
    """Time worked; for an active run, until now."""
    params: dict[str, Value]
    preset: str | None
    """The preset whose values its params are."""
    base: str | None
    """The nearest preset."""
    changed: dict[str, Value]
    """The params that differ from `base`."""
    seed: int
    source: UsedSource | None
    best: dict[str, Best]
    results: dict[str, dict[str, float]]
    """Final figures by label."""
    experiment: ExperimentVote | None = None
    rerun_of: str | None = None
    host: str = ""
    """Platform and processors, as in the spec."""
    device: str | None = None
    """What it trained on; None while it waits."""
    setup_s: float | None = None
    """Seconds worked before the first epoch; None where no epoch ended."""
    share: float | None = None
    """Share of the whole run done, 0–1; None where it is not known."""
    number: int = 0
    """Its number among the lesson's runs (see `RunSpec`)."""
    labels: Labels = NO_LABELS
    """What the learner wrote on it."""
    peak_mb: int | None = None
    """The most memory its worker held, MB of 2^20 bytes; None where that was not recorded."""
    last: dict[str, Best] = field(default_factory=dict)
    """The newest figure of each curve, NaN and infinity included, by the curve's name as in `best`."""
    disk: int = 0
    """Bytes of the run's folder."""
    versions: dict[str, str] = field(default_factory=dict)
    """As in the spec."""
    depends: dict[str, str] = field(default_factory=dict)
    """As in the spec."""

    @property
    def id(self) -> str:
        """The run's id."""
        return self.folder.id

    @property
    def label(self) -> str:
        """Its state as a glyph and a word."""
        return state.label(self.state)

    @property
    def metrics(self) -> list[str]:
        """What it can be judged by, the most telling first: losses before others, validation before training."""
        bare = dict.fromkeys(best.metric.removeprefix("val_") for best in self.best.values())
        there = {best.metric for best in self.best.values()}
        order = sorted(bare, key=lambda name: name != "loss")
        return [metric for name in order for metric in (f"val_{name}", name) if metric in there]

    def figure(self, metric: str, *, last: bool = False) -> Best | None:
        """The best or the last value of a metric, of the curve without a label, else of the first labelled one."""
        figures = self.last if last else self.best
        return figures.get(metric) or next((one for one in figures.values() if one.metric == metric), None)

    def as_json(self) -> dict[str, Any]:
        """Plain JSON values, NaN and infinity as strings."""
        return dict(
            plain(
                {
                    "run": self.id,
                    "lesson": self.lesson,
                    "state": str(self.state),
                    "created": self.created,
                    "started": self.started,
                    "seconds": round(self.seconds, 3),
                    "peak_mb": self.peak_mb,
                    "source": self.source,
                    "seed": self.seed,
                    "preset": self.preset,
                    "changed": self.changed,
                    "params": self.params,
                    "best": {name: {"value": best.value, "epoch": best.epoch} for name, best in self.best.items()},
                    "last": {name: {"value": last.value, "epoch": last.epoch} for name, last in self.last.items()},
                    "result": self.results.get("", {}),
                    "experiment": self.experiment.model_dump() if self.experiment else None,
                    "rerun_of": self.rerun_of,
                    "number": self.number,
                    "name": self.labels.name,
                    "tags": list(self.labels.tags),
                    "note": self.labels.note,
                    "archived": self.labels.archived,
                    "disk": self.disk,
                }
            )
        )


def history(lesson: str | None = None) -> list[HistoryRow]:
    """The runs, newest first; only those of one lesson when its id is given. Unusable folders: `store.problems`.

    A run that has ended is read once; its row is kept in memory and in a file of the cache. A thousand runs take
    0.02 s, from the file 0.06 s, at first 0.6 s. A run that has not changed has the same object as before.
    """
    reading = _Reading()
    rows = [row for folder in store.folders() if (row := reading.row(folder)) is not None]
    reading.save()
    found = rows if lesson is None else [row for row in rows if row.lesson == lesson]
    return sorted(found, key=lambda row: (row.created, row.id), reverse=True)


def finished_counts() -> dict[str, int]:
    """How many runs of each lesson have finished; reads the end of each run's events only."""
    counts: Counter[str] = Counter()
    for folder in store.all():
        event = state.last_lifecycle(folder)
        if event is not None and event.get("state") == RunState.FINISHED:
            counts[store.read_spec(folder).lesson] += 1
    return dict(counts)


Stamp = tuple[int, ...]
_known: dict[str, tuple[Stamp, Presets, HistoryRow]] = {}
"""Rows of this process of runs that have ended, by the path of their folder, with what they were made from."""


class _Reading:
    """One look at all runs."""

    def __init__(self) -> None:
        self._file: row_cache.RowCache | None = None
        self._presets: dict[str, Presets] = {}
        """By lesson, as they are now: one look at each lesson.toml is enough."""
        self._seen: set[str] = set()

    def row(self, folder: RunFolder) -> HistoryRow | None:
        """The run's row; None where it is unusable."""
        path = str(folder.path)
        self._seen.add(path)
        made = stamp(f"{path}/{SPEC}") + stamp(f"{path}/{EVENTS}")
        labels = stamp(f"{path}/{LABELS}")
        known = _known.get(path)
        if known is not None and known[0] == made + labels and known[1] is self._presets_of(known[2].lesson):
            return known[2]
        kept = self._kept().get(folder.id, made)
        try:
            facts = kept or _facts(folder)
        except RunError:
            return None
        course = self._presets_of(facts["lesson"])
        row = _row(folder, facts, course, read_labels(folder) if labels[1] else NO_LABELS)
        # A death counts after 10 s only: on a shared file system the last events may arrive later.
        if not row.state.active and (row.state is not RunState.DIED or time.time() - row.created > 10):
            _known[path] = (made + labels, course, row)
            if kept is None:
                self._kept().put(folder.id, made, facts)
        return row

    def save(self) -> None:
        """Keep what was read."""
        for path in _known.keys() - self._seen:
            del _known[path]
        if self._file is not None:
            self._file.save({Path(path).name for path in self._seen})

    def _kept(self) -> row_cache.RowCache:
        if self._file is None:
            self._file = row_cache.load(_FIELDS)
        return self._file

    def _presets_of(self, lesson: str) -> Presets:
        if lesson not in self._presets:
            self._presets[lesson] = presets.of(lesson)
        return self._presets[lesson]


def _facts(folder: RunFolder) -> dict[str, Any]:
    """What a row says of a run whatever the course and the learner make of it, as JSON values. Raises RunError."""
    from dlwp_tui.runs.view import RunView  # with pydantic 0.07 s, which a list of runs that have ended can do without

    view = RunView.of_pack(folder)
    if view is None and packed.worth(folder) and not state.current(folder).active:
        view = RunView.open(folder)  # its worker was killed, and whoever reaped it too
        view.update()
        packing.later(folder)
    view = view or RunView.of_events(folder, scan(folder.events, *_KINDS))
    spec = view.spec
    return {
        "lesson": spec.lesson,
        "state": str(view.state),
        "created": spec.created,
        "started": view.started_at,
        "seconds": view.elapsed_s,
        "params": dict(spec.params),
        "preset": spec.preset,
        "seed": spec.seed,
        "source": view.source,
        "best": view.best,
        "last": {str(key): _last(key, curve) for key, curve in view.curves.items() if curve.count},
        "results": view.results,
        "experiment": spec.experiment.model_dump() if spec.experiment else None,
        "rerun_of": spec.rerun_of,
        "host": spec.host,
        "device": view.device,
        "setup_s": view.setup_s,
        # Of several fits (folds, variants) each reports its own progress, and not how many there will be.
        "share": view.fraction if view.state is RunState.FINISHED or view.fits <= 1 else None,
        "number": spec.number,
        "peak_mb": view.peak_mb,
        "disk": folder.size,
        "versions": spec.versions,
        "depends": spec.depends,
    }


_FIELDS = [one.name for one in fields(HistoryRow) if one.name not in ("folder", "base", "changed", "labels")]
"""Of `_facts`."""


def _row(folder: RunFolder, facts: dict[str, Any], course: Presets, labels: Labels) -> HistoryRow:
    """The row that facts make."""
    base, changed = compare.nearest(facts["preset"], facts["params"], course)
    found = facts | {
        "state": RunState(facts["state"]),
        "best": {curve: Best(*one) for curve, one in facts["best"].items()},
        "last": {curve: Best(*one) for curve, one in facts["last"].items()},
        "experiment": _vote(facts["experiment"]) if facts["experiment"] else None,
    }
    return HistoryRow(folder=folder, base=base, changed=changed, labels=labels, **found)


def _vote(facts: dict[str, Any]) -> ExperimentVote:
    from dlwp_tui.runs.spec import ExperimentVote

    return ExperimentVote(**facts)


def _last(key: CurveKey, curve: Curve) -> Best:
    """The newest figure of a curve, also where it is no number."""
    point, gap = curve.last, curve.gaps[-1] if curve.gaps else None
    if point is None or (gap is not None and gap.before == len(curve)):
        assert gap is not None
        return Best(gap.y, int(gap.x), key.label, key.metric)
    return Best(point.y, int(point.x), key.label, key.metric)


def stamp(path: str) -> Stamp:
    """Time of change and size of a file, by which it is known again; zeros where there is none."""
    try:
        stat = os.stat(path)  # noqa: PTH116 - three times as quick as Path.stat
    except (FileNotFoundError, NotADirectoryError):
        return (0, 0)
    return (stat.st_mtime_ns, stat.st_size)
