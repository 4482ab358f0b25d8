"""Sequences against plain Python lists."""

from __future__ import annotations

import numpy as np

from dlwp_tui.data.sequences import Sequences, offsets_of

ROWS = [[1, 14, 22, 14], [1], [1, 3, 3, 9, 2]]


def _sequences(rows: list[list[int]]) -> Sequences:
    return Sequences(np.concatenate([np.array(row, np.int32) for row in rows]), offsets_of([len(row) for row in rows]))


def test_rows_are_views() -> None:
    x = _sequences(ROWS)
    assert len(x) == 3 and x.lengths.tolist() == [4, 1, 5]
    assert [row.tolist() for row in x] == ROWS
    assert all(np.shares_memory(row, x.values) for row in x)
    assert [row.tolist() for row in x[1:]] == ROWS[1:] and np.shares_memory(x[1:].values, x.values)
    assert len(x[5:2]) == len(x[3:]) == 0
    assert [row.tolist() for row in x.take(np.array([2, 0, 2]))] == [ROWS[2], ROWS[0], ROWS[2]]


def test_where_may_empty_a_sequence() -> None:
    x = _sequences([[5], [1, 5, 2]])
    assert [row.tolist() for row in x.where(x.values != 5)] == [[], [1, 2]]
