"""How long a run will take on this machine, and how much memory it needs.

The first of these that knows the run's params counts: earlier runs here; a dry run; the CPU seconds measured of the
lesson's presets, scaled to the speed of this machine. Only the epochs may differ: the time after the setup grows with
them. The data does not matter, since a synthetic twin is as large as the real data.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any, Literal

from dlwp_tui.analysis import history, verdict
from dlwp_tui.core import hardware, parsed, paths, speed
from dlwp_tui.core.errors import DlwpError
from dlwp_tui.core.formats import memory, rough_duration
from dlwp_tui.core.language import _
from dlwp_tui.core.types import Value
from dlwp_tui.course.lesson import Experiment, Lesson

Basis = Literal["run", "dry run", "preset", "unknown"]
_RECENT = 3  # runs a figure is taken from: the newest, since machine and lesson change


@dataclass(frozen=True)
class Timing:
    """How long a run with these params took here, or would take."""

    basis: Basis
    params: dict[str, Value]
    seconds: float
    setup_s: float = 0.0
    """The part of `seconds` before the first epoch."""
    device: str = "cpu"
    """`cpu`, or `GPU` with its number and name."""
    peak_mb: int | None = None
    """The most memory it held, MB of 2^20 bytes; None where that is not known."""


@dataclass(frozen=True)
class Estimate:
    """Time and memory of a run that is not started yet; `seconds` is None where it is not known."""

    basis: Basis
    seconds: float | None
    ram_mb: int

    def __str__(self) -> str:
        if self.seconds is None:
            return _("time: not known yet")
        basis = {"run": _("(as last time)"), "dry run": _("(after a dry run)")}.get(self.basis, _("(as measured)"))
        return " ".join((_("about {time}").format(time=rough_duration(self.seconds)), basis))


@dataclass(frozen=True)
class Estimator:
    """All that a lesson's estimates are made of. Its methods read no files: a form calls them at every key."""

    lesson: Lesson
    timings: tuple[Timing, ...] = ()
    """The surest first."""

    def of(self, params: Mapping[str, Value], device: str = "auto") -> Estimate:
        """The estimate of a run on `cpu`, `gpu` or whatever is free (`auto`)."""
        size = {**params, "epochs": 0}
        found = [t for t in self.timings if {**t.params, "epochs": 0} == size]
        found = [t for t in found if device in ("auto", t.device[:3].lower())]
        best = [t for t in found if (t.basis, t.device) == (found[0].basis, found[0].device)][:_RECENT]
        peaks = [timing.peak_mb for timing in found if timing.peak_mb is not None][:_RECENT]
        return Estimate(
            found[0].basis if found else "unknown",
            median(_scaled(timing, params) for timing in best) if best else None,
            max(peaks, default=self.lesson.needs_mb(params)),
        )

    def of_experiment(self, experiment: Experiment) -> float | None:
        """Seconds of all its runs; one that is not known counts as the experiment's preset with as many epochs."""
        each = []
        for run in verdict.plan(self.lesson, experiment):
            near = self.lesson.values(experiment.preset, {k: v for k, v in run.params.items() if k == "epochs"})
            each.append(self.of(run.params).seconds or self.of(near).seconds)
        return None if None in each else sum(filter(None, each))


def read(lesson: Lesson) -> Estimator:
    """The estimator of a lesson. Reads the history and the like, and takes up to a second the first time."""
    return Estimator(lesson, (*_runs(lesson.id), *_dry_run(lesson), *_presets(lesson)))


def needed_mb(lesson: Lesson, params: Mapping[str, Value]) -> int:
    """The most memory that the newest runs of these params held; where there are none, what the lesson declares."""
    return Estimator(lesson, tuple(_runs(lesson.id))).of(params).ram_mb


def keep_dry_run(lesson_id: str, timing: Timing) -> None:
    """Keep a dry run for `read`, in place of the lesson's last one. Raises StorageError."""
    paths.atomic_write(_dry_run_file(lesson_id), json.dumps(asdict(timing)))


def ram_text(need_mb: int, free_mb: int) -> str:
    """Memory a run needs, and what is free."""
    return _("memory: needs up to {need}, {free} free").format(need=memory(need_mb), free=memory(free_mb))


def _scaled(timing: Timing, params: Mapping[str, Value]) -> float:
    """Seconds with the epochs of `params`."""
    epochs, before = (float(one.get("epochs", 1)) for one in (params, timing.params))
    return timing.setup_s + (timing.seconds - timing.setup_s) * epochs / max(before, 1)


def _runs(lesson_id: str) -> Iterator[Timing]:
    """The runs on this machine, newest first: the finished, and those of which at least a tenth was done."""
    for row in history.history(lesson_id):
        share, setup = row.share or 0.0, min(row.setup_s or 0.0, row.seconds)
        if row.host in ("", hardware.host()) and (share == 1 or (share >= 0.1 and row.setup_s is not None)):
            seconds, peak_mb = setup + (row.seconds - setup) / share, row.peak_mb if share == 1 else None
            yield Timing("run", row.params, seconds, setup, row.device or "cpu", peak_mb)


def _dry_run(lesson: Lesson) -> Iterator[Timing]:
    with suppress(OSError, ValueError, TypeError, KeyError, AttributeError, DlwpError):  # none yet, or a damaged file
        kept = parsed.read_json(_dry_run_file(lesson.id))
        params, peak_mb = kept["params"], kept.get("peak_mb")
        if lesson.values(None, params) == params:  # else of another version of the lesson
            times = _time(kept["seconds"]), _time(kept["setup_s"])
            device = str(kept.get("device", "cpu"))
            yield Timing("dry run", params, *times, device, None if peak_mb is None else int(_time(peak_mb)))


def _time(value: Any) -> float:
    """`value` where it is a time or a size; else ValueError or TypeError."""
    if not 0 <= value < math.inf:
        raise ValueError(value)
    return float(value)


def _dry_run_file(lesson_id: str) -> Path:
    return paths.cache() / f"dry run of {lesson_id} on {hardware.host()}.json"


def watched(lesson: Lesson, preset: str = "quick") -> str | None:
    """The metric that was measured of a preset, such as `val_loss`; None where there was none, or nobody measured."""
    return next((record.get("metric") for record in _records(lesson) if record["preset"] == preset), None)


def _presets(lesson: Lesson) -> Iterator[Timing]:
    """The measured presets."""
    for record in _records(lesson):
        with suppress(ValueError, TypeError, ArithmeticError):
            seconds = _time(median(record["cpu_seconds"]) * speed.benchmark() / record["benchmark_s"])
            yield Timing("preset", lesson.values(record["preset"]), seconds)


def _records(lesson: Lesson) -> list[dict[str, Any]]:
    """What tests/benchmarks/quick.py wrote of the lesson; nothing for a course without that file."""
    keys = {"lesson", "preset", "cpu_seconds", "benchmark_s"}
    try:
        records = parsed.read_json(lesson.content / "quick-presets.json")
        own = [one for one in records if keys <= one.keys() and one["lesson"] == lesson.id]
        return [one for one in own if one["preset"] in lesson.presets]
    except (OSError, ValueError, TypeError, AttributeError):
        return []
