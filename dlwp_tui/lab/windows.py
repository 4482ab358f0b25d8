"""Windows of a long series as seeded batches, cut when they are asked for: the generator of section 6.3.2.

A window that ends before row r holds the rows r - lookback, r - lookback + step, ... below r; its target is a value
`delay` rows after r. As in the book the last row seen is r - step, so target and last row are delay + step rows apart.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from dlwp_tui.lab.clock import Clock

if TYPE_CHECKING:
    import numpy as np
    import tensorflow as tf
    from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Windows:
    """Which windows of a series there are. `rows` are those r that a window ends before."""

    series: NDArray[Any]
    """(rows, features), any float type; batches have float32."""
    lookback: int
    step: int
    delay: int
    min_index: int
    max_index: int
    """The first row a window may begin at, and the row (exclusive) that r stays below."""
    batch_size: int
    target: int
    """The column that is predicted."""
    stride: int = 1
    """Only windows that begin so many rows apart: 100 leaves every hundredth."""

    def __post_init__(self) -> None:
        for name in ("lookback", "step", "batch_size", "stride"):
            if getattr(self, name) < 1:
                raise ValueError(f"windows: {name}={getattr(self, name)} should be at least 1")
        if self.delay < 0:
            raise ValueError(f"windows: delay={self.delay} should not be negative")
        if self.step > self.lookback:
            raise ValueError(f"windows: step={self.step} should not be above lookback={self.lookback}")
        if self.series.ndim != 2 or not 0 <= self.target < self.series.shape[1]:
            raise ValueError(f"windows: series {self.series.shape} is not (rows, features) with column {self.target}")
        if self.min_index < 0 or self.max_index + self.delay > len(self.series) or self.count < 1:
            raise ValueError(
                f"windows: rows {self.min_index} to {self.max_index} of {len(self.series)} hold no window of "
                f"{self.lookback} rows with a target {self.delay} rows later"
            )

    @property
    def count(self) -> int:
        """How many windows there are."""
        return -(-(self.max_index - self.first) // self.stride)

    @property
    def first(self) -> int:
        """The smallest r."""
        return self.min_index + self.lookback

    @cached_property
    def offsets(self) -> NDArray[Any]:
        """From r to the rows of its window, oldest first: (lookback / step,)."""
        import numpy as np

        return np.arange(-self.lookback, 0, self.step)

    def ordered(self, steps: int | None) -> NDArray[Any]:
        """Every r in the order of time; with `steps` so many batches of them, evenly spread over the whole time."""
        import numpy as np

        if steps is None or steps * self.batch_size >= self.count:
            return np.arange(self.first, self.max_index, self.stride)
        spread = np.linspace(0, self.count - 1, steps * self.batch_size).astype(np.int64)
        return self.first + self.stride * spread

    def random(self, rng: np.random.Generator, count: int) -> NDArray[Any]:
        """`count` random r."""
        return self.first + self.stride * rng.integers(0, self.count, count)

    def cut(self, rows: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
        """The windows before `rows`: x (n, lookback / step, features), y (n,), both float32."""
        import numpy as np

        x = self.series.take(rows[:, None] + self.offsets, axis=0)
        y = self.series[rows + self.delay, self.target]
        return x.astype(np.float32, copy=False), y.astype(np.float32, copy=False)

    def ends(self, steps: int | None) -> tuple[NDArray[Any], NDArray[Any]]:
        """Of the windows before the rows of `ordered`: the last row (n, features) and the target (n,), both float32."""
        import numpy as np

        _check_steps(steps)
        rows = self.ordered(steps)
        last, targets = self.series[rows + self.offsets[-1]], self.series[rows + self.delay, self.target]
        return last.astype(np.float32, copy=False), targets.astype(np.float32, copy=False)


def _check_steps(steps: int | None) -> None:
    if steps is not None and steps < 1:
        raise ValueError(f"windows: steps={steps} should be at least 1")


def stream(windows: Windows, *, steps: int | None, seed: tuple[int, int] | None, clock: Clock) -> tf.data.Dataset:
    """Batches of `windows` as (x, y): drawn anew each epoch with a `seed`, in the order of time without.

    `steps`: batches of one pass. Without, in order: as many as it takes to see each window once, the last one
    smaller. Raises ValueError for `steps` below 1, and for random windows without `steps`: those have no end.
    """
    import numpy as np
    import tensorflow as tf

    _check_steps(steps)
    if seed is not None and steps is None:
        raise ValueError("windows: random windows have no end; say how many steps an epoch has")
    size = windows.batch_size

    def order() -> NDArray[Any]:
        if seed is None:
            return windows.ordered(steps).astype(np.int64)
        assert steps is not None
        rng = np.random.default_rng([*seed, *clock.next_pass()])
        return windows.random(rng, steps * size)

    batches = -(-len(windows.ordered(steps)) // size) if seed is None else steps
    shape = (None, len(windows.offsets), windows.series.shape[1])
    plain = tf.autograph.experimental.do_not_convert

    @plain  # type: ignore[untyped-decorator]
    def one_pass(rows: Any) -> tf.data.Dataset:
        @plain  # type: ignore[untyped-decorator]
        def batch(k: Any) -> Any:
            wanted = rows[k * size : (k + 1) * size]
            x, y = tf.numpy_function(windows.cut, [wanted], [tf.float32, tf.float32], stateful=False)
            return tf.ensure_shape(x, shape), tf.ensure_shape(y, (None,))

        return tf.data.Dataset.range(batches).map(batch)

    @plain  # type: ignore[untyped-decorator]
    def drawn(_: Any) -> Any:
        return tf.ensure_shape(tf.numpy_function(order, [], tf.int64), (None,))

    dataset = tf.data.Dataset.range(1).map(drawn).flat_map(one_pass)
    dataset = dataset.apply(tf.data.experimental.assert_cardinality(batches))
    options = tf.data.Options()
    options.experimental_optimization.map_parallelization = False  # 1 ms a batch, against 10 ms of training
    warnings.filterwarnings("ignore", message="`shuffle=True` was passed, but will be ignored")
    return dataset.prefetch(2).with_options(options)
