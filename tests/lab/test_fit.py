"""The lab with Keras: a fit made visible, means un-mixed, models kept."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dlwp_tui.lab import Lab, StopRun, live
from dlwp_tui.lab.unmix import weights
from tests.lab.conftest import Events, make_lab

pytestmark = pytest.mark.keras


def _still_model(**compile_options: Any) -> Any:
    """A model that learns nothing, so that each batch's loss can be computed again."""
    import keras

    keras.utils.set_random_seed(3)
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1, "sigmoid")])
    options = {"metrics": ["accuracy", "mae"]} | compile_options
    model.compile(keras.optimizers.SGD(0.0), "binary_crossentropy", **options)
    return model


@pytest.mark.parametrize("per_execution", [1, 2, 3])
@pytest.mark.parametrize("foreseen", [True, False])
def test_batch_events_are_un_mixed_exactly(
    lab: Lab, events: Events, monkeypatch: pytest.MonkeyPatch, per_execution: int, foreseen: bool
) -> None:
    monkeypatch.setattr(live, "THROTTLE", 0)
    rng = np.random.default_rng(0)
    x = rng.normal(size=(70, 4)).astype("float32")
    y = (rng.random(70) > 0.5).astype("float32")
    model = _still_model(steps_per_execution=per_execution)
    batches = lab.batches(x, y, 20, shuffle=False)
    if foreseen:
        lab.steps_per_execution(model, batches)
    model.fit(
        batches, validation_data=(x[:9], y[:9]), epochs=2, callbacks=lab.callbacks("fold 1", part=(1, 3)), verbose=0,
    )  # fmt: skip
    # the step after which each point comes: where it was foreseen the very first step alone, then one point a call
    calls = {1: [1, 2, 3, 4], 2: [2, 4], 3: [3, 4]}[per_execution]
    ends = [[1, *calls] if foreseen else calls, calls]
    points = [event for event in events if event["e"] == "batch"]
    assert [point["step"] for point in points] == [*ends[0], *ends[1]]
    spans = [(20 * start, 20 * end) for epoch in ends for start, end in pairwise([0, *epoch])]
    if foreseen and per_execution == 1:
        spans[1] = spans[0]  # nothing new since the point before, so the mean stands
    for point, (start, end) in zip(points, spans, strict=True):
        want = model.evaluate(x[start:end], y[start:end], verbose=0, return_dict=True)
        assert point["metrics"] == pytest.approx(want, abs=2e-6)
    assert points[0]["steps"] == 4 and points[0]["epochs"] == 2 and points[-1]["epoch"] == 2
    epochs = [event for event in events if event["e"] == "epoch"]
    assert [epoch["epoch"] for epoch in epochs] == [1, 2]
    whole = model.evaluate(x, y, verbose=0, return_dict=True)
    assert {name: epochs[0]["metrics"][name] for name in whole} == pytest.approx(whole, abs=2e-6)
    assert "val_loss" in epochs[0]["metrics"] and epochs[0]["seconds"] > 0 and epochs[0]["label"] == "fold 1"
    progress = [(event["done"], event["total"]) for event in events if event["e"] == "progress"]
    assert progress[0] == (3, 6) and set(progress) <= {(3, 6), (4, 6)}


def test_metrics_of_several_outputs_have_weights() -> None:
    import keras

    inputs = keras.Input((4,))
    outputs = {name: keras.layers.Dense(1, name=name)(inputs) for name in ("age", "income")}
    model = keras.Model(inputs, outputs)
    model.compile("sgd", {"age": "mse", "income": "mae"}, metrics={"age": ["mae"], "income": ["mae"]})
    y = {"age": np.ones((10, 1)), "income": np.ones((10, 1))}
    history = model.fit(np.zeros((10, 4)), y, batch_size=4, verbose=0).history
    by_samples = {"loss": 10.0, "age_mae": 10.0, "income_mae": 10.0}
    by_batches = {"age_loss": 3.0, "income_loss": 3.0}  # Keras weighs each output's loss by batches
    assert weights(model, history) == by_samples | by_batches


def test_what_is_no_mean_is_passed_on(lab: Lab, events: Events, monkeypatch: pytest.MonkeyPatch) -> None:
    import keras

    monkeypatch.setattr(live, "THROTTLE", 0)
    model = _still_model(metrics=[keras.metrics.AUC(name="auc")])
    y = np.array([0, 1] * 8, "float32")
    model.fit(np.ones((16, 4)), y, batch_size=8, callbacks=lab.callbacks(), verbose=0)
    assert [event["metrics"]["auc"] for event in events if event["e"] == "batch"] == [0.5, 0.5]


