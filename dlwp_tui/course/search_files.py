"""What the search index is made of, file by file: read from the course, and kept as JSON in the cache.

Reading takes 0.3 s; a file whose time and size are those of the kept entry is not read again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from dlwp_tui.core import parsed, paths
from dlwp_tui.core.errors import DlwpError, StorageError
from dlwp_tui.course.files import relative
from dlwp_tui.course.reader import Course, Section

FORMAT = 1
"""Of the cached file; another one is made anew."""
Stamp = tuple[int, int]
"""Modification time in ns, size in bytes."""
Entry = dict[str, Any]
"""A file's texts as plain lists, its stamp, and `error` where it cannot be read."""


def stamps(course: Course) -> Iterator[tuple[str, Stamp]]:
    """Every file the index is made of."""
    files = [course.content / "glossary.toml"]
    for section in course.sections:
        files += [section.note_file, section.folder / "lesson.toml"]
    for file in files:
        try:
            status = file.stat()
        except FileNotFoundError:
            continue
        except OSError:
            stamp = (0, 0)  # reading it raises what is wrong
        else:
            stamp = (status.st_mtime_ns, status.st_size)
        yield relative(file, course.content), stamp


def cache_file(content: Path) -> Path:
    """Where the index of the course in `content` is kept."""
    return paths.cache() / f"search-{hashlib.sha256(str(content).encode()).hexdigest()[:12]}.json"


def entries(course: Course, stamps: dict[str, Stamp]) -> tuple[dict[str, Entry], StorageError | None]:
    """Every file's entry, from the cache where the file has not changed; and why they could not be kept there.

    A file that cannot be read has an entry with `error`. May take 0.5 s.
    """
    file = cache_file(course.content)
    kept = _kept(file)
    found: dict[str, Entry] = {}
    for name, stamp in stamps.items():
        entry = kept.get(name)
        found[name] = entry if entry is not None and entry["stamp"] == list(stamp) else _read(course, name, stamp)
    if found != kept:
        try:
            paths.atomic_write(file, json.dumps({"format": FORMAT, "files": found}, ensure_ascii=False))
        except StorageError as error:
            return found, error
    return found, None


def _kept(file: Path) -> dict[str, Entry]:
    """The entries kept by file; empty where there are none or the file is damaged."""
    try:
        raw = parsed.read_json(file)
    except (OSError, ValueError):
        return {}
    if not isinstance(raw, dict) or raw.get("format") != FORMAT or not isinstance(raw.get("files"), dict):
        return {}
    return {name: entry for name, entry in raw["files"].items() if isinstance(entry, dict) and "stamp" in entry}


def _read(course: Course, name: str, stamp: Stamp) -> Entry:
    """One file's entry: plain lists and texts, as they are kept."""
    file = course.content / name
    entry: Entry = {"stamp": list(stamp)}
    try:
        if file.parent == course.content:
            return entry | {"terms": _read_terms(course.content)}
        section = next(section for section in course.sections if section.folder == file.parent)
        return entry | (_read_note(section) if file.name == "note.md" else _read_lesson(section))
    except DlwpError as error:
        return entry | {"error": error.message}


def _read_terms(content: Path) -> list[Entry]:
    from dlwp_tui.course import glossary
    from dlwp_tui.course.search_text import plain_line

    return [
        {"names": list(term.names), "text": plain_line(term.text), "section": term.section}
        for term in glossary.load(content).terms
    ]


def _read_note(section: Section) -> Entry:
    from dlwp_tui.course.search_text import page_text

    pages = []
    for page in section.note().pages:
        headings, lines = page_text(page.markdown)
        pages.append({"title": page.title, "headings": headings, "lines": lines})
    return {"pages": pages}


def _read_lesson(section: Section) -> Entry:
    lesson = section.lesson()
    return {
        "titles": [lesson.title.zh, lesson.title.en],
        "params": [
            {"name": name, "label": [param.label.zh, param.label.en], "why": [param.why.zh, param.why.en]}
            for name, param in lesson.params.items()
        ],
    }
