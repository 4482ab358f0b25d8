"""What imdb and reuters have in common: integer sequences with labels, and a word index."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from dlwp_tui.core.errors import DataError
from dlwp_tui.core.language import _
from dlwp_tui.data import npz, words
from dlwp_tui.data.sequences import Sequences

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dlwp_tui.data.dataset import Arrays

MAX_ID = 1_000_000
"""No text dataset of the course has so many words; IMDB has 88,584."""


def pack(key: str, x: Sequences) -> Arrays:
    """Sequences as two plain arrays: `<key>_values` and `<key>_offsets`."""
    return {f"{key}_values": x.values, f"{key}_offsets": x.offsets}


def unpack(arrays: Arrays, key: str) -> Sequences:
    """The Sequences that `pack` stored under `key`."""
    return Sequences(arrays[f"{key}_values"], arrays[f"{key}_offsets"])


def read_pairs(path: Path, pairs: tuple[tuple[str, str], ...], name: str, classes: int) -> Arrays:
    """The npz at `path` with each (sequences, labels) key pair checked and packed. DataError where they do not fit."""
    found = npz.read(path)
    need(path, name, set(found), {key for pair in pairs for key in pair})
    arrays: Arrays = {}
    for x_key, y_key in pairs:
        x, y = found[x_key], found[y_key]
        if not isinstance(x, Sequences) or isinstance(y, Sequences):
            raise misfit(path, name, _("{x} should hold lists and {y} plain numbers").format(x=x_key, y=y_key))
        if wrong := _wrong(x_key, x, y_key, y, classes):
            raise misfit(path, name, wrong)
        arrays |= pack(x_key, x)
        arrays[y_key] = y.astype("int64")
    return arrays


def need(path: Path, name: str, keys: set[str], wanted: set[str]) -> None:
    """DataError unless the npz at `path` has the keys `wanted`."""
    if not wanted <= keys:
        raise misfit(path, name, _("it holds {got}, and {want} are needed").format(
            got=", ".join(sorted(keys)) or _("no arrays"), want=", ".join(sorted(wanted))))  # fmt: skip


def misfit(path: Path, name: str, what: str) -> DataError:
    """The error for a readable file that is not this dataset."""
    return DataError(
        _("{path} is not {name}: {what}.").format(path=path, name=name, what=what),
        _("Check that the file was not renamed; `dlwp data list` names the files of each dataset."),
    )


def check_index(path: Path) -> None:
    """DataError unless the file at `path` is a word index."""
    words.read_index(path)


def _wrong(x_key: str, x: Sequences, y_key: str, y: NDArray[Any], classes: int) -> str:
    """What does not fit, or nothing."""
    if y.shape != (len(x),):
        return _("{x} has {n} sequences, {y} has the shape {shape}").format(x=x_key, n=len(x), y=y_key, shape=y.shape)
    if not len(x) or int(x.lengths.min()) < 1:
        return _("{x} has an empty sequence").format(x=x_key)
    low, high = int(x.values.min()), int(x.values.max())
    if low < 0 or high >= MAX_ID:
        return _("the ids in {x} run from {low} to {high}").format(x=x_key, low=low, high=high)
    if y.dtype.kind not in "iu" or int(y.min()) < 0 or int(y.max()) >= classes:
        return _("the labels in {y} are not whole numbers from 0 to {top}").format(y=y_key, top=classes - 1)
    return ""
