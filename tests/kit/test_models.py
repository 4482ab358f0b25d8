"""Going back to the same start; the share of small weights."""

from __future__ import annotations

import numpy as np
import pytest

from dlwp_tui.kit.models import StartingPoint, show_small_weights
from dlwp_tui.lab import Lab
from tests.lab.conftest import Events

pytestmark = pytest.mark.keras


def test_weights_and_optimizer_go_back() -> None:
    import keras

    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.compile(keras.optimizers.RMSprop(0.1), "mse")
    start = StartingPoint(model)
    x, y = np.arange(8.0).reshape(4, 2), np.array([1.0, 2.0, 3.0, 4.0])
    before = [weights.copy() for weights in model.get_weights()]

    def losses() -> list[float]:
        return model.fit(x, y, epochs=3, shuffle=False, verbose=0).history["loss"]  # type: ignore[no-any-return]

    first = losses()
    assert losses() != first, "it went on from where it was"
    start.restore()
    assert all(np.array_equal(*pair) for pair in zip(model.get_weights(), before, strict=True))
    assert int(model.optimizer.iterations) == 0
    assert float(model.optimizer.learning_rate) == pytest.approx(0.1)
    assert losses() == first


def test_small_weights_are_counted_layer_by_layer(lab: Lab, events: Events, monkeypatch: pytest.MonkeyPatch) -> None:
    import keras

    monkeypatch.setenv("DLWP_LANG", "en")
    hidden = [keras.layers.Dense(2), keras.layers.Dense(4)]
    model = keras.Sequential(
        [keras.Input((2,)), hidden[0], keras.layers.Dropout(0.5), hidden[1], keras.layers.Dense(1)]
    )
    hidden[0].set_weights([np.array([[0.0, 1.0], [-0.0005, -0.002]]), np.zeros(2)])
    hidden[1].set_weights([np.ones((2, 4)), np.zeros(4)])
    show_small_weights(lab, model, "L1")
    (table,) = events
    assert table["title"] == "L1: weights smaller than 0.001"
    assert table["rows"] == [[1, "50.0%"], [2, "0.0%"]], "biases and the last layer do not count"
