"""Lessons 5.2 to 5.4.3 at small sizes: shapes, proofs, pictures, which weights move, one's own picture."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dlwp_tui.core.errors import DataError
from dlwp_tui.course import reader
from dlwp_tui.course.param import ParamError
from dlwp_tui.engine.code import load_code
from dlwp_tui.kit import bases, mini, vision
from dlwp_tui.lab import Lab
from dlwp_tui.runs import store
from dlwp_tui.runs.view import RunView
from tests.lessons.conftest import claims, curve, table

pytestmark = pytest.mark.keras
TINY = {"side": 48, "samples": 40, "epochs": 1}
NET = TINY | {"filters": 4, "units": 8}


@pytest.fixture(autouse=True)
def few_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Twins of the usual number of pictures are made once a session; `mini` is pretrained for three steps."""
    monkeypatch.setattr(mini, "STEPS", 3)
    monkeypatch.setattr(mini, "FIGURES", 32)
    monkeypatch.setattr(mini, "ANIMALS", 32)
    monkeypatch.setattr(vision, "SIDE", 48)
    monkeypatch.setattr(vision, "SAMPLES", 40)
    monkeypatch.setattr(vision, "EPOCHS", 1)


@pytest.fixture
def own_picture(tmp_path: Path) -> Path:
    """A photograph as a learner may have one: larger than the network takes, not square."""
    picture = np.random.default_rng(1).integers(0, 256, (90, 120, 3)).astype(np.uint8)
    path = tmp_path / "pet.png"
    Image.fromarray(picture).save(path)
    return path


def names(view: RunView) -> list[str]:
    return [made.name for made in view.pictures]


def asked(view: RunView, path: Path) -> dict[str, object]:
    """What the run's demo answers to a picture file."""
    spec = store.read_spec(view.folder)
    lab = Lab(view.folder.artifacts, lambda *_args, **_fields: None, seed=1, params=spec.params)
    return load_code(reader.load().lesson(spec.lesson).code_file).demo(lab)(str(path))  # type: ignore[no-any-return]


def test_from_scratch_and_a_picture_of_ones_own(study: Callable[..., RunView], own_picture: Path) -> None:
    view = study("5.2", **NET)
    assert claims(view) == {"C122", "C123", "C124"}
    assert {"test_loss", "test_accuracy"} <= set(view.results[""])
    assert names(view)[0] == "训练照片" and len(curve(view, "val_loss")) == 1
    answer = asked(view, own_picture)
    assert sum(answer["bars"].values()) == pytest.approx(1)  # type: ignore[attr-defined]
    photo, over = answer["pictures"].values()  # type: ignore[attr-defined]
    assert photo.shape == over.shape == (48, 48, 3) and over.dtype == np.uint8
    first, *_rest = answer["grids"].values()  # type: ignore[attr-defined]
    assert first.shape == (4, 46, 46)


@pytest.mark.parametrize("values", [{}, {"augment": False, "dropout": 0.0}, {"flip": False, "rotation": 0.0}])
def test_augmentation(study: Callable[..., RunView], values: dict[str, object]) -> None:
    view = study("5.2.5", **NET, **values)
    assert claims(view) == {"C126", "C127"}
    assert names(view)[0] == "增强"
    kinds = [row[1] for row in view.models[0].layers]
    assert ("Sequential" in kinds) == bool(values.get("augment", True))


def test_augmented_network_can_be_looked_into(study: Callable[..., RunView], own_picture: Path) -> None:
    view = study("5.2.5", image=str(own_picture), **NET)
    heat = asked(view, own_picture)
    assert len(heat["grids"]) == 8  # type: ignore[arg-type]


@pytest.mark.parametrize("method", ["fast", "augmented"])
def test_feature_extraction(study: Callable[..., RunView], own_picture: Path, method: str) -> None:
    view = study("5.3.1", method=method, compare=method == "fast", units=4, **TINY)
    assert claims(view) == {"C130", "C131", "C133", "C134", "C136"}
    assert ("scratch_val_accuracy" in view.results[""]) == (method == "fast")
    answer = asked(view, own_picture)
    assert len(answer["grids"]) == 18  # type: ignore[arg-type]


@pytest.mark.parametrize(("unfreeze", "warm_up"), [("block5", True), ("block1", False)])
def test_fine_tuning(study: Callable[..., RunView], own_picture: Path, unfreeze: str, warm_up: bool) -> None:
    """The lesson's own checks compare which layers changed."""
    view = study("5.3.2", unfreeze=unfreeze, warm_up=warm_up, units=4, head_epochs=1, learning_rate=0.01, **TINY)
    assert claims(view) == {"C138"}
    assert {key.label for key in view.curves} == {"", "平滑"} | ({"分类器"} if warm_up else set())
    assert {"frozen_val_accuracy", "smoothed_val_accuracy", "test_accuracy"} <= set(view.results[""])
    assert sum(asked(view, own_picture)["bars"].values()) == pytest.approx(1)  # type: ignore[attr-defined]


def test_activations_of_the_network_trained_last(study: Callable[..., RunView], own_picture: Path) -> None:
    trained = study("5.2", **NET)
    view = study("5.4.1", preset="quick", image=str(own_picture))
    assert claims(view) == {"C141"}
    assert view.datasets[0].name == "5.2", "what is looked into was trained there"
    assert trained.folder.id in view.datasets[0].detail
    rows = table(view, "从浅到深")
    assert [row[1] for row in rows][:2] == ["(1, 46, 46, 4)", "(1, 23, 23, 4)"] and len(rows) == 8
    assert [len(curve(view, name)) for name in ("black", "recovered")] == [8, 8]


