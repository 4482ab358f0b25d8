"""Reviews and newswires as fully connected networks take them: which words occur, not in which order."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

START = 1
"""The id that every text of Keras' IMDB and Reuters data begins with."""


def word_sets(texts: Iterable[np.ndarray]) -> np.ndarray:
    """The different ids of each text, in rows of equal length: (n, most) int16, where `texts` are n arrays (length,).

    Short rows are filled up with START, which is in each text already: `CategoryEncoding(output_mode="multi_hot")`
    makes the same of them. 25,000 reviews take 45 MB, as multi-hot rows of float64 they would take 2 GB.
    """
    import keras

    words = [np.unique(text) for text in texts]
    padded: np.ndarray = keras.utils.pad_sequences(words, dtype="int16", padding="post", value=START)
    return padded
