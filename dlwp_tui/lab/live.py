"""The callback that makes a fit visible: batch and epoch events, NaN noticed, stop. And the checkpoint beside it."""

from __future__ import annotations

import json
import math
import shutil
import time
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dlwp_tui.core.language import _
from dlwp_tui.core.paths import atomic_write
from dlwp_tui.lab import first_step, values
from dlwp_tui.lab.models import unreadable
from dlwp_tui.lab.recorder import THROTTLE, Recorder
from dlwp_tui.lab.unmix import Unmixer, weights
from dlwp_tui.runs import kinds

if TYPE_CHECKING:
    import keras


SAID_EVERY = 0.25
"""Seconds between two events on how far validation is."""


def live(recorder: Recorder, label: str | None, part: tuple[int, int] | None, fit: int) -> keras.callbacks.Callback:
    """A Keras callback that writes the events of one `fit`; `fit` counts the run's fits from 1."""
    return _classes()[0](recorder, label, part, fit)


def checkpoint(recorder: Recorder, folder: Path) -> keras.callbacks.Callback:
    """Keeps each epoch's state in `folder` and goes on from there when it exists."""
    return _classes()[1](recorder, folder)


def define() -> None:
    """Make the callback classes now, in the zygote: it takes 10 ms that a run then need not."""
    _classes()