def test_activations_where_nothing_was_trained_yet(study: Callable[..., RunView]) -> None:
    view = study("5.4.1", base="own")
    assert len(table(view, "从浅到深")) == 8 and len(curve(view, "loss", "from scratch")) == 1
    again = study("5.4.1", base="mini", side=48)
    assert len(table(again, "从浅到深")) == 18


def test_filters(study: Callable[..., RunView]) -> None:
    view = study("5.4.2", count=2, size=32, steps=3)
    assert claims(view) == {"C145", "C146"}
    assert names(view)[-4:] == [f"block{i}_conv1" for i in (1, 2, 3, 4)]
    result = view.results[""]
    assert result["activation_last"] > result["activation_first"]
    down = study("5.4.2", count=1, size=32, steps=3, step=-1.0).results[""]
    assert down["activation_last"] < down["activation_first"]


@pytest.mark.parametrize("base", ["mini", "own"])
def test_heat_map(study: Callable[..., RunView], base: str) -> None:
    view = study("5.4.3", base=base)
    assert claims(view) == {"C150", "C151"}
    assert {"照片", "热力图", "叠加", "第一名和第二名"} < set(names(view))
    assert 0 < view.results[""]["probability"] <= 1
    after = study("5.4.3", base=base, before=False, rank=2)
    assert after.results[""]["largest_gradient"] < view.results[""]["largest_gradient"]


@pytest.mark.parametrize(("base", "most"), [("mini", 13), ("vgg16", 13), ("mobilenet_v2", 5), ("own", 4)])
def test_heat_map_of_a_layer_that_is_not_there_starts_nothing(base: str, most: int) -> None:
    import keras

    lesson = reader.load().lesson("5.4.3")
    assert lesson.values("quick", {"base": base, "layer": most})["layer"] == most
    with pytest.raises(ParamError, match=f"layer = {most + 1}"):
        lesson.values("quick", {"base": base, "layer": most + 1})
    shape = (224, 224, 3)
    net = {
        "mini": lambda: mini.build(shape, include_top=True),
        "vgg16": lambda: keras.applications.VGG16(weights=None, include_top=False, input_shape=shape),
        "mobilenet_v2": lambda: keras.applications.MobileNetV2(weights=None, input_shape=shape),
        "own": lambda: vision.small_network((64, 64, 3)),
    }[base]()
    assert len([one for one in vision.shown(net) if not isinstance(one, keras.layers.MaxPooling2D)]) == most


def test_heat_map_of_the_first_layer(study: Callable[..., RunView]) -> None:
    heat = next(one for one in study("5.4.3", layer=13).pictures if one.name == "热力图")
    assert "block1_conv1" in heat.caption


@pytest.mark.parametrize("lesson", ["5.3.1", "5.3.2", "5.4.1", "5.4.2", "5.4.3"])
def test_missing_weights_are_named(study: Callable[..., RunView], lesson: str) -> None:
    with pytest.raises(DataError) as error:
        study(lesson, base="vgg16")
    assert "dlwp data get vgg16" in error.value.hint


def test_mobilenets_blocks_have_the_names_that_are_unfrozen() -> None:
    import keras

    net = keras.applications.MobileNetV2(weights=None, include_top=False, input_shape=(96, 96, 3))
    found = {
        part: [one.name for one in net.layers if one.name.startswith(begin)] for part, begin in vision.PARTS.items()
    }
    assert len(found["block5"]) > 20 and len(found["block4"]) > len(found["block5"])
    assert found["block1"][0] == "Conv1" and not set(found["block1"]) & set(found["block4"])
    for block in vision.BLOCKS:
        assert net.get_layer(vision.first_layer("mobilenet_v2", block)).output.shape[-1] > 8
    assert len({layer.output.shape[1] for layer in vision.shown(net)}) == len(vision.shown(net))


def test_the_score_is_taken_before_the_sigmoid() -> None:
    import keras

    model = keras.Sequential([keras.Input((8, 8, 3)), keras.layers.Conv2D(2, 3), keras.layers.Flatten()])
    model.add(keras.layers.Dense(1, activation="sigmoid", bias_initializer=keras.initializers.Constant(30)))
    x = np.random.default_rng(1).random((1, 8, 8, 3)).astype("float32")
    assert float(np.asarray(model(x))[0, 0]) == 1.0, "saturated"
    scores = np.asarray(vision.maps_and_scores(model)(x)[1])[0]
    assert scores[1] - scores[0] > 20 and vision.heat_map(model, x).max() > 0


def test_covering_paints_the_hottest_square() -> None:
    photo = np.zeros((30, 30, 3), np.uint8)
    photo[:, 15:] = 200
    heat = np.zeros((3, 3), np.float32)
    heat[0, 2] = 1
    hot, cold = (vision.covered(photo, heat, hottest) for hottest in (True, False))
    assert (hot[:5, 25:] == 100).all() and (cold[:5, 25:] == 200).all()


def test_preprocessing_for_every_base_is_given(study: Callable[..., RunView]) -> None:
    lab = Lab(Path("/"), lambda *_args, **_fields: None, seed=1, params={})
    _model, prepare, _names = vision.network(lab, "mini", 48)
    photo = np.full((1, 48, 48, 3), 255, np.uint8)
    assert np.array_equal(prepare(photo), bases.preprocess("mini", photo)) and prepare(photo).max() == 1
