"""From the plain arrays of a file to what the Keras loaders return: shuffle, start sign, rare words, split.

Follows keras/src/datasets/{imdb,reuters,boston_housing}.py of Keras 3.15 value for value.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from dlwp_tui.core.errors import UsageError
from dlwp_tui.core.language import _
from dlwp_tui.data.sequences import Sequences

if TYPE_CHECKING:
    from numpy.typing import NDArray

TEXT_OPTIONS = {
    "num_words": None, "skip_top": 0, "maxlen": None, "seed": 113, "start_char": 1, "oov_char": 2, "index_from": 3,
}  # fmt: skip
"""Options of the Keras text loaders, with their defaults."""


@dataclass(frozen=True, eq=False)
class Split:
    """Samples and their targets. Unpacks as `x, y`."""

    x: Any
    """An array whose first axis is the sample; of texts a list: int32 arrays (ids), or str.

    Inside `dlwp_tui.data`, until `load` makes that list, Sequences or Texts.
    """
    y: NDArray[Any]

    def __iter__(self) -> Iterator[Any]:
        return iter((self.x, self.y))

    def __len__(self) -> int:
        return len(self.y)


@dataclass(frozen=True, eq=False)
class Shaped:
    """What a dataset's `shape` function returns."""

    train: Split
    test: Split
    meta: dict[str, Any] = field(default_factory=dict)
    validation: Split | None = None
    """For a set that is published in three parts. Only of arrays: texts are kept as train and test."""


def order(n: int, seed: int) -> NDArray[Any]:
    """The order in which the Keras loaders put `n` samples: RandomState(seed) shuffling 0..n-1."""
    import numpy as np

    indices = np.arange(n)
    np.random.RandomState(seed).shuffle(indices)
    return indices


def shuffled(x: Sequences, y: NDArray[Any], seed: int) -> tuple[Sequences, NDArray[Any]]:
    """Sequences and labels in the Keras loaders' order."""
    indices = order(len(x), seed)
    return x.take(indices), y[indices]


def started(x: Sequences, start_char: int | None, index_from: int | None) -> Sequences:
    """Ids moved up by `index_from`, with `start_char` in front of each sequence unless it is None."""
    import numpy as np

    shift = index_from or 0
    if start_char is None:
        return Sequences(x.values + shift, x.offsets) if shift else x
    offsets = x.offsets + np.arange(len(x) + 1)
    values = np.empty(int(offsets[-1]), np.int32)
    is_word = np.ones(len(values), np.bool_)
    is_word[offsets[:-1]] = False
    values[offsets[:-1]] = start_char
    values[is_word] = x.values + shift
    return Sequences(values, offsets)


def shorter(x: Sequences, y: NDArray[Any], maxlen: int) -> tuple[Sequences, NDArray[Any]]:
    """Only the sequences of fewer than `maxlen` ids. UsageError when none is left."""
    import numpy as np

    keep = np.flatnonzero(x.lengths < maxlen)
    if not len(keep):
        raise UsageError(
            _("No sequence is shorter than maxlen = {maxlen}.").format(maxlen=maxlen), _("Choose a larger maxlen.")
        )
    return x.take(keep), y[keep]


def limited(x: Sequences, num_words: int, skip_top: int, oov_char: int | None) -> Sequences:
    """Ids outside `skip_top <= id < num_words` become `oov_char`, or go when that is None."""
    import numpy as np

    fits = x.values < num_words
    if skip_top:
        fits &= x.values >= skip_top
    if oov_char is None:
        return x.where(fits)
    return Sequences(np.where(fits, x.values, np.int32(oov_char)).astype(np.int32, copy=False), x.offsets)


def top_id(*parts: Sequences) -> int:
    """The highest id. Keras takes it as `num_words` when none is given, so that one word is cut off as rare."""
    return max(int(p.values.max(initial=0)) for p in parts)


def check_split(test_split: float) -> None:
    """UsageError unless `test_split` is a share below 1."""
    if not 0 <= test_split < 1:
        raise UsageError(
            _("test_split = {value} is not a share of the samples.").format(value=test_split),
            _("Choose 0 <= test_split < 1."),
        )
