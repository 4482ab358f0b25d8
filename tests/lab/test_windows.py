"""Windows of a series: the same samples as the book's generator gives, seeded, without a copy, faster than training."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dlwp_tui.lab import Lab
from tests.lab.conftest import Told, make_lab

pytestmark = pytest.mark.keras
SERIES = np.random.default_rng(0).normal(size=(3000, 5)).astype("float32")
CUT: dict[str, Any] = {"lookback": 60, "step": 6, "delay": 24, "batch_size": 16}


def book(
    data: Any, *, lookback: int, delay: int, min_index: int, max_index: int, batch_size: int, step: int
) -> Iterator[Any]:
    """The generator of the book, in the order of time (P176)."""
    i = min_index + lookback
    while True:
        if i + batch_size >= max_index:
            i = min_index + lookback
        rows = np.arange(i, min(i + batch_size, max_index))
        i += len(rows)
        samples = np.zeros((len(rows), lookback // step, data.shape[-1]))
        targets = np.zeros((len(rows),))
        for j, row in enumerate(rows):
            indices = range(row - lookback, row, step)
            samples[j] = data[indices]
            targets[j] = data[row + delay][1]
        yield samples, targets


def test_in_order_they_are_the_book_s_samples(lab: Lab) -> None:
    mine = lab.windows(SERIES, min_index=500, max_index=1210, **CUT)
    theirs = book(SERIES, min_index=500, max_index=1210, **CUT)
    steps = (1210 - 500 - 60) // 16
    for _, (x, y), (samples, targets) in zip(range(steps), mine, theirs, strict=False):
        assert x.shape == (16, 10, 5) and y.shape == (16,)
        np.testing.assert_array_equal(x.numpy(), samples.astype("float32"))
        np.testing.assert_array_equal(y.numpy(), targets.astype("float32"))


def test_a_whole_pass_sees_every_window_once(lab: Lab) -> None:
    series = np.stack([np.arange(1000.0), np.arange(1000.0)], axis=1)
    passed = [y.numpy() for _, y in lab.windows(series, min_index=100, max_index=403, **CUT)]
    assert np.concatenate(passed).tolist() == [r + 24 for r in range(160, 403)]
    assert int(lab.windows(series, min_index=100, max_index=403, **CUT).cardinality()) == len(passed) == 16


def test_a_few_ordered_batches_are_spread_over_the_whole_time(lab: Lab) -> None:
    series = np.stack([np.arange(3000.0), np.arange(3000.0)], axis=1)
    y = np.concatenate([y.numpy() for _, y in lab.windows(series, steps=3, **CUT)]) - 24
    assert len(y) == 48 and y[0] == 60 and y[-1] == 3000 - 24 - 1
    assert set(np.diff(y)) <= {62.0, 63.0}


def test_random_windows_stay_inside_and_repeat_with_the_seed(tmp_path: Path, told: Told) -> None:
    series = np.stack([np.arange(3000.0), np.arange(3000.0)], axis=1)

    def passes(seed: int) -> list[list[float]]:
        dataset = make_lab(tmp_path / "x", told, seed=seed).windows(
            series, min_index=200, max_index=900, steps=40, shuffle=True, **CUT
        )
        return [[*np.concatenate([y.numpy() for _, y in dataset])] for _ in range(2)]

    one, two = passes(1)
    assert len(one) == 640 and one != two  # another order each epoch
    assert min(one) >= 200 + 60 + 24 and max(one) < 900 + 24
    assert len(set(one)) > 350  # random, not one batch again and again
    assert passes(1) == [one, two] and passes(2)[0] != one


def test_a_stride_leaves_every_so_manieth_window(lab: Lab) -> None:
    series = np.stack([np.arange(1000.0), np.arange(1000.0)], axis=1)
    whole = np.concatenate([y.numpy() for _, y in lab.windows(series, stride=50, max_index=901, **CUT)]) - 24
    assert whole.tolist() == list(range(60, 901, 50))
    drawn = lab.windows(series, stride=50, max_index=901, steps=30, shuffle=True, **CUT)
    assert {*np.concatenate([y.numpy() for _, y in drawn]) - 24} == {*whole}


def test_the_epoch_decides_so_a_resumed_run_sees_the_same_windows(lab: Lab) -> None:
    dataset = lab.windows(SERIES, steps=5, shuffle=True, **CUT)
    seen: dict[int, list[float]] = {}
    for epoch in (0, 1, 1, 0):
        lab.recorder.clock.fit = (1, epoch)
        ys = [*np.concatenate([y.numpy() for _, y in dataset])]
        assert seen.setdefault(epoch, ys) == ys
    assert seen[0] != seen[1]


@pytest.mark.parametrize("step", [6, 7])  # 7 does not divide the lookback: the last row is not r - step
@pytest.mark.parametrize("steps", [None, 3, 1000])
def test_the_ends_are_the_last_rows_and_the_targets_of_the_windows(lab: Lab, step: int, steps: int | None) -> None:
    cut = {**CUT, "step": step, "min_index": 100, "max_index": 1217, "steps": steps, "stride": 2}
    x, y = zip(*lab.windows(SERIES, **cut), strict=True)
    last, targets = lab.ends(SERIES, **cut)
    np.testing.assert_array_equal(last, np.concatenate(x)[:, -1])
    np.testing.assert_array_equal(targets, np.concatenate(y))
    assert last.dtype == targets.dtype == np.float32 and lab.ends(SERIES.astype(float), **cut)[0].dtype == np.float32
    with pytest.raises(ValueError, match="steps=0"):
        lab.ends(SERIES, **{**cut, "steps": 0})


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"lookback": 0}, "lookback=0"),
        ({"step": 0}, "step=0"),
        ({"step": 61}, "step=61 should not be above lookback=60"),
        ({"delay": -1}, "delay=-1"),
        ({"batch_size": 0}, "batch_size=0"),
        ({"steps": 0}, "steps=0"),
        ({"stride": 0}, "stride=0"),
        ({"max_index": 2999}, "hold no window"),
        ({"max_index": 60}, "hold no window"),
        ({"min_index": -1}, "hold no window"),
        ({"target": 5}, "column 5"),
        ({"shuffle": True}, "have no end"),
    ],
)
def test_windows_that_cannot_be_are_refused(lab: Lab, wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        lab.windows(SERIES, **(CUT | wrong))


def test_a_window_of_the_book_s_size_is_cut_faster_than_a_gru_trains_on_it(lab: Lab) -> None:
    """128 windows of 240x14 take 1.5 ms of CPU; the GRU of 6.3.5 takes 47 ms a step, Dense about 2."""
    series = np.zeros((200_000, 14), "float32")
    dataset = lab.windows(series, lookback=1440, step=6, delay=144, steps=100, shuffle=True)
    sum(1 for _ in dataset.take(3))
    began = time.process_time()
    assert sum(1 for _ in dataset) == 100
    assert (time.process_time() - began) / 100 < 0.015
