"""One training of a lesson in this process: `python -m tests.benchmarks.train_once plain|lab LESSON PARAM=VALUE...`.

`plain` runs the very same lesson code with a stand-in that gives it data and batches and does nothing else: plain
Keras on the same input path. `lab` is a real worker. What differs in CPU time is what the lab costs.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from dlwp_tui.course import reader
from dlwp_tui.engine import environment
from dlwp_tui.engine.code import load_code

SEED = 1


class PlainLab:
    """What the lesson asks for, as a script would do it: no events, no callbacks, no checks."""

    seed = SEED

    def __init__(self) -> None:
        from dlwp_tui.lab.clock import Clock

        self._clock = Clock()
        self._streams = 0

    def dataset(self, name: str, **options: Any) -> Any:
        """The same loader."""
        from dlwp_tui import data

        return data.load(name, **options)

    def batches(self, x: Any, y: Any = None, batch_size: int = 32, shuffle: bool = True) -> Any:
        """The same input pipeline."""
        from dlwp_tui.lab.batches import batches

        self._streams += 1
        return batches(x, y, batch_size, seed=(SEED, self._streams) if shuffle else None, clock=self._clock)

    def callbacks(self, **_: Any) -> list[Any]:
        """None."""
        return []

    def save(self, model: Any) -> None:
        """A script saves its model, too."""
        model.save(Path(tempfile.mkdtemp()) / "model.keras")

    def __getattr__(self, _name: str) -> Any:
        return lambda *_args, **_kwargs: None


def main() -> None:
    """Train, then leave without the interpreter's tidying, as a worker does."""
    how, name, *changed = sys.argv[1:]
    os.environ.update(environment.for_worker())
    lesson = reader.load().lesson(name)
    values = lesson.values("book", dict(one.split("=", 1) for one in changed))
    if how == "plain":
        os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
        code = load_code(lesson.code_file)
        from dlwp_tui.lab import device

        device.seed_everything(SEED, deterministic=True)
        code.run(PlainLab(), **values)
        os._exit(0)
    _work(lesson, values)


def _work(lesson: Any, values: dict[str, Any]) -> None:
    """Become the worker of a run made here."""
    from dlwp_tui.engine import launch, spawn, worker

    def here(job: Any, fd: int, _zygote: Any = None) -> int:
        job.folder.artifacts.mkdir()
        worker.become(job, os.dup(fd))

    spawn.process = here
    launch.start(lesson, values, seed=SEED, device="cpu")


if __name__ == "__main__":
    main()
