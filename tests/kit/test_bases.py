"""Pretrained bases: `mini`, which trains itself, and the real weights where they are there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from dlwp_tui import data
from dlwp_tui.core.errors import DataError
from dlwp_tui.data.import_ import import_path
from dlwp_tui.kit import bases, mini, shapes
from dlwp_tui.lab import Lab
from tests.conftest import SHARED_DATA

pytestmark = pytest.mark.keras


@pytest.fixture
def events() -> list[tuple[str, dict[str, Any]]]:
    return []


@pytest.fixture
def lab(tmp_path: Path, events: list[tuple[str, dict[str, Any]]]) -> Lab:
    return Lab(tmp_path, lambda kind, **fields: events.append((kind, fields)), seed=1, params={}, source="auto")


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A pretraining of three steps on few pictures."""
    monkeypatch.setattr(mini, "STEPS", 3)
    monkeypatch.setattr(mini, "FIGURES", 40)
    monkeypatch.setattr(mini, "ANIMALS", 40)
    yield


def test_mini_has_vgg16s_layers_by_name() -> None:
    real = keras.applications.VGG16(weights=None, include_top=False, input_shape=(150, 150, 3))
    ours = mini.build((150, 150, 3), False)
    sides = [(layer.name, layer.output.shape[1:3]) for layer in real.layers[1:]]
    assert [(layer.name, layer.output.shape[1:3]) for layer in ours.layers[1:]] == sides


def test_mini_is_pretrained_once_and_says_so(lab: Lab, short: None, events: list[Any], monkeypatch: Any) -> None:
    first = bases.load(lab, "mini", include_top=True)
    assert [fields["name"] for kind, fields in events if kind == "phase"]
    assert [(f["name"], f["source"]) for kind, f in events if kind == "dataset"] == [("mini", "synthetic")]
    events.clear()
    again = bases.load(lab, "mini", input_shape=(64, 64, 3))
    assert [kind for kind, _fields in events] == ["dataset"]
    for layer in again.layers:
        for one, other in zip(layer.get_weights(), first.get_layer(layer.name).get_weights(), strict=True):
            assert np.array_equal(one, other)
    assert again.output.shape[1:] == (2, 2, 64)
    assert first.predict(np.zeros((1, 48, 48, 3)), verbose=0).shape == (1, len(bases.classes("mini"))) == (1, 12)


def test_pretraining_leaves_the_runs_random_numbers_alone(lab: Lab, short: None) -> None:
    def drawn() -> list[float]:
        keras.utils.set_random_seed(1)
        bases.load(lab, "mini", input_shape=(32, 32, 3))
        layer = keras.layers.Dense(2)
        layer.build((None, 2))
        return [*np.random.random(2), *np.ravel(layer.get_weights()[0])]

    assert drawn() == drawn()  # the first pretrains, the second reads what was kept


def test_the_normalisation_is_worked_into_the_convolutions(short: None) -> None:
    trained = mini._trainee()
    pictures, labels = mini._pictures(np.random.RandomState(0))
    pictures, labels = pictures[::5], {name: of[::5] for name, of in labels.items()}
    x = pictures.astype("float32") / 127.5 - 1
    trained.train_on_batch(x, labels)
    plain = mini.build((64, 64, 3), False)
    bases._fill(plain, mini._folded(trained))
    wanted = keras.Model(trained.inputs, trained.get_layer("block5_pool").output).predict(x, verbose=0)
    assert np.allclose(plain.predict(x, verbose=0), wanted, atol=1e-3)


def test_shapes_are_the_same_for_a_seed_and_of_all_kinds() -> None:
    one, labels = shapes.draw(np.random.RandomState(4), 200)
    other, _labels = shapes.draw(np.random.RandomState(4), 200)
    assert np.array_equal(one, other) and one.shape == (200, 48, 48, 3) and one.dtype == np.uint8
    assert set(labels["kind"]) == set(range(12)) and set(labels["hue"]) == set(range(6))


