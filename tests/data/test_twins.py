"""The synthetic twins: shapes, labels, speed, and the learning curves they are made for."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from dlwp_tui import data
from dlwp_tui.core import paths
from dlwp_tui.data import Loaded, registry
from dlwp_tui.data.sets.boston_housing.reader import COLUMNS
from tests.data.conftest import same_lists


@pytest.fixture(scope="module")
def twins(tmp_path_factory: pytest.TempPathFactory, shared_twins: Path) -> dict[str, Loaded]:
    """Each twin, loaded once."""
    cache = tmp_path_factory.mktemp("twins") / "cache"
    cache.mkdir()
    (cache / "datasets").symlink_to(shared_twins, target_is_directory=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DLWP_LANG", "en")
        patch.setenv("DLWP_HOME", str(cache.parent))
        return {name: data.load(name, "synthetic") for name, dataset in registry.DATASETS.items() if dataset.twin}


def test_a_twin_always_says_so(twins: dict[str, Loaded], monkeypatch: pytest.MonkeyPatch) -> None:
    for name, loaded in twins.items():
        assert loaded.source == "synthetic"
        assert loaded.detail == f"Synthetic data: {registry.get(name).twin_what}"


def test_a_twin_is_made_quickly_kept_and_the_same_again() -> None:
    began = time.process_time()
    first = data.load("imdb", "synthetic")
    assert time.process_time() - began < 8  # measured 1.3 s; the limit is for a busy machine
    assert len(list((paths.cache() / "datasets").glob("imdb-twin-*"))) == 1
    again = data.load("imdb", "synthetic")
    shutil.rmtree(paths.cache() / "datasets")
    anew = data.load("imdb", "synthetic")
    for other in (again, anew):
        assert same_lists(first.train.x, other.train.x)
        assert np.array_equal(first.test.y, other.test.y)


def test_the_run_seed_and_the_global_random_state_do_not_matter() -> None:
    np.random.seed(1)
    first = data.load("boston_housing", "synthetic")
    (kept,) = (paths.cache() / "datasets").glob("boston_housing-twin-*")
    shutil.rmtree(kept)
    np.random.seed(2)
    assert np.array_equal(first.train.x, data.load("boston_housing", "synthetic").train.x)


def test_imdb_looks_like_imdb(twins: dict[str, Loaded]) -> None:
    (x, y), (x_test, y_test) = twins["imdb"]
    assert len(x) == len(x_test) == 25_000
    assert y.sum() == y_test.sum() == 12_500 and y.dtype == np.int64
    ids = np.concatenate(x)
    assert type(x) is list and ids.dtype == np.int32 and all(review[0] == 1 for review in x)
    lengths = np.array([len(review) for review in x])
    assert 160 < np.median(lengths) < 200 and 200 < lengths.mean() < 260 and lengths.max() <= 2494  # real: 178, 239
    assert 50_000 < ids.max() <= 88_584 + 3
    share_of_the = (ids == 4).mean()
    assert 0.04 < share_of_the < 0.07  # real: 0.056
    unique = np.mean([len(np.unique(row)) for row in x[:2000]])
    assert 120 < unique < 160  # real: 143


def test_imdb_reviews_can_be_read_and_typed(twins: dict[str, Loaded]) -> None:
    loaded = twins["imdb"]
    text = loaded.decode(loaded.train.x[0])
    assert "the" in text.split() and text.startswith("? ")
    typed = loaded.words.encode("This movie was great, I loved it! Not boring or awful at all.", 10_000)
    assert typed.unknown == ()
    assert loaded.words.encode("xylophonists").unknown == ("xylophonists",)
    x, y = data.load("imdb", "synthetic", num_words=10_000).train
    ids, row_label = np.concatenate(x), np.repeat(y, [len(review) for review in x])
    for word, side in (("great", 1), ("excellent", 1), ("wonderful", 1), ("awful", 0), ("boring", 0), ("worst", 0)):
        (word_id,) = loaded.words.encode(word).ids[1:]
        assert (row_label[ids == word_id] == side).mean() > 0.7, word


def test_reuters_looks_like_reuters(twins: dict[str, Loaded]) -> None:
    (x, y), (x_test, y_test) = twins["reuters"]
    assert len(x) == 8982 and len(x_test) == 2246
    sizes = np.bincount(np.concatenate([y, y_test]), minlength=46)
    assert sizes.argmax() == 3 and 0.34 < sizes[3] / 11_228 < 0.36  # earn is 35 % of the real set
    assert sizes.min() >= 10
    assert twins["reuters"].meta["labels"][3] == "earn"
    assert 100 < np.mean([len(news) for news in x]) < 180  # real: 145
    assert "oil" in twins["reuters"].words.ranks


def test_boston_looks_like_boston(twins: dict[str, Loaded]) -> None:
    (x, y), (x_test, _y_test) = twins["boston_housing"]
    assert x.shape == (404, 13) and x_test.shape == (102, 13) and x.dtype == y.dtype == np.float64
    assert y.min() >= 5 and y.max() == 50 and 21 < y.mean() < 24  # real: 22.4
    column = dict(zip(COLUMNS, x.T, strict=True))
    assert set(np.unique(column["CHAS"])) == {0, 1} and column["TAX"].max() == 666 and column["RAD"].max() == 24
    assert column["RM"].min() > 3.5 and column["RM"].max() < 8.8
    assert np.corrcoef(column["RM"], y)[0, 1] > 0.5 and np.corrcoef(column["LSTAT"], y)[0, 1] < -0.5  # real: .70, -.74


BOOK_34 = """
import json, sys
import keras
import numpy as np
from keras import layers
from dlwp_tui import data
(x, y), _test = data.load("imdb", "synthetic", num_words=10_000)
x = keras.utils.pad_sequences([np.unique(review) for review in x], dtype="int16", padding="post", value=1)
keras.utils.set_random_seed(0)
model = keras.Sequential([
    keras.Input((x.shape[1],), dtype="int32"),
    layers.CategoryEncoding(10_000, output_mode="multi_hot"),
    layers.Dense(16, activation="relu"), layers.Dense(16, activation="relu"), layers.Dense(1, activation="sigmoid"),
])
model.compile("rmsprop", "binary_crossentropy", metrics=["accuracy"], jit_compile=False)
fit = model.fit(x[10_000:], y[10_000:], batch_size=512, epochs=20,
                validation_data=(x[:10_000], y[:10_000]), verbose=0)
print(json.dumps(fit.history))
"""


@pytest.mark.keras
def test_imdb_tells_the_story_of_lesson_34() -> None:
    """The book's 3.4 on the twin: learns, bottoms out in the first third of 20 epochs, then overfits."""
    done = subprocess.run(
        [sys.executable, "-c", BOOK_34], capture_output=True, text=True, check=False,
        env=os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    history = json.loads(done.stdout.splitlines()[-1])
    val_loss = history["val_loss"]
    best = int(np.argmin(val_loss)) + 1
    assert 2 <= best <= 6
    assert min(val_loss) < 0.36  # real: 0.275
    assert val_loss[-1] > 1.5 * min(val_loss)  # real: 0.544
    assert 0.85 < max(history["val_accuracy"]) < 0.92  # real: 0.889
    assert history["accuracy"][-1] > 0.985  # real: 0.998
    assert 0.7 < history["accuracy"][0] < 0.87  # real: 0.765
