"""Problems of course files as errors, and the words they are made of."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from dlwp_tui.core.errors import ContentError, Problem
from dlwp_tui.core.language import _, sentences

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


class BrokenFile(ContentError):
    """A course file that cannot be used. Shows its first problem; `problems` has them all."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        first = problems[0]
        hint = first.hint
        if len(problems) > 1:
            more = _("`dlwp check` lists all {count} problems of this file.").format(count=len(problems))
            hint = sentences(hint, more)
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
