"""What the learner has read, answered, bookmarked and where they left off: one JSON file, safe with several apps open.

Format (`progress.json`): `{"v": 1, "last": {"section": "3.4", "page": 2}, "sections": {"3.4": {"pages": [0, 1],
"quiz": {"0": true}, "bookmarks": [1], "read": 1764000000.0}}}`. Every change is a read-merge-write under a lock, so two
apps that are open at once lose nothing of each other's.
"""

from __future__ import annotations

import fcntl
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from dlwp_tui.core import paths


@dataclass(frozen=True)
class SectionProgress:
    """One section's marks."""

    pages: frozenset[int] = frozenset()
    """Pages (0-based) the learner has opened."""
    quiz: dict[int, bool] = field(default_factory=dict)
    """Answers by quiz index: True when the last answer was right."""
    bookmarks: frozenset[int] = frozenset()
    """Pages (0-based) the learner marked."""

    def state(self, page_count: int) -> str:
        """`unread`, `started` or `read`, for a section of `page_count` pages."""
        if not self.pages:
            return "unread"
        return "read" if len(self.pages) >= page_count else "started"


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
    last = raw.get("last") if isinstance(raw.get("last"), dict) else {}
    assert isinstance(last, dict)
    section, page = last.get("section"), last.get("page")
    return Progress(
        section=section if isinstance(section, str) else None,
        page=page if isinstance(page, int) else 0,
        sections={key: _section(value) for key, value in _dict(raw.get("sections")).items()},
    )


def visit(section: str, page: int) -> None:
    """Remember that `page` of `section` is open now. Raises StorageError."""

    def change(raw: dict[str, Any]) -> None:
        raw["last"] = {"section": section, "page": page}
        marks = raw.setdefault("sections", {}).setdefault(section, {})
        marks["pages"] = sorted({*_ints(marks.get("pages")), page})
        marks["read"] = time.time()

    _update(change)


def answer(section: str, quiz: int, right: bool) -> None:
    """Remember the answer to a section's quiz number `quiz` (0-based). Raises StorageError."""

    def change(raw: dict[str, Any]) -> None:
        raw.setdefault("sections", {}).setdefault(section, {}).setdefault("quiz", {})[str(quiz)] = right

    _update(change)


def bookmark(section: str, page: int) -> bool:
    """Mark `page` of `section`, or take its mark away; returns whether it is marked now. Raises StorageError."""
    marked = False

    def change(raw: dict[str, Any]) -> None:
        nonlocal marked
        marks = raw.setdefault("sections", {}).setdefault(section, {})
        before = set(_ints(marks.get("bookmarks")))
        marked = page not in before
        marks["bookmarks"] = sorted(before ^ {page})

    _update(change)
    return marked


def reset(section: str | None = None) -> None:
    """Forget the marks of one section, or all of them. Raises StorageError."""

    def change(raw: dict[str, Any]) -> None:
        if section is None:
            raw.clear()
        else:
            raw.get("sections", {}).pop(section, None)

    _update(change)


def _update(change: Callable[[dict[str, Any]], None]) -> None:
    with _locked():
        raw = _read()
        change(raw)
        raw["v"] = 1
        paths.atomic_write(paths.progress_file(), json.dumps(raw, ensure_ascii=False, indent=1))


def _read() -> dict[str, Any]:
    path = paths.progress_file()
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, ValueError):
        _set_aside()
        return {}
    if not isinstance(raw, dict) or not isinstance(raw.get("sections", {}), dict):
        _set_aside()
        return {}
    return raw


def _set_aside() -> None:
    path = paths.progress_file()
    try:
        path.replace(path.with_name(path.name + ".broken"))
    except OSError as error:
        raise paths.storage_error(path, error) from error


@contextmanager
def _locked() -> Iterator[None]:
    path = paths.progress_file().with_suffix(".lock")
    paths.ensure(path.parent)
    try:
        file = path.open("w", encoding="utf-8")
    except OSError as error:
        raise paths.storage_error(path, error) from error
    with file:
        fcntl.flock(file, fcntl.LOCK_EX)  # held for the length of one small write
        yield


def _section(raw: object) -> SectionProgress:
    values = _dict(raw)
    quiz = {int(key): bool(right) for key, right in _dict(values.get("quiz")).items() if key.isdigit()}
    return SectionProgress(frozenset(_ints(values.get("pages"))), quiz, frozenset(_ints(values.get("bookmarks"))))


def _dict(raw: object) -> dict[str, Any]:
    return raw if isinstance(raw, dict) else {}


def _ints(raw: object) -> list[int]:
    return [item for item in raw if isinstance(item, int)] if isinstance(raw, list) else []
