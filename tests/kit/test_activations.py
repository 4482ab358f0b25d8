"""A picture's walk through a network: which layers, in which shape, and what they made of it."""

from __future__ import annotations

import numpy as np
import pytest

from dlwp_tui.kit.activations import CHANNELS, Activations

keras = pytest.importorskip("keras")
pytestmark = pytest.mark.keras


def test_every_layer_that_is_a_picture_channel_by_channel() -> None:
    layers = keras.layers
    model = keras.Sequential([keras.Input((8, 8, 1))])
    model.add(layers.Conv2D(CHANNELS + 6, 3, activation="relu", name="conv"))
    model.add(layers.MaxPooling2D(name="pool"))
    model.add(layers.GlobalAveragePooling2D(keepdims=True, name="one"))  # one pixel shows nothing
    model.add(layers.Flatten())
    model.add(layers.Dense(2))
    batch = np.random.default_rng(1).random((2, 8, 8, 1), "float32")
    found = Activations(model)(batch)
    assert list(found) == ["conv  6×6×70", "pool  3×3×70"]
    assert found["conv  6×6×70"].shape == (CHANNELS, 6, 6)
    expected = np.asarray(model.layers[0](batch))[0, :, :, 5]
    assert np.allclose(found["conv  6×6×70"][5], expected, atol=1e-6)


def test_a_network_without_pictures_has_none() -> None:
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)])
    assert Activations(model)(np.zeros((1, 4), "float32")) == {}
