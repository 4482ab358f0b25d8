"""What trials have measured: one small JSON file in the cache, so that a trial is needed once a lesson and size."""

from __future__ import annotations

import json
from typing import Any

from dlwp_tui.core import paths

_KEPT = 100  # trials; the oldest are forgotten


def read(lesson_id: str, host: str | None = None) -> list[dict[str, Any]]:
    """The trials of a lesson as fields of a `cost.Sample`; those of another `host` are left out."""
    return [
        dict(record["sample"])
        for record in _records()
        if record["lesson"] == lesson_id and (host is None or record["host"] == host)
    ]


def add(lesson_id: str, host: str, sample: dict[str, Any]) -> None:
    """Remember a trial. Raises StorageError."""
    records = [*_records(), {"lesson": lesson_id, "host": host, "sample": sample}]
    paths.atomic_write(paths.cache() / "trials.json", json.dumps(records[-_KEPT:], ensure_ascii=False))


def _records() -> list[dict[str, Any]]:
    """[] for a missing file, and for one that is damaged: it holds nothing that cannot be measured again."""
    try:
        records = json.loads((paths.cache() / "trials.json").read_bytes())
    except (OSError, ValueError):
        return []
    wanted = {"params", "setup_s", "work_s", "created"}
    return [
        record
        for record in (records if isinstance(records, list) else [])
        if isinstance(record, dict) and isinstance(record.get("sample"), dict) and wanted <= record["sample"].keys()
    ]
