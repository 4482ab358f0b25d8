"""Lesson 2.5: two layers in NumPy learn as Keras' do, unless their weights begin at 0."""

from __future__ import annotations

from collections.abc import Callable
from math import log

import numpy as np
import pytest

from dlwp_tui.runs.view import RunView
from tests.lessons.conftest import curve, table
from tests.lessons.digits import canvas, demo_of

pytestmark = pytest.mark.keras
TINY = {"samples": 2000, "units": 16, "epochs": 3}


def test_it_learns(study: Callable[..., RunView]) -> None:
    view = study("2.5", **TINY)
    assert curve(view, "val_accuracy")[-1] > 0.6
    losses = curve(view, "loss")
    assert losses == sorted(losses, reverse=True) and len(losses) == 3
    assert {"test_accuracy"} == set(view.results[""])
    assert len(view.checks) == 18
    first = table(view, "第一张图片，训练之前")
    assert len(first) == 10 and sum(row[2] for row in first) == 1
    assert sum(float(row[3]) for row in first) == pytest.approx(0, abs=0.01)
    assert view.pictures[0].name == "第一层学到了什么"
    assert curve(study("2.5", **TINY), "val_loss") == curve(view, "val_loss")
    bars = demo_of(view)(canvas(np.eye(28)))["bars"]
    assert sum(bars.values()) == pytest.approx(1, abs=1e-5) and len(bars) == 10


def test_from_zero_it_learns_nothing(study: Callable[..., RunView]) -> None:
    view = study("2.5", **TINY, scale=0)
    assert min(curve(view, "loss")) == pytest.approx(log(10), abs=0.01)
    assert max(curve(view, "val_accuracy")) < 0.2


@pytest.mark.parametrize("values", [{"batch_size": 55_000}, {"units": 1, "batch_size": 7}, {"scale": 20.0}])
def test_the_ends_of_its_params(study: Callable[..., RunView], values: dict[str, float]) -> None:
    view = study("2.5", **{"samples": 100, "epochs": 1} | values)
    assert np.isfinite(curve(view, "val_loss")).all()
