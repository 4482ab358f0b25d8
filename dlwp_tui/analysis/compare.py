"""What differs between runs: their params, from one another and from the lesson's presets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from dlwp_tui.core.errors import DlwpError
from dlwp_tui.core.types import Value

if TYPE_CHECKING:
    from dlwp_tui.course.lesson import Lesson


def diff_params(params: Sequence[Mapping[str, Value]]) -> dict[str, tuple[Value | None, ...]]:
    """The params that are not equal in all runs: name -> its value in each, None where a run has none."""
    names = dict.fromkeys(name for one in params for name in one)
    rows = {name: tuple(one.get(name) for one in params) for name in names}
    return {name: values for name, values in rows.items() if any(value != values[0] for value in values)}


def bases(lesson: Lesson | None) -> dict[str, dict[str, Value]]:
    """All param values of each preset of a lesson; none for a lesson that is gone (renamed, or of another course)."""
    return {name: lesson.values(name) for name in lesson.presets} if lesson is not None else {}


def nearest(
    preset: str | None, params: dict[str, Value], presets: dict[str, dict[str, Value]]
) -> tuple[str | None, dict[str, Value]]:
    """(the preset nearest to a run's params, the params that differ from it); `presets` are the lesson's `bases`.

    preset: the one the run was started with. Without presets all params differ, unless it names one.
    """
    if not presets:
        return preset, {} if preset else dict(params)
    candidates = [preset] if preset in presets else list(presets)
    options = [(name, _differing(params, presets[name])) for name in candidates if name is not None]
    return min(options, key=lambda option: len(option[1]))  # the first of the nearest: `book` stands first


def _differing(params: dict[str, Value], base: dict[str, Value]) -> dict[str, Value]:
    return {name: value for name, value in params.items() if name not in base or base[name] != value}


def lesson_of(lesson_id: str) -> Lesson | None:
    """The lesson as the course has it now; None where it has none, or a broken one, which `dlwp check` reports."""
    from dlwp_tui.course import reader

    try:
        return reader.load().lesson(lesson_id)
    except DlwpError:  # its runs can be read all the same
        return None