@pytest.mark.parametrize("name", bases.NAMES)
def test_a_picture_survives_preprocessing(name: bases.Name) -> None:
    picture = np.random.RandomState(0).randint(0, 256, (2, 5, 5, 3)).astype(np.uint8)
    prepared = bases.preprocess(name, picture)
    assert prepared.dtype == np.float32
    assert np.abs(bases.deprocess(name, prepared).astype(int) - picture).max() <= 1


def test_preprocessing_is_that_of_keras() -> None:
    picture = np.random.RandomState(0).randint(0, 256, (2, 5, 5, 3)).astype("float32")
    vgg16, mobilenet = keras.applications.vgg16, keras.applications.mobilenet_v2
    assert np.allclose(bases.preprocess("vgg16", picture), vgg16.preprocess_input(picture.copy()), atol=1e-4)
    assert np.allclose(bases.preprocess("mobilenet_v2", picture), mobilenet.preprocess_input(picture.copy()), atol=1e-5)


@pytest.mark.parametrize("name", ["vgg16", "mobilenet_v2"])
def test_missing_weights_are_named_with_the_way_to_get_them(lab: Lab, name: bases.Name) -> None:
    with pytest.raises(DataError) as error:
        bases.load(lab, name, input_shape=(64, 64, 3))
    assert f"dlwp data get {name}" in error.value.hint


# -- the real weights -------------------------------------------------------------------------------------------


@pytest.mark.real_data
def test_vgg16s_edge_tuned_convolutions(lab: Lab, events: list[Any]) -> None:
    file = SHARED_DATA / "vgg16_edges_tf_dim_ordering_tf_kernels_notop.h5"
    import_path(file, accept=True)
    base = bases.load(lab, "vgg16", input_shape=(64, 64, 3))
    wanted = keras.applications.VGG16(weights=None, include_top=False, input_shape=(64, 64, 3))
    wanted.load_weights(file)
    x = bases.preprocess("vgg16", np.random.RandomState(0).randint(0, 256, (1, 64, 64, 3)))
    assert np.allclose(base.predict(x, verbose=0), wanted.predict(x, verbose=0))
    assert [(f["name"], f["source"]) for kind, f in events if kind == "dataset"] == [("vgg16", "unverified")]
    with pytest.raises(DataError, match="no classifier"):
        bases.load(lab, "vgg16", include_top=True)


@pytest.mark.real_data
def test_mobilenet_v2_knows_real_cats_and_dogs(lab: Lab) -> None:
    for name in (
        "mobilenet_v2_1.0_224_dequantised.weights.h5", "imagenet_class_index.json", "cats_and_dogs_small.tar",
    ):  # fmt: skip
        import_path(SHARED_DATA / name, accept=True)
    pets = data.load("cats_and_dogs_small", "real", size=(224, 224))
    assert pets.validation is not None
    (x, y), (x_val, y_val) = ((part.x[:200], part.y[:200]) for part in (pets.train, pets.validation))

    # its classifier
    whole = bases.load(lab, "mobilenet_v2", include_top=True)
    names = bases.classes("mobilenet_v2")
    assert len(names) == 1000 and names[281] == "tabby"
    best = whole.predict(bases.preprocess("mobilenet_v2", x_val[:40]), verbose=0).argmax(1)
    dogs, cats = (best >= 151) & (best <= 268), (best >= 281) & (best <= 285)  # ImageNet's dogs, its cats at home
    assert dogs[y_val[:40] == 1].mean() > 0.8 and cats[y_val[:40] == 0].mean() > 0.5
    assert dogs[y_val[:40] == 0].mean() < 0.2

    # a small head on it, frozen
    base = bases.load(lab, "mobilenet_v2", input_shape=(224, 224, 3))
    keras.utils.set_random_seed(1)
    head = keras.Sequential([keras.layers.GlobalAveragePooling2D(), keras.layers.Dense(1, activation="sigmoid")])
    head.compile(keras.optimizers.Adam(0.01), "binary_crossentropy", metrics=["accuracy"])
    features = base.predict(bases.preprocess("mobilenet_v2", np.concatenate([x, x_val])), verbose=0)
    head.fit(features[:200], y, epochs=30, verbose=0)
    assert head.evaluate(features[200:], y_val, verbose=0)[1] >= 0.95
