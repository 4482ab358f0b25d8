"""Integer sequences of different length as one flat array and offsets: 4 bytes a word instead of 36 in Python lists."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    IntArray = NDArray[np.integer[Any]]


@dataclass(frozen=True, eq=False)
class Sequences:
    """`n` integer sequences: sequence `i` is `values[offsets[i]:offsets[i + 1]]`.

    values: shape (total,), any integer dtype. offsets: shape (n + 1,), int64, starting with 0, never falling.
    """

    values: IntArray
    offsets: IntArray

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __iter__(self) -> Iterator[IntArray]:
        """Each sequence as a view of `values`; 50,000 views take 7 ms and 6 MB."""
        return iter([self.values[start:end] for start, end in pairwise(self.offsets.tolist())])

    def __getitem__(self, index: slice) -> Sequences:
        """The sequences of a slice without a step, as views."""
        start, stop, _step = index.indices(len(self))
        offsets = self.offsets[start : max(start, stop) + 1]
        return Sequences(self.values[offsets[0] : offsets[-1]], offsets - offsets[0])

    @property
    def lengths(self) -> IntArray:
        """Words in each sequence, shape (n,)."""
        import numpy as np

        return np.diff(self.offsets)

    def take(self, indices: IntArray) -> Sequences:
        """The sequences `indices`, in that order."""
        import numpy as np

        offsets = offsets_of(self.lengths[indices])
        values = np.empty(int(offsets[-1]), self.values.dtype)
        old, new = self.offsets.tolist(), offsets.tolist()
        for row, i in enumerate(indices.tolist()):
            values[new[row] : new[row + 1]] = self.values[old[i] : old[i + 1]]
        return Sequences(values, offsets)

    def where(self, keep: NDArray[np.bool_]) -> Sequences:
        """The sequences without the values whose flag in `keep` (shape (total,)) is False."""
        import numpy as np

        kept_before = np.concatenate(([0], np.cumsum(keep, dtype=np.int64)))
        return Sequences(self.values[keep], kept_before[self.offsets])


def offsets_of(lengths: Any) -> IntArray:
    """Lengths, shape (n,) -> offsets, shape (n + 1,), int64."""
    import numpy as np

    offsets = np.zeros(len(lengths) + 1, np.int64)
    np.cumsum(lengths, out=offsets[1:])
    return offsets
