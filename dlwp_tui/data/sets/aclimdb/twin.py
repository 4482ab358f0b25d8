"""The synthetic twin of the raw reviews: those of the IMDB twin, written out as somebody might have typed them.

The words, their order and the labels come from `sets/imdb/twin.py`. Here they become sentences of about 14 words with
capitals, commas, full stops, and the `<br /><br />` that real reviews carry between paragraphs. Lower-cased and with
the punctuation out, each review is word for word what the IMDB twin holds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dlwp_tui.data.sequences import Sequences
from dlwp_tui.data.sets.imdb import twin as imdb

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from dlwp_tui.data.dataset import Arrays
    from dlwp_tui.data.sequences import IntArray

SEED = 20_110_601
SENTENCE = 14
"""Mean number of words in a sentence."""
COMMA = 0.05
PARAGRAPH = 0.06
"""Share of sentences that end a paragraph."""
ENDINGS = (". ", "! ", "? ")
ENDING_SHARES = (0.86, 0.09, 0.05)
BREAK = "<br /><br />"
ALWAYS_CAPITAL = ("i", "i'm", "i've", "i'd", "i'll")
CHUNK = 2500
"""Reviews written at once: 550,000 words, 30 MB of working memory."""


def make() -> Arrays:
    """The arrays `sets.aclimdb.read` returns."""
    import numpy as np

    source = imdb.make()
    pen = _Pen(source["words_utf8"].tobytes().decode().split("\n"))
    rng = np.random.RandomState(SEED)
    arrays: Arrays = {}
    for part in ("train", "test"):
        order = np.argsort(source[f"y_{part}"], kind="stable")  # first neg, then pos, as the folders are read
        reviews = Sequences(source[f"x_{part}_values"], source[f"x_{part}_offsets"]).take(order)
        labels = source[f"y_{part}"][order]
        written, lengths = [], []
        for start in range(0, len(labels), CHUNK):
            some = reviews[start : start + CHUNK]
            text, sizes = pen.write(rng, some.values, some.lengths)
            written.append(text)
            lengths.append(sizes)
        arrays[f"x_{part}_utf8"] = np.concatenate(written)
        arrays[f"x_{part}_offsets"] = np.concatenate(([0], np.cumsum(np.concatenate(lengths))))
        arrays[f"y_{part}"] = labels
    return arrays


class _Pen:
    """All pieces a text is made of (words, words with a capital, what stands after them) as one array of bytes."""

    def __init__(self, words: list[str]) -> None:
        import numpy as np

        plain = [w[0].upper() + w[1:] if w in ALWAYS_CAPITAL else w for w in words]
        capital = [w[0].upper() + w[1:] for w in words]
        after = [" ", ", ", *ENDINGS, *(e.strip() + BREAK for e in ENDINGS), *(e.strip() for e in ENDINGS)]
        pieces = [piece.encode() for piece in (*plain, *capital, *after)]
        self.bytes = np.frombuffer(b"".join(pieces), np.uint8)
        self.sizes = np.array([len(p) for p in pieces])
        self.starts = np.cumsum(self.sizes) - self.sizes
        self.capital = len(words)
        self.after = 2 * len(words)

    def write(
        self, rng: np.random.RandomState, ranks: IntArray, lengths: IntArray
    ) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
        """Ranks from 1 of reviews one after another -> (their texts as bytes, bytes of each)."""
        import numpy as np

        n = len(ranks)
        last = np.zeros(n, bool)
        last[np.cumsum(lengths) - 1] = True
        ends = (rng.random_sample(n) < 1 / SENTENCE) | last
        begins = np.roll(ends, 1)  # the word after an end, and the first of all: the last word of a review is an end
        kind = rng.choice(len(ENDINGS), n, p=ENDING_SHARES)
        after = np.where(rng.random_sample(n) < COMMA, 1, 0)
        after[ends] = 2 + kind[ends]
        broken = ends & (rng.random_sample(n) < PARAGRAPH)
        after[broken] = 5 + kind[broken]
        after[last] = 8 + kind[last]
        pieces = np.empty(2 * n, np.int64)
        pieces[0::2] = ranks - 1 + np.where(begins, self.capital, 0)
        pieces[1::2] = self.after + after
        sizes = self.sizes[pieces]
        places = np.repeat(self.starts[pieces] - (np.cumsum(sizes) - sizes), sizes)
        places += np.arange(len(places))
        review = np.repeat(np.arange(len(lengths)), 2 * lengths)
        return self.bytes[places], np.bincount(review, weights=sizes, minlength=len(lengths)).astype(np.int64)
