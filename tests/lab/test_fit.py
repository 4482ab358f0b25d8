"""The lab with Keras: batches in order, means un-mixed, models kept."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dlwp_tui.lab import Lab, StopRun, batches, live
from dlwp_tui.lab.unmix import weights
from tests.lab.conftest import Told, make_lab

pytestmark = pytest.mark.keras


def _rows(dataset: Any) -> list[int]:
    return [int(row) for batch in dataset for row in np.ravel(batch.numpy())]


@pytest.fixture(params=["tensor", "numpy", "whole"])
def path(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """The ways batches are gathered: all must give the same."""
    monkeypatch.setattr(batches, "_TINY_ROW", 1 << 40 if request.param == "whole" else 0)
    monkeypatch.setattr(batches, "_IN_TENSOR", 0 if request.param == "numpy" else 1 << 40)
    return str(request.param)


def test_batches_reshuffle_each_pass_and_repeat_each_run(tmp_path: Path, told: Told, path: str) -> None:
    x = np.arange(103)
    first = make_lab(tmp_path / "a", told, seed=5).batches(x, batch_size=10)
    one, two = _rows(first), _rows(first)
    assert sorted(one) == sorted(two) == list(range(103))
    assert one != two and one != list(range(103))
    assert int(first.cardinality()) == 11
    again = make_lab(tmp_path / "b", told, seed=5).batches(x, batch_size=10)
    assert [_rows(again), _rows(again)] == [one, two]
    assert _rows(make_lab(tmp_path / "c", told, seed=6).batches(x, batch_size=10)) != one
    lab = make_lab(tmp_path / "d", told, seed=5)
    assert _rows(lab.batches(x, batch_size=10, shuffle=False)) == list(range(103))
    assert _rows(lab.batches(x, batch_size=10)) != one  # the run's second dataset has an order of its own


def test_the_order_of_an_epoch_does_not_depend_on_those_before(lab: Lab) -> None:
    dataset = lab.batches(np.arange(50), batch_size=7)
    orders = {}
    for epoch in (0, 1, 2, 1, 0):
        lab.clock.fit = (1, epoch)
        order = _rows(dataset)
        assert orders.setdefault(epoch, order) == order
    assert len({tuple(order) for order in orders.values()}) == 3


def test_small_data_is_drawn_whole_seeded_and_by_epoch(tmp_path: Path, told: Told, monkeypatch: Any) -> None:
    """The path of Boston's 303 rows, with the limits as they are: in order, in a resumed run, and as large data is."""
    x = np.random.default_rng(0).normal(size=(303, 13)).astype("float32")
    y = np.arange(303, dtype="float32")

    def epochs(seed: int, wanted: tuple[int, ...], fit: int = 1) -> dict[int, list[int]]:
        lab = make_lab(tmp_path / "a", told, seed=seed)
        dataset = lab.batches(x, y, 16)
        assert int(dataset.cardinality()) == 19
        found = {}
        for epoch in wanted:
            lab.clock.fit = (fit, epoch)
            passed = list(dataset.as_numpy_iterator())
            assert [len(rows) for rows, _ in passed] == [16] * 18 + [15]
            for rows, targets in passed:
                assert (rows == x[targets.astype(int)]).all()
            found[epoch] = [int(target) for _, targets in passed for target in targets]
        return found

    whole = epochs(5, (0, 1, 2))
    assert all(sorted(order) == list(range(303)) for order in whole.values())
    assert len({tuple(order) for order in whole.values()}) == 3
    assert epochs(5, (2,))[2] == whole[2]  # resumed after two epochs
    assert epochs(6, (0,))[0] != whole[0] and epochs(5, (0,), fit=2)[0] != whole[0]
    monkeypatch.setattr(batches, "_TINY_ROW", 0)
    assert epochs(5, (0, 1, 2)) == whole
    monkeypatch.setattr(batches, "_IN_TENSOR", 0)
    assert epochs(5, (0, 1, 2)) == whole
    fixed = make_lab(tmp_path / "a", told, seed=5).batches(x, y, 16, shuffle=False)
    assert [int(t) for _, targets in fixed.as_numpy_iterator() for t in targets] == list(range(303))


