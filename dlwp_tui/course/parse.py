"""lesson.toml into a Lesson: apart from the reader, so that a mere list of sections never imports pydantic."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dlwp_tui.core.errors import Problem
from dlwp_tui.core.language import _
from dlwp_tui.course.files import read_toml, relative
from dlwp_tui.course.lesson import Lesson
from dlwp_tui.course.problem import BrokenFile, names
from dlwp_tui.course.validate import validate

if TYPE_CHECKING:
    from dlwp_tui.course.reader import Section


def lesson(section: Section) -> Lesson:
    """The lesson a section declares; raises BrokenFile with every problem of its lesson.toml."""
    file = section.folder / "lesson.toml"
    shown = relative(file, section.content)
    data = read_toml(file, section.content)
    given = [key for key in ("id", "folder") if key in data]
    if given:
        hint = _("Remove it: the folder's name says it already.")
        raise BrokenFile([Problem(shown, names(given), _("There is no such key."), hint)])
    return validate(Lesson, {**data, "id": section.id, "folder": section.folder}, shown)
