"""The weather series of Jena as sections 6.3 and 6.4.4 use it: standardised, cut into windows, beside a baseline.

The windows are those of the book's generator (P176), made for `fit`: seeded, other ones each epoch, cut when a batch
is asked for. `keras.utils.timeseries_dataset_from_array` gives the same windows, but gathers them one by one: 16 ms of
CPU for a batch of 128 x 240 x 14 against 1.2 ms here (a training step of the GRU of 6.3.5 takes 47 ms, one of Dense 2),
it copies the series, and its order depends on how often it was iterated before, so a resumed run would see others.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dlwp_tui.core.language import _

if TYPE_CHECKING:
    import keras
    import numpy as np
    import tensorflow as tf
    from numpy.typing import NDArray

    from dlwp_tui.lab import Lab

TRAINING, VALIDATION = range(200_000), range(200_001, 300_000)
"""The rows of the book's split (P177); what comes after them is for testing."""
TEMPERATURE = 1
"""The column that is predicted, °C before it is standardised."""
_KEPT = 32 << 20  # bytes; smaller sets of ordered windows are cut once: a fifth of the CPU of 6.3.4's quick preset


@dataclass(frozen=True)
class Window:
    """Which rows a sample holds: every `step`-th of the `lookback` rows before row r; its target is row r + `delay`.

    A row is 10 minutes. As in the book the last row seen is r - step (where step divides lookback), so it lies
    delay + step rows before the target. Raises ValueError where that is no window.
    """

    lookback: int
    step: int
    delay: int

    def __post_init__(self) -> None:
        if not 1 <= self.step <= self.lookback:
            raise ValueError(f"step={self.step} should lie between 1 and lookback={self.lookback}")
        if self.delay < 0:
            raise ValueError(f"delay={self.delay} should not be negative")

    @property
    def offsets(self) -> range:
        """From r to the rows of the window, oldest first."""
        return range(-self.lookback, 0, self.step)

    @property
    def steps(self) -> int:
        """How many rows a sample holds, the time steps of a network."""
        return len(self.offsets)


def standardised(series: NDArray[Any]) -> tuple[NDArray[np.float32], float]:
    """The series (420551, 14) with mean 0 and standard deviation 1 in each column, and how many °C a 1 is in it.

    Both are those of the training rows alone.
    """
    import numpy as np

    known = series[: TRAINING.stop]
    mean, std = known.mean(axis=0), known.std(axis=0)
    return ((series - mean) / std).astype(np.float32), float(std[TEMPERATURE])


def windows(
    lab: Lab,
    series: NDArray[Any],
    rows: range,
    window: Window,
    batch_size: int = 128,
    *,
    steps: int | None = None,
    stride: int = 1,
    shuffle: bool = False,
) -> tf.data.Dataset:
    """Windows in `rows` of `series` (n, columns) as batches for `fit`: x (batch, window.steps, columns), y (batch,).

    Both are float32, y is the temperature. steps: batches of a pass, all there are when None. In the order of time
    these are evenly spread over `rows`. With shuffle they are drawn at random, others each epoch, none more often than
    the rest by more than one, the same at each run of a seed, also after a resume. stride: only windows so many rows
    apart, to learn from few. A window begins and its r lies in `rows`; its target may lie beyond. The series is not
    copied. Raises ValueError where there is no window.
    """
    import numpy as np
    import tensorflow as tf

    if stride < 1 or (steps is not None and steps < 1):
        raise ValueError(f"stride={stride} and steps={steps} should be at least 1")
    ends = np.arange(rows.start + window.lookback, rows.stop, stride)  # each r
    if not len(ends) or rows.start < 0 or rows.stop + window.delay > len(series):
        raise ValueError(f"rows {rows.start} to {rows.stop} of {len(series)} hold no window like {window}")
    wanted = len(ends) if steps is None else steps * batch_size
    if shuffle:
        ends = np.resize(ends, max(wanted, len(ends)))  # few windows come several times an epoch
    elif wanted < len(ends):
        ends = ends[np.linspace(0, len(ends) - 1, wanted).astype(int)]
    offsets, shape = np.array(window.offsets), (None, window.steps, series.shape[1])

    def cut(before: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
        x = series.take(before[:, None] + offsets, axis=0)
        y = series[before + window.delay, TEMPERATURE]
        return x.astype(np.float32, copy=False), y.astype(np.float32, copy=False)

    @tf.autograph.experimental.do_not_convert  # type: ignore[untyped-decorator]
    def batch(before: Any) -> Any:
        x, y = tf.numpy_function(cut, [before], [tf.float32, tf.float32], stateful=False)
        return tf.ensure_shape(x, shape), tf.ensure_shape(y, (None,))

    batches = lab.batches(ends, batch_size=batch_size, shuffle=shuffle).take(-(-wanted // batch_size)).map(batch)
    if not shuffle and len(ends) * window.steps * series.shape[1] * 4 <= _KEPT:
        batches = batches.cache()
    return batches.prefetch(2)


def baseline(validation: tf.data.Dataset) -> float:
    """The mean absolute error of a prediction that needs no learning (6.3.3): as warm as in a window's last row."""
    import numpy as np

    errors = [np.abs(x[:, -1, TEMPERATURE] - y) for x, y in validation.as_numpy_iterator()]
    return float(np.concatenate(errors).mean())


def report(lab: Lab, name: str, fitted: keras.callbacks.History, naive: float, celsius: float) -> None:
    """A network beside the baseline, as a table and a result: its best and its last epoch on the validation rows.

    name: the network in the table. fitted: what `fit` returned. naive: the baseline; celsius: °C of an error of 1.
    The error is `val_mae` where the model has that metric, else `val_loss`. Nothing is shown of a fit without an epoch
    (a run resumed after its last one).
    """
    import numpy as np

    if not fitted.epoch:
        return
    errors = fitted.history.get("val_mae") or fitted.history["val_loss"]
    best = int(np.argmin(errors))
    lowest = _("{name}, lowest (epoch {epoch})").format(name=name, epoch=fitted.epoch[best] + 1)
    figures = {_("Baseline: as now"): naive, lowest: errors[best], _("{name}, last").format(name=name): errors[-1]}
    rows = [[what, f"{error:.4f}", f"{error * celsius:.2f}"] for what, error in figures.items()]
    lab.table(_("Validation MAE"), [_("method"), "MAE", _("in °C")], rows)
    lab.result(val_mae=errors[best], baseline=naive, degrees=errors[best] * celsius)
