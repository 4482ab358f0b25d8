"""Lessons 7.1.1 to 7.1.6 at small sizes: their networks, what they prove, what their runs show."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dlwp_tui.core.errors import UsageError
from dlwp_tui.runs.view import RunView
from tests.lessons.conftest import claims, curve, table

pytestmark = pytest.mark.keras
Study = Callable[..., RunView]


def test_two_ways_to_write_one_network(study: Study) -> None:
    view = study("7.1.1", preset="quick", samples=1000, epochs=2, units=8)
    assert claims(view) == {"C218", "C219", "C220"}
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


def test_three_outputs(study: Study) -> None:
    view = study("7.1.3", preset="quick", samples=250, filters=4, epochs=1)
    assert claims(view) == {"C223", "C224", "C226"}
    graph = view.models[0].graph
    assert graph is not None
    assert [node.name for node in graph.nodes if node.output] == ["age", "income", "gender"]
    assert len({node.inputs for node in graph.nodes if node.output}) == 1  # all three of one layer
    assert {"age_loss", "income_loss", "gender_loss", "loss"} <= {key.metric for key in view.curves}
    rows = table(view, "三个损失")
    assert [row[0] for row in rows] == ["年龄", "收入", "性别"]
    assert float(rows[0][1]) > 1000
    standardised = study("7.1.3", preset="standardised", samples=250, filters=4, epochs=1)
    assert float(table(standardised, "三个损失")[0][1]) < 3


def test_branches_and_residuals(study: Study) -> None:
    view = study("7.1.4", depth=20, trained_depth=4, samples=1000, epochs=1)
    assert claims(view) == {"C227", "C228", "C229", "C230", "C233"}
    module, _plain, residual = (model.graph for model in view.models)
    assert module is not None and residual is not None
    assert max(len(node.inputs) for node in module.nodes) == 4
    assert sum(node.kind == "Add" for node in residual.nodes) == 3
    plain = curve(view, "gradient", "普通")
    assert len(plain) == 3 and plain[-1] < plain[0] - 5  # powers of ten, at 5, 10 and 20 layers
    assert min(curve(view, "gradient", "残差")) > -2


def test_branches_without_padding_do_not_fit(study: Study) -> None:
    view = study("7.1.4", preset="valid", depth=5, trained_depth=2, samples=1000)
    assert [row[1] for row in view.tables[0].rows] == [f"({side}, {side}, 128)" for side in (14, 13, 11, 12)]
    assert view.texts[0].title == "接不起来"
    assert [model.label for model in view.models] == ["普通", "残差"]


def test_shared_layers(study: Study) -> None:
    small = {"samples": 200, "epochs": 1}
    view = study("7.1.5", **small)
    assert claims(view) == {"C234"}
    assert view.models[0].params == 20_673
    assert view.results[""]["swap_difference"] > 0
    graph = view.models[0].graph
    assert graph is not None and [node.calls for node in graph.nodes if node.kind == "LSTM"] == [2, 2]
    assert study("7.1.5", **small, merge="distance").results[""]["swap_difference"] == 0
    separate = study("7.1.5", **small, shared=False, units=4)
    graph = separate.models[0].graph
    assert graph is not None and [node.calls for node in graph.nodes if node.kind == "LSTM"] == [1, 1]


def test_a_model_as_a_layer(study: Study) -> None:
    small = {"samples": 40, "epochs": 1}
    view = study("7.1.6", preset="quick", **small)
    assert claims(view) == {"C235", "C236"}
    assert view.results[""]["base_change"] > 0
    graph = view.models[0].graph
    assert graph is not None and [name for name, _inside in graph.inner] == ["eye"]
    assert sum(node.name == "eye" and node.calls == 2 for node in graph.nodes) == 2
    frozen = study("7.1.6", preset="frozen", **small)
    assert frozen.results[""]["base_change"] == 0
    assert frozen.results[""]["trainable"] == view.results[""]["trainable"] - 1_776
    with pytest.raises(UsageError):
        study("7.1.6", side=64)
