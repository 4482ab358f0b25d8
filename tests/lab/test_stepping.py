"""The first step of a fit goes alone; steps, order and figures stay Keras' own."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from dlwp_tui.lab import Lab, stepping
from tests.lab.conftest import Told

pytestmark = pytest.mark.keras

X = np.random.default_rng(0).normal(size=(90, 4)).astype("float32")
Y = (X[:, 0] > 0).astype("float32")


def _model(steps: int, traced: list[int]) -> Any:
    import keras

    keras.utils.set_random_seed(3)
    model = keras.Sequential(
        [
            keras.Input((4,)),
            keras.layers.Dense(8, kernel_regularizer="l2", activity_regularizer="l1"),
            keras.layers.BatchNormalization(),
            keras.layers.Dropout(0.5),
            keras.layers.Dense(1),
        ]
    )

    def loss(y_true: Any, y_pred: Any) -> Any:
        traced.append(1)
        return keras.losses.mean_squared_error(y_true, y_pred)

    model.compile("rmsprop", loss, metrics=["mae"], steps_per_execution=steps)
    return model


@pytest.mark.parametrize("steps", [2, 4, 50])
def test_figures_are_those_of_keras_also_for_a_short_last_execution(lab: Lab, told: Told, steps: int) -> None:
    """12 steps an epoch, the last batch of 2: with 5 a call the last call runs fewer."""
    figures = []
    for watched in (True, False):
        traced: list[int] = []
        model = _model(steps, traced)
        data = lab.batches(X, Y, 8, shuffle=False)
        callbacks = lab.callbacks() if watched else []
        for _ in range(2):  # the second fit of a model
            fit = model.fit(data, epochs=3, validation_data=data, callbacks=callbacks, verbose=0)
            figures.append((fit.history, [weight.tolist() for weight in model.get_weights()]))
        assert int(model.optimizer.iterations) == 2 * 3 * 12
        # Called for the figures of the first step, for the trace of the training step and of the validation.
        assert len(traced) == 3 if watched else len(traced) >= 2
    assert figures[:2] == figures[2:]
    batches = [event["step"] for event in told if event["e"] == "batch"]
    assert batches[0] == 1
    assert max(batches) <= -(-12 // steps) * steps


def test_the_first_step_is_told_before_any_runs(lab: Lab, told: Told) -> None:
    model = _model(6, [])
    stepper_saw: list[int] = []
    [live] = lab.callbacks()
    live.set_model(model)
    report = live._first_step

    def watched(logs: dict[str, Any]) -> None:
        stepper_saw.append(int(model.optimizer.iterations))
        report(logs)

    live._first_step = watched
    model.fit(lab.batches(X, Y, 8, shuffle=False), epochs=1, callbacks=[live], verbose=0)
    assert stepper_saw == [0]
    first = next(event for event in told if event["e"] == "batch")
    assert first["step"] == 1
    alone = _model(1, []).fit(X[:8], Y[:8], batch_size=8, epochs=1, shuffle=False, verbose=0).history
    assert first["metrics"] == {name: pytest.approx(values[0], rel=1e-6) for name, values in alone.items()}


@pytest.mark.parametrize("why", ["one step a call", "no number of steps", "eager"])
def test_keras_keeps_what_it_alone_can_run(why: str) -> None:
    model = _model(1 if why == "one step a call" else 4, [])
    model.run_eagerly = why == "eager"
    model.make_train_function()
    before = model.train_function
    steps = None if why == "no number of steps" else 12
    assert stepping.install(model, steps, lambda _logs: None) is None
    assert model.train_function is before


def test_three_outputs_and_sample_weights(lab: Lab) -> None:
    import keras

    figures = []
    for watched in (True, False):
        keras.utils.set_random_seed(3)
        inputs = keras.Input((4,))
        model = keras.Model(inputs, [keras.layers.Dense(1, name="a")(inputs), keras.layers.Dense(1, name="b")(inputs)])
        model.compile("sgd", ["mse", "mae"], steps_per_execution=3)
        history = model.fit(
            X, [Y, Y], batch_size=16, epochs=2, shuffle=False, callbacks=lab.callbacks() if watched else [], verbose=0
        ).history
        weighted = model.fit(
            X, [Y, Y], sample_weight=[Y, Y], batch_size=16, epochs=1, shuffle=False,
            callbacks=lab.callbacks() if watched else [], verbose=0,
        ).history  # fmt: skip
        figures.append((history, weighted))
    assert figures[0] == figures[1]
