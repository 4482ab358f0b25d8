"""A network of two layers on random points: shuffling, dropout and weights all come from the seed."""

import keras
import numpy as np
from keras import layers

from dlwp_tui.lab import Lab


def run(lab: Lab, *, units: int, epochs: int, rate: float) -> None:
    rng = np.random.default_rng(7)
    x = rng.normal(size=(200, 6)).astype("float32")
    y = (x.sum(axis=1) > 0).astype("float32")
    model = keras.Sequential(
        [keras.Input((6,)), layers.Dense(units, "relu"), layers.Dropout(0.3), layers.Dense(1, "sigmoid")]
    )
    lab.summary(model)
    model.compile(keras.optimizers.SGD(rate), "binary_crossentropy", metrics=["accuracy"])
    model.fit(
        lab.batches(x[:150], y[:150], 16),
        validation_data=(x[150:], y[150:]),
        epochs=epochs,
        callbacks=lab.callbacks(),
        verbose=0,
    )
    lab.result(**model.evaluate(x[150:], y[150:], verbose=0, return_dict=True))
    lab.save(model)


def demo(lab: Lab):
    """The probability for a list of six numbers."""
    model = lab.load()
    return lambda point: {"bars": {"positive": float(model(np.array([point], "float32"))[0, 0])}}
