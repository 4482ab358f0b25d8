"""Sequences against plain Python and Keras' own rules."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dlwp_tui.data import Sequences

ROWS = [[1, 14, 22, 14], [1], [1, 3, 3, 9, 2]]
rows_of_ids = st.lists(st.lists(st.integers(2, 40), max_size=12).map(lambda r: [1, *r]), min_size=1, max_size=8)


def pad_like_keras(rows: list[list[int]], maxlen: int, padding: str, truncating: str, value: int) -> list[list[int]]:
    """keras.utils.pad_sequences written out."""
    out = []
    for row in rows:
        kept = (row[-maxlen:] if truncating == "pre" else row[:maxlen]) if maxlen else []
        fill = [value] * (maxlen - len(kept))
        out.append(fill + kept if padding == "pre" else kept + fill)
    return out


def test_rows_slices_and_masks() -> None:
    x = Sequences.of(ROWS)
    assert len(x) == 3
    assert [r.tolist() for r in x] == ROWS
    assert x[-1].tolist() == ROWS[-1]
    assert x[0].base is not None, "one sequence is a view, not a copy"
    assert [r.tolist() for r in x[1:]] == ROWS[1:]
    assert [r.tolist() for r in x[::-1]] == ROWS[::-1]
    assert [r.tolist() for r in x[np.array([2, 0])]] == [ROWS[2], ROWS[0]]
    assert [r.tolist() for r in x[np.array([True, False, True])]] == [ROWS[0], ROWS[2]]
    assert len(x[5:2]) == 0
    with pytest.raises(IndexError):
        x[3]


@settings(max_examples=60, deadline=None)
@given(rows_of_ids, st.integers(0, 15), st.sampled_from(["pre", "post"]), st.sampled_from(["pre", "post"]))
def test_pad_is_keras_pad_sequences(rows: list[list[int]], maxlen: int, padding: str, truncating: str) -> None:
    got = Sequences.of(rows).pad(maxlen, padding, truncating, value=7)  # type: ignore[arg-type]
    assert got.shape == (len(rows), maxlen)
    assert got.tolist() == pad_like_keras(rows, maxlen, padding, truncating, 7)


def test_pad_defaults_keep_the_last_words_behind_zeros() -> None:
    assert Sequences.of([[1, 2, 3], [4]]).pad(2).tolist() == [[2, 3], [0, 4]]
    assert Sequences.of([[1, 2, 3], [4]]).pad().shape == (2, 3)
    with pytest.raises(ValueError, match="'pre' or 'post'"):
        Sequences.of([[1]]).pad(1, padding="left")  # type: ignore[arg-type]


@settings(max_examples=60, deadline=None)
@given(rows_of_ids)
def test_sets_have_the_multi_hot_of_the_whole_sequence(rows: list[list[int]]) -> None:
    x = Sequences.of(rows)
    sets = x.sets()
    assert [row.tolist() for row in sets] == [sorted(set(row)) for row in rows]
    matrix = sets.rows(np.arange(len(rows)))
    assert matrix.shape[1] == max(len(set(r)) for r in rows) and matrix.dtype == np.int16
    assert np.array_equal(Sequences.of(matrix.tolist()).multi_hot(41), x.multi_hot(41))


def test_rows_of_sets_are_as_wide_as_the_largest_asked_for() -> None:
    sets = Sequences.of([[9, 4, 4, 70_000], [3, 3], [5, 8]]).sets()
    assert sets.rows(np.array([1])).tolist() == [[3]]
    assert sets.rows(np.array([2, 1])).tolist() == [[5, 8], [3, 3]]
    assert sets[1:].rows(np.array([1, 0])).tolist() == [[5, 8], [3, 3]]
    assert sets.take(np.array([2, 0])).rows(np.array([1])).tolist() == [[4, 9, 70_000]]
    assert sets.rows(np.array([], int)).shape == (0, 0)


def test_an_empty_set_is_named() -> None:
    with pytest.raises(ValueError, match="sequence 2 is empty"):
        Sequences.of([[1], [2], []]).sets().rows(np.array([0, 2]))


def test_multi_hot_is_the_books_vectorize_sequences() -> None:
    hot = Sequences.of(ROWS).multi_hot(23, "uint8")
    assert hot.dtype == np.uint8
    assert [np.flatnonzero(r).tolist() for r in hot] == [sorted(set(r)) for r in ROWS]
    with pytest.raises(ValueError, match="from 0 to 22"):
        Sequences.of(ROWS).multi_hot(22)


def test_where_may_empty_a_sequence() -> None:
    x = Sequences.of([[5], [1, 5, 2]])
    assert [r.tolist() for r in x.where(x.values != 5)] == [[], [1, 2]]


def test_book_size_is_fast() -> None:
    rng = np.random.RandomState(0)
    offsets = np.concatenate(([0], np.cumsum(rng.randint(50, 430, 25_000))))
    x = Sequences(rng.randint(1, 10_000, offsets[-1]).astype(np.int32), offsets)
    began = time.process_time()
    x.sets().rows(np.arange(25_000))
    x.pad(500)
    # measured 0.5 s of CPU together; a Python loop over words takes over 10 s
    assert time.process_time() - began < 3
