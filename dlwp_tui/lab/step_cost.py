"""How long a training step takes, estimated from a model's layers: nothing is run.

Calibrated on two cores (the figures stand in tests/lab/test_first_step.py): right within a factor of three, which is
enough to choose how many steps TensorFlow runs between two returns to Python.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import keras

EXECUTION = 50.0
"""Milliseconds of work between two returns to Python: the curves move 20 times a second, and a stop waits no longer."""
_STEP = 0.15  # ms; what any step costs inside an execution
_FLOP = 1e-8  # ms; 100 GFLOP/s
_OUTPUT = 1.2e-6  # ms for one number that a layer gives, with its gradient
_WEIGHT = 1.5e-6  # ms to update one weight
_TIME_STEP = 0.2  # ms for one time step of a recurrent layer, whatever its size


def steps_per_execution(cost: float, steps: int) -> int:
    """How many steps of `cost` milliseconds make up an execution, in an epoch of `steps`: equal parts of it."""
    steps = max(1, steps)
    most = max(1, min(steps, int(EXECUTION / cost)))
    return math.ceil(steps / math.ceil(steps / most))


def milliseconds(model: keras.Model, batch: Any) -> float:
    """The cost of one training step on a batch `x` or `(x, y)`; infinite for a model that is not built yet."""
    import tensorflow as tf

    if not model.built:
        return math.inf
    x = tf.nest.flatten(batch)[0]
    size, length = x.shape[0], x.shape[1] if x.shape.rank > 1 else 1
    cost = _STEP + _WEIGHT * sum(math.prod(weight.shape) for weight in model.trainable_weights)
    cost += sum(_layer(layer, size, length) for layer in leaves(model))
    return float(cost)


def leaves(model: Any) -> Iterator[Any]:
    """The layers of a model and of the models inside it."""
    for layer in model.layers:
        if hasattr(layer, "layers"):
            yield from leaves(layer)
        else:
            yield layer


def is_recurrent(layer: Any) -> bool:
    """Whether a layer goes through time step by step."""
    import keras

    return isinstance(layer, keras.layers.RNN | keras.layers.Bidirectional)


def _layer(layer: Any, size: int, length: int) -> float:
    """Milliseconds of one layer, forwards and backwards, for `size` samples of `length` time steps."""
    import keras

    try:
        shape = [length if number is None else number for number in layer.output.shape[1:]]
    except (AttributeError, ValueError):  # several outputs, or never called
        return 0.0
    weights = sum(math.prod(weight.shape) for weight in layer.weights if len(weight.shape) > 1)
    if isinstance(layer, keras.layers.Embedding):
        weights = 0  # looked up, not multiplied
    places = math.prod(shape[:-1])
    cost = 0.0
    if is_recurrent(layer):
        places = layer.input.shape[1] or length
        cost = _TIME_STEP * places * (2 if isinstance(layer, keras.layers.Bidirectional) else 1)
    # a multiplication is two operations, and the gradients take twice as many as the way forwards
    cost += size * (6 * weights * places * _FLOP + math.prod(shape) * _OUTPUT)
    return float(cost)
