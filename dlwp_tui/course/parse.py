"""lesson.toml into a Lesson: apart from the reader, so that a mere list of sections never imports pydantic."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from dlwp_tui.core.errors import Problem
from dlwp_tui.core.language import _
from dlwp_tui.course.files import read_toml, relative
from dlwp_tui.course.lesson import Lesson
from dlwp_tui.course.problem import BrokenFile, at_key, names
from dlwp_tui.course.validate import validate

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path


def lesson(file: Path, content: Path, origin: Path, section_id: str) -> Lesson:
    """The lesson that `file`, a lesson.toml in the folder of lessons `origin`, declares.

    Raises BrokenFile with every problem of the file, named relative to `content`.
    """
    shown = relative(file, content)
    data = read_toml(file, content)
    if data.get("format") == 1:
        raise BrokenFile([replace(problem, file=shown) for problem in _changes(data)])
    given = [key for key in ("id", "folder", "content") if key in data]
    if given:
        hint = _("Remove it: the folder's name says it already.")
        raise BrokenFile([Problem(shown, names(given), _("There is no such key."), hint)])
    return validate(Lesson, {**data, "id": section_id, "folder": file.parent, "content": origin}, shown)


def _changes(data: Mapping[str, Any]) -> Iterator[Problem]:
    """What to change in a file of format 1."""
    yield at_key(
        "format",
        _("This lesson.toml has format 1; this version of dlwp reads format 2."),
        _("Write format = 2, and move every lab.check from lesson.py to def prove(lab, ...) in a proofs.py beside it."),
    )
    if "probes" in data:
        hint = _("Write [[demos]] here, and def demo(lab) instead of def probe(lab) in lesson.py.")
        yield at_key("probes", _("This table is called [[demos]] in format 2."), hint)
