"""The callback that makes a fit visible: batch and epoch events, NaN noticed, stop. And the checkpoint beside it."""

from __future__ import annotations

import json
import math
import time
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dlwp_tui.core.language import _
from dlwp_tui.core.paths import atomic_write
from dlwp_tui.lab import stepping, values
from dlwp_tui.lab.building import built_first
from dlwp_tui.lab.unmix import Unmixer, weights
from dlwp_tui.runs import kinds

if TYPE_CHECKING:
    import keras

    from dlwp_tui.lab.lab import Lab

THROTTLE = 0.05  # s between two batch events: 1.00-1.02x CPU of a plain fit, against 1.10x when every batch is written


def live(lab: Lab, label: str | None, part: tuple[int, int] | None, fit: int) -> keras.callbacks.Callback:
    """A Keras callback that reports one `fit` to `lab`; `fit` counts the run's fits from 1."""
    return _classes()[0](lab, label, part, fit)


def checkpoint(lab: Lab, folder: Path) -> keras.callbacks.Callback:
    """Keeps each epoch's state in `folder` and goes on from there when it exists."""
    return _classes()[1](lab, folder)


def define() -> None:
    """Make the callback classes now: imports Keras. For the zygote, which does it before a run asks."""
    _classes()


@cache
def _classes() -> tuple[Any, Any]:
    """The two callbacks, made at first use: their base class lives in Keras, which is imported only when needed."""
    import keras

    class Live(keras.callbacks.Callback):  # type: ignore[misc]  # Keras has no types
        def __init__(self, lab: Lab, label: str | None, part: tuple[int, int] | None, fit: int) -> None:
            super().__init__()
            self.lab = lab
            self.label = label
            self.part = part
            self.fit = fit
            self.epoch = 0
            self.steps: int | None = None
            self._unmixer = Unmixer()
            self._written = float("-inf")
            self._began = 0.0
            self._nan = False
            self._stepper: stepping.Stepper | None = None

        def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:  # noqa: ARG002 - Keras' signature
            self.lab.fitting = self.model
            self._stepper = stepping.install(self.model, self.params.get("steps"), self._first_step)
            built_first(self.model)

        def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:  # noqa: ARG002 - Keras' signature
            self.epoch = epoch + 1
            self.lab.clock.fit = (self.fit, epoch)
            self._unmixer.reset()
            self._began = time.monotonic()
            if self._stepper is not None:
                self._stepper.begin_epoch(self.params["steps"])

        def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
            logs = logs or {}
            loss = logs.get("loss")
            if loss is not None and not self._nan and not math.isfinite(loss):
                self._say_nan("loss", loss, batch + 1)
            if self.lab.stop.requested:
                self.lab.stop.check()
            now = time.monotonic()
            if now - self._written >= THROTTLE:
                self._written = now
                self._write_batch(batch + 1, logs)

        def on_test_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:  # noqa: ARG002
            if self.lab.stop.requested:
                self.lab.stop.check()

        def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
            metrics = values.figures(logs or {})
            if not self._nan and (bad := values.not_finite(metrics)) is not None:
                self._say_nan(bad, metrics[bad], None)
            epochs = self.params.get("epochs")
            self.lab.event(
                kinds.EPOCH,
                label=self.label,
                epoch=epoch + 1,
                epochs=epochs,
                metrics=metrics,
                seconds=time.monotonic() - self._began,
            )
            if self.part is not None and epochs:
                done, total = self.part
                self.lab.progress(done * epochs + epoch + 1, total * epochs, self.label)

        def on_train_end(self, logs: dict[str, Any] | None = None) -> None:  # noqa: ARG002 - Keras' signature
            self.lab.fitting = None
            self.lab.clock.fit = None

        def _first_step(self, logs: dict[str, Any]) -> None:
            self.on_train_batch_end(0, values.figures(logs))

        def _write_batch(self, step: int, logs: dict[str, Any]) -> None:
            means = values.figures(logs)
            self.lab.event(
                kinds.BATCH,
                label=self.label,
                epoch=self.epoch,
                epochs=self.params.get("epochs"),
                step=step,
                steps=self.params.get("steps"),
                metrics=self._unmixer.since_last(means, weights(self.model, means)),
            )

        def _say_nan(self, name: str, value: float, step: int | None) -> None:
            self._nan = True
            if step is None:
                message = _("{name} became {value} in epoch {epoch}.").format(name=name, value=value, epoch=self.epoch)
            else:
                message = _("{name} became {value} in epoch {epoch}, step {step}.").format(
                    name=name, value=value, epoch=self.epoch, step=step
                )
            self.lab.say_nan(message)

    class Checkpoint(keras.callbacks.BackupAndRestore):  # type: ignore[misc]
        """Backup of the last two epochs, so that a crash while one is written leaves the other.

        It stays after a finished fit: a run resumed in its third fold must not train the first two again. Keras does
        not keep the random state of Dropout and the like among the weights; `seeds.json` does, by epoch. What `fit`
        returns to a resumed lesson is the history from the first epoch on: `history.json` has it.
        """

        def __init__(self, lab: Lab, folder: Path) -> None:
            super().__init__(str(folder), double_checkpoint=True, delete_checkpoint=False)
            self.lab = lab
            self._seeds = folder / "seeds.json"
            self._kept: dict[str, list[Any]] = {}
            self._figures = folder / "history.json"
            self._told: list[dict[str, float | int]] = []

        def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
            self.model._initial_epoch = None  # a model's second fit starts from 0, not from where its first resumed
            super().on_train_begin(logs)
            if self._seeds.exists() and self.model._initial_epoch is not None:
                self._kept = json.loads(self._seeds.read_text(encoding="utf-8"))
                states = self._kept.get(str(self.model._initial_epoch), [])
                for variable, state in zip(_seed_states(self.model), states, strict=bool(states)):
                    variable.assign(state)
            if self._figures.exists() and self.model._initial_epoch is not None:
                self._told = json.loads(self._figures.read_text(encoding="utf-8"))[: self.model._initial_epoch]
                for metrics in self._told:
                    for name, value in metrics.items():
                        self.model.history.history.setdefault(name, []).append(value)

        def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
            with self.lab.stop.hold():
                states = [variable.numpy().tolist() for variable in _seed_states(self.model)]
                self._kept = {str(epoch): self._kept.get(str(epoch), []), str(epoch + 1): states}
                atomic_write(self._seeds, json.dumps(self._kept))
                self._told = [*self._told[:epoch], values.figures(logs or {})]
                atomic_write(self._figures, json.dumps(self._told))
                super().on_epoch_end(epoch, logs)

    return Live, Checkpoint


def _seed_states(model: keras.Model) -> list[Any]:
    """The random states of a model's layers, in the model's order."""
    return [variable for variable in model.non_trainable_variables if variable.path.endswith("seed_generator_state")]
