"""`run.json`: what a run is. Written once, before its worker starts, and never changed."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from dlwp_tui.core.types import Source, Value

LATEST = 250_000_000_000
"""Seconds since the epoch that can be shown as a date, of the year 9892."""


class ExperimentVote(BaseModel):
    """A run's place in an experiment: which experiment, which side of the comparison, which seed."""

    model_config = ConfigDict(frozen=True)

    id: str
    batch: str
    """One id per start of the experiment: it groups the runs that are compared with one another."""
    side: str
    vote: int


class SearchTrial(BaseModel):
    """A run's place in a search: `dlwp tune`."""

    model_config = ConfigDict(frozen=True)

    search: str
    number: int
    """Of the trial, from 1; 0 for a run that confirms the best params with another seed."""


class RunSpec(BaseModel):
    """Everything needed to repeat a run on the same machine."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    v: Literal[1] = 1
    id: str
    """`20261123-0231-3.4-k7qf`: date and time (local), lesson, four random characters."""
    lesson: str
    number: int = 0
    """How many runs of the lesson there were, with this one: its colour and sign follow from it. 0: not recorded."""
    params: dict[str, Value]
    preset: str | None = None
    """The preset whose values `params` are, exactly; None when the learner changed one."""
    seed: int
    source: Source = "auto"
    """What was asked for; what was really used is in the `dataset` events."""
    device: str = "auto"
    """`auto`, `cpu` or `gpu`: which kind of slot the run waits for."""
    deterministic: bool | None = None
    """Op determinism: None means on for CPU, off for GPU."""
    created: Annotated[float, Field(ge=0, le=LATEST, allow_inf_nan=False)]
    """Seconds since the epoch."""
    content: str
    """The course folder the lesson comes from."""
    code_hash: str
    """sha256 of lesson.py, first 16 hex digits."""
    versions: dict[str, str] = {}
    """dlwp, python, tensorflow, keras, numpy."""
    depends: dict[str, str] = {}
    """Fingerprints of the code that its figures come from, see `analysis.provenance`; {} in runs of before."""
    host: str = ""
    """Platform and processor count, e.g. `Linux x86_64, 2 cores`."""
    rerun_of: str | None = None
    experiment: ExperimentVote | None = None
    search: SearchTrial | None = None
