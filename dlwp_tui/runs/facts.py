"""What a run has said about itself besides its curves: the typed content of single events."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from dlwp_tui.core.types import USED_SOURCES, UsedSource


@dataclass(frozen=True)
class DatasetUse:
    """A dataset the lesson loaded and what it really was."""

    name: str
    source: UsedSource
    detail: str = ""


@dataclass(frozen=True)
class Model:
    """A model's summary: `layers` are (name, kind, shape, number of params)."""

    label: str
    layers: tuple[tuple[str, str, str, int], ...]
    params: int


@dataclass(frozen=True)
class Table:
    """A table the lesson made; `rows` are cells as JSON holds them."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]


@dataclass(frozen=True)
class TextBlock:
    """A text the lesson wrote."""

    title: str
    body: str


@dataclass(frozen=True)
class Check:
    """An exact statement and whether it came true here."""

    statement: str
    claim: str
    got: Any
    want: Any
    ok: bool


@dataclass(frozen=True)
class Picture:
    """A picture under the run's artifacts; sizes in pixels, 0 where unknown."""

    name: str
    file: str
    width: int = 0
    height: int = 0
    caption: str = ""


@dataclass(frozen=True)
class Notice:
    """Something the learner should know: its code ("nan", "disk", ...) and the sentence."""

    code: str
    message: str


DIED = "died"


@dataclass(frozen=True)
class Failure:
    """Why a run failed, or died: then `type` is DIED. `lines` are the last of its traceback, else of its log."""

    type: str
    message: str
    lines: tuple[str, ...] = ()

    @property
    def told(self) -> str:
        """What a learner reads first: Python's name of the error only where Python raised it, not our own sentences."""
        ours = self.message and (self.type == DIED or not self.lines)
        return self.message if ours else ": ".join(part for part in (self.type, self.message) if part)


@dataclass(frozen=True)
class Best:
    """A metric's best value and the epoch (1-based) that reached it first."""

    value: float
    epoch: int
    label: str
    metric: str


def worst_source(sources: Iterable[UsedSource]) -> UsedSource | None:
    """The worst of `sources`, by which figures that rest on all of them are labelled; None without any."""
    return max(sources, key=USED_SOURCES.index, default=None)


def text(value: object) -> str:
    """A field as text; a missing one as ""."""
    return "" if value is None else str(value)


def whole(value: object, default: int = 0) -> int:
    """A field as a whole number, `default` when it is none or beyond 2^53, where floats stop counting."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= 2**53:
        return default
    return int(value)


def listed(value: object) -> list[Any]:
    """A field as a list, [] when it is none."""
    return value if isinstance(value, list) else []
