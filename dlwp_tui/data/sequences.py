"""Sequences of different length as one flat array and offsets: 4 bytes a word instead of 36 in Python lists."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal, Self, overload

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import DTypeLike, NDArray

    IntArray = NDArray[np.integer[Any]]
    Made = tuple[IntArray, IntArray]
    Kept = Callable[[str, Callable[[], Made]], Made]

Side = Literal["pre", "post"]

CHUNK = 512
"""Rows `sets` marks at once: 512 x 10,000 flags are 5 MB and stay in the processor's cache."""


@dataclass(frozen=True, eq=False)
class Sequences:
    """`n` integer sequences: sequence `i` is `values[offsets[i]:offsets[i + 1]]`.

    values: shape (total,), any integer dtype. offsets: shape (n + 1,), int64, starting with 0, never falling.
    """

    values: IntArray
    offsets: IntArray
    kept: Kept | None = field(default=None, repr=False)
    """`kept(name, make)` gives values and offsets kept under `name`, or makes them; None outside of the cache."""

    @classmethod
    def of(cls, rows: Iterable[Iterable[int]]) -> Self:
        """Sequences from nested Python lists; values become int32."""
        import numpy as np

        arrays = [np.fromiter(row, dtype=np.int32) for row in rows]
        values = np.concatenate(arrays) if arrays else np.zeros(0, np.int32)
        return cls(values, offsets_of([len(a) for a in arrays]))

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __iter__(self) -> Iterator[IntArray]:
        bounds = self.offsets.tolist()
        for start, end in pairwise(bounds):
            yield self.values[start:end]

    @overload
    def __getitem__(self, index: int) -> IntArray: ...
    @overload
    def __getitem__(self, index: slice | IntArray) -> Self: ...
    def __getitem__(self, index: Any) -> Any:
        """`[i]` is a view of one sequence; a slice, an index array or a mask gives Sequences of the same kind."""
        import numpy as np

        if isinstance(index, (int, np.integer)):
            i = int(index)
            i = i + len(self) if i < 0 else i
            if not 0 <= i < len(self):
                raise IndexError(f"sequence {index} of {len(self)}")
            return self.values[self.offsets[i] : self.offsets[i + 1]]
        if isinstance(index, slice) and index.step in (None, 1):
            start, stop, _step = index.indices(len(self))
            stop = max(start, stop)
            offsets = self.offsets[start : stop + 1]
            return type(self)(self.values[offsets[0] : offsets[-1]], offsets - offsets[0])
        return self.take(np.arange(len(self))[index])

    @property
    def lengths(self) -> IntArray:
        """Words in each sequence, shape (n,)."""
        import numpy as np

        return np.diff(self.offsets)

    def take(self, indices: IntArray) -> Self:
        """The sequences `indices`, in that order."""
        import numpy as np

        offsets = offsets_of(self.lengths[indices])
        values = np.empty(int(offsets[-1]), self.values.dtype)
        old, new = self.offsets.tolist(), offsets.tolist()
        for row, i in enumerate(indices.tolist()):
            values[new[row] : new[row + 1]] = self.values[old[i] : old[i + 1]]
        return type(self)(values, offsets)

    def where(self, keep: NDArray[np.bool_]) -> Self:
        """The sequences without the values whose flag in `keep` (shape (total,)) is False."""
        import numpy as np

        kept_before = np.concatenate(([0], np.cumsum(keep, dtype=np.int64)))
        return type(self)(self.values[keep], kept_before[self.offsets])

    def pad(
        self,
        maxlen: int | None = None,
        padding: Side = "pre",
        truncating: Side = "pre",
        value: int = 0,
        dtype: DTypeLike = "int32",
    ) -> IntArray:
        """Shape (n, maxlen): what `keras.utils.pad_sequences` returns, defaults included (the last words are kept).

        `maxlen=None` means the longest sequence.
        """
        import numpy as np

        for side in (padding, truncating):
            if side not in ("pre", "post"):
                raise ValueError(f"padding and truncating are 'pre' or 'post', not {side!r}")
        width = int(self.lengths.max(initial=0)) if maxlen is None else int(maxlen)
        out = np.full((len(self), width), value, dtype=dtype)
        bounds = self.offsets.tolist()
        # a loop over rows of slices: 25,000 rows in 20 ms and no temporary index arrays of 8 bytes a word
        for row in range(len(self)):
            start, end = bounds[row], bounds[row + 1]
            if end - start > width:
                start, end = (end - width, end) if truncating == "pre" else (start, start + width)
            if end == start:
                continue
            if padding == "pre":
                out[row, width - (end - start) :] = self.values[start:end]
            else:
                out[row, : end - start] = self.values[start:end]
        return out

    def multi_hot(self, dim: int, dtype: DTypeLike = "float32") -> NDArray[Any]:
        """Shape (n, dim): 1 in column j where j occurs in the sequence, else 0: the book's `vectorize_sequences`."""
        import numpy as np

        self._inside(dim)
        out = np.zeros((len(self), dim), dtype=dtype)
        bounds = self.offsets.tolist()
        for row in range(len(self)):
            out[row, self.values[bounds[row] : bounds[row + 1]]] = 1
        return out

    def sets(self) -> IdSets:
        """The distinct ids of each sequence: all that a multi-hot depends on, in a fifth of the memory."""
        if self.kept is not None:
            return IdSets(*self.kept("sets", self._sets))
        return IdSets(*self._sets())

    def _sets(self) -> Made:
        import numpy as np

        counts: list[NDArray[Any]] = []
        columns: list[NDArray[Any]] = []
        dim = int(self.values.max(initial=0)) + 1
        dtype = np.promote_types(np.min_scalar_type(-dim), np.int16)  # signed: TensorFlow's layers take no uint16
        chunk = max(1, min(CHUNK, (CHUNK * 10_000) // dim))
        lengths = self.lengths
        for start in range(0, len(self), chunk):
            stop = min(start + chunk, len(self))
            seen = np.zeros((stop - start) * dim, np.bool_)
            row_starts = np.arange(0, len(seen), dim)
            places = np.repeat(row_starts, lengths[start:stop])
            places += self.values[self.offsets[start] : self.offsets[stop]]
            seen[places] = True
            found = np.flatnonzero(seen)  # three times as fast as nonzero in two dimensions
            counts.append(np.diff(np.searchsorted(found, row_starts), append=len(found)))
            columns.append((found - np.repeat(row_starts, counts[-1])).astype(dtype))
        values = np.concatenate(columns) if columns else np.zeros(0, dtype)
        return values, offsets_of(np.concatenate(counts) if counts else [])

    def _inside(self, dim: int) -> None:
        low, high = int(self.values.min(initial=0)), int(self.values.max(initial=0))
        if low < 0 or high >= dim:
            raise ValueError(f"ids run from {low} to {high}, but only 0 to {dim - 1} fit in {dim} columns")


class IdSets(Sequences):
    """`n` sets of ids, each ascending and with at least one: sequences whose order and repetitions do not matter.

    `lab.batches` takes them as they are and makes each batch a matrix, which is as wide as the batch's largest set.
    """

    def rows(self, indices: IntArray) -> IntArray:
        """Shape (len(indices), their largest set): these sets, each filled up by repeating its first id.

        An id that occurs twice sets the same column, so the multi-hot of a row is that of the whole sequence.
        Raises ValueError for an empty set: there is nothing to repeat.
        """
        import numpy as np

        starts = self.offsets[indices]
        lengths = self.offsets[np.add(indices, 1)] - starts
        if not lengths.all():
            raise ValueError(f"sequence {int(np.asarray(indices)[lengths.argmin()])} is empty: a set needs an id")
        width = int(lengths.max(initial=0))
        out = np.repeat(self.values[starts], width)
        # slices in a loop: 0.3 ms for 512 of IMDB's sets, a matrix of places takes 1.3 to 1.9 ms
        for to, start, length in zip(range(0, len(out), width or 1), starts.tolist(), lengths.tolist(), strict=True):
            out[to : to + length] = self.values[start : start + length]
        return out.reshape(len(starts), width)


def offsets_of(lengths: Any) -> IntArray:
    """Lengths, shape (n,) -> offsets, shape (n + 1,), int64."""
    import numpy as np

    offsets = np.zeros(len(lengths) + 1, np.int64)
    np.cumsum(lengths, out=offsets[1:])
    return offsets
