"""The param values of every preset of a lesson, at hand without parsing lesson.toml: that needs pydantic, 0.07 s."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

from dlwp_tui import __version__
from dlwp_tui.analysis import compare
from dlwp_tui.core import parsed, paths
from dlwp_tui.core.errors import DlwpError, StorageError
from dlwp_tui.core.types import Value
from dlwp_tui.course import reader

Presets = dict[str, dict[str, Value]]
"""By preset, all its param values."""
_NONE: Presets = {}
_known: dict[str, list[Any]] = {}
"""By lesson: the stamp of its lesson.toml, and its presets."""


def of(lesson_id: str) -> Presets:
    """The presets of a lesson as the course has it now; none where it has none, or a broken one.

    The same object as long as lesson.toml stays as it is. A file in the cache spares the next process the parsing.
    """
    try:
        stamp = _stamp(reader.load().section(lesson_id).folder / "lesson.toml")
    except (DlwpError, OSError):  # the lesson is gone: renamed, or of another course
        return _NONE
    known = _known.get(lesson_id)
    if known is None or known[0] != stamp:
        stored = _stored()
        known = stored.get(lesson_id)
        if not isinstance(known, list) or known[:1] != [stamp]:
            lesson = compare.lesson_of(lesson_id)
            known = [stamp, compare.bases(lesson)]
            if lesson is not None:
                _store(stored | {lesson_id: known})
        _known[lesson_id] = known
    presets: Presets = known[1]
    return presets


def _stamp(file: Path) -> list[Any]:
    status = file.stat()
    return [__version__, str(file), status.st_mtime_ns, status.st_size]


def _stored() -> dict[str, Any]:
    try:
        stored = parsed.read_json(_path())
    except (OSError, ValueError):
        return {}
    return stored if isinstance(stored, dict) else {}


def _store(content: dict[str, Any]) -> None:
    with contextlib.suppress(StorageError):  # parsed again next time
        paths.atomic_write(_path(), json.dumps(content))


def _path() -> Path:
    return paths.cache() / "presets.json"
