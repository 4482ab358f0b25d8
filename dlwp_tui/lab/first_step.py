"""What is done before a fit's first step, so that its curve begins sooner. By Keras' public methods only.

TensorFlow traces a function twice when the first trace makes variables, and Keras makes those of the optimizer and of
the metrics in the first training step. Built before, lesson 3.4 needs 0.3 s of CPU less until its first step. And one
trace still takes 0.5 s: loss and metrics of the first batch, which no update of the weights has touched yet, are
computed without it in 0.1 s, and forgotten again.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import keras
    import tensorflow as tf


@dataclass(frozen=True)
class Expected:
    """What the next fit will train: a model on batches. eager: a step is quick without a trace, too."""

    model: keras.Model
    batches: tf.data.Dataset
    eager: bool


@contextmanager
def built(expected: Expected) -> Iterator[dict[str, Any] | None]:
    """Build the model's optimizer and metrics; inside, they hold the first batch's figures, which are given.

    None where there are no figures: a step is slow without a trace, or is not the usual one (a training step of the
    model's own, several outputs, batches that are not (x, y)).
    Afterwards everything is as before: the metrics, and what a forward pass moves (the random state of Dropout, the
    means of BatchNormalization).
    """
    model, batch = expected.model, next(iter(expected.batches))
    if not _is_plain(model, batch):
        yield None
        return
    model.optimizer.build(model.trainable_variables)
    x, y = batch
    states = [(variable, variable.numpy()) for variable in model.non_trainable_variables] if expected.eager else []
    try:
        if expected.eager:
            yield _figures(model, x, y)
        else:
            _build_metrics(model, y)
            yield None
    finally:
        for variable, value in states:
            variable.assign(value)
        model.reset_metrics()


def _is_plain(model: keras.Model, batch: Any) -> bool:
    import keras

    own = ("train_step", "compute_loss", "compute_metrics")
    return (
        all(getattr(type(model), name) is getattr(keras.Model, name) for name in own)
        and model.built
        and model.optimizer is not None
        and not model.run_eagerly
        and len(getattr(model, "outputs", None) or ()) == 1
        and isinstance(batch, tuple)
        and len(batch) == 2
        and hasattr(batch[1], "shape")
    )


def _figures(model: keras.Model, x: Any, y: Any) -> dict[str, Any]:
    """Loss and metrics of one batch, as the training step will compute them."""
    predicted = model(x, training=True)
    loss = model.compute_loss(x=x, y=y, y_pred=predicted, training=True)
    for metric in model.metrics:
        if metric.name == "loss":
            metric.update_state(loss, sample_weight=len(y))
    return model.compute_metrics(x, y, predicted)  # type: ignore[no-any-return]  # Keras has no types


def _build_metrics(model: keras.Model, y: Any) -> None:
    """Keras builds the metrics when they first see targets and outputs: let them see a batch of zeros."""
    from keras import ops

    output = model.outputs[0]
    sizes = (len(y), *output.shape[1:])
    if None not in sizes:
        model.compute_metrics(None, y, ops.zeros(sizes, output.dtype))
