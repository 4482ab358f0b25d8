"""`mini`, a small base that needs no download: VGG16's layers by name with an eighth of the filters in the first block.

It is pretrained here, once, on synthetic shapes: which of twelve figures, with which surface, in which colour. Each
convolution is trained with batch normalisation behind it, without which 13 layers would not learn in a minute, and the
normalisation is then worked into kernel and bias, so that the finished net consists of plain convolutions like VGG16.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import keras
import numpy as np
from keras import layers

from dlwp_tui.core.language import _
from dlwp_tui.data import cache
from dlwp_tui.kit import shapes

if TYPE_CHECKING:
    from dlwp_tui.lab.lab import Lab

BLOCKS = ((8, 2), (16, 2), (32, 3), (48, 3), (64, 3))
"""Filters and convolutions of each block; VGG16 has 64, 128, 256, 512 and 512 filters."""
SIDE = 48
"""Pixels of the pictures it is pretrained on; it takes any size from 32 on."""
SEED, PICTURES, STEPS, BATCH, RATE = 5, 5120, 400, 64, 3e-3
"""400 steps tell 73 % of the figures, 99 % of the colours; 52 s of CPU time, about 30 s on two free cores."""
CHUNK = 20
"""Steps between two events that say how far it is."""
HEADS = {"kind": len(shapes.KINDS), "surface": len(shapes.SURFACES), "hue": shapes.HUES}
VERSION = 1
"""Goes into the name of the kept weights: raise it with every change that changes them."""

Weights = dict[str, np.ndarray]
"""`<layer>.0`, the kernel, and `<layer>.1`, the bias, of every convolution and of `predictions`."""


def build(input_shape: tuple[int | None, int | None, int], include_top: bool) -> keras.Model:
    """The net with random weights. With its top, 12 outputs that add up to 1; else the last block's pooled maps."""
    inputs = x = keras.Input(input_shape, name="mini_input")
    for name, filters in _convolutions():
        if name.endswith("conv1") and name != "block1_conv1":
            x = _pool(x, int(name[5]) - 1)
        x = layers.Conv2D(filters, 3, padding="same", activation="relu", name=name)(x)
    x = _pool(x, len(BLOCKS))
    if include_top:
        x = layers.GlobalAveragePooling2D(name="average_pool")(x)
        x = layers.Dense(HEADS["kind"], activation="softmax", name="predictions")(x)
    return keras.Model(inputs, x, name="mini")


def weights(lab: Lab) -> Weights:
    """The pretrained weights: those that were kept, or new ones, which take up to a minute of the run."""
    return cache.kept(
        cache.entry("mini", "base", VERSION, SEED, PICTURES, STEPS, BATCH, RATE), lambda: _pretrained(lab)
    )


def _convolutions() -> list[tuple[str, int]]:
    return [(f"block{block}_conv{i}", filters) for block, (filters, n) in enumerate(BLOCKS, 1) for i in range(1, n + 1)]


def _pool(x: Any, block: int) -> Any:
    return layers.MaxPooling2D(2, name=f"block{block}_pool")(x)


def _pretrained(lab: Lab) -> Weights:
    """Train on shapes. Own generators and seeded initializers alone, so the run's random numbers stay the same."""
    doing = _("Pretraining the base mini on drawn shapes, once: {percent} %")
    model, rng = _trainee(), np.random.RandomState(SEED)
    pictures, labels = shapes.draw(rng, PICTURES, SIDE)
    for step in range(STEPS):
        if step % CHUNK == 0:
            lab.phase(doing.format(percent=100 * step // STEPS))
        lab.recorder.stop.check()
        chosen = rng.randint(PICTURES, size=BATCH)
        x = pictures[chosen, :, :: rng.choice((-1, 1))].astype("float32") / 127.5 - 1
        model.train_on_batch(x, {name: of[chosen] for name, of in labels.items()})
    return _folded(model)


def _trainee() -> keras.Model:
    inputs = x = keras.Input((SIDE, SIDE, 3), name="mini_pretraining")
    for number, (name, filters) in enumerate(_convolutions()):
        if name.endswith("conv1") and number:
            x = _pool(x, int(name[5]) - 1)
        seeded = keras.initializers.HeNormal(SEED + number)
        x = layers.Conv2D(filters, 3, padding="same", use_bias=False, kernel_initializer=seeded, name=name)(x)
        x = layers.BatchNormalization(name=f"{name}_norm", momentum=0.9)(x)
        x = layers.ReLU(name=f"{name}_relu")(x)
    x = layers.GlobalAveragePooling2D(name="average_pool")(_pool(x, len(BLOCKS)))
    outputs = {
        name: layers.Dense(n, kernel_initializer=keras.initializers.GlorotUniform(SEED), name=name)(x)
        for name, n in HEADS.items()
    }
    model = keras.Model(inputs, outputs, name="mini_pretraining")
    rate = keras.optimizers.schedules.CosineDecay(RATE, STEPS, name="mini_rate")
    loss = {name: keras.losses.SparseCategoricalCrossentropy(from_logits=True, name=f"{name}_loss") for name in HEADS}
    model.compile(keras.optimizers.Adam(rate, name="mini_adam"), loss)
    return model


def _folded(model: keras.Model) -> Weights:
    """Convolution, then normalisation: γ (w·x − μ) / √(σ² + ε) + β is another convolution with a bias."""
    found: Weights = {}
    for name, _filters in _convolutions():
        norm = model.get_layer(f"{name}_norm")
        gamma, beta, mean, variance = norm.get_weights()
        scale = gamma / np.sqrt(variance + norm.epsilon)
        found[f"{name}.0"] = model.get_layer(name).get_weights()[0] * scale
        found[f"{name}.1"] = beta - mean * scale
    found["predictions.0"], found["predictions.1"] = model.get_layer("kind").get_weights()
    return found
