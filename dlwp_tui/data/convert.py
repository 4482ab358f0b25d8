"""The pickle-free copy of a dataset in the cache: made once, read in milliseconds, made again when it is lost."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dlwp_tui.core import paths
from dlwp_tui.core.errors import StorageError
from dlwp_tui.data import mapped
from dlwp_tui.data.words import read_index

if TYPE_CHECKING:
    from dlwp_tui.data.dataset import Arrays, Dataset

FORMAT = 1
"""Raised when the arrays of a converted file change their meaning."""
_KEY = 20  # characters of a checksum in a file's name
_END = "# end"  # the last line of a list of words; no word has a blank


def converted(dataset: Dataset, main: Path, checksum: str, options: Mapping[str, Any] | None = None) -> Arrays:
    """The arrays of the file `main`, whose checksum is `checksum`; read through `dataset.read` the first time.

    options: those the dataset is loaded with; `dataset.read` gets the ones it asks for.
    """
    asked = _asked(dataset, options)
    return _cached(_path(dataset, checksum, asked), lambda: dataset.read(main, **asked))


def store(dataset: Dataset, checksum: str, arrays: Arrays) -> None:
    """Keep `arrays`, just read from a file with this checksum, for `converted`; not where options choose a part."""
    if not dataset.read_options:
        _keep(_path(dataset, checksum), arrays)


def twin(dataset: Dataset, options: Mapping[str, Any] | None = None) -> Arrays:
    """The arrays of the synthetic twin, made the first time, and again when the code that makes it changes."""
    asked = _asked(dataset, options)

    def make() -> Arrays:
        _sweep(dataset.name)
        assert dataset.twin is not None  # `load` has refused it
        return dataset.twin(**asked)

    return _cached(_path(dataset, twin_version(), asked), make)


def has_twin(dataset: Dataset, options: Mapping[str, Any] | None = None) -> bool:
    """Whether the synthetic twin lies in the cache."""
    return _path(dataset, twin_version(), _asked(dataset, options)).exists()


def words(index: Path, checksum: str) -> list[str]:
    """The words of the word index at `index`, in the order of their ranks; [] where the ranks are not 1 to n.

    88,584 words take 4 ms, as JSON 40 ms. Raises DataError where the index cannot be read.
    """
    kept = paths.cache() / "datasets" / f"{index.stem}-{checksum[:20]}.txt"
    try:
        found = kept.read_text(encoding="utf-8").split("\n")
        if found.pop() == _END:
            return found
    except (OSError, ValueError):
        pass  # not there yet, or broken: it is made again
    ranks = read_index(index)
    found = sorted(ranks, key=ranks.__getitem__)
    if any("\n" in word for word in ranks) or [ranks[word] for word in found] != list(range(1, len(found) + 1)):
        return []
    try:
        paths.atomic_write(kept, "\n".join([*found, _END]))
    except StorageError:
        return found  # as for arrays: the cache only saves time
    return found


@cache
def twin_version() -> str:
    """A checksum of the code that makes the twins."""
    digest = hashlib.sha256()
    for source in sorted((Path(__file__).parent / "sets").rglob("*.py")):
        digest.update(source.read_bytes())
    return f"twin-{digest.hexdigest()}"


def _asked(dataset: Dataset, options: Mapping[str, Any] | None) -> dict[str, Any]:
    return {name: (options or dataset.options)[name] for name in dataset.read_options}


def _path(dataset: Dataset, key: str, asked: Mapping[str, Any] | None = None) -> Path:
    part = "".join(f"-{name}{value}" for name, value in (asked or {}).items())
    return paths.cache() / "datasets" / f"{dataset.name}-{key[:_KEY]}{part}-f{FORMAT}.npz"


def _cached(path: Path, make: Callable[[], Arrays]) -> Arrays:
    arrays = mapped.load(path)
    if arrays is None:
        arrays = make()
        _keep(path, arrays)
    return arrays


def _keep(path: Path, arrays: Arrays) -> None:
    try:
        mapped.save(path, arrays)
    except StorageError:
        return  # the cache only saves time: a full disk must not keep a lesson from its data


def _sweep(name: str) -> None:
    """Remove the twins of `name` that older code made; a process that has one mapped keeps it."""
    for twin_file in (paths.cache() / "datasets").glob(f"{name}-twin-*.npz"):
        if not twin_file.name.startswith(f"{name}-{twin_version()[:_KEY]}"):
            twin_file.unlink(missing_ok=True)
