"""`mini`, a small base that needs no download: VGG16's layers by name with an eighth of the filters in the first block.

It is pretrained here, once, on synthetic pictures. Of drawn shapes it learns which of twelve figures it is, with which
surface, in which colour; of drawn animals, put together from a cat's and a dog's parts at random, what the ears, eyes
and muzzle are like. It never sees whether an animal is a cat or a dog, nor a photograph.

Each convolution is trained with batch normalisation behind it, without which 13 layers would not learn in a minute. The
normalisation is then worked into kernel and bias, so the finished net consists of plain convolutions like VGG16.

Measured with one seed, drawn cats and dogs of 64 x 64 pixels, 2,000 to train, 600 to validate: a head of 64 units on
its last maps reaches 0.68, on maps of random weights 0.5; three convolutions trained from scratch 0.69 after nine
epochs, and overfit. Its own classifier of figures is weak: only every fourth picture it was trained on is a figure.
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
SIDE = 64
"""Pixels of the pictures it is pretrained on; it takes any size from 32 on."""
SEED, FIGURES, ANIMALS, STEPS, BATCH, RATE = 5, 1500, 4000, 300, 64, 3e-3
"""75 s of CPU time, about 45 s on two free cores."""
CHUNK = 20
"""Steps between two events that say how far it is."""
FIGURE_HEADS = {"kind": len(shapes.KINDS), "surface": len(shapes.SURFACES), "hue": shapes.HUES}
HEADS = {**FIGURE_HEADS, "ears": 4, "eyes": 2, "muzzle": 2}
"""What is told apart in pretraining, and into how many."""
UNKNOWN = -1
"""The label of an animal where a figure's is asked for, and the other way round: no loss."""
VERSION = 2
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
        x = layers.GlobalMaxPooling2D(name="top_pool")(x)
        x = layers.Dense(HEADS["kind"], activation="softmax", name="predictions")(x)
    return keras.Model(inputs, x, name="mini")


def weights(lab: Lab) -> Weights:
    """The pretrained weights: those that were kept, or new ones, which take up to a minute of the run."""
    return cache.kept(
        cache.entry("mini", "base", VERSION, SEED, FIGURES, ANIMALS, STEPS, BATCH, RATE), lambda: _pretrained(lab)
    )


def _convolutions() -> list[tuple[str, int]]:
    return [(f"block{block}_conv{i}", filters) for block, (filters, n) in enumerate(BLOCKS, 1) for i in range(1, n + 1)]


def _pool(x: Any, block: int) -> Any:
    return layers.MaxPooling2D(2, name=f"block{block}_pool")(x)


def _pretrained(lab: Lab) -> Weights:
    """Train on shapes. Own generators and seeded initializers alone, so the run's random numbers stay the same."""
    doing = _("Pretraining the base mini on drawn pictures, once: {percent} %")
    model, rng = _trainee(), np.random.RandomState(SEED)
    lab.phase(doing.format(percent=0))
    pictures, labels = _pictures(rng)
    for step in range(STEPS):
        if step and step % CHUNK == 0:
            lab.phase(doing.format(percent=100 * step // STEPS))
        lab.recorder.stop.check()
        chosen = rng.randint(len(pictures), size=BATCH)
        x = pictures[chosen, :, :: rng.choice((-1, 1))].astype("float32") / 127.5 - 1
        model.train_on_batch(x, {name: of[chosen] for name, of in labels.items()})
    return _folded(model)


def _pictures(rng: np.random.RandomState) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """What it is pretrained on: figures, then animals, with a label for each head."""
    figures, of_figures = shapes.draw(rng, FIGURES, SIDE)
    animals, of_animals = shapes.animals(rng, ANIMALS, SIDE)
    labels = {name: np.full(FIGURES + ANIMALS, UNKNOWN, np.int32) for name in HEADS}
    for name in HEADS:
        if name in FIGURE_HEADS:
            labels[name][:FIGURES] = of_figures[name]
        else:
            labels[name][FIGURES:] = of_animals[name]
    return np.concatenate([figures, animals]), labels


def _trainee() -> keras.Model:
    inputs = x = keras.Input((SIDE, SIDE, 3), name="mini_pretraining")
    for number, (name, filters) in enumerate(_convolutions()):
        if name.endswith("conv1") and number:
            x = _pool(x, int(name[5]) - 1)
        seeded = keras.initializers.HeNormal(SEED + number)
        x = layers.Conv2D(filters, 3, padding="same", use_bias=False, kernel_initializer=seeded, name=name)(x)
        x = layers.BatchNormalization(name=f"{name}_norm", momentum=0.9)(x)
        x = layers.ReLU(name=f"{name}_relu")(x)
    x = layers.GlobalMaxPooling2D(name="top_pool")(_pool(x, len(BLOCKS)))
    outputs = {
        name: layers.Dense(n, kernel_initializer=keras.initializers.GlorotUniform(SEED), name=name)(x)
        for name, n in HEADS.items()
    }
    model = keras.Model(inputs, outputs, name="mini_pretraining")
    rate = keras.optimizers.schedules.CosineDecay(RATE, STEPS, name="mini_rate")
    loss = {
        name: keras.losses.SparseCategoricalCrossentropy(from_logits=True, ignore_class=UNKNOWN, name=f"{name}_loss")
        for name in HEADS
    }
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
