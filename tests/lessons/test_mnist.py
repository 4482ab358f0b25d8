"""Lesson 2.1 on its synthetic twin: checks, curves, the digits it gets wrong, a digit drawn by hand."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image

from dlwp_tui import data
from dlwp_tui.course import reader
from dlwp_tui.course.param import ParamError
from dlwp_tui.engine import control
from dlwp_tui.engine.demo import Demo
from dlwp_tui.engine.zygote import Zygote
from dlwp_tui.runs import store
from dlwp_tui.runs.folder import RunFolder
from dlwp_tui.runs.state import RunState
from dlwp_tui.runs.view import RunView
from tests.lessons.conftest import curve, finished_with_peak, table
from tests.lessons.digits import canvas, recognised
from tests.worker.conftest import state_of, until_event

pytestmark = pytest.mark.keras
WRONG = "Digits it got wrong"


def test_a_small_run(study: Callable[..., RunView]) -> None:
    view = study("2.1", samples=3000, epochs=3, units=64, seed=3)
    assert view.source == "synthetic"
    assert view.models[0].params == 785 * 64 + 65 * 10
    assert view.steps == 24  # ceil(3000 / 128)
    accuracy, loss = curve(view, "accuracy"), curve(view, "loss")
    assert len(accuracy) == 3 and accuracy == sorted(accuracy) and loss == sorted(loss, reverse=True)
    result = view.results[""]
    assert set(result) == {"test_accuracy", "test_loss"} and result["test_accuracy"] > 0.75
    assert [row[0] for row in table(view, "最后的精度")] == ["训练集", "测试集", "差距"]
    assert table(view, "最后的精度")[1][1] == f"{result['test_accuracy']:.2%}"

    examples, mistakes = view.pictures
    assert (examples.width, examples.height) == (5 * 28 + 4, 2 * 28 + 1)
    assert (mistakes.width, mistakes.height) == (4 * 28 + 3, 3 * 28 + 2)
    wrong = round(10_000 * (1 - result["test_accuracy"]))
    assert f"{wrong} of 10,000" in mistakes.caption
    listed = table(view, f"{WRONG}: those in the picture")
    test = data.load("mnist", "synthetic").test
    with Image.open(view.folder.artifacts / mistakes.file) as picture:
        sheet = np.asarray(picture)
    for place, (_where, number, label, guess, sure, _share) in enumerate(listed):
        assert test.y[number] == label != guess
        top, left = (place // 4) * 29, (place % 4) * 29
        assert np.array_equal(sheet[top : top + 28, left : left + 28], test.x[number])
        assert float(sure.rstrip("%")) >= float(listed[-1][4].rstrip("%"))
    assert 0 < sum(row[2] for row in table(view, f"{WRONG}: most often")) <= wrong

    again = study("2.1", samples=3000, epochs=3, units=64, seed=3)
    assert curve(again, "loss") == loss and again.results == view.results
    assert recognised(view, test) >= 15


def test_what_is_drawn_need_not_be_in_its_place(study: Callable[..., RunView], warm: Zygote) -> None:
    """And what is no digit gets a sentence; a model that saw 0 to 255 is shown 0 to 255. The demo is a real process."""
    view = study("2.1", samples=3000, epochs=2, units=64, scale=False)
    one = np.zeros((28, 28))
    one[3:11, 22:24] = 1  # small, in a corner
    demo = Demo(view.folder, "digit", zygote=warm)
    try:
        bars = demo.ask(one.tolist(), timeout=60)["bars"]
        assert list(bars) == list("0123456789") and sum(bars.values()) == pytest.approx(1, abs=1e-4)
        assert max(bars, key=bars.__getitem__) == "1" and bars["1"] > 0.5
        assert "Nothing is drawn yet" in demo.ask(np.zeros((28, 28)).tolist())["error"]
        assert "table of numbers" in demo.ask("seven")["error"]
        assert "bars" in demo.ask(canvas(one))
    finally:
        demo.close()


@pytest.mark.parametrize(
    "value", [{"units": 0}, {"units": "many"}, {"samples": 60_001}, {"batch_size": 0}, {"optimizer": "none"}]
)
def test_what_cannot_be_is_refused(value: dict[str, object], start: Callable[..., RunFolder]) -> None:
    with pytest.raises(ParamError, match="is not allowed"):
        start("2.1", **value)
    assert store.all() == []


def test_it_stops_inside_training(start: Callable[..., RunFolder]) -> None:
    folder = start("2.1", epochs=100)
    until_event(folder, "batch", 3, timeout=200)
    assert control.stop(folder, grace=20)
    assert state_of(folder) is RunState.STOPPED


def test_memory_at_book_size(start: Callable[..., RunFolder]) -> None:
    view, peak = finished_with_peak(start("2.1", preset="book", epochs=1))
    assert peak < 1.5 * reader.load().lesson("2.1").needs_mb(view.spec.params)
    assert view.models[0].params == 407_050 and view.steps == 469
