"""The synthetic twin of IMDB.

A review is drawn word by word: its label sets how often a word comes from the positive or the negative vocabulary
(a bag-of-words signal, with reviews that are mixed or say the opposite of their label), a topic colours part of it,
and a share of the sentiment words is negated ("not good" in a bad review), which only a model that sees the order of
words can use. Word frequencies follow Zipf's law; rare words lean to one side by chance, which is what a network
memorises when it overfits.

Measured with the book's 3.4 (10,000 words multi-hot, 16-16-1 relu, rmsprop, batch 512, 20 epochs, 15,000 training and
10,000 validation reviews, seed 1), real IMDB / this twin:
    first epoch       loss 0.55 / 0.50, accuracy 0.77 / 0.81, validation loss 0.44 / 0.36
    validation loss   lowest in epoch 5 (0.275) / epoch 3 (0.257), in epoch 20 0.54 / 0.56
    accuracy          validation at best 0.889 / 0.898, in epoch 20 0.870 / 0.864; training in epoch 20 0.998 / 0.996
With two layers of 4 units the lowest validation loss comes in epoch 13 / 15.

How much order matters, real / twin. Naive Bayes on the last 500 words, test accuracy: 0.832 / 0.901 from words alone,
0.838 / 0.916 when a word after a negator is a word of its own. An LSTM of 32 units on the last 100 words (10,000
training reviews, 6 epochs, seed 1), best validation accuracy: 0.829 / 0.872; the same words reversed 0.814 / 0.866,
shuffled 0.815 / 0.853; a SimpleRNN 0.816 / 0.851. Where a review is cut matters in real ones, which conclude at the
end (Naive Bayes on the first 100 words 0.779 and on the last 100 0.814), and not here (0.878 and 0.879).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dlwp_tui.data.sets import twin_text, vocabulary

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from dlwp_tui.data.dataset import Arrays

SEED = 20_171_014
REVIEWS = 25_000
"""In each of the two parts."""
WORDS = 88_584

LENGTH_MEDIAN, LENGTH_SPREAD, LENGTH_MIN, LENGTH_MAX = 177, 0.65, 11, 2493
"""Words in a review: log-normal, cut off; mean about 220."""
LEAN_LISTED = 1.3
"""Log-odds of a listed sentiment word: e^1.3 times as often on its own side as in all reviews."""
LEAN_OTHER = 0.24
"""Standard deviation of the log-odds of all other words beyond rank 60."""
CONVICTION, DOUBT = 0.72, 0.43
"""Mean and standard deviation of how far a review leans to its label, 1 being only words of that side."""
TOPIC_SHARE = 0.12
NEGATED = 0.012
"""Share of places where a negator and a sentiment word of the opposite side are put."""
CHUNK = 5000
"""Reviews drawn at once: 1.1 million words, 40 MB of working memory."""


def make() -> Arrays:
    """The arrays `sets.imdb.read` returns, and `words_utf8`, the words by rank joined with newlines."""
    import numpy as np

    rng = np.random.RandomState(SEED)
    language = Language(rng)
    arrays: Arrays = {"words_utf8": np.frombuffer("\n".join(language.words).encode(), dtype=np.uint8)}
    for part in ("train", "test"):
        labels = rng.permutation(np.arange(REVIEWS) % 2)
        drawn = [language.reviews(rng, labels[i : i + CHUNK]) for i in range(0, REVIEWS, CHUNK)]
        lengths = np.concatenate([lengths for _values, lengths in drawn])
        arrays[f"x_{part}_values"] = np.concatenate([values for values, _lengths in drawn])
        arrays[f"x_{part}_offsets"] = np.concatenate(([0], np.cumsum(lengths)))
        arrays[f"y_{part}"] = labels.astype(np.int64)
    return arrays


class Language:
    """Words by rank and sampling tables: one for each side and topic."""

    def __init__(self, rng: np.random.RandomState) -> None:
        import numpy as np

        self.words = twin_text.placed(WORDS, _ranks())
        rank = {word: i for i, word in enumerate(self.words)}
        share = twin_text.frequencies(WORDS)
        lean = rng.standard_normal(WORDS) * LEAN_OTHER
        lean[:60] = 0
        for listed, sign in ((vocabulary.POSITIVE, 1), (vocabulary.NEGATIVE, -1)):
            for word in listed:
                lean[rank[word]] = sign * LEAN_LISTED
        for word in (*vocabulary.FUNCTION, *vocabulary.NEGATORS):
            lean[rank[word]] = 0
        self.sides = np.stack([twin_text.table(share * np.exp(-lean)), twin_text.table(share * np.exp(lean))])
        self.topics = np.stack(
            [self._topic(rng, share, [rank[w] for w in words]) for words in vocabulary.TOPICS.values()]
        )
        self.negators = np.array([rank[w] + 1 for w in vocabulary.NEGATORS], np.int32)
        self.listed = [
            np.array([rank[w] + 1 for w in words], np.int32) for words in (vocabulary.NEGATIVE, vocabulary.POSITIVE)
        ]

    def reviews(
        self, rng: np.random.RandomState, labels: NDArray[np.int64]
    ) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
        """Reviews for `labels` (0 or 1) as (words one after another, lengths)."""
        import numpy as np

        n = len(labels)
        lengths = np.exp(rng.standard_normal(n) * LENGTH_SPREAD + np.log(LENGTH_MEDIAN))
        lengths = np.clip(lengths, LENGTH_MIN, LENGTH_MAX).astype(np.int64)
        leaning = np.clip(CONVICTION + DOUBT * rng.standard_normal(n), -1, 1) * np.where(labels == 1, 1, -1)
        topic = rng.randint(0, len(self.topics), n)
        row = np.repeat(np.arange(n), lengths)
        total = len(row)
        entry = (rng.random_sample(total) * twin_text.TABLE).astype(np.int32)
        side = (rng.random_sample(total) < (0.5 + 0.5 * leaning)[row]).astype(np.int8)
        words = self.sides[side, entry]
        from_topic = rng.random_sample(total) < TOPIC_SHARE
        words[from_topic] = self.topics[topic[row[from_topic]], entry[from_topic]]
        self._negate(rng, words, row, side)
        return words, lengths

    def _negate(
        self, rng: np.random.RandomState, words: NDArray[np.int32], row: NDArray[np.int64], side: NDArray[np.int8]
    ) -> None:
        import numpy as np

        at = np.flatnonzero(rng.random_sample(len(words) - 1) < NEGATED) + 1
        at = at[row[at] == row[at - 1]]  # both words in the same review
        words[at - 1] = self.negators[rng.randint(0, len(self.negators), len(at))]
        pick = rng.random_sample(len(at)) ** 1.5  # frequent words, which stand first, more often
        opposite = 1 - side[at]
        for which in (0, 1):
            here = opposite == which
            listed = self.listed[which]
            words[at[here]] = listed[(pick[here] * len(listed)).astype(np.int64)]

    @staticmethod
    def _topic(rng: np.random.RandomState, share: twin_text.Floats, own: list[int]) -> NDArray[np.int32]:
        import numpy as np

        weights = share * np.exp(rng.standard_normal(len(share)) * 1.2)
        weights[:60] = share[:60]
        weights[own] *= 12
        return twin_text.table(weights)


def _ranks() -> dict[str, int]:
    function = list(dict.fromkeys(vocabulary.FUNCTION))
    placed = {word: rank for rank, word in enumerate(function[:40], 1)}
    groups = (
        (vocabulary.POSITIVE, 48, 6000),
        (vocabulary.NEGATIVE, 78, 6000),
        (function[40:], 41, 500),
        (vocabulary.NEGATORS, 25, 300),
        (vocabulary.GENERAL, 150, 1500),
        *((words, 150 + 20 * i, 4000) for i, words in enumerate(vocabulary.TOPICS.values())),
    )
    for words, first, last in groups:
        for word, rank in twin_text.spread(words, first, last).items():
            placed.setdefault(word, rank)
    return placed
