"""Many texts as one array of UTF-8 bytes and offsets: 50,000 reviews are two mapped files, not 50,000 objects."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, overload

from dlwp_tui.data.sequences import offsets_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from dlwp_tui.data.sequences import IntArray


@dataclass(frozen=True, eq=False)
class Texts:
    """`n` texts: text `i` is `values[offsets[i]:offsets[i + 1]]`, UTF-8.

    values: shape (bytes,), uint8. offsets: shape (n + 1,), int64, starting with 0, never falling.
    """

    values: NDArray[np.uint8]
    offsets: IntArray

    @classmethod
    def of(cls, texts: Iterable[str | bytes]) -> Texts:
        """Texts from Python strings, or from bytes that are UTF-8."""
        import numpy as np

        encoded = [t.encode() if isinstance(t, str) else t for t in texts]
        return cls(np.frombuffer(bytearray(b"".join(encoded)), np.uint8), offsets_of([len(t) for t in encoded]))

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __iter__(self) -> Iterator[str]:
        whole = memoryview(self.values)  # type: ignore[arg-type]  # an array has the buffer protocol
        for start, end in pairwise(self.offsets.tolist()):
            yield str(whole[start:end], "utf-8")

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice | IntArray | NDArray[np.bool_]) -> Texts: ...
    def __getitem__(self, index: Any) -> Any:
        """`[i]` is one text; a slice, an index array or a mask gives Texts (a plain slice copies no text)."""
        import numpy as np

        if isinstance(index, (int, np.integer)):
            i = int(index)
            i = i + len(self) if i < 0 else i
            if not 0 <= i < len(self):
                raise IndexError(f"text {index} of {len(self)}")
            return self.values[self.offsets[i] : self.offsets[i + 1]].tobytes().decode()
        if isinstance(index, slice) and index.step in (None, 1):
            start, stop, _step = index.indices(len(self))
            offsets = self.offsets[start : max(start, stop) + 1]
            return Texts(self.values[offsets[0] : offsets[-1]], offsets - offsets[0])
        return self.take(np.arange(len(self))[index])

    @property
    def lengths(self) -> IntArray:
        """Bytes of each text, shape (n,)."""
        import numpy as np

        return np.diff(self.offsets)

    def take(self, indices: IntArray) -> Texts:
        """The texts `indices`, in that order."""
        import numpy as np

        offsets = offsets_of(self.lengths[indices])
        values = np.empty(int(offsets[-1]), np.uint8)
        old, new = self.offsets.tolist(), offsets.tolist()
        for row, i in enumerate(indices.tolist()):
            values[new[row] : new[row + 1]] = self.values[old[i] : old[i + 1]]
        return Texts(values, offsets)
