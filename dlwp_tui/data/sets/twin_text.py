"""Drawing texts from word frequencies: what the twins of imdb and reuters share.

All draws come from `numpy.random.RandomState`, whose stream numpy keeps the same for ever, so a twin is the same
everywhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import product
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

ZIPF = (
    (1, 0.057), (2, 0.028), (5, 0.023), (10, 0.013), (50, 0.0024), (200, 5.7e-4), (1000, 1.0e-4),
    (5000, 1.4e-5), (20_000, 1.7e-6), (88_584, 1.3e-7),
)  # fmt: skip
"""(rank, share of all words) of English film reviews: Zipf's law with the usual bend below rank 1000."""
TABLE = 1 << 21
"""Entries of a sampling table: a word of rank 88,584 still gets one now and then."""

ONSETS = (
    "b", "br", "c", "ch", "d", "dr", "f", "g", "gr", "h", "j", "k", "l", "m", "n", "p",
    "pr", "r", "s", "st", "t", "tr", "v", "w",
)  # fmt: skip
VOWELS = ("a", "e", "i", "o", "u", "ai", "ea", "oo")
ENDS = ("n", "l", "rd", "s", "ton", "ley", "m", "", "ck", "ver", "th", "ing")


def frequencies(size: int) -> Floats:
    """Share of each rank 1..size, shape (size,), sum 1: straight lines between the points of ZIPF on log paper."""
    import numpy as np

    ranks, shares = np.log(np.array(ZIPF)).T
    weight = np.exp(np.interp(np.log(np.arange(1, size + 1)), ranks, shares))
    total: Floats = weight / weight.sum()
    return total


def table(weights: Floats) -> NDArray[np.int32]:
    """Sampling table, shape (TABLE,): entry `u * TABLE` for uniform u is a rank (from 1) drawn by `weights`.

    A look-up draws 6 million words in 60 ms; a binary search in the cumulated weights takes 20 times that.
    """
    import numpy as np

    bounds = np.rint(np.cumsum(weights) / weights.sum() * TABLE).astype(np.int64)
    return np.repeat(np.arange(1, len(weights) + 1, dtype=np.int32), np.diff(bounds, prepend=0))


def placed(size: int, fixed: Mapping[str, int]) -> list[str]:
    """`size` words by rank: each word of `fixed` at its rank or the next free one, made-up words everywhere else."""
    slots: list[str | None] = [None] * size
    for word, rank in fixed.items():
        at = rank - 1
        while slots[at] is not None:
            at += 1
        slots[at] = word
    invented = (w for w in made_up() if w not in fixed)
    return [word if word is not None else next(invented) for word in slots]


def made_up() -> Iterable[str]:
    """Words that can be read aloud and mean nothing, all different, short ones first."""
    seen: set[str] = set()
    for syllables in (1, 2):
        heads = ["".join(p) for p in product(ONSETS, VOWELS)]
        starts = [""] if syllables == 1 else [o + v for v in VOWELS for o in ONSETS]
        for start, end, head in product(starts, ENDS, heads):
            word = start + head + end
            if len(word) > 2 and word not in seen:
                seen.add(word)
                yield word


def spread(words: Iterable[str], first: int, last: int) -> dict[str, int]:
    """Ranks for `words` in their order, from `first` to `last`, evenly on a logarithmic scale."""
    listed = list(words)
    step = (last / first) ** (1 / max(1, len(listed) - 1))
    return {word: round(first * step**i) for i, word in enumerate(listed)}