@pytest.mark.parametrize("as_arrays", [True, False])
@pytest.mark.parametrize("outputs", [1, 3])
def test_the_step_is_traced_once_and_gives_the_same(lab: Lab, as_arrays: bool, outputs: int) -> None:
    """`accuracy` means binary or sparse categorical, by the shapes of what is fitted: as Keras itself decides."""
    import keras

    x = np.random.default_rng(0).normal(size=(40, 4)).astype("float32")
    y = (x[:, 0] > 0).astype("int64") if outputs == 1 else np.arange(40) % outputs
    loss = "binary_crossentropy" if outputs == 1 else "sparse_categorical_crossentropy"
    figures = []
    for watched in (True, False):
        keras.utils.set_random_seed(3)
        last = "sigmoid" if outputs == 1 else "softmax"
        model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(8), keras.layers.Dense(outputs, last)])
        traced: list[int] = []

        def counted(y_true: Any, y_pred: Any, traced: list[int] = traced) -> Any:
            traced.append(1)
            return keras.losses.get(loss)(y_true, y_pred)

        model.compile("rmsprop", counted, metrics=["accuracy", "mae"][: 2 if outputs == 1 else 1])
        data = (x, y) if as_arrays else (lab.batches(x, y, 8, shuffle=False),)
        callbacks = lab.callbacks() if watched else []
        options = {"batch_size": 8, "shuffle": False} if as_arrays else {}
        history = model.fit(*data, epochs=2, callbacks=callbacks, verbose=0, **options).history
        figures.append(history)
        assert len(traced) == (1 if watched else 2)
    assert figures[0] == figures[1]
    assert {"loss", "accuracy"} <= set(figures[0]) and all(value > 0.2 for value in figures[0]["accuracy"])


def test_models_that_keras_alone_can_build_are_left_to_it(lab: Lab) -> None:
    import keras

    x, y = np.ones((16, 4), "float32"), np.ones((16, 1), "float32")

    class Own(keras.Model):
        def __init__(self) -> None:
            super().__init__()
            self.dense = keras.layers.Dense(1)

        def call(self, inputs: Any) -> Any:
            return self.dense(inputs)

    class OwnStep(keras.Sequential):
        def train_step(self, data: Any) -> Any:
            assert not self.optimizer.built or self.optimizer.iterations is not None
            return super().train_step(data)

    inputs = keras.Input((4,))
    two = keras.Model(inputs, [keras.layers.Dense(1)(inputs), keras.layers.Dense(1)(inputs)])
    unbuilt = keras.Sequential([keras.layers.Dense(1)])
    for model, target in ((Own(), y), (OwnStep([keras.Input((4,)), keras.layers.Dense(1)]), y), (two, [y, y]),
                          (unbuilt, y)):  # fmt: skip
        model.compile("sgd", "mse")
        history = model.fit(x, target, epochs=2, callbacks=lab.callbacks(), verbose=0).history
        assert history["loss"][1] < history["loss"][0]


def test_structures_stay_together(lab: Lab, path: str) -> None:
    n = 40
    x = {"a": np.arange(n), "b": np.arange(n * 3, dtype="float32").reshape(n, 3)}
    y = (np.arange(n) * 2, list(range(n)))
    for got, (double, same) in lab.batches(x, y, 9):
        rows = got["a"].numpy()
        assert got["b"].shape[1:] == (3,) and got["b"].dtype == "float32"
        assert (got["b"].numpy()[:, 0] == rows * 3).all()
        assert (double.numpy() == rows * 2).all() and (same.numpy() == rows).all()


def test_bad_batches_are_refused(lab: Lab) -> None:
    with pytest.raises(ValueError, match="first dimensions differ"):
        lab.batches(np.zeros((3, 2)), np.zeros(4))
    with pytest.raises(ValueError, match="batch_size=0"):
        lab.batches(np.zeros(3), batch_size=0)
    with pytest.raises(TypeError, match="padded first"):
        lab.batches(np.array([[1], [1, 2]], dtype=object))


def _still_model(**compile_options: Any) -> Any:
    """A model that learns nothing, so that each batch's loss can be computed again."""
    import keras

    keras.utils.set_random_seed(3)
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1, "sigmoid")])
    options = {"metrics": ["accuracy", "mae"]} | compile_options
    model.compile(keras.optimizers.SGD(0.0), "binary_crossentropy", **options)
    return model


