"""The command line that does what a card does: to be copied from a note."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dlwp_tui.core.types import Value
    from dlwp_tui.course.lesson import Lesson


def run(lesson: str, preset: str | None, params: Mapping[str, Value], declared: Lesson | None = None) -> str:
    """`dlwp run 3.4 --preset quick --units 4`; `declared` is the lesson, for params that are switches."""
    words = ["dlwp", "run", lesson]
    if preset:
        words += ["--preset", preset]
    for name, value in params.items():
        words += _option(name, value, declared)
    return shlex.join(words)


def _option(name: str, value: Value, declared: Lesson | None) -> list[str]:
    flag = name.replace("_", "-")
    param = declared.params.get(name) if declared is not None else None
    if param is not None and param.type == "bool":
        return [f"--{flag}" if param.parse(name, value) else f"--no-{flag}"]
    return [f"--{flag}", f"{value:g}" if isinstance(value, float) else str(value)]
