"""Lesson 6.4.3 on its synthetic twin: shapes, the missing sigmoid and the accuracy that rounds."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dlwp_tui.course import reader
from dlwp_tui.course.param import ParamError
from dlwp_tui.runs.view import RunView
from tests.lessons.conftest import claims, curve, table
from tests.lessons.demos import demo_of

pytestmark = pytest.mark.keras
TINY = {"maxlen": 250, "samples": 600, "dim": 8, "filters": 8, "learning_rate": 0.01}
OUTPUTS = "训练影评的输出"


def test_shapes_of_the_book(study: Callable[..., RunView]) -> None:
    view = study("6.4.3", samples=500, epochs=1)
    assert claims(view) == {"C203", "C204", "C205", "C206", "C208"}
    assert view.models[0].params == 1_315_937
    shapes = [row[2] for row in view.models[0].layers]
    assert shapes[:5] == ["(None, 500, 128)", "(None, 494, 32)", "(None, 98, 32)", "(None, 92, 32)", "(None, 32)"]


def test_kernel_9_pool_3(study: Callable[..., RunView]) -> None:
    view = study("6.4.3", samples=500, epochs=1, kernel=9, pool=3)
    assert view.models[0].params == 1_326_177
    assert [row[2] for row in view.models[0].layers][1:4] == ["(None, 492, 32)", "(None, 164, 32)", "(None, 156, 32)"]


def test_sigmoid_keeps_outputs_inside(study: Callable[..., RunView]) -> None:
    view = study("6.4.3", epochs=3, **TINY)
    assert [row[1] for row in table(view, OUTPUTS)] == ["0.0%", "100.0%", "0.0%"]
    assert {key.metric for key in view.curves} == {"loss", "accuracy", "val_loss", "val_accuracy"}
    assert curve(view, "loss")[-1] < curve(view, "loss")[0]


def test_without_sigmoid_outputs_leave_the_range(study: Callable[..., RunView]) -> None:
    view = study("6.4.3", epochs=8, sigmoid=False, **TINY)
    below, inside, above = (float(row[1].rstrip("%")) for row in table(view, OUTPUTS))
    assert below + above > 5 and below + inside + above == pytest.approx(100, abs=0.2)
    # The accuracy of Keras 2 counts outputs above 1.5 and below -0.5 as wrong, whatever the label.
    assert curve(view, "rounded_accuracy")[-1] < curve(view, "accuracy")[-1]
    answer = demo_of(view)("The cast is excellent")
    assert 0 <= answer["bars"]["positive"] <= 1


@pytest.mark.parametrize(("name", "value"), [("kernel", 0), ("pool", 0), ("maxlen", 100), ("learning_rate", 0)])
def test_refuses(name: str, value: object) -> None:
    with pytest.raises(ParamError, match=name):
        reader.load().lesson("6.4.3").params[name].parse(name, value)  # type: ignore[arg-type]


def test_the_smallest_review_fits_the_largest_windows(study: Callable[..., RunView]) -> None:
    view = study("6.4.3", epochs=1, kernel=20, pool=10, **TINY)
    assert [row[2] for row in view.models[0].layers][3] == "(None, 4, 8)"
