"""One fault of a course file, and the error that carries it to a learner or an author."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

from dlwp_tui.core.errors import ContentError
from dlwp_tui.core.language import _, language

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


@dataclass(frozen=True)
class Problem:
    """What is wrong with a course file, where, and the hint. `str()` is the one line `dlwp check` prints."""

    file: str
    """Relative to the course folder, with `/`."""
    where: str
    """`line 12`, a dotted key such as `params.units.min`, or empty for the whole file."""
    message: str
    hint: str = ""

    def __str__(self) -> str:
        place = f"{self.file}, {self.where}" if self.where else self.file
        return f"{place}: {sentence(self.message, self.hint)}"


class BrokenFile(ContentError):
    """A course file that cannot be used. Shows its first problem; `problems` has them all."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        first = problems[0]
        place = f"{first.file}, {first.where}" if first.where else first.file
        hint = first.hint
        if len(problems) > 1:
            more = _("`dlwp check` lists all {count} problems of this file.").format(count=len(problems))
            hint = sentence(hint, more)
        super().__init__(f"{place}: {first.message}", hint)
        self.problems = tuple(problems)


def line(number: int) -> str:
    """The `where` of a problem in a text file; `number` counts from 1."""
    return _("line {number}").format(number=number)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`Did you mean units?`, or an empty text when nothing in `known` resembles `word`."""
    near = get_close_matches(word, list(known), n=1, cutoff=0.6)
    return _("Did you mean {name}?").format(name=near[0]) if near else ""


def names(words: Iterable[str]) -> str:
    """A list for the end of a sentence; a dash when there is nothing to list."""
    return ", ".join(words) or "–"


def sentence(*parts: str) -> str:
    """The parts that are not empty, as one text; Chinese sentences follow one another without a space."""
    return ("" if language() == "zh" else " ").join(part for part in parts if part)
