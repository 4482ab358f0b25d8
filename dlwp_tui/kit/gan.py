"""What lesson 8.5 shows of a GAN: pictures while it learns, how far they are from real ones, a plane to walk on."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import keras
import numpy as np

from dlwp_tui.core.language import _
from dlwp_tui.kit.pictures import sheet

if TYPE_CHECKING:
    from dlwp_tui.lab.lab import Lab

SHOWN, COLUMNS, MEASURED = 24, 6, 200
"""Pictures drawn and their columns; pictures from which the figures are taken."""


class Watch(keras.callbacks.Callback):  # type: ignore[misc]  # Keras has no types
    """Shows both networks, draws the same points before the first step and after each epoch, measures at both ends.

    every: steps of an epoch.

    `low` is the real pictures' black, -1 or 0; their white is 1. The generator's are always shown as -1..1 or `low`..1.
    """

    def __init__(self, lab: Lab, gan: Any, real: np.ndarray, low: float, every: int) -> None:
        super().__init__()
        self._lab, self._gan, self._low, self._every = lab, gan, low, every
        rng = np.random.default_rng(lab.seed)
        uniform = lab.params.get("wrong") == "points"
        size = (MEASURED, gan.generator.input_shape[-1])
        self._points = (rng.random(size) if uniform else rng.normal(size=size)).astype(np.float32)
        gan(self._points[:1])  # builds it, so that its weights can be kept and continued
        gan.d_optimizer.build(gan.discriminator.trainable_variables)
        gan.g_optimizer.build(gan.generator.trainable_variables)
        lab.summary(gan.generator, _("generator"))
        lab.summary(gan.discriminator, _("discriminator"))
        self._real = _levels(real[rng.permutation(len(real))[:MEASURED]], low)
        self.before = gan.discriminator.get_weights()
        """The discriminator's weights before it was trained."""
        self._first = differences(self._fakes(), self._real)
        lab.picture(_("Real ones"), sheet(self._real[:SHOWN], COLUMNS))

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:  # noqa: ARG002 - Keras' signature
        if not epoch:  # a run that goes on keeps what it has drawn
            self._show(0)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:  # noqa: ARG002 - Keras' signature
        self._show((epoch + 1) * self._every)

    def on_train_end(self, logs: Any = None) -> None:  # noqa: ARG002 - Keras' signature
        """Results: `colour` and `grain` after training, `first_colour` and `first_grain` before (see `differences`).

        `d_moved` is how far the discriminator's weights went, as their mean absolute change.
        """
        last = differences(self._fakes(), self._real)
        now = self._gan.discriminator.get_weights()
        changes = np.concatenate([np.abs(a - b).ravel() for a, b in zip(now, self.before, strict=True)])
        first = {f"first_{name}": value for name, value in self._first.items()}
        self._lab.result(None, **first, **last, d_moved=float(changes.mean()))

    def _fakes(self) -> np.ndarray:
        return _levels(np.asarray(self._gan.generator(self._points)), self._low)

    def _show(self, step: int) -> None:
        made = sheet(np.asarray(_levels(np.asarray(self._gan.generator(self._points[:SHOWN])), self._low)), COLUMNS)
        self._lab.frames(_("Generated ones"), step, made, unit=_("step"))


def differences(fake: np.ndarray, real: np.ndarray) -> dict[str, float]:
    """How far generated pictures are from real ones; both (n, h, w, 3) in 0..1, both figures 0 where they agree.

    `colour`: of each channel the mean over all pictures and the spread over them, absolute differences, averaged.
    `grain`: how much neighbouring pixels differ, generated less real: above 0 for noise, below for a blur.
    """
    colours = [np.stack([x.mean(axis=(0, 1, 2)), x.mean(axis=(1, 2)).std(axis=0)]) for x in (fake, real)]
    grains = [float(np.abs(np.diff(x, axis=2)).mean()) for x in (fake, real)]
    return {"colour": float(np.abs(colours[0] - colours[1]).mean()), "grain": grains[0] - grains[1]}


def demo(lab: Lab, generator: keras.Model) -> Callable[[Any], dict[str, Any]]:
    """For the lesson's `demo`: a point of the plane through the origin and two random points -> its picture."""
    low = 0.0 if lab.params.get("wrong") == "pixels" else -1.0
    axes = np.random.default_rng(lab.seed).normal(size=(2, generator.input_shape[-1]))

    def walk(point: Any) -> dict[str, Any]:
        z = (np.asarray(point, float) @ axes).astype(np.float32)[None]
        return {"picture": _levels(np.asarray(generator(z)), low)[0]}

    return walk


def _levels(x: np.ndarray, low: float) -> np.ndarray:
    """Pictures of `low`..1 as 0..1."""
    clipped: np.ndarray = np.clip((x - low) / (1 - low), 0, 1)
    return clipped
