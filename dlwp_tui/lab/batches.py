"""Seeded batches in a new order each epoch, without a second copy of large data in memory."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

from dlwp_tui.lab.clock import Clock

if TYPE_CHECKING:
    import tensorflow as tf

_SMALL = 4 << 20  # bytes; such data is put in order whole, once an epoch; larger data is gathered batch by batch


def batches(x: Any, y: Any, batch_size: int, *, seed: tuple[int, int] | None, clock: Clock) -> tf.data.Dataset:
    """A dataset of batches of `(x, y)`, or of `x` when `y` is None: arrays, or tuples and dicts of them.

    `seed`: (run's seed, number of this dataset in the run), None for the given order. The order of a pass depends on
    these and on the fit and epoch the clock shows, so an epoch has the same order in a resumed run. One pass is one
    iterator: `fit` begins a new one each epoch.
    Raises ValueError for lengths that differ or a batch size below 1, TypeError for what is no array.
    """
    import numpy as np
    import tensorflow as tf

    arrays = _structure(x) if y is None else (_structure(x), _structure(y))
    flat = tf.nest.flatten(arrays)
    n = len(flat[0])
    if any(len(array) != n for array in flat):
        raise ValueError(f"batches: first dimensions differ: {', '.join(str(len(array)) for array in flat)}")
    if batch_size < 1:
        raise ValueError(f"batches: batch_size={batch_size} should be at least 1")
    steps = -(-n // batch_size)
    types = [array.dtype for array in flat]
    plain = tf.autograph.experimental.do_not_convert  # there is no Python loop to convert, and looking takes 0.1 s
    # Each function of a pipeline costs 1 ms of CPU an epoch, an epoch of Boston's 19 steps 4: as few as there can be.

    def order() -> Any:
        return np.random.default_rng([*seed, *clock.next_pass()]).permutation(n)  # type: ignore[misc]

    def packed(tensors: Any, rows: int | None) -> Any:
        for tensor, array in zip(tensors, flat, strict=True):
            tensor.set_shape((rows, *array.shape[1:]))
        return tf.nest.pack_sequence_as(arrays, list(tensors))

    @plain  # type: ignore[untyped-decorator]
    def whole(_: Any) -> Any:
        def gather() -> list[Any]:
            rows = order()
            return [array[rows] for array in flat]

        return packed(tf.numpy_function(gather, [], types), n)

    @plain  # type: ignore[untyped-decorator]
    def as_given(k: Any) -> Any:
        def cut(k: Any) -> list[Any]:
            return [array[k * batch_size : (k + 1) * batch_size] for array in flat]

        return packed(tf.numpy_function(cut, [k], types, stateful=False), None)

    @plain  # type: ignore[untyped-decorator]
    def one_pass(_: Any) -> tf.data.Dataset:
        rows = tf.ensure_shape(tf.numpy_function(order, [], tf.int64), (n,))

        @plain  # type: ignore[untyped-decorator]
        def batch(k: Any) -> Any:
            some = rows[k * batch_size : (k + 1) * batch_size]
            # A tensor of a large array would be a second copy of it; NumPy reads the rows from where they are.
            gathered = tf.numpy_function(lambda at: [array[at] for array in flat], [some], types, stateful=False)
            return packed(gathered, None)

        return tf.data.Dataset.range(steps).map(batch)

    if sum(array.nbytes for array in flat) <= _SMALL:
        given = tf.data.Dataset.from_tensors(arrays) if seed is None else tf.data.Dataset.range(1).map(whole)
        dataset = given.rebatch(batch_size)
    elif seed is None:
        dataset = tf.data.Dataset.range(steps).map(as_given).prefetch(2)
    else:
        dataset = tf.data.Dataset.range(1).flat_map(one_pass).prefetch(2)
    dataset = dataset.apply(tf.data.experimental.assert_cardinality(steps))
    options = tf.data.Options()
    options.experimental_optimization.map_parallelization = False  # one slice at a time is ready soon enough
    # Keras warns into the learner's log that it does not shuffle a dataset: this one is shuffled.
    warnings.filterwarnings("ignore", message="`shuffle=True` was passed, but will be ignored")
    return dataset.with_options(options)


def _structure(value: Any) -> Any:
    """Tuples, dicts and lists of arrays as tuples and dicts of them; a list of numbers is one array."""
    if isinstance(value, dict):
        return {name: _structure(item) for name, item in value.items()}
    if isinstance(value, tuple) or (isinstance(value, list) and value and hasattr(value[0], "ndim")):
        return tuple(_structure(item) for item in value)
    return _array(value)


def _array(value: Any) -> Any:
    import numpy as np

    if callable(getattr(value, "numpy", None)):
        value = value.numpy()
    array = np.asarray(value)
    if array.ndim == 0 or array.dtype.kind not in "biufc":
        raise TypeError(
            f"batches takes arrays of numbers, or tuples or dicts of them, not {type(value).__name__} "
            f"(of {array.dtype}); sequences of different lengths must be padded first"
        )
    return array
