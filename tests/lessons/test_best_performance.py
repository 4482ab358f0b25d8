"""Lessons 7.3.1 and 7.3.3 at small sizes, and the ensembles of the kit."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from dlwp_tui.kit import ensembles
from dlwp_tui.runs.view import RunView
from tests.lessons.conftest import claims, curve, table

pytestmark = pytest.mark.keras
Study = Callable[..., RunView]


def test_three_networks(study: Study) -> None:
    view = study("7.3.1", preset="quick", samples=500, filters=2, epochs=1)
    assert claims(view) == {"C246", "C247"}
    plain, normalised, separable = (model.params for model in view.models)
    assert separable < plain < normalised
    assert [row[0] for row in table(view, "三种网络")] == ["普通", "批标准化", "可分离卷积"]
    assert view.results[""]["plain_first"] == pytest.approx(curve(view, "loss", "普通")[0])


def test_one_network(study: Study) -> None:
    view = study("7.3.1", samples=500, filters=2, epochs=1, networks="both")
    (model,) = view.models
    assert {row[1] for row in model.layers} >= {"SeparableConv2D", "BatchNormalization"}
    assert set(view.results[""]) == {"both_first", "both_accuracy", "both_seconds"}


def test_an_ensemble(study: Study) -> None:
    view = study("7.3.3", preset="quick", samples=500, epochs=2, units=16)
    assert claims(view) == {"C249"}
    rows = [row[0] for row in table(view, "测试精度")]
    assert rows == ["一个隐藏层", "宽且深", "朴素贝叶斯", "平均", "加权平均", "投票"]
    result = view.results[""]
    assert result["mean_member"] <= result["best_member"]
    assert 0 < result["all_wrong"] < 1 - result["best_member"] + 1e-9
    (weights,) = table(view, "验证集上找到的权重")
    assert sum(map(float, weights)) == pytest.approx(1, abs=0.02)
    graph = view.models[1].graph
    assert graph is not None and graph.branches  # wide and deep


def test_an_ensemble_of_seeds(study: Study) -> None:
    view = study("7.3.3", preset="seeds", samples=500, epochs=1, units=8, seed=5)
    assert [row[0] for row in table(view, "测试精度")][:3] == ["种子 5", "种子 6", "种子 7"]
    assert len({tuple(curve(view, "loss", f"种子 {seed}")) for seed in (5, 6, 7)}) == 3


def test_naive_bayes_finds_the_words_of_a_class() -> None:
    x = np.array([[1, 2, 3], [1, 2, 2], [1, 7, 8], [1, 8, 8]])
    bayes = ensembles.NaiveBayes(x, np.array([0, 0, 1, 1]), words=10, classes=3)
    p = bayes.predict(np.array([[1, 2, 3], [1, 7, 8]]))
    assert p.shape == (2, 3) and p.sum(axis=1) == pytest.approx([1, 1])
    assert list(p.argmax(axis=1)) == [0, 1]


def test_the_best_weights_leave_out_a_bad_member() -> None:
    rng = np.random.default_rng(1)
    labels = rng.integers(0, 3, 200)
    good, bad = np.eye(3)[labels], 5 * np.eye(3)[(labels + 1) % 3]
    weights = ensembles.best_weights(rng, [good, bad], labels)
    assert weights.sum() == pytest.approx(1) and weights[0] > 5 * weights[1]
    assert list(ensembles.best_weights(rng, [good, good], labels)) == [0.5, 0.5]
