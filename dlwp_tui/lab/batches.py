"""Seeded batches in a new order each epoch, without a second copy of large data in memory."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

from dlwp_tui.lab.clock import Clock

if TYPE_CHECKING:
    import tensorflow as tf

_TINY_ROW = 512  # bytes; such data is put in order whole: 25 ms of CPU for Boston's 303 rows (b16), else 51 ms
_IN_TENSOR = 4 << 20  # bytes; smaller arrays become tensors (a copy), larger ones are gathered from NumPy's memory


def batches(x: Any, y: Any, batch_size: int, *, seed: tuple[int, int] | None, clock: Clock) -> tf.data.Dataset:
    """A dataset of batches of `(x, y)`, or of `x` when `y` is None: arrays, or tuples and dicts of them.

    `seed`: (run's seed, number of this dataset in the run), None for the given order. The order of a pass depends on
    these and on the fit and epoch the clock shows, so an epoch has the same order in a resumed run. One pass is one
    iterator: do not `.repeat()` it, `fit` begins a new pass each epoch by itself.
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

    def order() -> Any:
        if seed is None:
            return np.arange(n, dtype=np.int32)
        return np.random.default_rng([*seed, *clock.next_pass()]).permutation(n).astype(np.int32)

    gather = _gatherer(flat)
    plain = tf.autograph.experimental.do_not_convert  # there is no Python loop to convert, and looking takes 0.1 s

    @plain  # type: ignore[untyped-decorator]
    def drawn(_: Any) -> Any:
        return tf.ensure_shape(tf.numpy_function(order, [], tf.int32), (n,))

    @plain  # type: ignore[untyped-decorator]
    def one_pass(rows: Any) -> tf.data.Dataset:
        @plain  # type: ignore[untyped-decorator]
        def batch(k: Any) -> Any:
            return tf.nest.pack_sequence_as(arrays, gather(rows[k * batch_size : (k + 1) * batch_size]))

        return tf.data.Dataset.range(steps).map(batch)

    @plain  # type: ignore[untyped-decorator]
    def as_given(k: Any) -> Any:
        rows = tf.range(k * batch_size, tf.minimum((k + 1) * batch_size, n))
        return tf.nest.pack_sequence_as(arrays, gather(rows))

    if _are_small(flat, min(n * _TINY_ROW, _IN_TENSOR)):

        @plain  # type: ignore[untyped-decorator]
        def whole(_: Any) -> Any:
            return tf.nest.pack_sequence_as(arrays, gather(drawn(_)))

        dataset = tf.data.Dataset.range(1).map(whole).unbatch().batch(batch_size)
    elif seed is None:
        dataset = tf.data.Dataset.range(steps).map(as_given)
    else:
        dataset = tf.data.Dataset.range(1).map(drawn).flat_map(one_pass)  # `from_generator` takes 30 ms to set up
    dataset = dataset.apply(tf.data.experimental.assert_cardinality(steps))
    options = tf.data.Options()
    options.experimental_optimization.map_parallelization = False  # one slice at a time is ready soon enough
    # Keras warns into the learner's log that it does not shuffle a dataset: this one is shuffled.
    warnings.filterwarnings("ignore", message="`shuffle=True` was passed, but will be ignored")
    return dataset.prefetch(2).with_options(options)


def _gatherer(arrays: list[Any]) -> Any:
    """A function from row numbers to the rows of each of `arrays`, in a tf.data graph."""
    import tensorflow as tf

    if _are_small(arrays, _IN_TENSOR):
        tensors = [tf.constant(array) for array in arrays]
        return lambda rows: [tf.gather(tensor, rows) for tensor in tensors]

    # A tensor of a large array would be a second copy of it; NumPy reads the rows from where they are.
    def gather(rows: Any) -> list[Any]:
        types = [array.dtype for array in arrays]
        found = tf.numpy_function(lambda at: [array[at] for array in arrays], [rows], types, stateful=False)
        for one, array in zip(found, arrays, strict=True):
            one.set_shape((None, *array.shape[1:]))
        return list(found)

    return gather


def _are_small(arrays: list[Any], limit: int) -> bool:
    return bool(sum(array.nbytes for array in arrays) <= limit)


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
