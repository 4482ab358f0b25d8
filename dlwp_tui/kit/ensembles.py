"""Ensembles of lesson 7.3.3: a classifier that is no network, and weights found on validation data."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


class NaiveBayes:
    """Multinomial naive Bayes over the words that occur in a text: fast, and wrong elsewhere than a network."""

    def __init__(self, x: np.ndarray, labels: np.ndarray, words: int, classes: int, smoothing: float = 0.05) -> None:
        """`x` (n, length): ids of the words in each text, as `kit.texts.word_sets` makes them; `labels` (n,)."""
        counts = np.full((classes, words), smoothing)
        for label in np.unique(labels):
            ids = x[labels == label]
            counts[label] += np.bincount(np.concatenate([np.unique(row) for row in ids]), minlength=words)
        self._words = np.log(counts / counts.sum(axis=1, keepdims=True)).T  # (words, classes)
        known = np.bincount(labels, minlength=classes) + smoothing
        self._classes = np.log(known / known.sum())

    def predict(self, x: np.ndarray, sharpness: float = 0.2) -> np.ndarray:
        """Probabilities (n, classes).

        Its words are not independent, so it is far too sure; the scores are multiplied by `sharpness` to be as
        doubtful as a network.
        """
        scores = np.stack([self._words[np.unique(row)].sum(axis=0) for row in x]) + self._classes
        scores = sharpness * (scores - scores.max(axis=1, keepdims=True))
        p: np.ndarray = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
        return p


def best_weights(
    rng: np.random.Generator, members: Sequence[np.ndarray], labels: np.ndarray, tries: int = 300
) -> np.ndarray:
    """Weights of `members`' probabilities (n, classes) with the highest accuracy on `labels`, of `tries` random ones.

    They add up to 1. Of equally good ones the nearest to equal weights.
    """
    parts = np.stack(members)
    equal = np.full(len(members), 1 / len(members))
    candidates = [equal, *rng.dirichlet(np.ones(len(members)), tries)]

    def score(weights: np.ndarray) -> tuple[float, float]:
        right = np.tensordot(weights, parts, 1).argmax(axis=1) == labels
        return float(right.mean()), -float(np.abs(weights - equal).sum())

    return max(candidates, key=score)
