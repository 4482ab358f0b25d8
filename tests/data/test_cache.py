"""The cache: the same arrays, mapped; never in the way when it is broken, full or cannot be written."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from dlwp_tui import data
from dlwp_tui.core import paths
from dlwp_tui.data import cache, convert, locate
from dlwp_tui.data.loader import Loaded
from tests.data.conftest import Official, mapped_from_a_file, same_lists, write_imdb


@pytest.fixture
def tiny(official: Official) -> Path:
    """A tiny imdb.npz that counts as the publisher's."""
    path = write_imdb(locate.keras_folders()[0] / "imdb.npz")
    official("imdb", path.read_bytes())
    return path


def _folders() -> list[Path]:
    return sorted((paths.cache() / "datasets").glob("imdb-shaped-*"))


def _same(one: Loaded, other: Loaded) -> bool:
    return one.meta == other.meta and all(
        same_lists(a.x, b.x) and a.y.tolist() == b.y.tolist() for a, b in zip(one, other, strict=True)
    )


def test_the_second_load_maps_what_the_first_shaped(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = data.load("imdb", num_words=12)
    monkeypatch.setattr(convert, "converted", lambda *_: pytest.fail("the file was read again"))
    again = data.load("imdb", num_words=12)
    assert _same(first, again) and type(again.meta["labels"]) is tuple
    assert type(again.train.x) is list and again.train.x[0].dtype == np.int32
    assert all(mapped_from_a_file(row) for row in again.train.x) and not mapped_from_a_file(first.train.x[0])


def test_a_lesson_may_write_into_its_arrays(tiny: Path) -> None:
    want = [row.tolist() for row in data.load("imdb").train.x]
    for _ in range(2):
        loaded = data.load("imdb")
        assert [row.tolist() for row in loaded.train.x] == want
        loaded.train.x[0][:] = 7
        loaded.train.y[:] = 7
    assert data.load("imdb").train.y.max() == 1


def test_other_options_content_and_code_are_kept_apart(
    tiny: Path, official: Official, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = data.load("imdb")
    assert not _same(data.load("imdb", num_words=9), first)
    assert not _same(data.load("imdb", seed=5), first)
    write_imdb(tiny, y_train=np.array([0, 1, 0]))
    official("imdb", tiny.read_bytes())
    assert data.load("imdb").train.y.tolist() != first.train.y.tolist()
    before = len(_folders())
    monkeypatch.setattr(convert, "version", lambda _dataset: "newer")
    monkeypatch.setattr(cache, "KEEP", 10)
    data.load("imdb")
    assert len(_folders()) == before + 1


def test_the_twin_keeps_its_words(monkeypatch: pytest.MonkeyPatch) -> None:
    first = data.load("imdb", "synthetic", num_words=100)
    monkeypatch.setattr(convert, "twin", lambda *_: pytest.fail("the twin was read again"))
    again = data.load("imdb", "synthetic", num_words=100)
    assert _same(first, again)
    assert again.decode(again.train.x[0][:20]) == first.decode(first.train.x[0][:20])
    assert again.words.ranks == first.words.ranks
    words = list(again.words.ranks)
    assert again.decode([0, 1, 2, 3, 4, len(words) + 3, len(words) + 4]) == f"? ? ? ? {words[0]} {words[-1]} ?"


def _cut(folder: Path) -> None:
    file = folder / "train_values.npy"
    file.write_bytes(file.read_bytes()[:-4])


def _swap(folder: Path) -> None:
    np.save(folder / "test_y.npy", np.zeros(50))


def _drop_sizes(folder: Path) -> None:
    (folder / "sizes.json").write_text("{", encoding="utf-8")


@pytest.mark.parametrize("harm", [_cut, _swap, _drop_sizes])
def test_what_is_broken_is_made_again(tiny: Path, harm: Callable[[Path], None]) -> None:
    first = data.load("imdb")
    (folder,) = _folders()
    harm(folder)
    for _ in range(2):
        again = data.load("imdb")
        assert _same(first, again)
    assert mapped_from_a_file(again.train.x[0])


def _full(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_space(*_args: object, **_more: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "save", no_space)


def _nearly_full(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "ROOM", 1 << 62)


def _blocked(_monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.rmtree(paths.cache())
    paths.cache().write_text("a file where the folder should be", encoding="utf-8")


@pytest.mark.parametrize("trouble", [_full, _nearly_full, _blocked])
def test_without_room_everything_is_computed(
    tiny: Path, monkeypatch: pytest.MonkeyPatch, trouble: Callable[[pytest.MonkeyPatch], None]
) -> None:
    first = data.load("imdb")
    shutil.rmtree(_folders()[0])
    trouble(monkeypatch)
    for _ in range(2):
        again = data.load("imdb")
        assert _same(first, again)
    assert not paths.cache().is_dir() or (_folders() == [] and not list((paths.cache() / "datasets").glob(".*")))


def test_the_folders_used_last_are_kept(tiny: Path) -> None:
    for number, words in enumerate((5, 6, 7, 8)):
        data.load("imdb", num_words=words)
        for folder in _folders():
            if folder.stat().st_mtime > 1000:
                os.utime(folder, (number, number))
    oldest = min(_folders(), key=lambda folder: folder.stat().st_mtime)
    stale = oldest.with_name(f".{oldest.name}.1.part")
    fresh = oldest.with_name(f".{oldest.name}.2.part")
    stale.mkdir()
    fresh.mkdir()
    os.utime(stale, (0, 0))
    data.load("imdb", num_words=5)  # used again
    data.load("imdb", num_words=9)
    assert len(_folders()) == 4 and oldest in _folders()
    assert fresh.exists() and not stale.exists()


def test_arrays_need_no_shaping() -> None:
    data.load("boston_housing", "synthetic")
    assert [path.name.split("-")[1] for path in (paths.cache() / "datasets").iterdir()] == ["twin"]


def test_words_of_an_index_are_kept_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    index = tmp_path / "imdb_word_index.json"
    index.write_text('{"film": 2, "the": 1, "caf\\u00e9": 3}', encoding="utf-8")
    assert convert.words(index, "a" * 32) == ["the", "film", "café"]
    with monkeypatch.context() as patch:
        patch.setattr(convert, "read_index", lambda _: pytest.fail("read again"))
        assert convert.words(index, "a" * 32) == ["the", "film", "café"]
    (kept,) = (paths.cache() / "datasets").glob("imdb_word_index-words-*/words_utf8.npy")
    kept.write_bytes(kept.read_bytes()[:-5])  # torn
    assert convert.words(index, "a" * 32) == ["the", "film", "café"]
    for ranks in ('{"the": 1, "film": 3}', '{"a\\nb": 1}', '{"the": 1, "film": 1}'):
        index.write_text(ranks, encoding="utf-8")
        assert convert.words(index, ranks) == []


def test_arrays_are_mapped_and_may_be_written_into(tmp_path: Path) -> None:
    arrays: dict[str, np.ndarray] = {
        "bytes": np.arange(2 << 20, dtype=np.uint8).reshape(2, -1),
        "odd": np.arange(3, dtype=np.uint8),
        "doubles": np.arange(1 << 18, dtype=np.float64),
        "turned": np.asfortranarray(np.arange(1 << 18, dtype=np.float64).reshape(512, -1)),
        "nothing": np.zeros((0, 14)),
    }
    cache.save(tmp_path / "a-file-1", arrays)
    for _ in range(2):  # what was written the first time is not there the second
        kept = cache.load(tmp_path / "a-file-1")
        assert kept is not None and list(kept) == list(arrays)
        for key, array in arrays.items():
            assert np.array_equal(kept[key], array) and kept[key].dtype == array.dtype
            assert kept[key].flags.aligned and kept[key].flags.writeable and mapped_from_a_file(kept[key])
            kept[key][:] = 1


@pytest.mark.parametrize("left", [0, 100, 1 << 20, -1])
def test_a_torn_file_is_no_file(tmp_path: Path, left: int) -> None:
    folder = tmp_path / "a-file-1"
    cache.save(folder, {"bytes": np.zeros(2 << 20, np.uint8)})
    file = folder / "bytes.npy"
    file.write_bytes(file.read_bytes()[:left])
    assert cache.load(folder) is None
    assert cache.load(tmp_path / "a-file-2") is None


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "folder").write_text("a file where the folder should be", encoding="utf-8")
    assert cache.kept(tmp_path / "folder" / "a-file-1", lambda: {"x": np.ones(3)})["x"].tolist() == [1, 1, 1]
