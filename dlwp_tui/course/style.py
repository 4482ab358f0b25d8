"""Rules for any text of the course: no path of one machine, nothing Keras has dropped, no line wider than its pane.

Each takes numbered lines and gives problems whose file the caller fills in.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rich.cells import cell_len

from dlwp_tui.core.language import _
from dlwp_tui.course.problem import at_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from dlwp_tui.core.errors import Problem

    Lines = Iterable[tuple[int, str]]

CODE_COLUMNS = 100
"""The widest line of a lesson's code, in cells: it is read in a pane of its own."""
NOTE_COLUMNS = 68
"""The widest line of a note's code and drawings, in cells: the note's pane shows 68 at 120x40 and 74 at 80x24."""
ALERT_COLUMNS = 3
"""What the bar and the margins of a remark take of it."""

_PATHS = (
    re.compile(r"(?<![A-Za-z])[A-Za-z]:[\\/]\w[^\s\"'`]*"),
    re.compile(r"(?<![\w./:~$}-])/(?:home|Users|root|tmp|mnt|media|opt|usr|var|etc)/[^\s\"'`]*", re.ASCII),
)
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f\x80-\x9f]")
_DEAD = (
    (re.compile(r"\bfit_generator\b", re.ASCII), "fit"),
    (re.compile(r"\blr\s*=(?!=)", re.ASCII), "learning_rate="),
    (re.compile(r"\bunit8\b", re.ASCII), "uint8"),
)


def rules(lines: Lines) -> Iterator[Problem]:
    """All rules for text, of whatever file."""
    lines = list(lines)
    yield from machine_paths(lines)
    yield from dead_api(lines)
    yield from control_characters(lines)


def machine_paths(lines: Lines) -> Iterator[Problem]:
    """Absolute paths: they exist on the author's machine only."""
    for number, text in lines:
        for pattern in _PATHS:
            for found in pattern.finditer(text):
                message = _("{path} exists on one machine only.").format(path=found[0])
                yield at_line(number, message, _("Use lab.dataset, lab.artifact or a path relative to the section."))


def dead_api(lines: Lines) -> Iterator[Problem]:
    """Names that Keras 3 or NumPy no longer have."""
    for number, text in lines:
        for pattern, today in _DEAD:
            if found := pattern.search(text):
                message = _("{name} no longer exists.").format(name=found[0])
                yield at_line(number, message, _("Write {name}.").format(name=today))


def control_characters(lines: Lines) -> Iterator[Problem]:
    """Characters that a terminal obeys instead of showing them: an escape could clear the screen."""
    for number, text in lines:
        if found := _CONTROL.search(text):
            message = _("There is a control character, U+{code:04X}.").format(code=ord(found[0]))
            yield at_line(number, message, _("Remove it; spaces do for a tab."))


def wide_code(lines: Lines, limit: int = CODE_COLUMNS) -> Iterator[Problem]:
    """Lines of code wider than `limit` cells; a Chinese character takes two columns."""
    for number, text in lines:
        width = cell_len(text.expandtabs(4))
        if width > limit:
            message = _("The line is {width} columns wide, {limit} fit.").format(width=width, limit=limit)
            yield at_line(number, message, _("Break it."))
