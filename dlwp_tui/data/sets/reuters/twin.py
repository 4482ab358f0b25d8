"""The synthetic twin of Reuters: 11,228 newswires in 46 topics.

The topics have the sizes of the real set, each has topic words of its own, related topics share some (grain and
wheat, crude and gas), and part of a newswire comes from a neighbouring topic. Some newswires stand there twice, under
two topics, in the place of real ones with several: no network learns both labels, so training accuracy stalls below 1.

Measured with the book's 3.5 (10,000 words multi-hot, 64-64-46, rmsprop, 20 epochs, 1,000 validation newswires, seed 1).
Batch 512: validation loss lowest in epoch 11 with 0.79 (the real set: epoch 9, 0.88), training accuracy 0.952 (there
0.957), validation accuracy 0.84, test accuracy 0.81 (the book's run: 0.78). Batch 128: the validation loss rises to
1.18 times its minimum (there 1.2), and a layer of 4 units in the middle costs 12 points of validation accuracy (there
9 to 12).
What it cannot show: how a network of another width or depth fares on real newswires. The words of a text are drawn one
by one, so that there is nothing in it for a second layer to find. The real file was not at hand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dlwp_tui.data.sets import twin_text
from dlwp_tui.data.sets.reuters.labels import LABELS
from dlwp_tui.data.sets.vocabulary import FUNCTION, NEWS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from dlwp_tui.data.dataset import Arrays

SEED = 20_171_015
WORDS = 30_979
SIZES = (
    69, 540, 93, 3945, 2436, 21, 60, 20, 174, 126, 155, 488, 61, 215, 33, 25, 555, 49, 83, 686, 336, 125, 19, 51, 78,
    115, 30, 19, 60, 24, 56, 49, 40, 14, 63, 13, 61, 24, 24, 30, 45, 38, 16, 26, 15, 23,
)  # fmt: skip
"""Newswires in each topic: the class sizes of the real training part (8,982, from 3,159 earn down to 10) times 1.25."""
LENGTH_MEDIAN, LENGTH_SPREAD, LENGTH_MIN, LENGTH_MAX = 95, 0.85, 12, 2375
"""Words in a newswire: log-normal; mean about 135, the longest real one has 2,376 ids."""
COMMON = 120
"""The most frequent words belong to no topic."""
OWN_WORDS, OWN_BOOST = 60, 18.0
"""Words typical of one topic, and how many times as often they come there."""
NAME_BOOST = 150.0
"""The words of a topic's own name (crude, oil): so many times as often in its newswires."""
TOPIC_SPREAD = 0.5
"""Standard deviation of the log-frequency of all other words from topic to topic."""
FAITHFUL, STRAY = 0.95, 0.25
"""Mean and standard deviation of the share of a newswire that comes from its own topic; the rest from a neighbour."""
TWICE = 0.09
"""Share of newswires whose text stands there twice: a newswire with two topics is filed once under each."""

FAMILIES = (
    ("grain", "wheat", "veg-oil", "oilseed", "meal-feed", "cotton"),
    ("cocoa", "coffee", "sugar", "orange", "rubber"),
    ("copper", "alum", "gold", "tin", "zinc", "silver", "lead", "strategic-metal", "iron-steel"),
    ("crude", "nat-gas", "gas", "heat", "pet-chem"),
    ("money-fx", "interest", "dlr", "money-supply", "reserves"),
    ("trade", "bop", "gnp", "cpi", "wpi", "ipi", "jobs", "lei", "retail", "housing"),
    ("livestock", "carcass", "hog"),
)
"""Topics that share words, as in the real set; earn, acq and ship stand alone."""


def make() -> Arrays:
    """The arrays `sets.reuters.read` returns, and `words_utf8`."""
    import numpy as np

    rng = np.random.RandomState(SEED)
    words = twin_text.placed(WORDS, _ranks())
    labels = rng.permutation(np.repeat(np.arange(len(SIZES)), SIZES))
    values, lengths = _newswires(rng, _tables(rng, words), labels)
    texts = np.split(values, np.cumsum(lengths)[:-1])
    for first, second in rng.permutation(len(labels))[: round(TWICE * len(labels) / 2) * 2].reshape(-1, 2):
        texts[second] = texts[first]
    return {
        "x_values": np.concatenate(texts),
        "x_offsets": np.concatenate(([0], np.cumsum([len(text) for text in texts]))),
        "y": labels.astype(np.int64),
        "words_utf8": np.frombuffer("\n".join(words).encode(), dtype=np.uint8),
    }


def _tables(rng: np.random.RandomState, words: list[str]) -> NDArray[np.int32]:
    """Sampling tables, shape (46, TABLE): topics of one family share half of their own words."""
    import numpy as np

    share = twin_text.frequencies(WORDS)
    families = [next((i for i, family in enumerate(FAMILIES) if label in family), -1) for label in LABELS]
    family_words = [_own(rng) for _family in range(len(FAMILIES) + 1)]  # the last: topics that stand alone
    rank = {word: i for i, word in enumerate(words)}
    tables = []
    for topic, label in enumerate(LABELS):
        weights = share * np.exp(rng.standard_normal(WORDS) * TOPIC_SPREAD)
        weights[:COMMON] = share[:COMMON]
        weights[_own(rng)] *= OWN_BOOST
        weights[family_words[families[topic]]] *= OWN_BOOST
        weights[[rank[w] for w in named(label)]] *= NAME_BOOST
        tables.append(twin_text.table(weights))
    return np.stack(tables)


def _own(rng: np.random.RandomState) -> NDArray[np.int64]:
    import numpy as np

    return np.asarray(rng.choice(np.arange(COMMON, 6000), OWN_WORDS, replace=False))


def _newswires(
    rng: np.random.RandomState, tables: NDArray[np.int32], subject: NDArray[np.int64]
) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    import numpy as np

    n = len(subject)
    lengths = np.exp(rng.standard_normal(n) * LENGTH_SPREAD + np.log(LENGTH_MEDIAN))
    lengths = np.clip(lengths, LENGTH_MIN, LENGTH_MAX).astype(np.int64)
    faithful = np.clip(FAITHFUL + STRAY * rng.standard_normal(n), 0, 1)
    neighbour = subject[rng.randint(0, n, n)]
    row = np.repeat(np.arange(n), lengths)
    own = rng.random_sample(len(row)) < faithful[row]
    topic = np.where(own, subject[row], neighbour[row])
    entry = (rng.random_sample(len(row)) * twin_text.TABLE).astype(np.int64)
    return tables[topic, entry], lengths


def named(label: str) -> list[str]:
    """The words of a topic's name, and what newswires about it are full of."""
    return [*label.split("-"), *NEWS.get(label, ())]


def _ranks() -> dict[str, int]:
    placed = {word: rank for rank, word in enumerate(dict.fromkeys(FUNCTION[:COMMON]), 1)}
    topical = dict.fromkeys(word for label in LABELS for word in named(label))
    for word, rank in twin_text.spread(topical, COMMON + 30, 5000).items():
        placed.setdefault(word, rank)
    return placed
