"""What to call runs that stand side by side: by what differs between them, never by a clock time alone."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dlwp_tui.analysis import compare
from dlwp_tui.core.language import _
from dlwp_tui.core.types import UsedSource, Value
from dlwp_tui.runs.spec import RunSpec
from dlwp_tui.runs.view import RunView

SEPARATOR = " · "


@dataclass(frozen=True)
class Nameable:
    """What a name is made from."""

    spec: RunSpec
    source: UsedSource | None = None
    given: str = ""
    """The learner's own name for the run; it is taken as it is."""


def names(runs: Sequence[Nameable], presets: Mapping[str, Mapping[str, dict[str, Value]]]) -> list[str]:
    """A name for each of `runs`, all different: `units 64 · dropout 0.5`, `quick`, `quick · seed 2`.

    presets: by lesson, all param values of each of its presets (see `compare.bases`). Where params differ they make
    the name; where none do, or the lessons differ, it is the preset, or what was changed from the nearest one. Seeds,
    the source of the data and at last the time are added only to tell apart runs whose names would be the same.
    """
    specs = [run.spec for run in runs]
    differing = compare.diff_params(specs)
    lessons = len({spec.lesson for spec in specs}) > 1
    made = []
    for at, run in enumerate(runs):
        if differing and not lessons:
            words = [pair(name, values[at]) for name, values in differing.items() if values[at] is not None]
        else:
            words = [_of_preset(run.spec, presets.get(run.spec.lesson, {}))]
        if lessons:
            words.insert(0, run.spec.lesson)
        made.append(run.given or SEPARATOR.join(words))
    for more in (_seed, _source, _time):
        made = _told_apart(made, [more(run) for run in runs])
    return made


def of_views(views: Sequence[RunView], given: Mapping[str, str] | None = None) -> list[str]:
    """`names` for runs that are read already; `given` holds the learner's own names by run id."""
    lessons = dict.fromkeys(view.spec.lesson for view in views)
    presets = {lesson: compare.bases(compare.lesson_of(lesson)) for lesson in lessons}
    return names([Nameable(view.spec, view.source, (given or {}).get(view.folder.id, "")) for view in views], presets)


def pair(name: str, value: Value | None) -> str:
    """A param and its value: `units 64`, `validate off`."""
    if isinstance(value, bool):
        return f"{name} {_('on') if value else _('off')}"
    return f"{name} {value:.6g}" if isinstance(value, float) else f"{name} {value}"


def _of_preset(spec: RunSpec, presets: Mapping[str, dict[str, Value]]) -> str:
    preset, changed = compare.nearest(spec.preset, spec.params, dict(presets))
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
    return _("seed {seed}").format(seed=run.spec.seed)


def _source(run: Nameable) -> str:
    return {"synthetic": _("synthetic"), "unverified": _("unverified file"), "real": _("real data")}.get(
        run.source or "", ""
    )


def _time(run: Nameable) -> str:
    return time.strftime("%m-%d %H:%M:%S", time.localtime(run.spec.created))
