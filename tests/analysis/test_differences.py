"""The table of differences."""

from __future__ import annotations

import math

from dlwp_tui.analysis.differences import cells, rows, watched
from dlwp_tui.runs.view import RunView
from tests.runs.fake_run import Make


def two(make_run: Make) -> list[RunView]:
    one = make_run(params={"units": 16, "epochs": 3}).hold().say("started", device="cpu", pid=1)
    one.say("dataset", name="imdb", source="synthetic").say(
        "model", layers=[["d", "Dense", "(None, 1)", 17]], params=17
    )
    one.epochs("val_loss", 0.5, 0.25, 0.3)
    one.say("ended", 10, state="finished", seconds=10.0).release()
    other = make_run(params={"units": 64, "epochs": 3}).hold().say("started", device="cpu", pid=1)
    other.epochs("val_loss", 0.4, 0.35, math.nan)
    return [one.view(), other.view()]


def test_rows_have_what_differs_and_what_came_of_it(make_run: Make) -> None:
    first, second = rows(two(make_run), ["small", "large"])
    assert first.params == {"units": 16} and second.params == {"units": 64}
    assert (first.figures["val_loss"].best, first.figures["val_loss"].epoch, first.figures["val_loss"].last) == (
        0.25,
        2,
        0.3,
    )
    assert second.figures["val_loss"].last == 0.35, "the last that is a number"
    assert (first.parameters, second.parameters, first.source, second.source) == (17, None, "synthetic", None)
    assert first.as_json()["figures"]["val_loss"] == {"best": 0.25, "epoch": 2, "last": 0.3}


def test_cells_name_the_difference_to_the_first_row(make_run: Make) -> None:
    heads, body = cells(rows(two(make_run), ["small", "large"]))
    assert heads == ["run", "units", "best val_loss", "epoch", "last", "time", "parameters", "data", "state"]
    assert body[0] == ["small", "16", "0.25", "2", "0.3", "10 s", "17", "synthetic", "finished"]
    assert body[1][:5] == ["large", "64", "0.35 (+0.1)", "2", "0.35"]
    assert cells([]) == ([], [])


def test_a_metric_that_a_run_lacks_is_a_dash(make_run: Make) -> None:
    views = [*two(make_run)[:1], make_run(params={"units": 16, "epochs": 3}).view()]
    _heads, body = cells(rows(views, ["a", "b"]))
    assert body[1][1:4] == ["–", "–", "–"]


def test_what_to_compare_by_is_validation_where_there_is_any(make_run: Make) -> None:
    assert watched(two(make_run)) == "val_loss"
    assert watched([make_run().epochs("loss", 1.0).view()]) == "loss"
    assert watched([make_run().view()]) is None
