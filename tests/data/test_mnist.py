"""MNIST: read, refused, mapped; and the twin's digits against what is known of the real ones."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dlwp_tui import data
from dlwp_tui.core import paths
from dlwp_tui.core.errors import DataError
from dlwp_tui.data import convert, registry
from dlwp_tui.data.import_ import import_path
from dlwp_tui.data.locate import State
from dlwp_tui.data.sets.mnist import reader as mnist
from dlwp_tui.data.sets.mnist import twin as drawn
from dlwp_tui.data.verify import verify
from tests.conftest import SHARED_DATA
from tests.data.conftest import Official, mapped_from_a_file, objects, write_boston

REAL = SHARED_DATA / "mnist.npz"


def write_mnist(path: Path, **changes: Any) -> Path:
    """A tiny mnist.npz: three pictures to train, two to test."""
    pixels = np.arange(5 * 784, dtype=np.uint8).reshape(5, 28, 28)
    arrays = {"x_train": pixels[:3], "y_train": np.array([5, 0, 4], np.uint8), "x_test": pixels[3:],
              "y_test": np.array([7, 9], np.uint8)} | changes  # fmt: skip
    with path.open("wb") as file:
        np.savez_compressed(file, **arrays)
    return path


def test_what_keras_returns(tmp_path: Path, official: Official) -> None:
    path = write_mnist(tmp_path / "mnist.npz")
    official("mnist", path.read_bytes())
    import_path(path)
    loaded = data.load("mnist", "real")
    (x, y), (x_test, y_test) = loaded
    assert loaded.source == "real" and loaded.meta["labels"][7] == "7"
    with np.load(path) as archive:
        for got, key in ((x, "x_train"), (y, "y_train"), (x_test, "x_test"), (y_test, "y_test")):
            assert got.dtype == archive[key].dtype == np.uint8 and np.array_equal(got, archive[key])


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"x_train": np.full((3, 28, 27), 200, np.uint8)}, "x_train has the shape"),
        ({"x_test": np.full((3, 28, 28), 200, np.uint8)}, "x_test has the shape"),
        ({"x_train": np.zeros((0, 28, 28), np.uint8), "y_train": np.zeros(0, np.uint8)}, "x_train has the shape"),
        ({"x_train": np.full((3, 28, 28), 0.5)}, "pixels in x_train"),
        ({"x_train": np.full((3, 28, 28), -1)}, "pixels in x_train"),
        ({"x_test": np.full((2, 28, 28), 256)}, "pixels in x_test"),
        ({"x_train": np.ones((3, 28, 28), np.uint8)}, "all dark"),  # scaled to 0..1 already
        ({"y_train": np.array([1, 2, 10])}, "labels in y_train"),
        ({"y_test": np.array([0.0, 1.0])}, "labels in y_test"),
        ({"x_train": objects([[1], [2], [3]])}, "x_train and y_train should be plain numbers"),
    ],
)
def test_content_that_does_not_fit(tmp_path: Path, changes: dict[str, Any], said: str) -> None:
    with pytest.raises(DataError, match=said):
        import_path(write_mnist(tmp_path / "mnist.npz", **changes), accept=True)
    assert not paths.data().exists() or not list(paths.data().iterdir())


def test_a_file_of_another_set_or_too_few_samples(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="is not mnist: it holds x, y"):
        import_path(write_boston(tmp_path / "mnist.npz"), accept=True)
    with pytest.raises(DataError, match="3 samples, mnist has 60000"):
        import_path(write_mnist(tmp_path / "mnist.npz"), accept=True)


@pytest.mark.usefixtures("small")
def test_it_is_recognised_by_its_content(tmp_path: Path) -> None:
    (done,) = import_path(write_mnist(tmp_path / "digits.npz"), accept=True)  # imdb.npz has the same keys
    assert (done.dataset, done.file) == ("mnist", "mnist.npz")


@pytest.fixture(scope="module")
def twin(tmp_path_factory: pytest.TempPathFactory) -> data.Loaded:
    """The twin, drawn once: 3 s."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DLWP_HOME", str(tmp_path_factory.mktemp("twin")))
        began = time.process_time()
        loaded = data.load("mnist", "synthetic")
        assert time.process_time() - began < 12  # measured 4 s; the limit is for a busy machine
        began = time.process_time()
        again = data.load("mnist", "synthetic")
        assert time.process_time() - began < 0.2  # measured 3 ms: mapped, not read
        assert mapped_from_a_file(again.train.x) and np.array_equal(again.train.x[-5:], loaded.train.x[-5:])
    return loaded