def test_batch_events_are_throttled(lab: Lab, events: Events) -> None:
    model = _still_model()
    model.fit(lab.batches(np.zeros((2000, 4)), np.zeros(2000), 1), callbacks=lab.callbacks(), verbose=0)
    points = [event for event in events if event["e"] == "batch"]
    seconds = next(event for event in events if event["e"] == "epoch")["seconds"]
    assert 1 <= len(points) <= seconds / 0.05 + 2


def test_a_requested_stop_ends_the_fit(lab: Lab) -> None:
    model = _still_model()
    lab.recorder.stop.requested = True
    with pytest.raises(StopRun):
        model.fit(np.zeros((20, 4)), np.zeros(20), callbacks=lab.callbacks(), verbose=0)
    assert lab.recorder.fitting is model


def test_models_are_described_kept_and_loaded(lab: Lab, events: Events) -> None:
    model = _still_model()
    lab.summary(model, label="tiny")
    assert events[-1]["layers"] == [[model.layers[0].name, "Dense", "(None, 1)", 5]]
    assert (events[-1]["params"], events[-1]["trainable"], events[-1]["label"]) == (5, 5, "tiny")
    x = np.ones((1, 4))
    want = model.predict(x, verbose=0)
    assert lab.save(model) == lab.artifacts / "model.keras"
    assert (lab.load().predict(x, verbose=0) == want).all()
    lab.save(model, "best.weights.h5")
    other = _still_model()
    other.set_weights([weight * 0 for weight in other.get_weights()])
    assert (lab.load("best.weights.h5", into=other).predict(x, verbose=0) == want).all()
    with pytest.raises(ValueError, match="needs the model"):
        lab.load("best.weights.h5")
    with pytest.raises(FileNotFoundError, match=r"no second\.keras \(there is .*model\.keras"):
        lab.load("second")
    assert not [path for path in lab.artifacts.iterdir() if path.name.startswith(".")]


def test_an_unbuilt_model_is_described_as_far_as_it_goes(lab: Lab, events: Events) -> None:
    import keras

    lab.summary(keras.Sequential([keras.layers.Dense(2)]))
    assert events[-1]["params"] is None and events[-1]["layers"][0][2:] == ["?", None]


def test_a_resumed_fit_returns_the_whole_history(tmp_path: Path, events: Events) -> None:
    import keras

    x = np.random.default_rng(0).normal(size=(40, 3)).astype("float32")

    def fit(folder: Path, epochs: int) -> dict[str, list[float]]:
        keras.utils.set_random_seed(1)
        lab = make_lab(folder, events, checkpoint=True)
        model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
        model.compile("sgd", "mse")
        data = lab.batches(x, x[:, :1], 8)
        fitted = model.fit(data, validation_data=data, epochs=epochs, callbacks=lab.callbacks(), verbose=0)
        return dict(fitted.history)

    whole = fit(tmp_path / "whole", 5)
    fit(tmp_path / "cut", 2)
    resumed = fit(tmp_path / "cut", 5)
    assert sorted(resumed) == ["loss", "val_loss"] and len(resumed["loss"]) == 5
    assert resumed["loss"] == pytest.approx(whole["loss"])
    assert len(fit(tmp_path / "cut", 5)["val_loss"]) == 5  # nothing was left to train


def test_a_fit_says_what_takes_its_time(lab: Lab, events: Events, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tracing, then validation and how far it is; after its first time, of how many batches."""
    monkeypatch.setattr(live, "THROTTLE", 0)
    monkeypatch.setattr(live, "SAID_EVERY", 0)
    x, y = np.zeros((12, 4), "float32"), np.zeros(12, "float32")
    validation = {"validation_data": (x, y), "validation_batch_size": 4}
    _still_model().fit(x, y, batch_size=6, epochs=2, callbacks=lab.callbacks(), verbose=0, **validation)
    told = [(event["code"], event.get("done"), event.get("total")) for event in events if event["e"] == "wait"]
    first = [("validating", done, None) for done in range(4)]
    again = [("validating", done, 3) for done in range(4)]
    assert told == [("tracing", None, None), *first, *again, ("working", None, None)]
    kinds = [event["e"] for event in events]
    assert kinds == ["wait", "batch", "batch", *["wait"] * 4, "epoch", "batch", "batch", *["wait"] * 4, "epoch", "wait"]
