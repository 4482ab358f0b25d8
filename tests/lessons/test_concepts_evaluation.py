"""Lesson 4.2 on the synthetic houses: how many models, what their scores are, what is shown of them."""

from __future__ import annotations

from collections.abc import Callable
from statistics import fmean, stdev

import pytest

from dlwp_tui.runs.view import RunView
from tests.lessons.conftest import claims, curve, table

pytestmark = pytest.mark.keras


def test_hold_out_and_iterated_k_fold(study: Callable[..., RunView]) -> None:
    view = study("4.2", folds=3, repeats=2, samples=60, epochs=4)
    assert claims(view) == {"C089", "C091", "C092"}
    assert view.results[""]["models"] == 2 + 2 * 3
    held, single, means = (curve(view, "val_mae", label) for label in ("留出", "单折", "K 折平均"))
    assert (len(held), len(single), len(means)) == (2, 6, 2)
    assert means == pytest.approx([fmean(single[:3]), fmean(single[3:])])
    assert len(set(single)) == 6
    assert view.results[""]["holdout_std"] == pytest.approx(stdev(held))
    assert view.results[""]["mean_std"] == pytest.approx(stdev(means))
    assert [row[1:3] for row in table(view, "成绩与波动（MAE，千美元）")] == [[1, 2], [1, 6], [3, 2]]
    assert view.progress == (9, 9)
    picked = curve(view, "picked_accuracy", "挑出来的")
    assert picked == sorted(picked) and picked[-1] > 0.6


def test_each_model_starts_anew(study: Callable[..., RunView]) -> None:
    """The same split scores the same whatever was trained before it: weights and optimizer go back to their start."""
    first = study("4.2", scheme="hold-out", repeats=1, samples=60, epochs=4)
    more = study("4.2", scheme="hold-out", repeats=3, samples=60, epochs=4)
    assert curve(first, "val_mae", "留出") == curve(more, "val_mae", "留出")[:1]
    long = study("4.2", scheme="hold-out", repeats=3, samples=60, epochs=40)
    assert fmean(curve(long, "val_mae", "留出")) < fmean(curve(more, "val_mae", "留出"))


def test_one_k_fold(study: Callable[..., RunView]) -> None:
    view = study("4.2", scheme="k-fold", folds=4, samples=40, epochs=2)
    assert view.results[""]["models"] == 4
    ((_one, *scores, mean),) = table(view, "各折的 MAE（千美元）")
    assert float(mean) == pytest.approx(fmean(map(float, scores)), abs=0.001)
    assert not [key for key in view.curves if key.label == "留出"]
