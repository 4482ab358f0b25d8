"""Lesson 3.6 on its synthetic twin: folds, their mean, the smoothed curve at its true epochs, the final model."""

from __future__ import annotations

from collections.abc import Callable
from statistics import fmean, pstdev

import pytest

from dlwp_tui.runs.view import RunView
from tests.lessons.conftest import claims, curve, table

pytestmark = pytest.mark.keras
SMOOTHED = "平滑（EMA）"


def test_k_fold(study: Callable[..., RunView]) -> None:
    view = study("3.6", folds=3, epochs=6, batch_size=32, skip_points=2, smoothing=0.5)
    assert claims(view) == {"C077", "C078", "C079", "C080", "C081", "C082", "C084", "C086"}
    assert view.models[0].params == 5_121
    folds = [curve(view, "val_mae", f"第 {i} 折") for i in (1, 2, 3)]
    assert all(len(fold) == 6 and fold[-1] < fold[0] for fold in folds)
    mean = [fmean(values) for values in zip(*folds, strict=True)]
    assert curve(view, "val_mae") == pytest.approx(mean)
    assert curve(view, "mae") == pytest.approx(
        [fmean(values) for values in zip(*(curve(view, "mae", f"第 {i} 折") for i in (1, 2, 3)), strict=True)]
    )
    (smoothed,) = [c for key, c in view.curves.items() if key.label == SMOOTHED]
    assert list(smoothed.xs) == [3, 4, 5, 6]  # two points dropped, epochs kept
    want = [mean[2]]
    for value in mean[3:]:
        want.append(0.5 * want[-1] + 0.5 * value)
    assert list(smoothed.ys) == pytest.approx(want)
    result = view.results[""]
    assert result["val_mae"] == pytest.approx(mean[-1])
    assert result["val_mae_std"] == pytest.approx(pstdev(fold[-1] for fold in folds))
    assert result["best_epoch"] == 3 + want.index(min(want))
    assert result["rise"] == pytest.approx(want[-1] - min(want))
    rows = table(view, "最后一轮的 MAE（千美元）")
    assert [row[0] for row in rows] == ["第 1 折", "第 2 折", "第 3 折", "平均"]
    assert [row[1] for row in rows] == [134, 134, 134, 402]
    assert view.progress == (18, 18)


def test_fewer_samples_leave_the_validation_part_alone(study: Callable[..., RunView]) -> None:
    few = study("3.6", folds=2, epochs=1, samples=40, batch_size=32)
    assert [row[1] for row in table(few, "最后一轮的 MAE（千美元）")] == [202, 202, 404]
    every = study("3.6", folds=2, epochs=1, batch_size=32)
    assert curve(few, "val_mae") > curve(every, "val_mae")  # two steps an epoch instead of seven


def test_more_points_dropped_than_trained(study: Callable[..., RunView]) -> None:
    view = study("3.6", folds=2, epochs=2, batch_size=64, skip_points=50)
    assert curve(view, "val_mae", SMOOTHED) == pytest.approx(curve(view, "val_mae")[-1:])


def test_final_model(study: Callable[..., RunView]) -> None:
    view = study("3.6", preset="final", epochs=20)
    assert view.state == "finished"
    assert set(view.results[""]) == {"test_mae", "test_mse", "naive_mae"}
    (naive, model) = table(view, "测试集上的平均绝对误差（千美元）")
    assert float(model[1]) < float(naive[1])
    assert {key.metric for key in view.curves} == {"loss", "mae"}
