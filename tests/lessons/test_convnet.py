"""Lesson 5.1 on the synthetic twin: shapes, both networks, variants, shifted digits, a digit drawn by hand."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable

import pytest

from dlwp_tui import data
from dlwp_tui.core.errors import UsageError
from dlwp_tui.course import reader
from dlwp_tui.engine import control, launch
from dlwp_tui.engine.zygote import Zygote
from dlwp_tui.runs import store
from dlwp_tui.runs.folder import RunFolder
from dlwp_tui.runs.state import RunState
from dlwp_tui.runs.view import RunView
from tests.lessons.conftest import claims, curve, finished, finished_with_peak, table
from tests.lessons.demos import demo_of
from tests.lessons.digits import recognised
from tests.worker.conftest import events, pid_of, state_of, until_event

pytestmark = pytest.mark.keras
SMALL = {"samples": 1000, "epochs": 1, "filters": 4, "compare": False}
SHAPES = {"C110", "C111", "C113", "C114", "C116", "C117", "C118", "C119", "C120"}


def test_both_networks(study: Callable[..., RunView]) -> None:
    view = study("5.1", samples=4000, epochs=4, filters=8, batch_size=32, seed=2)
    assert claims(view) == SHAPES | {"C112"}
    body, whole, dense = view.models
    convolution = (9 * 1 + 1) * 8 + (9 * 8 + 1) * 16 + (9 * 16 + 1) * 16
    assert body.params == convolution and dense.params == 407_050
    assert whole.params == convolution + (3 * 3 * 16 + 1) * 64 + 65 * 10
    assert [row[1] for row in whole.layers] == ["Conv2D", "MaxPooling2D"] * 2 + ["Conv2D", "Flatten", "Dense", "Dense"]
    for label in ("", "全连接"):
        loss = curve(view, "loss", label)
        assert len(loss) == 4 and loss[3] < loss[0] / 2
    result = view.results[""]
    assert {"test_accuracy", "test_loss", "test_shift_accuracy"} < set(result)
    assert result["test_accuracy"] > 0.9 and result["dense_accuracy"] > 0.85
    assert result["test_shift_accuracy"] > result["dense_shift_accuracy"] + 0.05, "the convnet bears a shift better"
    rows = table(view, "Test accuracy, and after moving the pictures by some pixels")
    assert [row[1] for row in rows] == [f"{whole.params:,}", "407,050"]
    assert rows[0][2] == f"{result['test_accuracy']:.2%}"
    both = {row[0]: row[1] for row in table(view, "Who is wrong")}
    wrong = [round(10_000 * (1 - result[key])) for key in ("test_accuracy", "dense_accuracy")]
    assert [both["only 卷积"] + both["both"], both["only 全连接"] + both["both"]] == wrong
    assert [(made.name, made.width) for made in view.pictures] == [
        ("第一个卷积层的响应图", 8 * 26 + 7),
        ("卷积网络认错的数字", 4 * 28 + 3),
    ]
    assert view.pictures[0].tiles is not None and view.pictures[0].tiles.count == 8
    layers = demo_of(view)(data.load("mnist", "synthetic").test.x[0].astype(float) / 255)["grids"]
    assert [(one["name"].split()[-1], one["tiles"]["count"]) for one in layers[1:]] == [
        ("26×26×8", 8), ("13×13×8", 8), ("11×11×16", 16), ("5×5×16", 16), ("3×3×16", 16)
    ]  # fmt: skip
    assert recognised(view, data.load("mnist", "synthetic").test) >= 16


def test_one_seed_gives_one_result(study: Callable[..., RunView]) -> None:
    view, again = (study("5.1", **SMALL | {"compare": True}) for _ in range(2))
    for label in ("", "全连接"):
        assert curve(again, "loss", label) == curve(view, "loss", label)
    assert again.results == view.results


@pytest.mark.parametrize(
    ("values", "kinds", "last"),
    [
        ({"pooling": "average"}, ["Conv2D", "AveragePooling2D"] * 2 + ["Conv2D"], "(None, 3, 3, 8)"),
        ({"pooling": "none", "strides": 2}, ["Conv2D"] * 3, "(None, 4, 4, 8)"),
        ({"kernel": 5, "padding": "same"}, ["Conv2D", "MaxPooling2D"] * 2 + ["Conv2D"], "(None, 7, 7, 8)"),
        (
            {"kernel": 1, "strides": 3, "padding": "same"},
            ["Conv2D", "MaxPooling2D"] * 2 + ["Conv2D"],
            "(None, 1, 1, 8)",
        ),
    ],
)
def test_variants(study: Callable[..., RunView], values: dict[str, object], kinds: list[str], last: str) -> None:
    """Every check compares Keras with the formula worked out by hand."""
    view = study("5.1", **SMALL, **values)
    assert [row[1] for row in view.models[0].layers] == kinds and view.models[0].layers[-1][2] == last
    assert claims(view) == SHAPES | ({"C112"} if len(kinds) == 5 else set())
    assert len(view.models) == 2 and {key.label for key in view.curves} == {""}
    assert "dense_accuracy" not in view.results[""]


def test_a_picture_that_shrinks_to_nothing_is_refused(study: Callable[..., RunView]) -> None:
    with pytest.raises(UsageError, match=r"kernel = 5.* do not go together: .*same"):
        study("5.1", kernel=5, **SMALL)
    assert list(store.all()) == []


def test_a_killed_run_goes_on_where_it_was(start: Callable[..., RunFolder], warm: Zygote) -> None:
    values = SMALL | {"epochs": 4, "compare": True}
    whole = finished(start("5.1", seed=4, **values))
    folder = start("5.1", seed=4, **values)
    until_event(folder, "epoch", 5, timeout=200)  # in the second network
    os.kill(pid_of(folder), signal.SIGKILL)
    assert control.wait(folder, 10)
    if state_of(folder) is RunState.DIED:
        launch.resume(folder, warm)
        again = finished(folder)
        assert curve(again, "loss", "全连接") == curve(whole, "loss", "全连接")
        assert again.results == whole.results
        started = events(folder, "started")[-1]
        assert started["resumed"] is True


def test_it_stops_inside_training(start: Callable[..., RunFolder]) -> None:
    folder = start("5.1", epochs=100, samples=4000)
    until_event(folder, "batch", 3, timeout=200)
    assert control.stop(folder, grace=20)
    assert state_of(folder) is RunState.STOPPED


def test_memory_at_book_size(start: Callable[..., RunFolder]) -> None:
    """All images, one pass in large batches: more passes take no more memory."""
    view, peak = finished_with_peak(start("5.1", preset="book", epochs=1, filters=4, batch_size=512))
    assert peak < 1.5 * reader.load().lesson("5.1").needs_mb(view.spec.params)
