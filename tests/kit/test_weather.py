"""The weather series for training: the book's samples, seeded, without a copy, faster than training; the baseline."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import keras
import numpy as np
import pytest

from dlwp_tui.kit import weather
from dlwp_tui.kit.weather import TEMPERATURE, Window, windows
from dlwp_tui.lab import Lab
from tests.lab.conftest import Events, make_lab

pytestmark = pytest.mark.keras
SERIES = np.random.default_rng(0).normal(size=(3000, 5)).astype("float32")
WINDOW = Window(lookback=60, step=6, delay=24)
COUNT = np.stack([np.arange(3000.0), np.arange(3000.0)], axis=1)
"""A series whose temperature is the row's own number: a target says where its window lies."""


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


def ends(dataset: Any) -> list[int]:
    """The row before which each window of COUNT ends."""
    return [int(y) - WINDOW.delay for _, ys in dataset for y in ys.numpy()]


def test_in_order_they_are_the_book_s_samples(lab: Lab) -> None:
    mine = windows(lab, SERIES, range(500, 1210), WINDOW, 16)
    theirs = book(SERIES, min_index=500, max_index=1210, lookback=60, step=6, delay=24, batch_size=16)
    steps = (1210 - 500 - 60) // 16
    for _, (x, y), (samples, targets) in zip(range(steps), mine, theirs, strict=False):
        assert x.shape == (16, 10, 5) and y.shape == (16,)
        np.testing.assert_array_equal(x.numpy(), samples.astype("float32"))
        np.testing.assert_array_equal(y.numpy(), targets.astype("float32"))


@pytest.mark.parametrize("step", [6, 7])  # 7 does not divide the lookback: the last row is not r - step
def test_they_are_those_of_keras(lab: Lab, step: int) -> None:
    window = Window(60, step, 24)
    today = keras.utils.timeseries_dataset_from_array(
        SERIES[: 2999 - 84],
        SERIES[84:2999, TEMPERATURE],
        sequence_length=window.steps,
        sampling_rate=step,
        sequence_stride=2,
        start_index=100,
        batch_size=16,
    )
    for _, (x, y), (samples, targets) in zip(
        range(40), windows(lab, SERIES, range(100, 2976), window, 16, stride=2), today, strict=False
    ):
        np.testing.assert_array_equal(x.numpy(), samples.numpy())
        np.testing.assert_array_equal(y.numpy(), targets.numpy())


def test_a_whole_pass_sees_every_window_once(lab: Lab) -> None:
    dataset = windows(lab, COUNT, range(100, 403), WINDOW, 16)
    assert ends(dataset) == [*range(160, 403)]
    assert int(dataset.cardinality()) == sum(1 for _ in dataset) == 16
    mixed = ends(windows(lab, COUNT, range(100, 403), WINDOW, 16, shuffle=True))
    assert mixed != sorted(mixed) == [*range(160, 403)]


@pytest.mark.parametrize("steps", [3, 1000])
def test_a_few_ordered_batches_are_spread_over_the_whole_time(lab: Lab, steps: int) -> None:
    dataset = windows(lab, COUNT, range(2976), WINDOW, 16, steps=steps)
    rows = ends(dataset)
    assert len(rows) == (48 if steps == 3 else 2916)
    assert int(dataset.cardinality()) == -(-len(rows) // 16)
    assert rows[0] == 60 and rows[-1] == 3000 - 24 - 1
    assert set(np.diff(rows)) <= ({62, 63} if steps == 3 else {1})


def test_random_windows_stay_inside_and_repeat_with_the_seed(tmp_path: Path, events: Events) -> None:
    def passes(seed: int) -> list[list[int]]:
        lab = make_lab(tmp_path / "x", events, seed=seed)
        dataset = windows(lab, COUNT, range(200, 900), WINDOW, 16, steps=40, shuffle=True)
        assert int(dataset.cardinality()) == 40
        return [ends(dataset) for _ in range(2)]

    one, two = passes(1)
    assert len(one) == 640 and one != two  # another order each epoch
    assert min(one) >= 200 + 60 and max(one) < 900
    assert len(set(one)) > 350  # random, not one batch again and again
    assert passes(1) == [one, two] and passes(2)[0] != one


def test_no_window_comes_twice_before_all_have_come(lab: Lab) -> None:
    part = ends(windows(lab, COUNT, range(200, 900), WINDOW, 16, steps=30, shuffle=True))
    assert len(part) == len(set(part)) == 480  # of 640
    often = ends(windows(lab, COUNT, range(2001), WINDOW, 16, steps=30, stride=50, shuffle=True))
    rows, times = np.unique(often, return_counts=True)
    assert rows.tolist() == [*range(60, 2001, 50)]
    assert times.sum() == 480 and set(times) == {12, 13}  # 39 windows


def test_a_stride_leaves_every_so_manieth_window(lab: Lab) -> None:
    whole = ends(windows(lab, COUNT, range(901), WINDOW, 16, stride=50))
    assert whole == [*range(60, 901, 50)]
    drawn = windows(lab, COUNT, range(901), WINDOW, 16, stride=50, steps=30, shuffle=True)
    assert {*ends(drawn)} == {*whole}


def test_the_epoch_decides_so_a_resumed_run_sees_the_same_windows(lab: Lab) -> None:
    dataset = windows(lab, COUNT, range(2976), WINDOW, 16, steps=5, shuffle=True)
    seen: dict[int, list[int]] = {}
    for epoch in (0, 1, 1, 0):
        lab.recorder.clock.fit = (1, epoch)
        rows = ends(dataset)
        assert seen.setdefault(epoch, rows) == rows
    assert seen[0] != seen[1]


def test_batches_are_float32_whatever_the_series_is(lab: Lab) -> None:
    x, y = next(iter(windows(lab, SERIES.astype(float), range(1000), WINDOW)))
    assert x.dtype.name == y.dtype.name == "float32" and x.shape == (128, 10, 5)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"lookback": 0}, "lookback=0"),
        ({"step": 0}, "step=0"),
        ({"step": 61}, "step=61 should lie between 1 and lookback=60"),
        ({"delay": -1}, "delay=-1"),
        ({"batch_size": 0}, "batch_size=0"),
        ({"steps": 0}, "steps=0"),
        ({"stride": 0}, "stride=0"),
        ({"rows": range(2999)}, "hold no window"),
        ({"rows": range(60)}, "hold no window"),
        ({"rows": range(-1, 2000)}, "hold no window"),
    ],
)
def test_windows_that_cannot_be_are_refused(lab: Lab, wrong: dict[str, Any], message: str) -> None:
    options: dict[str, Any] = {"rows": range(2000), "lookback": 60, "step": 6, "delay": 24, "batch_size": 16} | wrong
    with pytest.raises(ValueError, match=message):
        window = Window(*(options.pop(name) for name in ("lookback", "step", "delay")))
        windows(lab, SERIES, options.pop("rows"), window, **options)


