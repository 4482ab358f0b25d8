"""Names of the files in a run's folder, and run ids."""

from __future__ import annotations

import os
import re
import secrets
import time
from dataclasses import dataclass
from pathlib import Path

from dlwp_tui.core import paths
from dlwp_tui.core.errors import RunError
from dlwp_tui.core.language import _

_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # no i, l, o, 0, 1: an id is read aloud and typed
RUN_ID = re.compile(r"^\d{8}-\d{4}-[0-9A-Za-z.]+-[a-z0-9]{4}$")
SPEC, EVENTS, LABELS = "run.json", "events.jsonl", "labels.json"
"""Names of files, for whoever looks at a thousand runs: making a Path takes as long as looking at a file."""


@dataclass(frozen=True)
class RunFolder:
    """`$DLWP_HOME/runs/<id>/`."""

    path: Path

    @property
    def id(self) -> str:
        """The run's id: the folder's name."""
        return self.path.name

    @property
    def spec(self) -> Path:
        """`run.json`, written once."""
        return self.path / SPEC

    @property
    def events(self) -> Path:
        """`events.jsonl`, append-only; its one writer is whoever holds `lock`."""
        return self.path / EVENTS

    @property
    def labels(self) -> Path:
        """`labels.json`: the learner's own name, tags and note for the run."""
        return self.path / LABELS

    @property
    def log(self) -> Path:
        """The worker's stdout and stderr."""
        return self.path / "log.txt"

    @property
    def lock(self) -> Path:
        """Held (flock) from the moment of launching until the worker's end; contains the worker's pid."""
        return self.path / "lock"

    @property
    def reaped(self) -> Path:
        """`exit.json`, `{"signal": 9}` or `{"code": 1}`: how the process ended; written by its parent."""
        return self.path / "exit.json"

    @property
    def artifacts(self) -> Path:
        """Weights, pictures and other files the lesson leaves."""
        return self.path / "artifacts"

    @property
    def inputs(self) -> Path:
        """Copies of the learner's own pictures, a folder for each param."""
        return self.path / "inputs"

    @property
    def size(self) -> int:
        """Bytes of all its files, as `ls` counts them; 0 where there is no such folder."""
        return _bytes_in(str(self.path))


def new_id(lesson: str, now: float | None = None) -> str:
    """A fresh run id, one of 31^4 for each minute and lesson; ids sort by time."""
    stamp = time.strftime("%Y%m%d-%H%M", time.localtime(now))
    return f"{stamp}-{lesson}-{''.join(secrets.choice(_ALPHABET) for _ in range(4))}"


def folder(run_id: str) -> RunFolder:
    """The folder of a run, whether or not it exists."""
    return RunFolder(paths.runs() / run_id)


def unreadable(folder: RunFolder, path: Path, error: OSError) -> RunError:
    """The error for a file of a run that is there and cannot be read: of another user, or on a broken disk."""
    return RunError(
        _("Run {run} cannot be read: {path}: {reason}.").format(
            run=folder.id, path=path, reason=error.strerror or error
        ),
        _("`ls -l` shows whose file it is; the other runs do not need it."),
    )


def _bytes_in(path: str) -> int:
    total = 0
    try:
        with os.scandir(path) as entries:
            for entry in entries:
                is_folder = entry.is_dir(follow_symlinks=False)
                total += _bytes_in(entry.path) if is_folder else entry.stat(follow_symlinks=False).st_size
    except OSError:  # deleted meanwhile, or not ours to read
        pass
    return total
