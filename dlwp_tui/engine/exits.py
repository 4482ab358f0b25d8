"""How worker processes end: their exit codes, and exit.json, written by the process that reaped one."""

from __future__ import annotations

import json
import sys
from typing import Any

from dlwp_tui.core import paths
from dlwp_tui.core.errors import StorageError
from dlwp_tui.runs import packing
from dlwp_tui.runs.folder import RunFolder

FINISHED, FAILED = 0, 1
TAKEN = 75
"""Exit code of a worker that found another one at work on its run."""


def write_exit(folder: RunFolder, facts: dict[str, Any]) -> None:
    """Write `{"signal": 9}` or `{"code": 1}`, unless it was written already or the run was deleted meanwhile.

    A long run that was killed is packed in the background.
    """
    if folder.reaped.exists() or not folder.path.exists():
        return
    try:
        paths.atomic_write(folder.reaped, json.dumps(facts) + "\n")
    except StorageError as error:
        print(f"{folder.reaped}: {error}", file=sys.stderr, flush=True)
    if "signal" in facts:
        packing.later(folder)
