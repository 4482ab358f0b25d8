"""The first step's figures before the step is made ready, so that a curve begins at once.

With `steps_per_execution=n` Keras runs n steps in one call, and the first call waits until TensorFlow has traced and
optimised a loop with two conditions around the training step: a second in lesson 3.4. Here the first n steps run one
by one, and from the second call on they run in one plain loop over the same traced step. And even the first trace
(0.5 s) is not waited for: loss and metrics of the first batch, which no update of the weights has touched yet, are
computed eagerly and reported (0.15 s), and forgotten again. The order of the steps, their number and what they compute
are Keras' own, bit for bit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import keras

Report = Callable[[dict[str, Any]], None]
"""Takes the logs of the fit's first step: loss and metrics as scalar tensors."""


def install(model: keras.Model, steps: int | None, report: Report) -> Stepper | None:
    """Call when a fit begins, with the steps of its epochs: `model` runs them in a Stepper's way.

    None, and nothing changed, where Keras alone knows how to run them: one step a call, an unknown number of steps,
    several devices, or eager execution.
    """
    if steps is None or model.steps_per_execution < 2 or model.run_eagerly:
        return None
    if model.distribute_strategy.num_replicas_in_sync != 1 or model.train_function is None:
        return None
    stepper = model.train_function  # the second fit of a model need not be traced again
    if not isinstance(stepper, Stepper):
        stepper = model.train_function = Stepper(model, model.train_function)
    stepper.begin_fit(report)
    return stepper


class Stepper:
    """A model's `train_function`: takes the iterator, runs up to `steps_per_execution` steps, gives the last logs."""

    def __init__(self, model: keras.Model, keras_function: Callable[[Any], Any]) -> None:
        self._model = model
        self._keras = keras_function
        self._step: Any = None
        self._loop: Any = None
        self._spec: Any = None
        self._left = 0
        self._report: Report | None = None

    def begin_fit(self, report: Report) -> None:
        """A fit begins; `report` gets the logs of its first step."""
        self._report = report

    def begin_epoch(self, steps: int) -> None:
        """An epoch of `steps` steps begins."""
        self._left = steps

    def __call__(self, iterator: Any) -> Any:
        spec = getattr(iterator, "element_spec", None)
        known = spec == self._spec if self._step is not None else _is_plain(spec)
        if not known or self._left < 1:
            return self._keras(iterator)
        count = min(self._model.steps_per_execution, self._left)
        self._left -= count
        if self._report is None and self._loop is not None:
            return self._loop(iterator, count)
        logs: dict[str, Any] = {}
        for _ in range(count):
            batch = iterator.get_next()
            if self._step is None:
                if self._report is not None and _is_foreseeable(self._model):
                    with _foreseen(self._model, batch) as logs:
                        self._tell(logs)
                self._make(spec)
            logs = self._step(batch)
            self._tell(logs)
        return logs

    def _tell(self, logs: dict[str, Any]) -> None:
        if (report := self._report) is not None:
            self._report = None
            report(logs)

    def _make(self, spec: Any) -> None:
        import tensorflow as tf

        model, plain = self._model, tf.autograph.experimental.do_not_convert
        step = tf.function(plain(model.train_step), input_signature=[spec], jit_compile=model.jit_compile)
        outputs = step.get_concrete_function().structured_outputs
        self._step, self._spec = step, spec
        if any(one.shape.rank != 0 for one in tf.nest.flatten(outputs)):
            return  # a metric that is no number has no value to begin the loop with: steps go on one by one

        @tf.function(reduce_retracing=True)  # type: ignore[untyped-decorator]
        @plain  # type: ignore[untyped-decorator]
        def loop(iterator: Any, count: Any) -> Any:
            nothing = tf.nest.map_structure(lambda one: tf.zeros((), one.dtype), outputs)
            return tf.while_loop(
                lambda done, _: done < count,
                lambda done, _: (done + 1, step(iterator.get_next())),
                (tf.constant(0), nothing),
            )[1]

        self._loop = lambda iterator, count: loop(iterator, tf.constant(count))


def _is_foreseeable(model: keras.Model) -> bool:
    """Whether what the training step will say is known, and soon: the step is Keras' own and has one output.

    A loop over time takes longer done eagerly than traced: 1.6 s against 1.1 s for the GRU of lesson 6.3.5.
    """
    import keras

    own = ("train_step", "compute_loss", "compute_metrics")
    return (
        all(getattr(type(model), name) is getattr(keras.Model, name) for name in own)
        and len(getattr(model, "outputs", None) or ()) == 1
        and not any(isinstance(layer, keras.layers.RNN) for layer in model._flatten_layers())
    )


@contextmanager
def _foreseen(model: keras.Model, batch: tuple[Any, ...]) -> Iterator[dict[str, Any]]:
    """What the first training step will say of `batch`; then everything is as it was before.

    What a forward pass moves is put back: the random state of Dropout, the means of BatchNormalization, the metrics.
    """
    x, y, *rest = batch
    weight = rest[0] if rest else None
    states = [(variable, variable.numpy()) for variable in model.non_trainable_variables]
    predicted = model(x, training=True)
    loss = model.compute_loss(x=x, y=y, y_pred=predicted, sample_weight=weight, training=True)
    for metric in model.metrics:
        if metric.name == "loss":
            metric.update_state(loss, sample_weight=len(y))
    try:
        yield model.compute_metrics(x, y, predicted, sample_weight=weight)
    finally:  # also when the report stops the run
        for variable, value in states:
            variable.assign(value)
        model.reset_metrics()


def _is_plain(spec: Any) -> bool:
    """Batches of (x, y) or (x, y, weights), all tensors: Keras hands over what is missing as an optional."""
    import tensorflow as tf

    return (
        isinstance(spec, tuple)
        and len(spec) in (2, 3)
        and all(isinstance(one, tf.TensorSpec) for one in tf.nest.flatten(spec))
    )
