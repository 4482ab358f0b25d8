"""Facts of files that seldom change (runs that have ended, code), kept in a file of the cache each kind.

Such a file may be lost at any time.
"""

from __future__ import annotations

import json
from collections.abc import Container, Sequence
from pathlib import Path
from typing import Any

from dlwp_tui.core import parsed, paths
from dlwp_tui.core.errors import StorageError

FORMAT = 2
"""Another number where the meaning of a field changes."""
Stamp = tuple[int, ...]
"""Times of change and sizes of the files that a row was made from."""


class RowCache:
    """Rows by run id, or by path. One of another stamp is not there; a broken or foreign file is empty."""

    def __init__(self, name: str, fields: Sequence[str], rows: dict[str, list[Any]]) -> None:
        self._file = _path(name)
        self._fields = list(fields)
        self._rows = rows
        self._changed = False

    def get(self, run_id: str, stamp: Stamp) -> dict[str, Any] | None:
        """The facts kept for a run whose files have not changed since."""
        kept = self._rows.get(run_id)
        if not isinstance(kept, list) or kept[:1] != [list(stamp)] or not isinstance(kept[-1], dict):
            return None
        facts: dict[str, Any] = kept[1]
        return facts

    def put(self, run_id: str, stamp: Stamp, facts: dict[str, Any]) -> None:
        """Keep the facts of a run."""
        self._rows[run_id] = [list(stamp), facts]
        self._changed = True

    def save(self, there: Container[str] | None = None) -> None:
        """Write the rows, if any is new, without those of runs that are not `there` any more.

        Where the cache cannot be written the rows are read from the runs next time.
        """
        if not self._changed:
            return
        rows = {run_id: row for run_id, row in self._rows.items() if there is None or run_id in there}
        content = {"format": FORMAT, "fields": self._fields, "rows": rows}
        try:
            paths.atomic_write(self._file, json.dumps(content, separators=(",", ":")))
        except StorageError:
            return
        self._changed = False


def load(fields: Sequence[str], name: str = "history") -> RowCache:
    """What is kept now of rows with these fields; nothing where the file is of a version with others."""
    try:
        stored = parsed.read_json(_path(name))
    except (OSError, ValueError):
        stored = None
    if not isinstance(stored, dict) or (stored.get("format"), stored.get("fields")) != (FORMAT, list(fields)):
        stored = {}
    rows = stored.get("rows")
    return RowCache(name, fields, rows if isinstance(rows, dict) else {})


def _path(name: str) -> Path:
    return paths.cache() / f"{name}.json"
