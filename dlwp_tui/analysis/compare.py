"""What differs between runs: their params, and their figures side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dlwp_tui.core.types import Value
from dlwp_tui.course.lesson import Lesson
from dlwp_tui.runs.series import CurveKey
from dlwp_tui.runs.spec import RunSpec
from dlwp_tui.runs.view import RunView


@dataclass(frozen=True)
class Aligned:
    """One metric across runs, in the order the runs were given; None where a run has no such figure."""

    name: str
    best: tuple[float | None, ...]
    best_epoch: tuple[int | None, ...]
    last: tuple[float | None, ...]


def diff_params(specs: Sequence[RunSpec]) -> dict[str, tuple[Value | None, ...]]:
    """The params that are not equal in all `specs`: name -> its value in each, None where a run has none."""
    names = dict.fromkeys(name for spec in specs for name in spec.params)
    rows = {name: tuple(spec.params.get(name) for spec in specs) for name in names}
    return {name: values for name, values in rows.items() if any(value != values[0] for value in values)}


def align(views: Sequence[RunView]) -> list[Aligned]:
    """Every metric any of `views` has a curve of, with each run's best and last figure."""
    bests = [view.best for view in views]
    rows = []
    for key in dict.fromkeys(key for view in views for key in view.curves):
        found = [best.get(str(key)) for best in bests]
        rows.append(
            Aligned(
                name=str(key),
                best=tuple(best.value if best else None for best in found),
                best_epoch=tuple(best.epoch if best else None for best in found),
                last=tuple(_last(view, key) for view in views),
            )
        )
    return rows


def changes(spec: RunSpec, lesson: Lesson | None) -> tuple[str | None, dict[str, Value]]:
    """(the preset nearest to the run's params, the params that differ from it).

    Without its lesson (renamed, or another course) all params are told, unless they were a preset's.
    """
    return nearest(spec, bases(lesson))


def bases(lesson: Lesson | None) -> dict[str, dict[str, Value]]:
    """All param values of each preset of a lesson."""
    return {name: lesson.values(name) for name in lesson.presets} if lesson is not None else {}


def nearest(spec: RunSpec, presets: dict[str, dict[str, Value]]) -> tuple[str | None, dict[str, Value]]:
    """As `changes`, for many runs of one lesson: `presets` are its `bases`."""
    if not presets:
        return spec.preset, {} if spec.preset else dict(spec.params)
    candidates = [spec.preset] if spec.preset in presets else list(presets)
    options = [(name, _differing(spec.params, presets[name])) for name in candidates if name is not None]
    return min(options, key=lambda option: len(option[1]))  # the first of the nearest: `book` stands first


def _differing(params: dict[str, Value], base: dict[str, Value]) -> dict[str, Value]:
    return {name: value for name, value in params.items() if name not in base or base[name] != value}


def _last(view: RunView, key: CurveKey) -> float | None:
    curve = view.curves.get(key)
    return curve.last.y if curve is not None and curve.last is not None else None
