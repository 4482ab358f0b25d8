"""What to call runs that stand side by side: by what differs between them, never by a clock time alone."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dlwp_tui.analysis import compare
from dlwp_tui.analysis.history import HistoryRow
from dlwp_tui.core.language import _
from dlwp_tui.core.types import UsedSource, Value
from dlwp_tui.runs.view import RunView

SEPARATOR = " · "


@dataclass(frozen=True)
class Nameable:
    """What a run's name is made from."""

    lesson: str
    params: dict[str, Value]
    preset: str | None
    seed: int
    created: float
    """Seconds since the epoch."""
    source: UsedSource | None = None
    given: str = ""
    """The learner's own name for the run; it is taken as it is."""


def names(runs: Sequence[Nameable], presets: Mapping[str, Mapping[str, dict[str, Value]]]) -> list[str]:
    """A name for each of `runs`, all different: `units 64 · dropout 0.5`, `quick`, `quick · seed 2`.

    presets: by lesson, all param values of each of its presets (see `compare.bases`). Where params differ they make
    the name; where none do, or the lessons differ, it is the preset, or what was changed from the nearest one. Seeds,
    the source of the data and at last the time are added only to tell apart runs whose names would be the same.
    """
    differing = compare.diff_params([run.params for run in runs])
    lessons = len({run.lesson for run in runs}) > 1
    made = []
    for at, run in enumerate(runs):
        if differing and not lessons:
            words = [pair(name, values[at]) for name, values in differing.items() if values[at] is not None]
        else:
            words = [_of_preset(run, presets.get(run.lesson, {}))]
        if lessons:
            words.insert(0, run.lesson)
        made.append(run.given or SEPARATOR.join(words))
    for more in (_seed, _source, _time):
        made = _told_apart(made, [more(run) for run in runs])
    return made


def of_views(views: Sequence[RunView], given: Mapping[str, str] | None = None) -> list[str]:
    """`names` for runs that are read already; `given` holds the learner's own names by run id."""
    return named(
        [
            Nameable(
                view.spec.lesson,
                view.spec.params,
                view.spec.preset,
                view.spec.seed,
                view.spec.created,
                view.source,
                (given or {}).get(view.folder.id, ""),
            )
            for view in views
        ]
    )


def of_rows(rows: Sequence[HistoryRow]) -> list[str]:
    """`names` for rows of the history."""
    return named(
        [
            Nameable(row.lesson, row.params, row.preset, row.seed, row.created, row.source, row.labels.name)
            for row in rows
        ]
    )


def named(runs: Sequence[Nameable]) -> list[str]:
    """`names` with the presets of the course in force."""
    lessons = dict.fromkeys(run.lesson for run in runs)
    return names(runs, {lesson: compare.bases(compare.lesson_of(lesson)) for lesson in lessons})


def pair(name: str, value: Value | None) -> str:
    """A param and its value: `units 64`, `validate off`."""
    if isinstance(value, bool):
        return " ".join((name, _("on") if value else _("off")))
    return f"{name} {value:.6g}" if isinstance(value, float) else f"{name} {value}"


def _of_preset(run: Nameable, presets: Mapping[str, dict[str, Value]]) -> str:
    preset, changed = compare.nearest(run.preset, run.params, dict(presets))
    if not changed:
        return preset or _("default")
    return SEPARATOR.join(pair(name, value) for name, value in changed.items())


def _told_apart(made: list[str], more: list[str]) -> list[str]:
    """`made`, with the word of `more` behind each name that several runs have and whose words are not all the same."""
    counts = Counter(made)
    useful = {name for name in counts if len({word for own, word in zip(made, more, strict=True) if own == name}) > 1}
    return [
        f"{name}{SEPARATOR}{word}" if name in useful and word else name for name, word in zip(made, more, strict=True)
    ]


def _seed(run: Nameable) -> str:
    return _("seed {seed}").format(seed=run.seed)


def _source(run: Nameable) -> str:
    return {"synthetic": _("synthetic"), "unverified": _("unverified file"), "real": _("real data")}.get(
        run.source or "", ""
    )


def _time(run: Nameable) -> str:
    return time.strftime("%m-%d %H:%M:%S", time.localtime(run.created))
