"""Many texts as one array of UTF-8 bytes and offsets: as such 50,000 reviews are kept in the cache, and mapped."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

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
        """Each text as a str; aclImdb's 50,000 take 80 ms and 66 MB."""
        whole = memoryview(self.values)  # type: ignore[arg-type]  # an array has the buffer protocol
        for start, end in pairwise(self.offsets.tolist()):
            yield str(whole[start:end], "utf-8")
