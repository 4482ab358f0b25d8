"""Batches: every sample once a pass, in an order that the seed, the fit and the epoch decide."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dlwp_tui.lab import Lab, batches
from tests.lab.conftest import Events, make_lab

pytestmark = pytest.mark.keras


def _rows(dataset: Any) -> list[int]:
    return [int(row) for batch in dataset for row in np.ravel(batch.numpy())]


@pytest.fixture(params=["small", "large"])
def path(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """The ways batches are gathered: both must give the same."""
    monkeypatch.setattr(batches, "_SMALL", 1 << 40 if request.param == "small" else 0)
    return str(request.param)


def test_batches_reshuffle_each_pass_and_repeat_each_run(tmp_path: Path, events: Events, path: str) -> None:
    x = np.arange(103)
    first = make_lab(tmp_path / "a", events, seed=5).batches(x, batch_size=10)
    one, two = _rows(first), _rows(first)
    assert sorted(one) == sorted(two) == list(range(103))
    assert one != two and one != list(range(103))
    assert int(first.cardinality()) == 11
    again = make_lab(tmp_path / "b", events, seed=5).batches(x, batch_size=10)
    assert [_rows(again), _rows(again)] == [one, two]
    assert _rows(make_lab(tmp_path / "c", events, seed=6).batches(x, batch_size=10)) != one
    lab = make_lab(tmp_path / "d", events, seed=5)
    assert _rows(lab.batches(x, batch_size=10, shuffle=False)) == list(range(103))
    assert _rows(lab.batches(x, batch_size=10)) != one  # the run's second dataset has an order of its own


def test_the_order_of_an_epoch_does_not_depend_on_those_before(lab: Lab) -> None:
    dataset = lab.batches(np.arange(50), batch_size=7)
    orders: dict[int, list[int]] = {}
    for epoch in (0, 1, 2, 1, 0):
        lab.recorder.clock.fit = (1, epoch)
        order = _rows(dataset)
        assert orders.setdefault(epoch, order) == order
    assert len({tuple(order) for order in orders.values()}) == 3


def test_small_data_is_drawn_whole_seeded_and_by_epoch(tmp_path: Path, events: Events, monkeypatch: Any) -> None:
    """The path of Boston's 303 rows, with the limits as they are: in order, in a resumed run, and as large data is."""
    x = np.random.default_rng(0).normal(size=(303, 13)).astype("float32")
    y = np.arange(303, dtype="float32")

    def epochs(seed: int, wanted: tuple[int, ...], fit: int = 1) -> dict[int, list[int]]:
        lab = make_lab(tmp_path / "a", events, seed=seed)
        dataset = lab.batches(x, y, 16)
        assert int(dataset.cardinality()) == 19
        found = {}
        for epoch in wanted:
            lab.recorder.clock.fit = (fit, epoch)
            passed = list(dataset.as_numpy_iterator())
            assert [len(rows) for rows, _ in passed] == [16] * 18 + [15]
            for rows, targets in passed:
                assert (rows == x[targets.astype(int)]).all()
            found[epoch] = [int(target) for _, targets in passed for target in targets]
        return found

    whole = epochs(5, (0, 1, 2))
    assert all(sorted(order) == list(range(303)) for order in whole.values())
    assert len({tuple(order) for order in whole.values()}) == 3
    assert epochs(5, (2,))[2] == whole[2]  # resumed after two epochs
    assert epochs(6, (0,))[0] != whole[0] and epochs(5, (0,), fit=2)[0] != whole[0]
    monkeypatch.setattr(batches, "_SMALL", 0)
    assert epochs(5, (0, 1, 2)) == whole
    fixed = make_lab(tmp_path / "a", events, seed=5).batches(x, y, 16, shuffle=False)
    assert [int(t) for _, targets in fixed.as_numpy_iterator() for t in targets] == list(range(303))


def test_structures_stay_together(lab: Lab, path: str) -> None:
    n = 40
    x = {"a": np.arange(n), "b": np.arange(n * 3, dtype="float32").reshape(n, 3)}
    y = (np.arange(n) * 2, list(range(n)))
    for got, (double, same) in lab.batches(x, y, 9):
        rows = got["a"].numpy()
        assert got["b"].shape[1:] == (3,) and got["b"].dtype == "float32"
        assert (got["b"].numpy()[:, 0] == rows * 3).all()
        assert (double.numpy() == rows * 2).all() and (same.numpy() == rows).all()


def test_bad_batches_are_refused(lab: Lab) -> None:
    with pytest.raises(ValueError, match="first dimensions differ"):
        lab.batches(np.zeros((3, 2)), np.zeros(4))
    with pytest.raises(ValueError, match="batch_size=0"):
        lab.batches(np.zeros(3), batch_size=0)
    with pytest.raises(TypeError, match="padded first"):
        lab.batches(np.array([[1], [1, 2]], dtype=object))
