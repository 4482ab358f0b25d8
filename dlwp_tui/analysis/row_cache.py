"""Rows of the history of runs that have ended, kept in one file of the cache. It may be lost at any time."""

from __future__ import annotations

import json
from typing import Any

from dlwp_tui.core import paths
from dlwp_tui.core.errors import StorageError

FORMAT = 1
"""Another number where the meaning of a field changes; new and lost fields are noticed by themselves."""
Stamp = tuple[int, ...]
"""Times of change and sizes of the files that a row was made from."""


class RowCache:
    """Rows by run id. One of another stamp is not there; a broken or foreign file is empty."""

    def __init__(self, rows: dict[str, list[Any]]) -> None:
        self._rows = rows
        self._used: set[str] = set()
        self._changed = False

    def get(self, run_id: str, stamp: Stamp) -> dict[str, Any] | None:
        """The facts kept for a run whose files have not changed since."""
        kept = self._rows.get(run_id)
        if kept is None or kept[0] != list(stamp):
            return None
        self._used.add(run_id)
        facts: dict[str, Any] = kept[1]
        return facts

    def put(self, run_id: str, stamp: Stamp, facts: dict[str, Any]) -> None:
        """Keep the facts of a run."""
        self._rows[run_id] = [list(stamp), facts]
        self._used.add(run_id)
        self._changed = True

    def save(self) -> None:
        """Write the rows used since `load`, if any is new; runs that are gone are dropped then.

        Where the cache cannot be written the rows are read from the runs next time.
        """
        if not self._changed:
            return
        rows = {run_id: self._rows[run_id] for run_id in self._used}
        try:
            paths.atomic_write(_path(), json.dumps({"format": FORMAT, "rows": rows}, separators=(",", ":")))
        except StorageError:
            return
        self._changed = False


def load() -> RowCache:
    """What is kept now."""
    try:
        stored = json.loads(_path().read_bytes())
    except (OSError, ValueError):
        return RowCache({})
    if not isinstance(stored, dict) or stored.get("format") != FORMAT or not isinstance(stored.get("rows"), dict):
        return RowCache({})
    return RowCache(stored["rows"])


def _path() -> Any:
    return paths.cache() / "history.json"
