"""Before a fit's first step: one trace, the first point before it, and figures that stay Keras' own."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from dlwp_tui.lab import Lab, StopRun, step_cost
from tests.lab.conftest import Events

pytestmark = pytest.mark.keras

X = np.random.default_rng(0).normal(size=(90, 4)).astype("float32")
Y = (X[:, 0] > 0).astype("float32")


def _model(steps: int, traced: list[int]) -> Any:
    """A model whose forward pass moves states: BatchNormalization's means and the random state of Dropout."""
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


@pytest.mark.parametrize("steps", [1, 4, 50])
def test_figures_are_those_of_keras(lab: Lab, events: Events, steps: int) -> None:
    """12 steps an epoch, the last batch of 2."""
    figures = []
    for expected in (True, False):
        traced: list[int] = []
        model = _model(steps, traced)
        data = lab.batches(X, Y, 8, shuffle=False)
        if expected:
            assert lab.steps_per_execution(model, data) == 12
        for _ in range(2):  # the second fit of a model
            callbacks = lab.callbacks() if expected else []
            fit = model.fit(data, epochs=3, validation_data=data, callbacks=callbacks, verbose=0)
            figures.append((fit.history, [weight.tolist() for weight in model.get_weights()]))
        assert int(model.optimizer.iterations) == 2 * 3 * 12
        # Called for the figures of the first step, for the trace of the training step and of the validation.
        assert len(traced) == 3
    assert figures[:2] == figures[2:]
    points = [event["step"] for event in events if event["e"] == "batch"]
    assert points[0] == 1 and max(points) <= 12


def test_the_first_point_is_written_before_any_step_runs(
    lab: Lab, events: Events, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = _model(6, [])
    data = lab.batches(X, Y, 8)
    lab.steps_per_execution(model, data)
    steps_done: list[int] = []
    write = lab.recorder.event

    def event(kind: str, **fields: Any) -> None:
        steps_done.append(int(model.optimizer.iterations))
        write(kind, **fields)

    monkeypatch.setattr(lab.recorder, "event", event)
    model.fit(data, epochs=1, callbacks=lab.callbacks(), verbose=0)
    assert steps_done[0] == 0
    first = next(event for event in events if event["e"] == "batch")
    assert (first["step"], first["steps"]) == (1, 12)
    lab.recorder.clock.fit = (1, 0)
    x, y = next(data.as_numpy_iterator())  # the batch that the fit began with
    alone = _model(1, []).fit(x, y, batch_size=8, epochs=1, shuffle=False, verbose=0).history
    assert first["metrics"] == {name: pytest.approx(values[0], rel=1e-6) for name, values in alone.items()}


@pytest.mark.parametrize("outputs", [1, 3])
def test_accuracy_is_chosen_as_keras_does(lab: Lab, outputs: int) -> None:
    """`accuracy` means binary or sparse categorical, by the shapes of what is fitted."""
    import keras

    y = Y.astype("int64") if outputs == 1 else np.arange(90) % outputs
    loss = "binary_crossentropy" if outputs == 1 else "sparse_categorical_crossentropy"
    figures = []
    for expected in (True, False):
        keras.utils.set_random_seed(3)
        last = "sigmoid" if outputs == 1 else "softmax"
        model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(8), keras.layers.Dense(outputs, last)])
        data = lab.batches(X, y, 8, shuffle=False)
        steps = lab.steps_per_execution(model, data)
        model.compile(
            "rmsprop", loss, metrics=["accuracy", "mae"][: 2 if outputs == 1 else 1], steps_per_execution=steps
        )
        figures.append(model.fit(data, epochs=2, callbacks=lab.callbacks() if expected else [], verbose=0).history)
    assert figures[0] == figures[1]
    assert all(value > 0.2 for value in figures[0]["accuracy"])


def test_a_recurrent_net_is_built_but_not_run_before_its_trace(lab: Lab, events: Events) -> None:
    import keras

    x = np.random.default_rng(1).normal(size=(20, 6, 3)).astype("float32")
    y, traced = x[:, 0, 0], []

    def loss(y_true: Any, y_pred: Any) -> Any:
        traced.append(1)
        return keras.losses.mean_squared_error(y_true, y_pred)

    for cell in (keras.layers.GRU(2), keras.layers.Bidirectional(keras.layers.LSTM(2))):
        traced.clear()
        model = keras.Sequential([keras.Input((6, 3)), cell, keras.layers.Dense(1)])
        data = lab.batches(x, y, 5)
        steps = lab.steps_per_execution(model, data)
        model.compile("rmsprop", loss, metrics=["mae"], steps_per_execution=steps)
        model.fit(data, epochs=1, callbacks=lab.callbacks(), verbose=0)
        assert len(traced) == 1
    assert [event["step"] for event in events if event["e"] == "batch"] == [4, 4]


