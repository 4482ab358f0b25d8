"""Names of the files in a run's folder, and run ids."""

from __future__ import annotations

import re
import secrets
import time
from dataclasses import dataclass
from pathlib import Path

from dlwp_tui.core import paths

_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # no i, l, o, 0, 1: an id is read aloud and typed
RUN_ID = re.compile(r"^\d{8}-\d{4}-[0-9A-Za-z.]+-[a-z0-9]{4}$")


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
        return self.path / "run.json"

    @property
    def events(self) -> Path:
        """`events.jsonl`, append-only; its one writer is whoever holds `lock`."""
        return self.path / "events.jsonl"

    @property
    def labels(self) -> Path:
        """`labels.json`: the learner's own name, tags and note for the run."""
        return self.path / "labels.json"

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


def new_id(lesson: str, now: float | None = None) -> str:
    """A fresh run id, one of 31^4 for each minute and lesson; ids sort by time."""
    stamp = time.strftime("%Y%m%d-%H%M", time.localtime(now))
    return f"{stamp}-{lesson}-{''.join(secrets.choice(_ALPHABET) for _ in range(4))}"


def folder(run_id: str) -> RunFolder:
    """The folder of a run, whether or not it exists."""
    return RunFolder(paths.runs() / run_id)