def test_the_twin_looks_like_mnist(twin: data.Loaded) -> None:
    (x, y), (x_test, y_test) = twin
    assert x.shape == (60_000, 28, 28) and x_test.shape == (10_000, 28, 28)
    assert x.dtype == y.dtype == x_test.dtype == y_test.dtype == np.uint8
    assert tuple(np.bincount(y)) == drawn.TRAIN and tuple(np.bincount(y_test)) == drawn.TEST
    assert 31 < x.mean() < 36 and 74 < x.std() < 82  # real: 33.3, 78.6
    assert 0.17 < (x > 0).mean() < 0.21 and 0.11 < (x > 127).mean() < 0.15  # real: 0.191, 0.132
    assert x.max() == 255 and x_test.max() == 255
    some = x[:3000].astype(float)
    rows, columns = np.arange(28)[:, None], np.arange(28)
    weight = some.sum((1, 2))
    for axis in (rows, columns):
        middle = (some * axis).sum((1, 2)) / weight
        assert 13.2 < middle.mean() < 14.2 and middle.std() < 1.2  # real: 14.0 and 13.9; centred
    assert (some > 0).any(axis=2).sum(axis=1).max() <= 27


def test_no_two_digits_are_the_same_and_each_class_has_its_look(twin: data.Loaded) -> None:
    (x, y), (x_test, y_test) = twin
    assert len({picture.tobytes() for picture in x[:20_000]}) == 20_000
    means = np.stack([x[y == digit].mean(axis=0).ravel() for digit in range(10)]) / 255
    flat = x_test.reshape(-1, 784) / 255.0
    nearest = ((means**2).sum(1) - 2 * flat @ means.T).argmin(axis=1)
    assert 0.70 < (nearest == y_test).mean() < 0.90  # real: 0.82; higher would be too easy a twin


def test_the_twin_is_the_same_again_and_older_ones_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawn, "TRAIN", (20,) * 10)
    monkeypatch.setattr(drawn, "TEST", (4,) * 10)
    monkeypatch.delitem(sys.modules, "tensorflow", raising=False)  # made in this process, where the sizes are small
    np.random.seed(1)
    first = convert.twin(registry.get("mnist"))
    np.random.seed(2)
    again = drawn.make()
    assert all(np.array_equal(first[key], again[key]) for key in mnist.KEYS)
    folder = paths.cache() / "datasets"
    (kept,) = folder.glob("mnist-twin-*")
    (folder / "reuters-twin-123-456").mkdir()
    monkeypatch.setattr(convert, "version", lambda _dataset: "newer")
    convert.twin(registry.get("mnist"))
    assert [path.name[:16] for path in folder.glob("mnist-twin-*")] == ["mnist-twin-newer"]
    assert not kept.exists() and (folder / "reuters-twin-123-456").exists()


@pytest.mark.real_data
@pytest.mark.skipif(not REAL.is_file(), reason=f"no real MNIST file in {SHARED_DATA}")
def test_the_real_file() -> None:
    with pytest.raises(DataError, match="not the file its publisher offers"):
        import_path(REAL)
    (done,) = import_path(REAL, accept=True)
    assert done.state is State.UNVERIFIED and done.checks[0] == "x_train: 60000x28x28 uint8, 0..255"
    assert [one.state for one in verify("mnist")] == [State.UNVERIFIED]
    loaded = data.load("mnist", "real")
    assert loaded.source == "unverified" and mapped_from_a_file(loaded.train.x)
    (x, y), (x_test, y_test) = loaded
    assert x.shape == (60_000, 28, 28) and x_test.shape == (10_000, 28, 28)
    assert y[:5].tolist() == [5, 0, 4, 1, 9] and y_test[:3].tolist() == [7, 2, 1]
    assert tuple(np.bincount(y)) == drawn.TRAIN and tuple(np.bincount(y_test)) == drawn.TEST
