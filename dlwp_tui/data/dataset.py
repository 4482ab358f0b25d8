"""What a dataset is: its files as their publisher states them, and the functions that read, shape and imitate it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dlwp_tui.i18n import language

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dlwp_tui.data.shape import Shaped

    Arrays = dict[str, NDArray[Any]]
    """Plain numeric arrays by name, as they lie in the converted, pickle-free cache file."""
    Read = Callable[[Path], Arrays]
    Shape = Callable[..., Shaped]
    Twin = Callable[[], Arrays]

KERAS_BASE = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/"
"""Where Keras' own loaders download from."""


@dataclass(frozen=True)
class Text:
    """A short text in both languages of the interface."""

    zh: str
    en: str

    def __str__(self) -> str:
        return self.en if language() == "en" else self.zh


@dataclass(frozen=True)
class DataFile:
    """One file as its publisher offers it. Exactly one of `sha256` and `md5` is the publisher's own checksum."""

    name: str
    urls: tuple[str, ...]
    """The publisher's address first, then mirrors; tried in this order."""
    size: int
    """Bytes; 0 when the publisher does not state it."""
    sha256: str = ""
    md5: str = ""
    licence: str = ""
    required: bool = True
    """False for a file the loader can do without, such as a word index."""
    size_certain: bool = True
    """False where the size was never seen in a download log: then it is a hint for the progress bar, not a check."""

    @property
    def algorithm(self) -> str:
        """The name of the official checksum, as hashlib knows it."""
        return "sha256" if self.sha256 else "md5"

    @property
    def checksum(self) -> str:
        """The official checksum, hexadecimal."""
        return self.sha256 or self.md5


@dataclass(frozen=True)
class Dataset:
    """A dataset the course uses. One module under `data/sets/` defines each; the functions import numpy when called."""

    name: str
    title: Text
    what: Text
    """One line: how many samples of what, and what is predicted."""
    origin: str
    """Who made it, and where that is written."""
    files: tuple[DataFile, ...]
    """The main file first."""
    read: Read
    """Main file -> plain arrays, checked: keys, shapes and value ranges. DataError where they do not fit."""
    shape: Shape
    """Plain arrays and the loader's options -> train and test split exactly as the Keras loader returns them."""
    twin: Twin
    """The synthetic twin: arrays of the same keys, shapes and dtypes as `read` returns. Deterministic."""
    twin_what: Text
    """One sentence: what the twin imitates and what it does not."""
    options: Mapping[str, Any]
    """The options `load` takes, with Keras' defaults."""
    check_extra: Callable[[Path], None] | None = None
    """Checks a file other than the main one (a word index). DataError where it does not fit."""
    samples: Mapping[str, int] = field(default_factory=dict)
    """Arrays of `read` that must have so many entries in a file taken over by hand."""
    npz_keys: frozenset[str] = frozenset()
    """The keys of the main npz, by which an imported file is recognised."""

    @property
    def main(self) -> DataFile:
        """The file that holds the samples."""
        return self.files[0]

    def file(self, name: str) -> DataFile | None:
        """The file called `name`, or None."""
        return next((f for f in self.files if f.name == name), None)