@cache
def _classes() -> tuple[Any, Any]:
    """The two callbacks, made at first use: their base class lives in Keras, which is imported only when needed."""
    import keras

    class Live(keras.callbacks.Callback):  # type: ignore[misc]  # Keras has no types
        def __init__(self, recorder: Recorder, label: str | None, part: tuple[int, int] | None, fit: int) -> None:
            super().__init__()
            self.recorder = recorder
            self.label = label
            self.part = part
            self.fit = fit
            self.epoch = 0
            self._unmixer = Unmixer()
            self._written = float("-inf")
            self._began = 0.0
            self._nan = False
            self._validation: int | None = None  # its batches, known once it was over
            self._validated = 0
            self._said = float("-inf")

        def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:  # noqa: ARG002 - Keras' signature
            self.recorder.fitting = self.model
            self.recorder.waits("tracing")

        def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:  # noqa: ARG002
            self.epoch = epoch + 1
            self.recorder.clock.fit = (self.fit, epoch)
            self._unmixer.reset()
            self._began = time.monotonic()
            self._first_point()

        def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
            logs = logs or {}
            step, steps = batch + 1, self.params.get("steps")
            if steps is not None:
                step = min(step, steps)  # Keras counts the steps of a whole execution, also where an epoch ends in it
            loss = logs.get("loss")
            if loss is not None and not self._nan and not math.isfinite(loss):
                self._warn_of_nan("loss", loss, step)
            self.recorder.stop.check()
            now = time.monotonic()
            if now - self._written >= THROTTLE:
                self._written = now
                means = values.figures(logs)
                self.recorder.event(
                    kinds.BATCH,
                    label=self.label,
                    epoch=self.epoch,
                    epochs=self.params.get("epochs"),
                    step=step,
                    steps=steps,
                    metrics=self._unmixer.since_last(means, weights(self.model, means)),
                )

        def on_test_begin(self, logs: dict[str, Any] | None = None) -> None:  # noqa: ARG002
            self._validated = 0
            self._validates()

        def on_test_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:  # noqa: ARG002
            self.recorder.stop.check()
            self._validated = batch + 1
            if time.monotonic() - self._said >= SAID_EVERY:
                self._validates()

        def on_test_end(self, logs: dict[str, Any] | None = None) -> None:  # noqa: ARG002
            self._validation = self._validated

        def _validates(self) -> None:
            if time.monotonic() - self._said >= THROTTLE:
                self._said = time.monotonic()
                self.recorder.waits("validating", done=self._validated, total=self._validation)

        def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
            metrics = values.figures(logs or {})
            if not self._nan and (bad := values.not_finite(metrics)) is not None:
                self._warn_of_nan(bad, metrics[bad], None)
            epochs = self.params.get("epochs")
            self.recorder.event(
                kinds.EPOCH,
                label=self.label,
                epoch=epoch + 1,
                epochs=epochs,
                metrics=metrics,
                seconds=time.monotonic() - self._began,
            )
            if self.part is not None and epochs:
                done, total = self.part
                self.recorder.progress(done * epochs + epoch + 1, total * epochs, self.label)

        def on_train_end(self, logs: dict[str, Any] | None = None) -> None:  # noqa: ARG002 - Keras' signature
            self.recorder.fitting = None
            self.recorder.clock.fit = None
            self.recorder.waits("working")

        def _first_point(self) -> None:
            """Write the first batch's figures before its step is traced, where this is the fit that was expected."""
            expected = self.recorder.expected
            if expected is None or expected.model is not self.model:
                return
            self.recorder.expected = None
            with first_step.built(expected) as figures:
                if figures:
                    self.on_train_batch_end(0, figures)
                    self.recorder.waits("tracing")

        def _warn_of_nan(self, name: str, value: float, step: int | None) -> None:
            self._nan = True
            if step is None:
                message = _("{name} became {value} in epoch {epoch}.").format(name=name, value=value, epoch=self.epoch)
            else:
                message = _("{name} became {value} in epoch {epoch}, step {step}.").format(
                    name=name, value=value, epoch=self.epoch, step=step
                )
            self.recorder.warn_of_nan(message)

    class Checkpoint(keras.callbacks.BackupAndRestore):  # type: ignore[misc]
        """Backup of the last two epochs, so that a crash while one is written leaves the other.

        It stays after a finished fit: a run resumed in its third fold must not train the first two again. Keras does
        not keep the random state of Dropout and the like among the weights; `seeds.json` does, by epoch. What `fit`
        returns to a resumed lesson is the history from the first epoch on: `history.json` has it.
        """

        def __init__(self, recorder: Recorder, folder: Path) -> None:
            super().__init__(str(folder), double_checkpoint=True, delete_checkpoint=False)
            self.recorder = recorder
            self._weights = folder / "latest.weights.h5"
            self._place = folder / "training_metadata.json"  # where Keras keeps the epoch it goes on with
            self._seeds = folder / "seeds.json"
            self._kept: dict[str, list[Any]] = {}
            self._history = folder / "history.json"
            self._epochs: list[dict[str, float | int]] = []

        def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
            if not self._place.exists():  # else a model's second fit would start where its first was resumed
                self._place.parent.mkdir(parents=True, exist_ok=True)
                atomic_write(self._place, json.dumps({"epoch": 0, "batch": 0}))
            try:
                self._restore(logs)
            except Exception:
                if not self._weights.exists():
                    raise
                try:  # Keras itself goes back an epoch only where the file is cut off
                    for file in (self._weights, self._place):
                        part = file.with_suffix(".part")
                        shutil.copyfile(f"{file}.bkp", part)
                        part.replace(file)  # a new file: the damaged one is still open, and HDF5 knows it by its inode
                    self._restore(logs)
                except Exception as error:
                    raise unreadable(self._weights, error) from error

        def _restore(self, logs: dict[str, Any] | None) -> None:
            super().on_train_begin(logs)
            done = json.loads(self._place.read_text(encoding="utf-8"))["epoch"]
            if done and self._seeds.exists():
                self._kept = json.loads(self._seeds.read_text(encoding="utf-8"))
                states = self._kept.get(str(done), [])
                for variable, state in zip(_seed_states(self.model), states, strict=bool(states)):
                    variable.assign(state)
            if done and self._history.exists():
                self._epochs = json.loads(self._history.read_text(encoding="utf-8"))[:done]
                for metrics in self._epochs:
                    for name, value in metrics.items():
                        self.model.history.history.setdefault(name, []).append(value)

        def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
            with self.recorder.stop.hold():
                states = [variable.numpy().tolist() for variable in _seed_states(self.model)]
                self._kept = {str(epoch): self._kept.get(str(epoch), []), str(epoch + 1): states}
                atomic_write(self._seeds, json.dumps(self._kept))
                self._epochs = [*self._epochs[:epoch], values.figures(logs or {})]
                atomic_write(self._history, json.dumps(self._epochs))
                super().on_epoch_end(epoch, logs)

    return Live, Checkpoint


def _seed_states(model: keras.Model) -> list[Any]:
    """The random states of a model's layers, in the model's order."""
    return [variable for variable in model.non_trainable_variables if variable.path.endswith("seed_generator_state")]
