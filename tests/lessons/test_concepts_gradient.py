"""Lesson 2.4: where the walks end, what rate, momentum and batch do to their curves."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from statistics import pstdev

import pytest

from dlwp_tui.course import reader
from dlwp_tui.course.param import ParamError
from dlwp_tui.runs.view import RunView
from tests.lessons.conftest import claims, curve, table

pytestmark = pytest.mark.keras


def test_momentum_decides_the_dip(study: Callable[..., RunView]) -> None:
    view = study("2.4", preset="quick")
    assert claims(view) == {"C036", "C037", "C038", "C039", "C040"}
    rows = {row[0]: row for row in table(view, "Where they stopped")}
    for name, place, end in (
        ("momentum 0", -0.960, "stuck in a shallow dip"),
        ("momentum 0.9", 1.036, "reached the lowest point"),
        ("momentum 0.95", -0.960, "stuck in a shallow dip"),
    ):
        assert float(rows[name][2]) == pytest.approx(place, abs=0.001)
        assert rows[name][4] == end
    assert max(curve(view, "w", "momentum 0.95")) > 1.7  # it did cross the hill, and came back
    assert [picture.name for picture in view.pictures] == [
        "momentum 0",
        "momentum 0.5",
        "momentum 0.9",
        "momentum 0.95",
    ]
    assert view.results[""]["reached"] == 1


def test_rates(study: Callable[..., RunView]) -> None:
    view = study("2.4", preset="rates")
    small, right, jumping, large = (curve(view, "w", f"rate {rate}") for rate in ("0.01", "0.1", "0.9", "1.1"))
    assert small[-1] > 0.6
    assert right[-1] == pytest.approx(0.0115, abs=0.0001)
    assert all(a * b < 0 for a, b in pairwise(jumping)) and abs(jumping[-1]) < 0.02
    assert all(abs(b) > abs(a) for a, b in pairwise(large))
    assert [row[4] for row in table(view, "Where they stopped")] == [
        "still moving",
        "reached the lowest point",
        "reached the lowest point",
        "diverged",
    ]


def test_what_runs_away_is_let_go(study: Callable[..., RunView]) -> None:
    view = study("2.4", function="two-dips", learning_rate=2, steps=1000)
    assert len(curve(view, "loss")) < 10
    assert table(view, "Where they stopped")[0][4] == "diverged"


def test_larger_batches_are_steadier(study: Callable[..., RunView]) -> None:
    view = study("2.4", preset="batches")
    single, mini, full = (curve(view, "w", f"{n} a step")[50:] for n in (1, 128, 1024))
    assert pstdev(single) > 4 * pstdev(mini) > 100 * pstdev(full)
    assert max(curve(view, "noise", "1024 a step")) == 0
    other = study("2.4", preset="batches", seed=2)
    assert curve(other, "loss", "1 a step") != curve(view, "loss", "1 a step")
    again = study("2.4", preset="batches")
    assert curve(again, "loss", "1 a step") == curve(view, "loss", "1 a step")


def test_samples_without_differences_make_no_noise(study: Callable[..., RunView]) -> None:
    view = study("2.4", batch_size=1, spread=0, steps=20)
    assert max(curve(view, "noise")) == view.results[""]["noise"] == 0


def test_a_narrow_valley(study: Callable[..., RunView]) -> None:
    view = study("2.4", preset="valley")
    ends = {row[0]: float(row[3]) for row in table(view, "Where they stopped")}
    assert ends["momentum 0.9"] < 0.001
    assert ends["momentum 0"] > 0.05


def test_adaptive_steps_ignore_how_steep_the_valley_is(study: Callable[..., RunView]) -> None:
    wide, narrow = study("2.4", preset="optimizers"), study("2.4", preset="narrow")
    ends = {row[0]: row[4] for row in table(narrow, "Where they stopped")}
    assert ends["SGD"] == ends["SGD with momentum"] == "diverged"
    assert ends["Adam"] == "reached the lowest point"
    assert [picture.name for picture in wide.pictures] == ["SGD", "SGD with momentum", "RMSprop", "Adam"]
    assert curve(wide, "loss", "RMSprop")[-1] > 0.01, "it bounces by half the rate"
    assert curve(wide, "loss", "Adam")[-1] < 0.001
    assert curve(study("2.4", preset="zigzag", optimizer="adam", steepness=1000), "w") == pytest.approx(
        curve(study("2.4", preset="zigzag", optimizer="adam"), "w"), abs=1e-5
    )


@pytest.mark.parametrize(
    "values",
    [
        {"learning_rate": 0},
        {"momentum": 1},
        {"steps": 0},
        {"batch_size": 1025},
        {"function": "cliff"},
        {"steepness": 0.5},
    ],
)
def test_settings_out_of_range_start_nothing(values: dict[str, float]) -> None:
    with pytest.raises(ParamError):
        reader.load().lesson("2.4").values("book", values)
