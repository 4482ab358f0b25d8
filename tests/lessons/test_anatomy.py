"""Lesson 3.1: parameters counted, layers tried, no training."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dlwp_tui.runs.view import RunView
from tests.lessons.conftest import claims, table

pytestmark = pytest.mark.keras


def test_counts_follow_the_units(study: Callable[..., RunView]) -> None:
    view = study("3.1", preset="book")
    assert claims(view) >= {"C041", "C042", "C043", "C044", "C045"}
    assert view.models[0].params == 784 * 32 + 32 + 32 * 10 + 10
    assert view.models[1].label
    assert [row[2:] for row in table(view, "数据的维数与层")] == [
        ["Dense", "(None, 32)", 544],
        ["LSTM", "(None, 32)", 4 * (16 + 32 + 1) * 32],
        ["Conv2D", "(None, 26, 26, 32)", 3 * 3 * 3 * 32 + 32],
    ]
    assert [row[0] for row in table(view, "优化器的默认值")] == ["sgd", "rmsprop", "adam"]
    losses = {row[0]: float(row[2]) for row in table(view, "两个输出的损失")}
    assert losses["合计"] == pytest.approx(0.25 * losses["price"] + 10 * losses["urgent"], abs=1e-3)
    assert view.elapsed_s < 30
    wide = study("3.1", units=512)
    assert wide.results[""]["params"] == 401_920 + 512 * 10 + 10
