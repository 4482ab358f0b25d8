"""lesson.toml into a Lesson: apart from the reader, so that a mere list of sections never imports pydantic."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dlwp_tui.core.language import _
from dlwp_tui.course.files import read_toml, relative
from dlwp_tui.course.lesson import Lesson
from dlwp_tui.course.problem import BrokenFile, Problem, names
from dlwp_tui.course.validate import validate

if TYPE_CHECKING:
    from pathlib import Path


def lesson(file: Path, content: Path, section_id: str) -> Lesson:
    """The lesson that `file`, a lesson.toml, declares; raises BrokenFile with every problem of the file."""
    shown = relative(file, content)
    data = read_toml(file, content)
    given = [key for key in ("id", "folder") if key in data]
    if given:
        hint = _("Remove it: the folder's name says it already.")
        raise BrokenFile([Problem(shown, names(given), _("There is no such key."), hint)])
    return validate(Lesson, {**data, "id": section_id, "folder": file.parent}, shown)
