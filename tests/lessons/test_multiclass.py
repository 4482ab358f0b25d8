"""Lesson 3.5 on its synthetic twin: two label codings, a bottleneck, the baselines."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dlwp_tui.runs.view import RunView
from tests.lessons.conftest import claims, curve, table

pytestmark = pytest.mark.keras


def test_label_codings_train_alike(study: Callable[..., RunView]) -> None:
    one_hot = study("3.5", epochs=2, seed=3)
    integer = study("3.5", epochs=2, seed=3, label_coding="integer")
    assert claims(one_hot) == {"C061", "C062", "C064", "C065", "C066", "C069", "C070"}
    assert one_hot.models[0].params == 647_214
    for metric in ("loss", "val_loss"):
        assert curve(one_hot, metric) == pytest.approx(curve(integer, metric), rel=1e-3)
    for metric in ("accuracy", "val_accuracy"):
        assert len(curve(one_hot, metric)) == 2
    rows = dict(table(one_hot, "与基准相比"))
    percent = {name: float(value.rstrip("%")) for name, value in rows.items()}
    assert percent["均匀瞎猜"] == 2.2
    assert 15 < percent["打乱标签"] < 22
    assert percent["这个模型"] > percent["永远猜最大的一类"] > percent["打乱标签"]
    assert one_hot.results[""]["test_accuracy"] * 100 == pytest.approx(percent["这个模型"], abs=0.06)


def test_bottleneck_replaces_the_middle_layer(study: Callable[..., RunView]) -> None:
    two = study("3.5", preset="bottleneck", epochs=1)
    assert two.models[0].params == 640_554
    assert [row[2] for row in two.models[0].layers][1:] == ["(None, 64)", "(None, 4)", "(None, 46)"]
    one = study("3.5", hidden_layers=1, epochs=1)
    assert one.models[0].params == 643_054
