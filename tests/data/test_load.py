"""`load`: Keras' semantics, the label that says where data comes from, and what happens when it cannot be had."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from dlwp_tui import data
from dlwp_tui.core import paths
from dlwp_tui.core.errors import DataError, UsageError
from dlwp_tui.data import convert, locate, registry
from dlwp_tui.data.import_ import import_path
from dlwp_tui.data.loader import require
from dlwp_tui.data.locate import State
from tests.conftest import SHARED_DATA
from tests.data.conftest import LABELS, LISTS, Official, same_lists, write_boston, write_imdb, write_reuters


def keras_imdb(
    num_words: int | None, skip_top: int, maxlen: int | None, oov_char: int | None
) -> list[tuple[list[list[int]], list[int]]]:
    """keras.datasets.imdb.load_data on the tiny arrays, written out in plain Python."""
    rng = np.random.RandomState(113)
    parts = []
    for part in ("train", "test"):
        indices = np.arange(3)
        rng.shuffle(indices)
        x = [[1] + [w + 3 for w in LISTS[f"x_{part}"][i]] for i in indices]
        y = [LABELS[f"y_{part}"][i] for i in indices]
        if maxlen:
            kept = [(a, b) for a, b in zip(x, y, strict=True) if len(a) < maxlen]
            x, y = [a for a, _b in kept], [b for _a, b in kept]
        parts.append((x, y))
    limit = num_words or max(w for x, _y in parts for row in x for w in row)
    cut = [
        [[w if skip_top <= w < limit else oov_char for w in row] for row in x]
        if oov_char is not None
        else [[w for w in row if skip_top <= w < limit] for row in x]
        for x, _y in parts
    ]
    return [(x, y) for x, (_old, y) in zip(cut, parts, strict=True)]


@pytest.fixture
def tiny_imdb(tmp_path: Path, official: Official) -> Path:
    """A tiny imdb.npz that counts as the publisher's, in Keras' cache."""
    path = write_imdb(locate.keras_folders()[0] / "imdb.npz")
    official("imdb", path.read_bytes())
    return path


@pytest.mark.parametrize("num_words", [None, 12, 400])
@pytest.mark.parametrize("skip_top", [0, 6])
@pytest.mark.parametrize("maxlen", [None, 5])
@pytest.mark.parametrize("oov_char", [2, None])
def test_imdb_as_keras_loads_it(
    tiny_imdb: Path, num_words: int | None, skip_top: int, maxlen: int | None, oov_char: int | None
) -> None:
    loaded = data.load("imdb", num_words=num_words, skip_top=skip_top, maxlen=maxlen, oov_char=oov_char)
    want = keras_imdb(num_words, skip_top, maxlen, oov_char)
    for split, (x, y) in zip(loaded, want, strict=True):
        assert [r.tolist() for r in split.x] == x
        assert split.y.tolist() == y
    assert loaded.source == "real"
    assert str(tiny_imdb) in loaded.detail


def test_no_sequence_short_enough(tiny_imdb: Path) -> None:
    with pytest.raises(UsageError, match="maxlen = 2"):
        data.load("imdb", maxlen=2)


def test_a_second_load_reads_the_pickle_free_copy(tiny_imdb: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = data.load("imdb")
    monkeypatch.setattr("dlwp_tui.data.npz.read", lambda path: pytest.fail("the pickle was read again"))
    again = data.load("imdb")
    assert same_lists(first.train.x, again.train.x)
    (copy,) = (paths.cache() / "datasets").glob("imdb-file-*")
    assert all(np.load(file, allow_pickle=False).dtype.kind == "i" for file in copy.glob("*.npy"))


def test_a_broken_copy_is_made_again(tiny_imdb: Path) -> None:
    first = data.load("imdb")
    (copy,) = (paths.cache() / "datasets").glob("imdb-file-*/x_train_values.npy")
    size = copy.stat().st_size
    copy.write_bytes(copy.read_bytes()[:100])
    assert same_lists(data.load("imdb").train.x, first.train.x)
    assert convert.converted(registry.get("imdb"), tiny_imdb, registry.get("imdb").main.checksum)
    assert copy.stat().st_size == size


def test_keras_cache_is_never_written(tiny_imdb: Path) -> None:
    data.load("imdb")
    assert [p.name for p in tiny_imdb.parent.iterdir()] == ["imdb.npz"]


def test_reuters_split(tmp_path: Path, official: Official) -> None:
    path = write_reuters(paths.ensure(paths.data()) / "reuters.npz")
    official("reuters", path.read_bytes())
    (x, y), (x_test, y_test) = data.load("reuters", test_split=0.3)
    indices = np.arange(10)
    np.random.RandomState(113).shuffle(indices)
    assert y.tolist() == indices[:7].tolist() and y_test.tolist() == indices[7:].tolist()
    rows = [[1, i + 4, 5] for i in indices.tolist()]
    top = max(w for row in rows for w in row)  # Keras cuts off the highest id when no num_words is given
    assert [r.tolist() for r in x] + [r.tolist() for r in x_test] == [[w if w < top else 2 for w in r] for r in rows]
    with pytest.raises(UsageError, match="test_split"):
        data.load("reuters", test_split=1.5)


def test_boston_split(official: Official) -> None:
    path = write_boston(paths.ensure(paths.data()) / "boston_housing.npz")
    official("boston_housing", path.read_bytes())
    (x, y), (x_test, y_test) = data.load("boston_housing", "real")
    indices = np.arange(10)
    np.random.RandomState(113).shuffle(indices)
    assert x.shape == (8, 13) and x_test.shape == (2, 13) and x.dtype == np.float64
    assert np.allclose(np.concatenate([y, y_test]), np.linspace(5, 50, 10)[indices])


def test_real_data_that_is_missing_says_how_to_get_it() -> None:
    with pytest.raises(DataError, match="imdb is not on this computer") as error:
        data.load("imdb", "real")
    assert "dlwp data get imdb" in error.value.hint and "dlwp data import" in error.value.hint


def test_auto_falls_back_to_the_labelled_twin() -> None:
    loaded = data.load("boston_housing")
    assert loaded.source == "synthetic"
    assert "Synthetic data" in loaded.detail


def test_options_that_the_files_do_not_serve_are_refused_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    vectors = paths.ensure(paths.data()) / "glove.6B.50d.txt"
    vectors.write_text("the " + " ".join(["0.5"] * 50) + "\n", encoding="utf-8")
    import_path(vectors, accept=True)
    require({"glove": {"dim": 50}}, "real")
    require({"glove": {"dim": 100}}, "auto")
    with pytest.raises(DataError, match="vectors of 100 numbers are not there"):
        require({"glove": {"dim": 100}}, "real")
    made = registry.get("glove")
    monkeypatch.setitem(registry.DATASETS, "glove", replace(made, twin=lambda **_: twin_vectors()))
    found = data.load("glove", dim=100)
    assert found.source == "synthetic" and "100 numbers are not there" in found.warning
    assert found.detail == f"Synthetic data: {made.twin_what}. The reason: {found.warning}"
    assert data.load("glove", "synthetic", dim=100).warning == ""


def twin_vectors() -> dict[str, np.ndarray]:
    return {
        "terms_utf8": np.frombuffer(b"the", np.uint8),
        "terms_offsets": np.array([0, 3]),
        "vectors": np.zeros((1, 100), np.float32),
    }


def test_auto_says_why_a_damaged_file_is_not_used() -> None:
    path = paths.ensure(paths.data()) / "boston_housing.npz"
    path.write_bytes(b"<html>")
    loaded = data.load("boston_housing")
    assert loaded.source == "synthetic"
    assert str(path) in loaded.detail
    with pytest.raises(DataError, match="checksum differs"):
        data.load("boston_housing", "real")


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: data.load("imbd"), "Did you mean imdb"),
        (lambda: data.load("zebra"), "Known datasets: aclimdb, boston_housing, cats_and_dogs_small"),
        (lambda: data.load("imdb", num_word=5), "Did you mean num_words"),
        (lambda: data.load("imdb", "fake"), "auto, real or synthetic"),  # type: ignore[arg-type]
    ],
)
def test_wrong_names(call: object, said: str) -> None:
    with pytest.raises(UsageError) as error:
        call()  # type: ignore[operator]
    assert said in str(error.value)


def test_words_of_real_data_without_its_index(tiny_imdb: Path) -> None:
    with pytest.raises(DataError, match="word index") as error:
        data.load("imdb").decode([1])
    assert "dlwp data get imdb" in error.value.hint


def test_status_remembers_checksums_until_the_file_changes(tiny_imdb: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert locate.status("imdb").state is State.REAL
    with monkeypatch.context() as patch:
        patch.setattr(hashlib, "file_digest", lambda *_args: pytest.fail("read again"))
        assert locate.status("imdb").files == {"imdb.npz": tiny_imdb}
    tiny_imdb.write_bytes(tiny_imdb.read_bytes() + b"x")
    assert locate.status("imdb").state is State.DAMAGED


def test_status_where_nothing_can_be_written(tiny_imdb: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocked = paths.home()
    blocked.write_text("a file where the folder should be", encoding="utf-8")
    assert locate.status("imdb").state is State.REAL
    assert data.load("imdb").source == "real"


def test_states(official: Official) -> None:
    official("boston_housing", b"the original")
    assert locate.status("boston_housing").state is State.MISSING
    target = paths.ensure(paths.data()) / "boston_housing.npz"
    locate.part_of(target).write_bytes(b"the")
    half = locate.status("boston_housing")
    assert half.state == "half-downloaded" and "3 of 12" in half.detail
    target.write_bytes(b"something else")
    locate.part_of(target).unlink()
    assert locate.status("boston_housing").state is State.DAMAGED
    record = locate.record_of(target)
    record.write_text(json.dumps({"sha256": hashlib.sha256(b"something else").hexdigest()}), encoding="utf-8")
    assert locate.status("boston_housing").state is State.UNVERIFIED
    record.write_text("{broken", encoding="utf-8")
    assert locate.status("boston_housing").state is State.DAMAGED
    keras = locate.keras_folders()[0]
    keras.mkdir(parents=True)
    (keras / "boston_housing.npz").write_bytes(b"the original")
    good = locate.status("boston_housing")
    assert good.state is State.REAL, "a good copy anywhere wins"
    assert good.files["boston_housing.npz"].parent == keras


def test_listing_loads_no_numpy() -> None:
    code = (
        "import sys; from dlwp_tui.data import locate, registry, load, fetch, import_, verify\n"
        "[locate.status(n) for n in registry.DATASETS]\n"
        "sys.exit(any(m in sys.modules for m in ('numpy', 'keras', 'tensorflow')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.real_data
@pytest.mark.skipif(not (SHARED_DATA / "imdb.npz").exists(), reason="no real data beside the checkout")
def test_the_real_imdb(monkeypatch: pytest.MonkeyPatch) -> None:
    from dlwp_tui.data.import_ import import_path

    import_path(SHARED_DATA / "imdb.npz", accept=True)
    import_path(SHARED_DATA / "imdb_word_index.json")
    loaded = data.load("imdb", "real", num_words=10_000)
    assert loaded.source == "unverified"
    (x, y), (x_test, y_test) = loaded
    assert len(x) == len(x_test) == 25_000 and int(y.sum()) == int(y_test.sum()) == 12_500
    assert len(x[0]) == 218 and x[0][:3].tolist() == [1, 14, 22]  # as the book's notes state
    assert int(np.concatenate(x).max()) == 9999
    assert loaded.decode(x[0][:8]) == "? this film was just brilliant casting location"
    assert len(loaded.words) == 88_584
