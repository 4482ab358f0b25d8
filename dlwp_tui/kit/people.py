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

SCALE = 40
"""Words that lie along one of the three scales of the posts."""
SHARES, BLUR = (0.05, 0.2, 0.2), (0.2, 0.03, 0.05)
"""Of age, income and gender: the share of a post's words, and how far they lie from the author's place (0..1)."""


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


@dataclass(frozen=True)
class Posts:
    """n posts of word ids (n, length) int32; their authors' age 18..60, income class 0..9, gender 0 or 1, (n,) each."""

    words: np.ndarray
    age: np.ndarray
    income: np.ndarray
    gender: np.ndarray


def posts(rng: np.random.Generator, count: int, length: int, words: int) -> Posts:
    """Posts whose authors use some words more often at their age, with their income, of their gender.

    Three kinds of words, 40 each, lie along a scale of age, of income and of gender. Of a hundred words of a post 5, 20
    and 20 are of these kinds, near the author's place on their scale, which for age is blurred by eight years; the
    others say nothing.
    """
    age = rng.uniform(18, 60, count).astype(np.float32)
    income, gender = rng.integers(0, 10, count), rng.integers(0, 2, count)
    scales = np.stack([(age - 18) / 42, income / 9, gender * 0.6 + 0.2])  # 0..1 each
    shape = (count, length)
    ids = rng.integers(1 + 3 * SCALE, words, shape)
    kind = rng.choice(3, shape, p=np.array(SHARES) / sum(SHARES))
    place = np.take_along_axis(scales.T, kind, axis=1) + rng.normal(0, 1, shape) * np.array(BLUR)[kind]
    marked = 1 + SCALE * kind + np.clip(place * SCALE, 0, SCALE - 1).astype(int)
    chosen = rng.random(shape) < sum(SHARES)
    return Posts(np.where(chosen, marked, ids).astype(np.int32), age, income, gender)


STEPS, FEATURES = 20, 128
"""Of a sentence: its words, each a vector."""


def pairs(rng: np.random.Generator, count: int, topics: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Pairs of sentences (n, 20, 128) float32, half of them with one meaning, half with two; and which (n,) 0 or 1.

    A meaning is a direction among the features. A quarter of a sentence's words point there, the others anywhere.
    """
    meanings = rng.normal(size=(topics, FEATURES))
    left = rng.integers(0, topics, count)
    same = rng.integers(0, 2, count)
    right = np.where(same == 1, left, (left + rng.integers(1, topics, count)) % topics)

    def sentences(which: np.ndarray) -> np.ndarray:
        marked = rng.random((count, STEPS, 1)) < 0.25
        noise = rng.normal(size=(count, STEPS, FEATURES)).astype(np.float32)
        words: np.ndarray = np.where(marked, meanings[which][:, None, :], 0) + noise
        return words.astype(np.float32)

    return sentences(left), sentences(right), same


def stereo(rng: np.random.Generator, count: int, side: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """What a left and a right eye see (n, side, side, 3) float32 in 0..1, and how near it is (n,) float32, 0 to 1.

    A bright square of any size stands before a dim background that is equal for both. Its nearness shows only in how
    far the right picture's square has moved, by up to a quarter of the side.
    """
    near = rng.random(count).astype(np.float32)
    size = rng.integers(side // 8, side // 4 + 1, count)
    reach = side // 4
    x, y = (rng.integers(reach, side - side // 4, count) for _ in range(2))
    colour = rng.uniform(0.5, 1.0, (count, 3)).astype(np.float32)
    left = (0.2 * rng.random((count, side, side, 3))).astype(np.float32)
    right = left.copy()
    moved = x - np.rint(near * reach).astype(int)
    for at in range(count):
        rows = slice(y[at], y[at] + size[at])
        left[at, rows, x[at] : x[at] + size[at]] = colour[at]
        right[at, rows, moved[at] : moved[at] + size[at]] = colour[at]
    return left, right, near
