"""Small datasets in the formats of the real files, registered under names of their own."""

from __future__ import annotations

import hashlib
import mmap
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dlwp_tui.data import registry
from dlwp_tui.data.dataset import Dataset

LISTS = {"x_train": [[1, 5, 300], [2], [7, 7, 70_000, 4]], "x_test": [[3, 2], [9, 300, 12], [1]]}
LABELS = {"y_train": [1, 0, 1], "y_test": [0, 0, 1]}


def objects(rows: list[Any]) -> np.ndarray:
    """An object array of Python lists, as in Keras' own files."""
    array = np.empty(len(rows), dtype=object)
    array[:] = rows
    return array


def write_imdb(path: Path, **changes: Any) -> Path:
    """A tiny imdb.npz with pickled object arrays."""
    arrays = {k: objects(v) for k, v in LISTS.items()} | {k: np.array(v) for k, v in LABELS.items()} | changes
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        np.savez_compressed(file, **arrays)
    return path


def write_reuters(path: Path) -> Path:
    """A tiny reuters.npz: ten newswires."""
    with path.open("wb") as file:
        np.savez_compressed(file, x=objects([[i + 1, 2] for i in range(10)]), y=np.arange(10) % 46)
    return path


def write_boston(path: Path) -> Path:
    """A tiny boston_housing.npz: ten districts."""
    with path.open("wb") as file:
        np.savez_compressed(file, x=np.arange(130.0).reshape(10, 13), y=np.linspace(5, 50, 10))
    return path


def same_lists(one: list[np.ndarray], other: list[np.ndarray]) -> bool:
    """Whether two lists of 1-D arrays hold the same numbers, of the same type."""
    pairs = zip(one, other, strict=True)
    return len(one) == len(other) and all(a.dtype == b.dtype and np.array_equal(a, b) for a, b in pairs)


def mapped_from_a_file(array: Any) -> bool:
    """Whether the array is a view of a mapped file."""
    while getattr(array, "base", None) is not None:
        array = array.base
    return isinstance(array, mmap.mmap)


def write_npz(path: Path, members: dict[str, bytes]) -> Path:
    """An npz whose members are given byte by byte."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in members.items():
            archive.writestr(name, body)
    return path


Official = Callable[..., Dataset]


@pytest.fixture
def official(monkeypatch: pytest.MonkeyPatch) -> Official:
    """Make the given bytes the publisher's main file of a dataset, offered at `urls`, and drop its other files."""

    def make(name: str, body: bytes, urls: tuple[str, ...] = ("http://127.0.0.1:9/none",)) -> Dataset:
        dataset = registry.DATASETS[name]
        file = replace(dataset.main, size=len(body), sha256=hashlib.sha256(body).hexdigest(), md5="", urls=urls)
        small = replace(dataset, files=(file,), samples={}, classes={})
        monkeypatch.setitem(registry.DATASETS, name, small)
        return small

    return make


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let tiny files pass where the full number of samples would be asked for."""
    for name, dataset in list(registry.DATASETS.items()):
        monkeypatch.setitem(registry.DATASETS, name, replace(dataset, samples={}, classes={}))
