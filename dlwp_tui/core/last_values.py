"""What was typed last into each lesson's form: one JSON file for all open apps.

Format (`forms.json`): `{"v": 1, "lessons": {"3.4": {"raw": {"units": "64"}, "seed": "", "source": "auto", "device":
"auto"}}}`. Texts are kept as typed; what is no longer allowed is for the form to leave out.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from dlwp_tui.core import parsed, paths


def load(lesson: str) -> dict[str, Any]:
    """What was typed last for a lesson; empty where nothing was, or the file cannot be read."""
    found = _read().get(lesson)
    return found if isinstance(found, dict) else {}


def save(lesson: str, typed: dict[str, Any]) -> None:
    """Keep what was typed for a lesson. Raises StorageError."""
    with paths.locked(_file().with_suffix(".lock")):
        lessons = _read() | {lesson: typed}
        paths.atomic_write(_file(), json.dumps({"v": 1, "lessons": lessons}, ensure_ascii=False, indent=1))


def _file() -> Path:
    return paths.home() / "forms.json"


def _read() -> dict[str, Any]:
    try:
        raw = parsed.read_json(_file())
    except (OSError, ValueError):
        return {}
    lessons = raw.get("lessons") if isinstance(raw, dict) else None
    return lessons if isinstance(lessons, dict) else {}