def test_models_that_keras_alone_can_build_are_left_to_it(lab: Lab) -> None:
    import keras

    class Own(keras.Model):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.dense = keras.layers.Dense(1)

        def call(self, inputs: Any) -> Any:
            return self.dense(inputs)

    class OwnStep(keras.Sequential):  # type: ignore[misc]
        def train_step(self, data: Any) -> Any:
            return super().train_step(data)

    inputs = keras.Input((4,))
    two = keras.Model(inputs, [keras.layers.Dense(1)(inputs), keras.layers.Dense(1)(inputs)])
    unbuilt = keras.Sequential([keras.layers.Dense(1)])
    own_step = OwnStep([keras.Input((4,)), keras.layers.Dense(1)])
    eager = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
    for model, target in ((Own(), Y), (own_step, Y), (two, (Y, Y)), (unbuilt, Y), (eager, Y)):
        data = lab.batches(X, target, 30)
        steps = lab.steps_per_execution(model, data)
        assert steps == (1 if model in {unbuilt} or isinstance(model, Own) else 3)
        model.compile("sgd", "mse", steps_per_execution=steps, run_eagerly=model is eager)
        history = model.fit(data, epochs=2, callbacks=lab.callbacks(), verbose=0).history
        assert history["loss"][1] < history["loss"][0]


def test_only_the_fit_that_was_expected_gets_a_first_point(lab: Lab, events: Events) -> None:
    one, other = _model(12, []), _model(12, [])
    data = lab.batches(X, Y, 8)
    lab.steps_per_execution(one, data)
    for model in (other, one, one):
        model.fit(data, epochs=1, callbacks=lab.callbacks(), verbose=0)
    assert [event["step"] for event in events if event["e"] == "batch"] == [12, 1, 12, 12]


def test_a_stop_at_the_first_point_leaves_the_model_as_it_was(lab: Lab) -> None:
    model = _model(12, [])
    before = model.get_weights()
    data = lab.batches(X, Y, 8)
    lab.steps_per_execution(model, data)
    lab.recorder.stop.requested = True
    with pytest.raises(StopRun):
        model.fit(data, callbacks=lab.callbacks(), verbose=0)
    assert all((weight == kept).all() for weight, kept in zip(model.get_weights(), before, strict=True))
    assert all(value == 0 for value in model.get_metrics_result().values())


@pytest.mark.parametrize(
    ("cost", "epoch", "steps"),
    [(0.1, 76, 76), (0.1, 3000, 500), (11, 30, 4), (11, 3, 3), (60, 30, 1), (math.inf, 30, 1), (1, 60, 30), (1, 0, 1)],
)
def test_an_execution_is_about_50_ms_and_divides_the_epoch(cost: float, epoch: int, steps: int) -> None:
    assert step_cost.steps_per_execution(cost, epoch) == steps


def test_what_a_step_costs_is_estimated_within_a_factor_of_three() -> None:
    """Milliseconds a step in one execution of a whole epoch, measured on two cores."""
    import keras
    from keras import layers

    def batch(*shape: int) -> Any:
        return keras.ops.ones(shape)

    def net(*stack: Any) -> Any:
        return keras.Sequential(list(stack))

    ids = keras.Input((None,), dtype="int32")
    multi_hot = layers.CategoryEncoding(10_000, output_mode="multi_hot")
    measured = [
        (0.12, net(keras.Input((13,)), layers.Dense(64), layers.Dense(64), layers.Dense(1)), batch(16, 13)),
        (3.4, net(keras.Input((784,)), layers.Dense(512), layers.Dense(10)), batch(128, 784)),
        (9.0, net(ids, multi_hot, layers.Dense(16), layers.Dense(16), layers.Dense(1)), batch(512, 600)),
        (47, net(keras.Input((240, 14)), layers.GRU(32), layers.Dense(1)), batch(128, 240, 14)),
        (61, net(keras.Input((240, 14)), layers.Bidirectional(layers.GRU(32)), layers.Dense(1)), batch(128, 240, 14)),
        (
            106,
            net(keras.Input((500,)), layers.Embedding(10_000, 32), layers.LSTM(32), layers.Dense(1)),
            batch(128, 500),
        ),
        (1.9, net(keras.Input((240, 14)), layers.Flatten(), layers.Dense(32), layers.Dense(1)), batch(128, 240, 14)),
    ]
    convnet = net(
        keras.Input((28, 28, 1)), layers.Conv2D(32, 3), layers.MaxPooling2D(), layers.Conv2D(64, 3),
        layers.MaxPooling2D(), layers.Conv2D(64, 3), layers.Flatten(), layers.Dense(64), layers.Dense(10),
    )  # fmt: skip
    measured += [
        (9.8, convnet, batch(64, 28, 28, 1)),
        (9.8, net(keras.Input((28, 28, 1)), convnet), batch(64, 28, 28, 1)),
    ]
    for milliseconds, model, x in measured:
        assert milliseconds / 3 < step_cost.milliseconds(model, (x, None)) < 3 * milliseconds, model.layers