@pytest.mark.parametrize("per_execution", [1, 2])
def test_batch_events_are_un_mixed_exactly(
    lab: Lab, told: Told, monkeypatch: pytest.MonkeyPatch, per_execution: int
) -> None:
    monkeypatch.setattr(live, "THROTTLE", 0)
    rng = np.random.default_rng(0)
    x = rng.normal(size=(70, 4)).astype("float32")
    y = (rng.random(70) > 0.5).astype("float32")
    model = _still_model(steps_per_execution=per_execution)
    model.fit(
        lab.batches(x, y, 20, shuffle=False), validation_data=(x[:9], y[:9]), epochs=2,
        callbacks=lab.callbacks("fold 1", part=(1, 3)), verbose=0,
    )  # fmt: skip
    # the step after which each point comes: the very first step alone, then one point a call
    ends = [[1, 2, 3, 4], [1, 2, 3, 4]] if per_execution == 1 else [[1, 2, 4], [2, 4]]
    points = [event for event in told if event["e"] == "batch"]
    assert [point["step"] for point in points] == [*ends[0], *ends[1]]
    spans = [(20 * start, 20 * end) for epoch in ends for start, end in pairwise([0, *epoch])]
    for point, (start, end) in zip(points, spans, strict=True):
        want = model.evaluate(x[start:end], y[start:end], verbose=0, return_dict=True)
        assert point["metrics"] == pytest.approx(want, abs=2e-6)
    assert points[0]["steps"] == 4 and points[0]["epochs"] == 2 and points[-1]["epoch"] == 2
    epochs = [event for event in told if event["e"] == "epoch"]
    assert [epoch["epoch"] for epoch in epochs] == [1, 2]
    whole = model.evaluate(x, y, verbose=0, return_dict=True)
    assert {name: epochs[0]["metrics"][name] for name in whole} == pytest.approx(whole, abs=2e-6)
    assert "val_loss" in epochs[0]["metrics"] and epochs[0]["seconds"] > 0 and epochs[0]["label"] == "fold 1"
    progress = [(event["done"], event["total"]) for event in told if event["e"] == "progress"]
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


def test_what_is_no_mean_is_passed_on(lab: Lab, told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    import keras

    monkeypatch.setattr(live, "THROTTLE", 0)
    model = _still_model(metrics=[keras.metrics.AUC(name="auc")])
    y = np.array([0, 1] * 8, "float32")
    model.fit(np.ones((16, 4)), y, batch_size=8, callbacks=lab.callbacks(), verbose=0)
    assert [event["metrics"]["auc"] for event in told if event["e"] == "batch"] == [0.5, 0.5]


def test_batch_events_are_throttled(lab: Lab, told: Told) -> None:
    model = _still_model()
    model.fit(lab.batches(np.zeros((2000, 4)), np.zeros(2000), 1), callbacks=lab.callbacks(), verbose=0)
    points = [event for event in told if event["e"] == "batch"]
    seconds = next(event for event in told if event["e"] == "epoch")["seconds"]
    assert 1 <= len(points) <= seconds / 0.05 + 2


def test_a_requested_stop_ends_the_fit(lab: Lab) -> None:
    model = _still_model()
    lab.stop.requested = True
    with pytest.raises(StopRun):
        model.fit(np.zeros((20, 4)), np.zeros(20), callbacks=lab.callbacks(), verbose=0)
    assert lab.fitting is model


def test_models_are_described_kept_and_loaded(lab: Lab, told: Told) -> None:
    model = _still_model()
    lab.summary(model, label="tiny")
    assert told[-1]["layers"] == [[model.layers[0].name, "Dense", "(None, 1)", 5]]
    assert (told[-1]["params"], told[-1]["trainable"], told[-1]["label"]) == (5, 5, "tiny")
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


def test_an_unbuilt_model_is_described_as_far_as_it_goes(lab: Lab, told: Told) -> None:
    import keras

    lab.summary(keras.Sequential([keras.layers.Dense(2)]))
    assert told[-1]["params"] is None and told[-1]["layers"][0][2:] == ["?", None]


def test_a_resumed_fit_returns_the_whole_history(tmp_path: Path, told: Told) -> None:
    import keras

    x = np.random.default_rng(0).normal(size=(40, 3)).astype("float32")

    def fit(folder: Path, epochs: int) -> dict[str, list[float]]:
        keras.utils.set_random_seed(1)
        lab = make_lab(folder, told, checkpoint=True)
        model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
        model.compile("sgd", "mse")
        data = lab.batches(x, x[:, :1], 8)
        return model.fit(data, validation_data=data, epochs=epochs, callbacks=lab.callbacks(), verbose=0).history

    whole = fit(tmp_path / "whole", 5)
    fit(tmp_path / "cut", 2)
    resumed = fit(tmp_path / "cut", 5)
    assert sorted(resumed) == ["loss", "val_loss"] and len(resumed["loss"]) == 5
    assert resumed["loss"] == pytest.approx(whole["loss"])
    assert len(fit(tmp_path / "cut", 5)["val_loss"]) == 5  # nothing was left to train
