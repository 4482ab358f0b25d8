"""Texts as rows of the words that occur in them."""

from __future__ import annotations

import numpy as np
import pytest

from dlwp_tui.kit.texts import word_sets

pytestmark = pytest.mark.keras

TEXTS = [np.array([1, 7, 3, 7, 7], np.int32), np.array([1, 4], np.int32)]


def test_a_row_holds_each_word_once() -> None:
    rows = word_sets(TEXTS)
    assert rows.dtype == np.int16
    assert rows.tolist() == [[1, 3, 7], [1, 4, 1]]


def test_filling_up_changes_no_multi_hot_vector() -> None:
    from keras import layers

    by_hand = np.zeros((2, 10))
    for row, text in enumerate(TEXTS):
        by_hand[row, text] = 1
    encode = layers.CategoryEncoding(10, output_mode="multi_hot")
    assert np.array_equal(encode(word_sets(TEXTS).astype("int32")), by_hand)
