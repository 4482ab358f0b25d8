"""What a run reports besides its curves: the typed content of single events."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from dlwp_tui.core.language import _
from dlwp_tui.core.layer_graph import Graph
from dlwp_tui.core.types import USED_SOURCES, UsedSource
from dlwp_tui.render.tiles import Tiles

SHORT_S = 1.0
"""Seconds a wait may take without being named."""


@dataclass(frozen=True)
class DatasetUse:
    """A dataset the lesson loaded, and from which source."""

    name: str
    source: UsedSource
    detail: str = ""


@dataclass(frozen=True)
class Model:
    """A model's summary: `layers` are (name, kind, shape, number of params)."""

    label: str
    layers: tuple[tuple[str, str, str, int], ...]
    params: int
    graph: Graph | None = None


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
    """An exact statement of the book, and whether the figures of this run bear it out."""

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
    tiles: Tiles | None = None
    """Where it is a grid of smaller ones."""
    frames: tuple[tuple[int, str], ...] = ()
    """Where it changed during the run: (step, file) of each state that was kept; `file` is the last of them."""
    unit: str = ""
    """What the steps count, in the lesson's words."""


@dataclass(frozen=True)
class RunWarning:
    """Something the learner should know about a run: a code ("nan", "ram", ...; see `runs/kinds.py`) and a sentence."""

    code: str
    message: str


DIED = "died"


@dataclass(frozen=True)
class Failure:
    """Why a run failed or died. `type` is the exception's name, or DIED; `lines` end its traceback, else its log."""

    type: str
    message: str
    lines: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The failure in one line. Python's own errors come with their type; our errors are sentences by themselves.

        Only Python's own errors have the lines of a traceback.
        """
        ours = self.message and (self.type == DIED or not self.lines)
        return self.message if ours else ": ".join(part for part in (self.type, self.message) if part)


class Best(NamedTuple):
    """A metric's best (or last) value and the epoch (1-based) that reached it first."""

    value: float
    epoch: int
    label: str
    metric: str


def worst_source(sources: Iterable[UsedSource]) -> UsedSource | None:
    """The worst of `sources`, by which figures that rest on all of them are labelled; None without any."""
    return max(sources, key=USED_SOURCES.index, default=None)


@dataclass(frozen=True)
class Wait:
    """What a run does between two steps, where that may take long."""

    code: str
    """loading, preparing, tracing, validating, evaluating or saving."""
    name: str
    """The data set that is loaded, or the phase that the lesson named itself."""
    done: int | None
    total: int | None
    since: float
    """Seconds since the epoch."""

    def text(self, now: float) -> str:
        """`validating 120/300 · 12 s`; "" in its first second, which nobody has to be told of."""
        seconds = now - self.since
        if seconds < SHORT_S:
            return ""
        what = {
            "loading": _("loading {name}").format(name=self.name),
            "preparing": self.name or _("preparing"),
            "evaluating": self.name or _("evaluating"),
            "tracing": _("building the graph"),
            "validating": _("validating"),
            "saving": _("saving the model"),
        }.get(self.code, self.name)
        if self.done:
            return f"{what} {self.done}/{self.total}" if self.total else f"{what} {self.done}"
        return f"{what} · {seconds:.0f} s"
