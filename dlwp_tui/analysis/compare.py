"""What differs between runs: their params, from one another and from the lesson's presets."""

from __future__ import annotations

from collections.abc import Sequence

from dlwp_tui.core.types import Value
from dlwp_tui.course.lesson import Lesson
from dlwp_tui.runs.spec import RunSpec


def diff_params(specs: Sequence[RunSpec]) -> dict[str, tuple[Value | None, ...]]:
    """The params that are not equal in all `specs`: name -> its value in each, None where a run has none."""
    names = dict.fromkeys(name for spec in specs for name in spec.params)
    rows = {name: tuple(spec.params.get(name) for spec in specs) for name in names}
    return {name: values for name, values in rows.items() if any(value != values[0] for value in values)}


def bases(lesson: Lesson | None) -> dict[str, dict[str, Value]]:
    """All param values of each preset of a lesson; none for a lesson that is gone (renamed, or of another course)."""
    return {name: lesson.values(name) for name in lesson.presets} if lesson is not None else {}


def nearest(spec: RunSpec, presets: dict[str, dict[str, Value]]) -> tuple[str | None, dict[str, Value]]:
    """(the preset nearest to the run's params, the params that differ from it); `presets` are the lesson's `bases`.

    Without presets all params differ, unless the spec names one.
    """
    if not presets:
        return spec.preset, {} if spec.preset else dict(spec.params)
    candidates = [spec.preset] if spec.preset in presets else list(presets)
    options = [(name, _differing(spec.params, presets[name])) for name in candidates if name is not None]
    return min(options, key=lambda option: len(option[1]))  # the first of equally near ones: `book` stands first


def _differing(params: dict[str, Value], base: dict[str, Value]) -> dict[str, Value]:
    return {name: value for name, value in params.items() if name not in base or base[name] != value}
