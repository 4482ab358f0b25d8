"""What the learner has read, answered and bookmarked, and where they left off: one JSON file for all open apps.

Format (`progress.json`): `{"v": 1, "last": {"section": "3.4", "page": 2}, "sections": {"3.4": {"pages": [0, 1],
"quiz": {"0": true}, "bookmarks": [1], "read": 1764000000.0}}}`. Every change reads, merges and writes
under a lock, so that apps open at once keep each other's changes.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from dlwp_tui.core import parsed, paths

_MOST = 10_000
"""Pages of a section, or quizzes."""
_QUIZ = re.compile(r"\d{1,4}", re.ASCII)


@dataclass(frozen=True)
class SectionProgress:
    """One section's marks."""

    pages: frozenset[int] = frozenset()
    """Pages (0-based) the learner has opened."""
    quiz: dict[int, bool] = field(default_factory=dict)
    """Answers by quiz index: True when the last answer was right."""
    bookmarks: frozenset[int] = frozenset()
    """Pages (0-based) the learner marked."""

    def state(self, page_count: int, quiz_count: int = 0) -> str:
        """`unread`, `started` or `read`, for a section of so many pages and quizzes: leafing alone is no reading."""
        if not self.pages:
            return "unread"
        return "read" if len(self.pages) >= page_count and len(self.quiz) >= quiz_count else "started"


@dataclass(frozen=True)
class Progress:
    """All marks at one moment."""

    section: str | None = None
    """Where the learner left off; None on a first visit."""
    page: int = 0
    sections: dict[str, SectionProgress] = field(default_factory=dict)

    def of(self, section: str) -> SectionProgress:
        """The marks of one section; empty for one never opened."""
        return self.sections.get(section, SectionProgress())

    @property
    def bookmarks(self) -> frozenset[tuple[str, int]]:
        """Every bookmark as (section, page)."""
        return frozenset((section, page) for section, marks in self.sections.items() for page in marks.bookmarks)


def load() -> Progress:
    """The learner's progress. A missing file is a first visit; a broken one is set aside as `progress.json.broken`."""
    raw = _read()
    last = _dict(raw.get("last"))
    section, page = last.get("section"), _ints([last.get("page")])
    return Progress(
        section=section if isinstance(section, str) else None,
        page=page[0] if page else 0,
        sections={key: _section(value) for key, value in _dict(raw.get("sections")).items()},
    )


def learner() -> str:
    """Who learns here, for what comes in another order for everybody: the place of their own folder."""
    return str(paths.home())


def visit(section: str, page: int) -> None:
    """Remember that `page` of `section` is open now. Raises StorageError."""
    with _changing() as raw:
        raw["last"] = {"section": section, "page": page}
        marks = _marks(raw, section)
        marks["pages"] = sorted({*_ints(marks.get("pages")), page})
        marks["read"] = time.time()


def answer(section: str, quiz: int, right: bool) -> None:
    """Remember the answer to a section's quiz number `quiz` (0-based). Raises StorageError."""
    with _changing() as raw:
        _table(_marks(raw, section), "quiz")[str(quiz)] = right


def bookmark(section: str, page: int) -> bool:
    """Mark `page` of `section`, or take its mark away; returns whether it is marked now. Raises StorageError."""
    with _changing() as raw:
        marks = _marks(raw, section)
        before = set(_ints(marks.get("bookmarks")))
        marks["bookmarks"] = sorted(before ^ {page})
    return page not in before


def reset(section: str | None = None) -> None:
    """Forget the marks of one section, or all of them. Raises StorageError."""
    with _changing() as raw:
        if section is None:
            raw.clear()
        else:
            _table(raw, "sections").pop(section, None)


@contextmanager
def _changing() -> Iterator[dict[str, Any]]:
    """The file's content, to be changed in place; written back at the end, all under one lock."""
    with paths.locked(paths.progress_file().with_suffix(".lock")):
        raw = _read()
        yield raw
        raw["v"] = 1
        paths.atomic_write(paths.progress_file(), json.dumps(raw, ensure_ascii=False, indent=1))


def _marks(raw: dict[str, Any], section: str) -> dict[str, Any]:
    return _table(_table(raw, "sections"), section)


def _table(raw: dict[str, Any], key: str) -> dict[str, Any]:
    """The table under `key`, which takes the place of anything else there."""
    table: dict[str, Any] = raw[key] if isinstance(raw.get(key), dict) else {}
    raw[key] = table
    return table


def _read() -> dict[str, Any]:
    path = paths.progress_file()
    try:
        raw = parsed.read_json(path)
    except FileNotFoundError:
        return {}
    except (OSError, ValueError):
        raw = None
    if isinstance(raw, dict) and isinstance(raw.get("sections", {}), dict):
        return raw
    try:
        path.replace(path.with_name(path.name + ".broken"))
    except OSError as error:
        raise paths.storage_error(path, error) from error
    return {}


def _section(raw: object) -> SectionProgress:
    values = _dict(raw)
    quiz = {int(key): bool(right) for key, right in _dict(values.get("quiz")).items() if _QUIZ.fullmatch(key)}
    return SectionProgress(frozenset(_ints(values.get("pages"))), quiz, frozenset(_ints(values.get("bookmarks"))))


def _dict(raw: object) -> dict[str, Any]:
    return raw if isinstance(raw, dict) else {}


def _ints(raw: object) -> list[int]:
    """Pages of a list."""
    return [item for item in raw if isinstance(item, int) and 0 <= item < _MOST] if isinstance(raw, list) else []
