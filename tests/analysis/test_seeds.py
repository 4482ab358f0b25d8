"""Seeds of one setting, folded into a band."""

from __future__ import annotations

import math

from dlwp_tui.analysis.seeds import band, groups
from dlwp_tui.runs.series import CurveKey
from tests.runs.fake_run import Make

LOSS = CurveKey("", "loss")


def test_runs_that_differ_in_their_seed_alone_stand_together(make_run: Make) -> None:
    made = [
        make_run(params={"units": 16}, seed=1),
        make_run(params={"units": 64}, seed=1),
        make_run(params={"units": 16}, seed=2),
        make_run(params={"units": 16}, seed=3, lesson="4.4"),
    ]
    made[0].say("dataset", name="imdb", source="synthetic")
    made[2].say("dataset", name="imdb", source="synthetic")
    views = [run.view() for run in made]
    assert groups(views) == [[views[0], views[2]], [views[1]], [views[3]]]


def test_real_and_synthetic_data_are_never_folded(make_run: Make) -> None:
    one, other = make_run(seed=1), make_run(seed=2)
    one.say("dataset", name="imdb", source="synthetic")
    other.say("dataset", name="imdb", source="real")
    assert len(groups([one.view(), other.view()])) == 2


def test_the_band_goes_as_far_as_all_seeds_and_holds_mean_lowest_and_highest(make_run: Make) -> None:
    views = [make_run().epochs("loss", *values).view() for values in ([3.0, 2.0, 1.0], [5.0, 4.0], [4.0, math.nan])]
    made = band(views, LOSS)
    assert made is not None
    assert list(made.mean.xs) == [1] and list(made.mean.ys) == [4.0]
    assert (list(made.low.ys), list(made.high.ys)) == ([3.0], [5.0])
    assert [(gap.before, gap.x) for gap in made.mean.gaps] == [(1, 2.0)]
    two = band(views[:2], LOSS)
    assert two is not None
    assert list(two.mean.ys) == [4.0, 3.0]
    assert band(views, CurveKey("", "mae")) is None