def test_a_window_of_the_book_s_size_is_cut_faster_than_a_gru_trains_on_it(lab: Lab) -> None:
    """128 windows of 240x14 take 1.5 ms of CPU; the GRU of 6.3.5 takes 47 ms a step, Dense about 2."""
    series = np.zeros((200_000, 14), "float32")
    dataset = windows(lab, series, range(199_856), Window(1440, 6, 144), steps=100, shuffle=True)
    sum(1 for _ in dataset.take(3))
    began = time.process_time()
    assert sum(1 for _ in dataset) == 100
    assert (time.process_time() - began) / 100 < 0.015


def test_columns_are_standardised_by_the_training_rows() -> None:
    series = np.random.default_rng(0).normal(5, 3, size=(200_100, 2))
    series[200_000:] += 100
    z, celsius = weather.standardised(series)
    assert z.dtype == np.float32 and z.shape == series.shape
    assert z[:200_000].mean(axis=0, dtype=float) == pytest.approx([0, 0], abs=1e-5)
    assert z[:200_000].std(axis=0, dtype=float) == pytest.approx([1, 1], abs=1e-5)
    assert celsius == pytest.approx(3, abs=0.02)  # the spread of column 1
    assert z[200_050, 1] * celsius + series[:200_000, 1].mean() == pytest.approx(series[200_050, 1], rel=1e-5)


def test_the_baseline_is_the_last_temperature_of_each_window(lab: Lab) -> None:
    rows = np.arange(160, 403)
    want = np.abs(SERIES[rows - 6, TEMPERATURE] - SERIES[rows + 24, TEMPERATURE]).mean()
    assert weather.baseline(windows(lab, SERIES, range(100, 403), WINDOW, 16)) == pytest.approx(want)


def fitted(epochs: list[int], **history: list[float]) -> Any:
    """As much of what `fit` returns as is used."""
    return SimpleNamespace(epoch=epochs, history=history)


@pytest.mark.parametrize("metric", ["val_loss", "val_mae"])
def test_a_network_is_reported_beside_the_baseline(lab: Lab, events: Events, metric: str) -> None:
    curves = {"val_loss": [9.0, 9.0, 9.0]} | {metric: [0.4, 0.2, 0.3]}
    weather.report(lab, "GRU", fitted([0, 1, 2], **curves), 0.25, 8.0)
    table, result = events
    assert [row[1:] for row in table["rows"]] == [["0.2500", "2.00"], ["0.2000", "1.60"], ["0.3000", "2.40"]]
    assert table["rows"][1][0] == "GRU, lowest (epoch 2)"
    assert result["metrics"] == {"val_mae": 0.2, "baseline": 0.25, "degrees": pytest.approx(1.6)}


def test_epochs_of_a_resumed_run_keep_their_numbers(lab: Lab, events: Events) -> None:
    weather.report(lab, "GRU", fitted([5, 6], val_loss=[0.4, 0.2]), 0.25, 8.0)
    assert events[0]["rows"][1][0] == "GRU, lowest (epoch 7)"
    weather.report(lab, "GRU", fitted([]), 0.25, 8.0)
    assert len(events) == 2, "resumed after the last epoch there is nothing to report"
