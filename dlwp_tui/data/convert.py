"""What the cache keeps of a dataset: its file without pickle, its twin, its samples as lessons take them, words."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from functools import cache as remember
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dlwp_tui.core import content
from dlwp_tui.data import cache, registry
from dlwp_tui.data.sequences import Sequences
from dlwp_tui.data.shape import Shaped, Split
from dlwp_tui.data.texts import Texts
from dlwp_tui.data.words import read_index

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dlwp_tui.data.dataset import Arrays, Dataset

WORDS = "words_utf8"
"""The array with the words of a synthetic text by rank, apart by newlines; kept beside the samples."""
_MAIN = "from dlwp_tui.data.convert import main; main()"
_LONGEST = 600  # s; twins take 1 to 6 s, on a busy machine several times that


def converted(dataset: Dataset, main: Path, checksum: str, options: Mapping[str, Any] | None = None) -> Arrays:
    """The arrays of the file `main`, whose checksum is `checksum`; read through `dataset.read` the first time.

    options: those the dataset is loaded with; `dataset.read` gets the ones it asks for.
    """
    asked = _asked(dataset, options)
    return cache.kept(_file_entry(dataset, checksum, asked), lambda: dataset.read(main, **asked))


def store(dataset: Dataset, checksum: str, arrays: Arrays) -> None:
    """Keep `arrays`, just read from a file with this checksum, for `converted`; not where options choose a part."""
    if not dataset.read_options:
        cache.save(_file_entry(dataset, checksum, {}), arrays)


def twin(dataset: Dataset, options: Mapping[str, Any] | None = None) -> Arrays:
    """The arrays of the synthetic twin, made the first time, and again when the code that makes it changes.

    In a training it is made by another process, because what that takes would stay in the memory of this one: Reuters'
    takes 750 MB for two seconds, IMDB's 190, the lessons themselves 400 to 500. Where that fails, it is made here.
    """
    asked = _asked(dataset, options)
    folder = _twin_entry(dataset, asked)
    if "tensorflow" in sys.modules and not folder.is_dir():
        lessons = dataset.folder.parents[1] if dataset.folder else ""
        command = [sys.executable, "-P", "-c", _MAIN, dataset.name, json.dumps(asked), str(lessons)]
        subprocess.run(command, stdin=subprocess.DEVNULL, check=False, timeout=_LONGEST)

    def make() -> Arrays:
        assert dataset.twin is not None  # `load` has refused it
        of_older_code = f"{dataset.name}-twin-*"
        for old in folder.parent.glob(of_older_code):
            if old.name.rpartition("-")[0] != folder.name.rpartition("-")[0]:
                shutil.rmtree(old, ignore_errors=True)
        return dataset.twin(**asked)

    return cache.kept(folder, make)


def main() -> None:
    """Keep the twin that the command line names: the dataset, its options as JSON, the folder of lessons it is in."""
    name, asked, lessons = sys.argv[1:]
    content.use_datasets(Path(lessons))
    dataset = registry.get(name)
    twin(dataset, {**dataset.options, **json.loads(asked)})


def shaped(
    dataset: Dataset, source: str, options: Mapping[str, Any], read: Callable[[], Arrays]
) -> tuple[Shaped, NDArray[Any] | None]:
    """`dataset.shape(read(), **options)` and the array `WORDS` of `read()`; texts are kept, arrays need no shaping.

    source: the checksum of the file that `read` reads, or the version of the code that makes the twin.
    """
    folder = cache.entry(dataset.name, "shaped", source, sorted(options.items()), version(dataset))
    if (known := cache.load(folder)) is not None:
        return _unpacked(known)
    arrays = read()
    found, words = dataset.shape(arrays, **options), arrays.get(WORDS)
    if isinstance(found.train.x, Sequences | Texts):
        cache.save(folder, _packed(found, words))
    return found, words


def words(index: Path, checksum: str) -> list[str]:
    """The words of the word index at `index`, in the order of their ranks; [] where the ranks are not 1 to n.

    88,584 words take 4 ms, as JSON 40 ms. Raises DataError where the index cannot be read.
    """

    def make() -> Arrays:
        import numpy as np

        ranks = read_index(index)
        found = sorted(ranks, key=ranks.__getitem__)
        if any("\n" in word for word in ranks) or [ranks[word] for word in found] != list(range(1, len(found) + 1)):
            found = []
        return {WORDS: np.frombuffer("\n".join(found).encode(), np.uint8)}

    return split_words(cache.kept(cache.entry(index.stem, "words", checksum), make)[WORDS])


def split_words(utf8: NDArray[Any]) -> list[str]:
    """The words of an array `WORDS`."""
    return utf8.tobytes().decode("utf-8").split("\n") if utf8.size else []


def version(dataset: Dataset) -> str:
    """A checksum of the code that makes the dataset's twin and shapes its samples."""
    return _version(dataset.folder)


@remember
def _version(folder: Path | None) -> str:
    here = Path(__file__).parent
    shared = (here / "shape.py", here / "sequences.py", here / "texts.py", *sorted((here / "sets").glob("*.py")))
    digest = hashlib.sha256()
    for source in (*shared, *(sorted(folder.glob("*.py")) if folder else ())):
        digest.update(source.read_bytes())
    return digest.hexdigest()[:12]


def _asked(dataset: Dataset, options: Mapping[str, Any] | None) -> dict[str, Any]:
    return {name: (options or dataset.options)[name] for name in dataset.read_options}


def _file_entry(dataset: Dataset, checksum: str, asked: Mapping[str, Any]) -> Path:
    return cache.entry(dataset.name, "file", checksum, asked, version(dataset))


def _twin_entry(dataset: Dataset, asked: Mapping[str, Any]) -> Path:
    return cache.entry(dataset.name, f"twin-{version(dataset)}", asked)


def _packed(found: Shaped, words: NDArray[Any] | None) -> Arrays:
    """A dataset of texts as plain arrays."""
    import numpy as np

    arrays = {"meta": np.frombuffer(json.dumps(found.meta).encode(), np.uint8)}
    for name, split in (("train", found.train), ("test", found.test)):
        arrays |= {f"{name}_values": split.x.values, f"{name}_offsets": split.x.offsets, f"{name}_y": split.y}
    return arrays if words is None else {**arrays, WORDS: words}


def _unpacked(arrays: Arrays) -> tuple[Shaped, NDArray[Any] | None]:
    """What `_packed` was given."""
    splits = []
    for part in ("train", "test"):
        values = arrays[f"{part}_values"]
        texts = Texts if values.dtype == "uint8" else Sequences
        splits.append(Split(texts(values, arrays[f"{part}_offsets"]), arrays[f"{part}_y"]))
    meta = json.loads(arrays["meta"].tobytes())
    # JSON has no tuples, and no dataset's meta has lists
    meta = {key: tuple(item) if isinstance(item, list) else item for key, item in meta.items()}
    return Shaped(splits[0], splits[1], meta), arrays.get(WORDS)
