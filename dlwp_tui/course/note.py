"""A section's note: its title and its pages. They are split by lines; `markdown` parses the blocks of a page.

A page is one `##` part, because laying out Markdown in a terminal is quadratic (100 KB took 11 s, 5 KB take 0.24 s).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from dlwp_tui.core.language import _
from dlwp_tui.course.files import broken, read_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from dlwp_tui.course.markdown import Link

LARGEST_PAGE = 5 * 1024
"""Bytes: 5 KB are on the screen in 0.24 s, 10 KB in 0.5-0.9 s, and it grows quadratically."""
QUIZ = re.compile(r" {0,3}:{3,}\s*quiz\b")
_NUMBER = re.compile(r"([\d.]+)\s*")
"""One expression for all ids: to compile one a section took 25 ms of `dlwp list`."""
_PART = re.compile(r"##\s+\S")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})(.*)$")
CARD = re.compile(r"^ {0,3}`{3,}(?:run|experiment)\b", re.MULTILINE)
SHORT_BEGINNING = 1000
"""Bytes, about 330 Chinese characters: a page of its own would be an almost empty screen."""


@dataclass(frozen=True)
class Page:
    """One `##` part of a note."""

    index: int
    title: str
    markdown: str
    """The part's source with its own heading line (`## …`; on page 0 the note's `# …`)."""
    line: int
    """The line of note.md its first line is, from 1."""

    @property
    def quizzes(self) -> int:
        """How many quizzes the page has, by its `:::quiz` lines: a count over the whole course takes 20 ms."""
        lines = self.markdown.splitlines()
        return sum(QUIZ.match(line) is not None for _number, line in _outside_fences(lines))

    @property
    def cards(self) -> int:
        """How many run and experiment cards the page has, by their first lines."""
        return len(CARD.findall(self.markdown))

    def links(self) -> list[Link]:
        """Every link of the page, those inside alerts included; `line` is that of note.md."""
        from dlwp_tui.course.markdown import links

        return links(self.markdown, self.line - 1)


@dataclass(frozen=True)
class Note:
    """A section's text. `title` is without the section's number."""

    section_id: str
    title: str
    pages: tuple[Page, ...]


def read(file: Path, content: Path, section_id: str) -> Note:
    """The note in `file`; raises BrokenFile when it is missing, not UTF-8, empty or without a title."""
    text = read_text(file, content)
    hint = _("Begin the note with a line like: # {id} Title").format(id=section_id)
    if not text.strip():
        raise broken(file, content, "", _("The note is empty."), hint)
    title = heading(text, section_id)
    if not title:
        raise broken(file, content, "", _("The note has no title."), hint)
    return Note(section_id, title, pages(text, title))


def heading(text: str, section_id: str) -> str:
    """The title in the first line that is not empty, without `#`, the section's number and markup; else empty."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    if first[:1] != "#" or not first[1:2].isspace():
        return ""
    title = first[1:].strip().rstrip("#").strip()
    number = _NUMBER.match(title)
    if number is not None and number.group(1) == section_id:
        title = title[number.end() :]
    return title.replace("`", "").replace("**", "")


def pages(text: str, title: str) -> tuple[Page, ...]:
    """`text` cut before each `## ` outside fences. A short beginning shares its page with the first part.

    A first part of only the title is left out, unless it is all.
    """
    lines = text.splitlines()
    cuts = [0, *_cuts(lines), len(lines)]
    if len(cuts) > 2 and _has_text(lines[: cuts[1]]) and _short(lines, *cuts[1:3]):
        del cuts[1]
    parts: list[Page] = []
    for start, end in pairwise(cuts):
        first = start == 0
        own = lines[start:end]
        if first and len(cuts) > 2 and not _has_text(own):
            continue
        name = title if first else own[0][2:].strip().rstrip("#").strip().replace("`", "").replace("**", "")
        parts.append(Page(len(parts), name, "\n".join(own).strip("\n") + "\n", start + 1 + _blank(own)))
    return tuple(parts)


def _cuts(lines: list[str]) -> list[int]:
    """The indices of lines that begin a page."""
    return [number for number, line in _outside_fences(lines) if line.startswith("##") and _PART.match(line)]


def open_fence(lines: list[str]) -> int:
    """The line (from 1) of a block of code that nothing closes; 0 where all are closed."""
    opened: list[int] = []
    for _number, _line in _outside_fences(lines, opened):
        pass
    return opened[0] if opened else 0


def _outside_fences(lines: list[str], unclosed: list[int] | None = None) -> Iterator[tuple[int, str]]:
    """The lines that are no code, with their indices. `unclosed` receives the line (from 1) of a fence left open."""
    fence = ""
    began = 0
    for number, line in enumerate(lines):
        if ("```" in line or "~~~" in line) and (opened := _FENCE.match(line)):
            marks, rest = opened[1], opened[2].strip()
            if not fence and not (marks[0] == "`" and "`" in rest):
                fence, began = marks, number + 1
            elif fence and marks[0] == fence[0] and len(marks) >= len(fence) and not rest:
                fence = ""
        elif not fence:
            yield number, line
    if fence and unclosed is not None:
        unclosed.append(began)


def _has_text(lines: list[str]) -> bool:
    """True when there is more than a title."""
    return any(line.strip() and not re.match(r"#(\s|$)", line) for line in lines)


def _short(lines: list[str], first: int, second: int) -> bool:
    """True when what stands before the first part is a few sentences and fits on one page with it."""
    return _size(lines[:first]) <= SHORT_BEGINNING and _size(lines[:second]) <= LARGEST_PAGE


def _size(lines: list[str]) -> int:
    return sum(len(line.encode()) + 1 for line in lines)


def _blank(lines: list[str]) -> int:
    """How many empty lines stand before the first that is not."""
    return next((number for number, line in enumerate(lines) if line.strip()), 0)
