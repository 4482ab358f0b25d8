"""The synthetic twin of GloVe: vectors for the words of the IMDB twin.

A vector is noise plus directions: one that all words share (as in real GloVe), one for sentiment (positive words one
way, negative ones the other) and one a topic. Like the real ones, they show which words belong together and nothing of
reviews; most words carry only noise. About one made-up word in sixteen has no vector, as names and typing errors in
real reviews have none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dlwp_tui.data.sequences import offsets_of
from dlwp_tui.data.sets import twin_text, vocabulary
from dlwp_tui.data.sets.imdb import twin as imdb

if TYPE_CHECKING:
    from dlwp_tui.data.dataset import Arrays

SEED = 20_140_101
LENGTH = 4.24
"""Of the noise: 0.6 a number of 50, 0.42 of 100; real glove.6B.50d has vectors of about 5."""
COMMON, GROUP = 3.0, 1.0
"""Lengths of the direction all words share, and of those of sentiment and of each topic."""
MISSING = 1 / 16


def make(dim: int) -> Arrays:
    """The arrays `sets.glove.read` returns, for 50 to 300 numbers a word."""
    import numpy as np

    rng = np.random.RandomState(SEED)
    words = twin_text.placed(imdb.WORDS, imdb._ranks())
    rank = {word: i for i, word in enumerate(words)}
    noise = LENGTH / dim**0.5
    vectors = (rng.standard_normal((len(words), dim)) * noise).astype(np.float32)
    groups = [list(vocabulary.POSITIVE), list(vocabulary.NEGATIVE), *map(list, vocabulary.TOPICS.values())]
    directions = _directions(rng, len(groups), dim)
    vectors += COMMON * directions[0]
    sentiment = GROUP * directions[1]
    for sign, group in ((1, groups[0]), (-1, groups[1])):
        vectors[[rank[w] for w in group]] += sign * sentiment
    for direction, group in zip(directions[2:], groups[2:], strict=True):
        vectors[[rank[w] for w in group]] += GROUP * direction
    listed = {w for group in (*groups, vocabulary.FUNCTION, vocabulary.GENERAL, vocabulary.NEGATORS) for w in group}
    has = rng.random_sample(len(words)) >= MISSING
    has[[rank[w] for w in listed]] = True
    kept = [word.encode() for word, keep in zip(words, has, strict=True) if keep]
    return {
        "terms_utf8": np.frombuffer(b"".join(kept), np.uint8),
        "terms_offsets": offsets_of([len(word) for word in kept]),
        "vectors": vectors[has],
    }


def _directions(rng: object, count: int, dim: int) -> twin_text.Floats:
    """`count` directions at right angles, shape (count, dim)."""
    import numpy as np

    assert isinstance(rng, np.random.RandomState)
    q, _r = np.linalg.qr(rng.standard_normal((dim, count)))
    directions: twin_text.Floats = q.T
    return directions
