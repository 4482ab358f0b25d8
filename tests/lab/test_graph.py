"""Keras models as nodes: calls, shapes, details, models inside models, and models that have no graph."""

from __future__ import annotations

import json

import keras
import pytest
from keras import layers

from dlwp_tui.core.layer_graph import Graph, parse
from dlwp_tui.lab.graph import graph

pytestmark = pytest.mark.keras


def read(model: keras.Model) -> Graph:
    """As a reader of the run's events gets it."""
    found = parse(json.loads(json.dumps(graph(model))))
    assert found is not None
    return found


def test_a_sequential_model() -> None:
    found = read(
        keras.Sequential(
            [
                keras.Input((None, 8)),
                layers.Conv1D(4, 3, strides=2, padding="same", activation="relu"),
                layers.Bidirectional(layers.GRU(2)),
                layers.Dropout(0.5),
                layers.Dense(1, activation="sigmoid"),
            ]
        )
    )
    assert [(node.title, node.shape, node.params) for node in found.nodes] == [
        ("input", "(None, None, 8)", 0),
        ("Conv1D 4 3 stride 2 relu same", "(None, None, 4)", 100),
        ("Bidirectional GRU 2", "(None, 4)", 96),
        ("Dropout 0.5", "(None, 4)", 0),
        ("Dense 1 sigmoid", "(None, 1)", 5),
    ]
    assert [node.inputs for node in found.nodes] == [(), (0,), (1,), (2,), (3,)]
    assert found.nodes[-1].output and not found.branches


def test_a_layer_and_a_model_that_are_used_twice() -> None:
    eye = keras.Sequential([keras.Input((3,)), layers.Dense(4)], name="eye")
    left, right = keras.Input((3,), name="left"), keras.Input((3,), name="right")
    a, b = eye(left), eye(right)
    shared = layers.Dense(2)
    near = layers.Dense(1, name="near")(shared(a - b))
    far = shared(a)
    found = read(keras.Model({"left": left, "right": right}, {"near": near, "far": far}))
    assert found.branches
    twice = sorted((node.name, node.calls, node.shape) for node in found.nodes if node.calls > 1)
    assert twice == sorted([("eye", 2, "(None, 4)")] * 2 + [(shared.name, 2, "(None, 2)")] * 2)
    assert {node.name for node in found.nodes if node.output} == {"near", shared.name}
    (subtract,) = [node for node in found.nodes if node.kind == "Subtract"]
    assert [found.nodes[at].name for at in subtract.inputs] == ["eye", "eye"]
    assert [(name, len(inside.nodes)) for name, inside in found.inner] == [("eye", 2)]


def test_models_without_a_graph() -> None:
    class Own(keras.Model):  # type: ignore[misc]
        def call(self, x: object) -> object:
            return x

    assert graph(keras.Sequential([layers.Dense(2)])) is None  # not built
    own = Own()
    own.build((None, 3))
    assert graph(own) is None
