"""What a worker process has to do: one JSON text, on its command line or over the zygote's socket."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from dlwp_tui.runs.folder import RunFolder


@dataclass(frozen=True)
class Job:
    """One run to train, or one demo to answer."""

    path: str
    """The run's folder."""
    code: str
    """The lesson's lesson.py."""
    checkpoint: bool = False
    """The lesson keeps each epoch's state."""
    resume: bool = False
    """Go on from that state."""
    ram_mb: int = 0
    """The memory it is expected to hold at its peak; 0 when it does not matter."""
    limit_s: float = 0.0
    """Seconds after which a dry run ends itself, whatever became of its watcher; 0 for no limit."""
    demo: str | None = None
    """The demo's id; None for a run."""

    @property
    def folder(self) -> RunFolder:
        """The run's folder."""
        return RunFolder(Path(self.path))

    @property
    def log(self) -> Path:
        """Where the process' output goes: the run's log, or `demo.log` beside it."""
        return self.folder.log if self.demo is None else self.folder.path / "demo.log"

    def dumps(self) -> str:
        """As JSON."""
        return json.dumps(asdict(self), ensure_ascii=True)

    @classmethod
    def loads(cls, text: str) -> Job:
        """From `dumps`."""
        return cls(**json.loads(text))
