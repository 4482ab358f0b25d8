"""The clock counts work only; the ETA comes from recent epochs."""

from __future__ import annotations

import pytest

from dlwp_tui.runs.pace import Clock, Pace


def test_the_clock_counts_neither_pauses_nor_the_gap_of_a_death() -> None:
    clock = Clock()
    assert clock.elapsed(50) == 0
    clock.begin(100)
    assert clock.elapsed(110) == 10
    clock.stop(110)  # paused
    assert clock.elapsed(500) == 10 and not clock.going
    clock.go_on(600)
    assert clock.elapsed(605) == 15
    clock.seen(607)
    clock.begin(1000)  # it died, last seen at 607, and was resumed
    assert clock.elapsed(1003) == 20
    clock.stop(1003)
    clock.stop(1100)
    assert clock.elapsed(2000) == 20


def test_a_clock_set_back_gives_no_negative_time() -> None:
    clock = Clock()
    clock.begin(100)
    assert clock.elapsed(40) == 0


def test_rate_is_the_median_of_recent_intervals() -> None:
    pace = Pace()
    assert pace.rate is None
    worked = 0.0
    for step in range(1, 30):
        worked += 5.0 if step == 10 else 0.1  # one hiccup
        pace.batch(worked, "", epoch=1, epochs=1, step=step * 3, steps=100)
    assert pace.rate == pytest.approx(30)


def test_eta_forgets_the_slow_first_epoch() -> None:
    pace = Pace()
    pace.batch(0.5, "", epoch=1, epochs=20, step=1, steps=10)
    assert pace.eta(0.5) is None
    worked = 10.0
    for epoch in range(1, 11):
        pace.epoch(worked, epoch, 20)
        worked += 2.0
    assert pace.eta(28.0) == pytest.approx(20.0)
    assert pace.eta(31.0) == pytest.approx(17.0), "it counts down between events"
    assert pace.eta(1000.0) == 0.0
    pace.batch(29.0, "", epoch=11, epochs=20, step=5, steps=10)
    assert pace.eta(29.0) == pytest.approx(19.0)


def test_eta_inside_the_first_epoch_comes_from_its_batches() -> None:
    pace = Pace()
    for step in range(1, 51):
        pace.batch(step * 0.1, "", epoch=1, epochs=2, step=step, steps=100)
    assert pace.fraction == pytest.approx(0.25)
    assert pace.eta(5.0) == pytest.approx(15.0, rel=0.05)


def test_whole_run_progress_over_four_folds() -> None:
    pace = Pace()
    epochs, folds, worked = 5, 4, 0.0
    for fold in range(folds):
        for epoch in range(1, epochs + 1):
            for step in (5, 10):
                worked += 0.5
                pace.batch(worked, f"fold {fold}", epoch=epoch, epochs=epochs, step=step, steps=10)
                if fold or epoch > 1:
                    assert pace.fraction == pytest.approx((fold * epochs + epoch - 1 + step / 10) / 20)
            pace.epoch(worked, epoch, epochs)
            pace.progress(worked, fold * epochs + epoch, folds * epochs)
            left = (folds * epochs - fold * epochs - epoch) * 1.0
            if fold:
                assert pace.eta(worked) == pytest.approx(left, abs=0.01)
    assert pace.fraction == 1.0


def test_progress_in_whole_fits_moves_inside_a_fit() -> None:
    pace = Pace()
    for fit in range(2):
        for epoch in range(1, 11):
            pace.epoch(fit * 10.0 + epoch, epoch, 10)
        pace.progress(fit * 10.0 + 10, fit + 1, 4)
    pace.epoch(25.0, 5, 10)
    assert pace.fraction == pytest.approx(2.5 / 4)


def test_an_own_loop_has_rate_and_eta() -> None:
    pace = Pace()
    for step in range(1, 201):
        pace.epoch(step * 0.05, step, 1000)
        pace.progress(step * 0.05, step, 1000)
    assert pace.rate == pytest.approx(20)
    assert pace.eta(10.0) == pytest.approx(40.0, rel=0.01)


def test_an_unknown_length_has_no_eta() -> None:
    pace = Pace()
    pace.batch(1.0, "", epoch=1, epochs=None, step=5, steps=None)
    pace.epoch(2.0, 1, None)
    assert pace.fraction is None and pace.eta(3.0) is None


def test_an_epoch_counts_its_validation() -> None:
    """Two seconds of training, eight of validation: it looked frozen at the end of its training, with 0 s left."""
    pace, worked = Pace(), 0.0
    for epoch in (1, 2, 3):
        for step in (1, 2):
            worked += 1.0
            pace.batch(worked, "", epoch=epoch, epochs=4, step=step, steps=2)
        for done in range(0, 300, 100):
            total = 300 if epoch > 1 else None
            pace.validating(worked, done, total)
            if epoch == 1:
                assert pace.eta(worked) is None, "how long the first validation takes is not known"
            else:
                trained = 0.2 if epoch > 2 else 1 / 9  # the first epoch's start is not known, its first step is
                assert pace.fraction == pytest.approx((epoch - 1 + trained + (1 - trained) * done / 300) / 4)
                assert pace.eta(worked) == pytest.approx((4 - epoch) * 10 + 8 - done / 300 * 8, abs=3)
            worked += 8 / 3
        pace.epoch(worked, epoch, 4)
    assert pace.eta(worked) == pytest.approx(10, abs=0.5)


def test_the_last_validation_of_a_run_has_time_left() -> None:
    pace = Pace()
    for epoch, worked in ((1, 10.0), (2, 20.0)):
        pace.batch(worked - 9, "", epoch=epoch, epochs=2, step=1, steps=2)
        pace.batch(worked - 8, "", epoch=epoch, epochs=2, step=2, steps=2)
        pace.validating(worked - 8, 0, 300 if epoch == 2 else None)
        if epoch == 2:
            assert pace.fraction is not None and pace.fraction < 0.7
            assert pace.eta(worked - 8) == pytest.approx(8, abs=2)
        pace.epoch(worked, epoch, 2)
    assert pace.fraction == 1.0
