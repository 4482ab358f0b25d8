"""What to call runs that stand side by side: by what differs between them, never by a clock time alone."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dlwp_tui.analysis import compare
from dlwp_tui.analysis import presets as presets_of
from dlwp_tui.analysis.history import HistoryRow
from dlwp_tui.core.language import _
from dlwp_tui.core.types import UsedSource, Value

if TYPE_CHECKING:
    from dlwp_tui.runs.view import RunView

SEPARATOR = " · "
FEW = 2
"""Params that may differ for runs to be named by all of them: more make long names, most of them alike."""


@dataclass(frozen=True)
class Nameable:
    """What a run's name is made from."""

    lesson: str
    params: dict[str, Value]
    preset: str | None
    seed: int | None
    """None for several seeds of one setting together."""
    created: float
    """Seconds since the epoch."""
    source: UsedSource | None = None
    given: str = ""
    """The learner's own name for the run: it takes the place of preset and params."""


def names(
    runs: Sequence[Nameable], presets: Mapping[str, Mapping[str, dict[str, Value]]], *, by_preset: bool = False
) -> list[str]:
    """A name for each of `runs`, all different: `units 64 · dropout 0.5`, `quick`, `quick · seed 2`.

    presets: by lesson, all param values of each of its presets (see `compare.bases`).

    Where no more than `FEW` params differ, and all runs are of one lesson, they make the name; else, or `by_preset`,
    it is the nearest preset and what was changed from it, which stays the same whatever other runs there are. Seeds,
    the source of the data and at last the time are added only to tell apart runs whose names would be the same.
    """
    differing = compare.diff_params([run.params for run in runs])
    lessons = len({run.lesson for run in runs}) > 1
    by_params = 0 < len(differing) <= FEW and not lessons and not by_preset
    made = []
    for at, run in enumerate(runs):
        words = [run.given] if run.given else []
        if by_params and not words:
            words = [pair(name, values[at]) for name, values in differing.items() if values[at] is not None]
        if not words:
            words = _of_preset(run, presets.get(run.lesson, {}), alone=len(runs) == 1)
        made.append(SEPARATOR.join([run.lesson, *words] if lessons else words))
    for more in (_seeds, _sources, _times):
        _tell_apart(made, runs, more)
    return made


def of_views(
    views: Sequence[RunView], given: Mapping[str, str] | None = None, bands: Collection[str] = ()
) -> list[str]:
    """`names` for runs that are read already; `given` holds names of their own by run id.

    bands: ids of the runs that stand for all seeds of their setting.
    """
    return named(
        [
            Nameable(
                view.spec.lesson,
                view.spec.params,
                view.spec.preset,
                None if view.folder.id in bands else view.spec.seed,
                view.spec.created,
                view.source,
                (given or {}).get(view.folder.id, ""),
            )
            for view in views
        ]
    )


def of_rows(rows: Sequence[HistoryRow], *, by_preset: bool = False) -> list[str]:
    """`names` for rows of the history."""
    return named(
        [
            Nameable(row.lesson, row.params, row.preset, row.seed, row.created, row.source, row.labels.name)
            for row in rows
        ],
        by_preset=by_preset,
    )


def named(runs: Sequence[Nameable], *, by_preset: bool = False) -> list[str]:
    """`names` with the presets of the course in force."""
    lessons = dict.fromkeys(run.lesson for run in runs)
    return names(runs, {lesson: presets_of.of(lesson) for lesson in lessons}, by_preset=by_preset)


def pair(name: str, value: Value | None) -> str:
    """A param and its value: `units 64`, `validate off`."""
    if isinstance(value, bool):
        return " ".join((name, _("on") if value else _("off")))
    return f"{name} {value:.6g}" if isinstance(value, float) else f"{name} {value}"


def _of_preset(run: Nameable, presets: Mapping[str, dict[str, Value]], *, alone: bool) -> list[str]:
    """The nearest preset and the params changed from it; `alone`: without the preset where any was changed."""
    preset, changed = compare.nearest(run.preset, run.params, dict(presets))
    words = [pair(name, value) for name, value in changed.items()]
    if not words:
        return [preset or _("default")]
    return words if alone or preset is None else [preset, *words]


def _tell_apart(made: list[str], runs: Sequence[Nameable], more: Callable[[Sequence[Nameable]], Sequence[str]]) -> None:
    """Put the words that `more` has for runs of one name behind it, unless it is one word for all."""
    same: dict[str, list[int]] = {}
    for at, name in enumerate(made):
        same.setdefault(name, []).append(at)
    for name, places in same.items():
        words = more([runs[at] for at in places]) if len(places) > 1 else []
        if len(set(words)) > 1:
            for at, word in zip(places, words, strict=True):
                made[at] = f"{name}{SEPARATOR}{word}" if word else name


def seed_word(seed: int | str) -> str:
    """What a seed is called in a name."""
    return _("seed {seed}").format(seed=seed)


def _seeds(runs: Sequence[Nameable]) -> list[str]:
    return ["" if run.seed is None else seed_word(run.seed) for run in runs]


def _sources(runs: Sequence[Nameable]) -> list[str]:
    words = {"synthetic": _("synthetic"), "unverified": _("unverified file"), "real": _("real data")}
    return [words.get(run.source or "", "") for run in runs]


def _times(runs: Sequence[Nameable]) -> list[str]:
    """Dates and times, with seconds only where two runs were started in one minute."""
    words = [time.strftime("%m-%d %H:%M", time.localtime(run.created)) for run in runs]
    if len(set(words)) == len(runs):
        return words
    return [time.strftime("%m-%d %H:%M:%S", time.localtime(run.created)) for run in runs]
