"""Lessons 7.1.1 to 7.1.6 at small sizes: their networks, what they prove, what their runs show."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dlwp_tui.core.errors import UsageError
from dlwp_tui.runs.view import RunView
from tests.lessons.conftest import claims, curve

pytestmark = pytest.mark.keras
Study = Callable[..., RunView]


def test_two_ways_to_write_one_network(study: Study) -> None:
    view = study("7.1.1", preset="quick", samples=1000, epochs=2, units=8)
    assert claims(view) == {"C219", "C220"}
    assert [model.params for model in view.models] == [6_442, 6_442]
    assert view.results[""]["difference"] == 0
    assert curve(view, "loss") == curve(view, "loss", "Sequential 写法")
    assert "is not connected" in view.texts[0].body


def test_a_slip_loses_a_layer(study: Study) -> None:
    view = study("7.1.1", preset="slip", samples=1000, epochs=1)
    graph = view.models[0].graph
    assert graph is not None and not graph.branches
    assert [node.kind for node in graph.nodes] == ["InputLayer", "Dense", "Dense"]
    assert view.models[0].params == 50_890


def test_two_inputs(study: Study) -> None:
    small = {"samples": 200, "length": 6, "words": 400, "epochs": 1}
    view = study("7.1.2", **small)
    assert claims(view) == {"C221", "C222"}
    graph = view.models[0].graph
    assert graph is not None and graph.branches
    assert [node.name for node in graph.nodes if not node.inputs] == ["text", "question"]
    (merged,) = [node for node in graph.nodes if len(node.inputs) == 2]
    assert merged.kind == "Concatenate" and merged.shape == "(None, 48)"
    by_list = study("7.1.2", **small, feed="list")
    assert curve(by_list, "val_loss") == curve(view, "val_loss")
    swapped = study("7.1.2", **small, feed="swapped")
    assert curve(swapped, "val_loss") != curve(view, "val_loss")


def test_one_of_two_inputs(study: Study) -> None:
    small = {"samples": 200, "length": 6, "words": 400, "epochs": 1, "data_kind": "related"}
    view = study("7.1.2", **small, inputs="question")
    assert view.models[0].layers[0][0] == "question"
    with pytest.raises(UsageError):
        study("7.1.2", **small, inputs="text", feed="swapped")
