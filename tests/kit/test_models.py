"""A model that goes back to its start trains as it did the first time."""

from __future__ import annotations

import numpy as np
import pytest

from dlwp_tui.kit.models import StartingPoint

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
