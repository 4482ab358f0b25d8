"""Something wrong in a course file, and the errors that carry it to a learner or an author."""

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
    """Something wrong in a file: where, what, and what to do about it. `str()` is the one line `dlwp check` prints."""

    file: str
    """Relative to the course folder, with `/`; a file elsewhere with its whole path; "" until it is known."""
    where: str
    """`line 12`, a dotted key such as `params.units.min`, or "" for the whole file."""
    message: str
    hint: str = ""

    def __str__(self) -> str:
        return f"{self.place}: {sentence(self.message, self.hint)}"

    @property
    def place(self) -> str:
        """File and place in it."""
        return f"{self.file}, {self.where}" if self.where else self.file


class BrokenFile(ContentError):
    """A course file that cannot be used. Shows its first problem; `problems` has them all."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        first = problems[0]
        hint = first.hint
        if len(problems) > 1:
            more = _("`dlwp check` lists all {count} problems of this file.").format(count=len(problems))
            hint = sentence(hint, more)
        super().__init__(f"{first.place}: {first.message}", hint)
        self.problems = tuple(problems)


class BrokenModel(ValueError):
    """What a pydantic model's own validator finds, all at once; `where` of each is relative to that model."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(f"{problem.where}: {problem.message}" for problem in problems))
        self.problems = tuple(problems)


def refuse(problems: Iterable[Problem]) -> None:
    """Raise BrokenModel unless `problems` is empty."""
    if found := list(problems):
        raise BrokenModel(found)


def at_line(number: int, message: str, hint: str = "") -> Problem:
    """A problem in line `number` (from 1) of a file that the caller fills in."""
    return Problem("", line(number), message, hint)


def at_key(key: str, message: str, hint: str = "") -> Problem:
    """A problem under a dotted key of a file that the caller fills in."""
    return Problem("", key, message, hint)


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
