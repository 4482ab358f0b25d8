"""Made-up data for networks with several inputs or outputs: questions about texts, posts by people, what two eyes see.

Nothing of it is real: each set has just the structure that its lesson is about, and costs no file.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

TOPICS, QUESTIONS = 10, 5
"""Of a text, and kinds of question: the answer is one of their 50 pairs."""
OWN = 8
"""Words that belong to one topic or one kind of question."""


@dataclass(frozen=True)
class Quiz:
    """n texts and questions of word ids (n, length) int32, and the number (n,) of each answer."""

    text: np.ndarray
    question: np.ndarray
    answer: np.ndarray


def random_quiz(rng: np.random.Generator, count: int, length: int, words: int, answers: int) -> Quiz:
    """The book's data: everything random, so there is nothing to learn but the samples themselves."""
    text, question = (rng.integers(1, words, (count, length), dtype=np.int32) for _ in range(2))
    return Quiz(text, question, rng.integers(0, answers, count))


def related_quiz(rng: np.random.Generator, count: int, length: int, words: int) -> Quiz:
    """Texts about one of 10 topics, questions of one of 5 kinds; the answer is their pair, 0 to 49.

    Each topic and each kind has words of its own, and every second word is one of them; the others say nothing.
    """
    topic, kind = rng.integers(0, TOPICS, count), rng.integers(0, QUESTIONS, count)
    text = _marked(rng, topic, length, words, first=1)
    question = _marked(rng, kind, length, words, first=1 + OWN * TOPICS)
    return Quiz(text, question, topic * QUESTIONS + kind)


def _marked(rng: np.random.Generator, groups: np.ndarray, length: int, words: int, first: int) -> np.ndarray:
    """Word ids (n, length); half of each row from the words of its group, which begin at `first`."""
    shape = (len(groups), length)
    own = first + OWN * groups[:, None] + rng.integers(0, OWN, shape)
    other = rng.integers(1 + OWN * (TOPICS + QUESTIONS), words, shape)
    return np.where(rng.random(shape) < 0.5, own, other).astype(np.int32)
