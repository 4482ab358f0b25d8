"""The history of runs, read from their folders. A run that has ended is read once in a process."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from dlwp_tui.analysis import compare, row_cache
from dlwp_tui.core.errors import RunError
from dlwp_tui.core.types import UsedSource, Value
from dlwp_tui.runs import kinds, state, store
from dlwp_tui.runs.events import plain
from dlwp_tui.runs.facts import Best
from dlwp_tui.runs.folder import RunFolder
from dlwp_tui.runs.labels import Labels
from dlwp_tui.runs.labels import read as read_labels
from dlwp_tui.runs.scan import scan
from dlwp_tui.runs.spec import ExperimentVote
from dlwp_tui.runs.state import RunState
from dlwp_tui.runs.view import RunView

_KINDS = (
    *state.LIFECYCLE, kinds.DATASET, kinds.EPOCH, kinds.RESULT, kinds.PAUSED, kinds.RESUMED,
)  # fmt: skip
"""The few events a row is made of; a long run's thousands of batches are passed over."""
_SHOWN_BEST = ("val_accuracy", "val_mae", "val_loss", "accuracy", "mae", "loss")
"""The metrics that a list has room for, the most important first."""


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

    @property
    def id(self) -> str:
        """The run's id."""
        return self.folder.id

    @property
    def label(self) -> str:
        """Its state as a glyph and a word."""
        return state.label(self.state)

    @property
    def best_figures(self) -> dict[str, float]:
        """The one or two figures to show in a list: name -> best value."""
        names = [name for name in _SHOWN_BEST if name in self.best][:2] or list(self.best)[:2]
        return {name: self.best[name].value for name in names}

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
                    "result": self.results.get("", {}),
                    "experiment": self.experiment.model_dump() if self.experiment else None,
                    "rerun_of": self.rerun_of,
                    "number": self.number,
                    "name": self.labels.name,
                    "tags": list(self.labels.tags),
                    "note": self.labels.note,
                    "archived": self.labels.archived,
                }
            )
        )


def history(lesson: str | None = None) -> list[HistoryRow]:
    """The runs, newest first; only those of one lesson when its id is given. Unusable folders: `store.problems`.

    Rows of runs that have ended come from a file in the cache; so a thousand runs take 0.05 s instead of 0.6.
    """
    presets: dict[str, dict[str, dict[str, Value]]] = {}
    kept = row_cache.load()
    rows = []
    for folder in store.folders():
        row = _row(folder, kept)
        if row is None or (lesson is not None and row.lesson != lesson):
            continue
        if row.lesson not in presets:
            presets[row.lesson] = compare.bases(compare.lesson_of(row.lesson))
        base, changed = compare.nearest(row.preset, row.params, presets[row.lesson])
        rows.append(replace(row, base=base, changed=changed, labels=read_labels(folder)))
    kept.save()
    return sorted(rows, key=lambda row: (row.created, row.id), reverse=True)


def finished_counts() -> dict[str, int]:
    """How many runs of each lesson have finished; reads the end of each run's events only."""
    counts: Counter[str] = Counter()
    for folder in store.all():
        event = state.last_lifecycle(folder)
        if event is not None and event.get("state") == RunState.FINISHED:
            counts[store.read_spec(folder).lesson] += 1
    return dict(counts)


def _row(folder: RunFolder, kept: row_cache.RowCache) -> HistoryRow | None:
    """A run's row but for what may change later (labels, the presets of its lesson); None for no usable run."""
    stamp = (*_stamp(folder.spec), *_stamp(folder.events))
    if (facts := kept.get(folder.id, stamp)) is not None:
        return _of_facts(folder, facts)
    try:
        view = RunView.of_events(folder, scan(folder.events, *_KINDS))
    except RunError:
        return None
    spec = view.spec
    row = HistoryRow(
        folder=folder,
        lesson=spec.lesson,
        state=view.state,
        created=spec.created,
        started=view.started_at,
        seconds=view.elapsed_s,
        params=dict(spec.params),
        preset=spec.preset,
        base=None,
        changed={},
        seed=spec.seed,
        source=view.source,
        best=view.best,
        results=view.results,
        experiment=spec.experiment,
        rerun_of=spec.rerun_of,
        host=spec.host,
        device=view.device,
        setup_s=view.setup_s,
        # Of several fits (folds, variants) each reports its own progress, and not how many there will be.
        share=view.fraction if view.state is RunState.FINISHED or view.fits <= 1 else None,
        peak_mb=view.peak_mb,
        number=spec.number,
    )
    # A death counts after 10 s only: on a shared file system the last events may arrive later.
    if not row.state.active and (row.state is not RunState.DIED or time.time() - spec.created > 10):
        kept.put(folder.id, stamp, _facts(row))
    return row


def _facts(row: HistoryRow) -> dict[str, Any]:
    """A row as JSON values."""
    found = {name: getattr(row, name) for name in _KEPT}
    found["state"] = str(row.state)
    found["best"] = {name: [best.value, best.epoch, best.label, best.metric] for name, best in row.best.items()}
    found["experiment"] = row.experiment.model_dump() if row.experiment else None
    return found


def _of_facts(folder: RunFolder, facts: dict[str, Any]) -> HistoryRow:
    """The row that `_facts` came from."""
    found = dict(facts)
    found["state"] = RunState(facts["state"])
    found["best"] = {name: Best(*best) for name, best in facts["best"].items()}
    found["experiment"] = ExperimentVote(**facts["experiment"]) if facts["experiment"] else None
    return HistoryRow(folder=folder, base=None, changed={}, **found)


_KEPT = tuple(field.name for field in fields(HistoryRow) if field.name not in ("folder", "base", "changed", "labels"))


def _stamp(path: Path) -> tuple[int, int]:
    try:
        stat = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return (0, 0)
    return (stat.st_mtime_ns, stat.st_size)
