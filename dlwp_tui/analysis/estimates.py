"""What a run will cost here, in time and memory: drawn from what earlier runs of the lesson, or a trial, did cost.

A run is setup (imports, data) and then work. Work grows with the epochs. A run tells of another one whose model and
data are as large: params that change the size of neither may differ, and the estimate then says in what.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from statistics import median
from typing import Literal

from dlwp_tui.analysis import dry_runs, history
from dlwp_tui.core.formats import memory, rough_duration
from dlwp_tui.core.language import _
from dlwp_tui.core.types import UsedSource, Value
from dlwp_tui.course.lesson import Lesson

Basis = Literal["same", "similar", "trial", "unknown"]

EPOCHS = "epochs"
BATCH = "batch_size"
SAME_SIZE = frozenset({"optimizer", "loss", "activation", "shuffle", "patience"})
"""Choices and switches that change neither the model's size nor the data's. Others may: a `variant` is a model."""
_NEAR = 2.0  # a whole number (units, layers) may be up to twice as large: time grows slower than that in small models
_RECENT = 3  # runs a figure is the median of: the newest, since machine and lesson change


@dataclass(frozen=True)
class Sample:
    """What one run, or the first steps of one, did cost on this machine."""

    params: dict[str, Value]
    setup_s: float
    """Before the first epoch."""
    work_s: float
    """From there to the end of the whole run; extrapolated where the run was not finished."""
    created: float
    device: str = "cpu"
    """`cpu` or `gpu`."""
    source: UsedSource | None = None
    """None where it used no dataset."""
    peak_mb: int | None = None
    """None where it was not recorded, or the run did not come to its end."""
    steps: int | None = None
    """The steps that were tried; None for a run of the learner."""

    @property
    def seconds(self) -> float:
        """The whole run."""
        return self.setup_s + self.work_s


@dataclass(frozen=True)
class Ram:
    """Memory a run needs at its peak."""

    mb: int
    """MB of 2^20 bytes."""
    measured: bool
    """True: earlier runs held so much; False: the lesson says so."""


@dataclass(frozen=True)
class Estimate:
    """Time and memory of a run that is not started yet."""

    basis: Basis
    seconds: float | None
    """None: not known."""
    ram: Ram
    runs: int = 0
    """Of how many runs it is the median."""
    steps: int = 0
    """Steps the trial took."""
    differing: tuple[str, ...] = ()
    """Params in which the runs it is drawn from differ from this one; `epochs` is none of them."""

    def as_json(self) -> dict[str, object]:
        """For `dlwp run ID --estimate --json`."""
        return {
            "seconds": None if self.seconds is None else round(self.seconds, 1),
            "basis": self.basis,
            "runs": self.runs,
            "steps": self.steps,
            "differing": list(self.differing),
            "ram_mb": self.ram.mb,
            "ram_measured": self.ram.measured,
        }


def samples(lesson_id: str, host: str | None = None) -> list[Sample]:
    """What the lesson's runs and trials did cost, newest first; those of another `host` (see RunSpec) are left out."""
    made = [sample for row in history.history(lesson_id) if (sample := _of_row(row, host)) is not None]
    names = {field.name for field in fields(Sample)}
    made += [
        Sample(**{name: value for name, value in trial.items() if name in names})
        for trial in dry_runs.read(lesson_id, host)
    ]
    return sorted(made, key=lambda sample: -sample.created)


def estimate(
    lesson: Lesson,
    params: Mapping[str, Value],
    known: Sequence[Sample],
    *,
    source: UsedSource | None = None,
    device: str = "auto",
) -> Estimate:
    """What a run with `params` will cost, judged by `known` samples (newest first).

    `source`: which data it will use, where that is known; samples on other data are then left out. A real file and an
    unverified one count as the same. `device`: `auto` looks at whatever the newest sample trained on.
    """
    fitting = [sample for sample in _on(known, device) if _same_data(sample.source, source)]
    need = ram(lesson, params, fitting)
    near = {id(sample): _differing(lesson, params, sample.params) for sample in fitting}
    usable = [sample for sample in fitting if near[id(sample)] is not None]
    exact = [sample for sample in usable if not near[id(sample)]]
    tried = next((sample for sample in exact if sample.steps is not None), None)
    ran = [sample for sample in exact if sample.steps is None][:_RECENT]
    if ran:
        return Estimate("same", median(_scaled(sample, params) for sample in ran), need, runs=len(ran))
    if tried is not None:
        return Estimate("trial", _scaled(tried, params), need, steps=tried.steps or 0)
    if usable:
        nearest = min(usable, key=lambda sample: len(near[id(sample)] or ()))  # of equally near ones the newest
        differing = near[id(nearest)] or ()
        return Estimate("similar", _scaled(nearest, params), need, runs=1, differing=differing)
    return Estimate("unknown", None, need)


