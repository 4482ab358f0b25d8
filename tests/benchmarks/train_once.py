"""One training of a lesson in this process: `python -m tests.benchmarks.train_once HOW LESSON PARAM=VALUE...`.

HOW is `lab`, a real worker; `plain`, the same lesson code and input pipeline without events and callbacks: what differs
in CPU time is what the lab costs; or `arrays`, the same model trained as most scripts do it, `fit` on arrays step by
step: what differs is what the lab saves.
"""

from __future__ import annotations

import os
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dlwp_tui.course import reader
from dlwp_tui.engine import environment
from dlwp_tui.engine.code import load_code, run_lesson

SEED = 1


class PlainLab:
    """What a lesson uses, as a script would do it: no events, no callbacks, no checks."""

    seed = SEED
    source = "auto"

    def __init__(self, params: dict[str, Any]) -> None:
        from dlwp_tui.lab.clock import Clock

        self.params = params
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

    def steps_per_execution(self, model: Any, batches: Any) -> int:
        """The same number of steps."""
        from dlwp_tui.lab import step_cost

        return step_cost.steps_per_execution(step_cost.milliseconds(model, next(iter(batches))), len(batches))

    def callbacks(self, *_: Any, **__: Any) -> list[Any]:
        """None."""
        return []

    def save(self, model: Any) -> None:
        """A script saves its model, too."""
        model.save(Path(tempfile.mkdtemp()) / "model.keras")

    def __getattr__(self, _name: str) -> Any:
        return lambda *_args, **_kwargs: None


@dataclass
class Arrays:
    """What `ArraysLab.batches` gives, for the `fit` below."""

    x: Any
    y: Any
    batch_size: int


class ArraysLab(PlainLab):
    """Keras' own batches of arrays, and its own number of steps an execution, one."""

    def batches(self, x: Any, y: Any = None, batch_size: int = 32, shuffle: bool = True) -> Any:
        """The arrays themselves."""
        return Arrays(x, y, batch_size)

    def steps_per_execution(self, model: Any, batches: Any) -> int:
        """Keras' default."""
        return 1


def main() -> None:
    """Train, then leave without the interpreter's clearing up, as a worker does."""
    how, name, *changed = sys.argv[1:]
    os.environ.update(environment.for_worker())
    lesson = reader.load().lesson(name)
    values = lesson.values("book", dict(one.split("=", 1) for one in changed))
    if how == "lab":
        _work(lesson, values)
        return
    os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
    code = load_code(lesson.code_file)
    if how == "arrays":
        _fit_on_arrays()
        code.run(ArraysLab(values), **values)
    else:
        from dlwp_tui.lab import device

        device.seed_everything(SEED, deterministic=True)
        run_lesson(code, PlainLab(values), values)  # type: ignore[arg-type]
    os._exit(0)


def _fit_on_arrays() -> None:
    """Seed as a script does, and let `fit` take `Arrays`."""
    import keras
    import tensorflow as tf

    keras.utils.set_random_seed(SEED)
    tf.config.experimental.enable_op_determinism()
    plain = keras.Model.fit

    def fit(model: Any, data: Arrays, validation_data: Arrays | None = None, **options: Any) -> Any:
        if validation_data is not None:
            held = (validation_data.x, validation_data.y)
            options |= {"validation_data": held, "validation_batch_size": validation_data.batch_size}
        return plain(model, data.x, data.y, batch_size=data.batch_size, **options)

    keras.Model.fit = fit


def _work(lesson: Any, values: dict[str, Any]) -> None:
    """Become the worker of a run made here."""
    from dlwp_tui.engine import launch, spawn, worker

    def here(job: Any, fd: int, _zygote: Any = None) -> int:
        job.folder.artifacts.mkdir()
        worker.become(job, os.dup(fd))

    spawn.process = here  # type: ignore[assignment]
    launch.start(lesson, values, seed=SEED, device="cpu")


if __name__ == "__main__":
    main()