def ram(lesson: Lesson, params: Mapping[str, Value], known: Sequence[Sample]) -> Ram:
    """The most memory that recent runs of this size held; where there are none, what the lesson declares."""
    peaks = [s.peak_mb for s in known if s.peak_mb is not None and _differing(lesson, params, s.params) is not None]
    return Ram(max(peaks[:_RECENT]), True) if peaks else Ram(lesson.ram_mb, False)


def told(made: Estimate) -> str:
    """The time as the form and the command line say it, and where it is from."""
    if made.seconds is None:
        return _("time: not known yet")
    about = _("about {time}").format(time=rough_duration(made.seconds))
    if made.basis == "trial":
        return about + " " + _("({steps} steps tried)").format(steps=made.steps)
    if made.basis == "similar":
        return about + " " + _("(as a run with another {params})").format(params=", ".join(made.differing))
    return about + " " + _("(as last time)")


def told_ram(made: Ram, free_mb: int) -> str:
    """Memory needed and free."""
    need = _("needs {need}") if made.measured else _("needs up to {need}")
    return _("memory: {need}, {free} free").format(need=need.format(need=memory(made.mb)), free=memory(free_mb))


def _of_row(row: history.HistoryRow, host: str | None) -> Sample | None:
    """A finished run, or one of whose work at least a tenth is known; others tell nothing."""
    if host is not None and row.host not in ("", host):
        return None
    share = row.share or 0.0
    setup = min(row.setup_s or 0.0, row.seconds)
    finished = share >= 1.0
    if not finished and (share < 0.1 or row.setup_s is None):
        return None
    return Sample(
        params=row.params,
        setup_s=setup,
        work_s=(row.seconds - setup) / share,
        created=row.created,
        device="cpu" if row.device in (None, "cpu") else "gpu",
        source=row.source,
        peak_mb=row.peak_mb if finished else None,
    )


def _on(known: Sequence[Sample], device: str) -> list[Sample]:
    if device == "auto" and known:
        device = known[0].device
    return [sample for sample in known if sample.device == device]


def _same_data(one: UsedSource | None, other: UsedSource | None) -> bool:
    return one is None or other is None or (one == "synthetic") == (other == "synthetic")


def _differing(lesson: Lesson, params: Mapping[str, Value], others: Mapping[str, Value]) -> tuple[str, ...] | None:
    """The params in which two runs of about one size differ; None where the sizes may be quite different."""
    names = tuple(name for name in {**params, **others} if name != EPOCHS and params.get(name) != others.get(name))
    return names if all(_near(lesson, name, params.get(name), others.get(name)) for name in names) else None


def _near(lesson: Lesson, name: str, one: Value | None, other: Value | None) -> bool:
    """Whether a run with one value takes about as long as one with the other; batch sizes are scaled."""
    if name in SAME_SIZE or name == BATCH:
        return True
    if one is None or other is None or isinstance(one, bool) or isinstance(other, bool):
        return False  # a param the lesson had not, or has no longer
    kind = lesson.params[name].type if name in lesson.params else ""
    if kind == "float":
        return True  # rates, momentum, noise: not sizes
    return kind == "int" and min(float(one), float(other)) > 0 and _ratio(one, other) <= _NEAR


def _ratio(one: Value, other: Value) -> float:
    low, high = sorted((float(one), float(other)))
    return high / low


def _scaled(sample: Sample, params: Mapping[str, Value]) -> float:
    """Seconds for `params`: work grows with the epochs, and with the cube root of how much smaller the batches are.

    Between a step whose cost is all overhead (work as the number of steps) and one whose cost is all arithmetic (work
    as it was). Lesson 3.4 with batches of 64 instead of 512: an epoch took 1.8 times as long, the root is 2.
    """
    work = sample.work_s * _quotient(params.get(EPOCHS), sample.params.get(EPOCHS))
    return sample.setup_s + work * math.cbrt(_quotient(sample.params.get(BATCH), params.get(BATCH)))


def _quotient(one: Value | None, other: Value | None) -> float:
    numbers = [value for value in (one, other) if isinstance(value, int | float) and not isinstance(value, bool)]
    return numbers[0] / numbers[1] if len(numbers) == 2 and min(numbers) > 0 else 1.0
