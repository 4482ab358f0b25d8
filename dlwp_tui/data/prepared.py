"""Shaped sequences and texts kept in the cache: the second load of IMDB maps them in 5 ms instead of reading for 150.

One folder a dataset, content, set of options and version of the shaping code, with plain .npy files that are mapped
copy-on-write: a lesson may write into its arrays, the files never change. The cache only saves time: where it cannot
be written, is full or broken, everything is computed.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import time
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dlwp_tui.core import paths
from dlwp_tui.core.errors import StorageError
from dlwp_tui.data.sequences import Sequences
from dlwp_tui.data.shape import Shaped, Split
from dlwp_tui.data.texts import Texts

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dlwp_tui.data.dataset import Arrays, Dataset

WORDS = "words_utf8"
"""The array with a synthetic text's words; kept beside the samples."""

_KEEP = 4  # folders of one dataset; IMDB's with 10,000 words has 47 MB
_ROOM = 1 << 30  # bytes; a cache is not worth a disk that is nearly full
_STALE = 3600.0  # s after which an unfinished folder was left by a crash
_PARTS = ("train", "test")
_KINDS: dict[str, type[Sequences] | type[Texts]] = {"sequences": Sequences, "texts": Texts}
"""What a split's x can be to be kept; both are values and offsets."""


def shaped(
    dataset: Dataset, content: str, options: Mapping[str, Any], read: Callable[[], Arrays]
) -> tuple[Shaped, NDArray[Any] | None]:
    """`dataset.shape(read(), **options)` and the array `WORDS` of `read()`, from the cache where they lie there.

    content: the checksum of the file that `read` reads, or the version of the twin.
    """
    folder = _folder(dataset, content, options)
    if (kept := _load(folder)) is not None:
        found, words = kept
    else:
        arrays = read()
        found, words = dataset.shape(arrays, **options), arrays.get(WORDS)
        if isinstance(found.train.x, tuple(_KINDS.values())):
            _keep(folder, found, words)
            _prune(dataset.name, folder)
    return found, words


def _folder(dataset: Dataset, content: str, options: Mapping[str, Any]) -> Path:
    told = json.dumps([dataset.name, content, sorted(options.items()), _code()], default=repr)
    key = hashlib.sha256(told.encode()).hexdigest()[:20]
    return paths.cache() / "datasets" / f"{dataset.name}-{key}.shaped"


@cache
def _code() -> str:
    """A checksum of the code whose results are kept."""
    here = Path(__file__).parent
    digest = hashlib.sha256()
    for source in (here / "shape.py", here / "sequences.py", here / "texts.py", *sorted((here / "sets").rglob("*.py"))):
        digest.update(source.read_bytes())
    return digest.hexdigest()


def _load(folder: Path) -> tuple[Shaped, NDArray[Any] | None] | None:
    try:
        told = json.loads((folder / "meta.json").read_text(encoding="utf-8"))
        kind = _KINDS[told["kind"]]
        os.utime(folder)
    except (OSError, ValueError, KeyError, TypeError):
        return None  # not there yet, or broken: it is made again
    splits = []
    for part in _PARTS:
        made = _ragged(folder / f"{part}_values.npy", folder / f"{part}_offsets.npy")
        y = _array(folder / f"{part}_y.npy")
        if made is None or y is None or len(made[1]) != len(y) + 1:
            return None
        splits.append(Split(kind(*made), y))
    words = _array(folder / f"{WORDS}.npy") if told["words"] else None
    if told["words"] and words is None:
        return None
    # JSON has no tuples, and no dataset's meta has lists
    meta = {key: tuple(item) if isinstance(item, list) else item for key, item in told["meta"].items()}
    return Shaped(splits[0], splits[1], meta), words


def _ragged(values: Path, offsets: Path) -> tuple[NDArray[Any], NDArray[Any]] | None:
    """Values and offsets in two files, mapped; None when one is not there, or broken, or of another pair."""
    found, bounds = _array(values), _array(offsets)
    if found is None or bounds is None or not len(bounds) or int(bounds[-1]) != len(found):
        return None
    return found, bounds


def _array(path: Path) -> NDArray[Any] | None:
    """The array in the .npy file at `path`, mapped; None when it is not there, or broken."""
    import numpy as np

    try:
        return np.asarray(np.load(path, mmap_mode="c", allow_pickle=False))
    except (OSError, ValueError, EOFError):
        return None


def _keep(folder: Path, found: Shaped, words: NDArray[Any] | None) -> None:
    part = folder.with_name(f".{folder.name}.{os.getpid()}.part")
    arrays = {} if words is None else {WORDS: words}
    kind = next(name for name, made in _KINDS.items() if isinstance(found.train.x, made))
    told = {"kind": kind, "words": words is not None, "meta": found.meta}
    for name in _PARTS:
        split: Split = getattr(found, name)
        arrays |= {f"{name}_values": split.x.values, f"{name}_offsets": split.x.offsets, f"{name}_y": split.y}
    try:
        paths.ensure(part)
        if _has_room(part) and all(_save(part / f"{name}.npy", array) for name, array in arrays.items()):
            paths.atomic_write(part / "meta.json", json.dumps(told))
            shutil.rmtree(folder, ignore_errors=True)  # a broken one, else it would have been loaded
            part.rename(folder)
    except (OSError, StorageError):
        pass  # another process was faster, or nothing can be written: the price is computing it again
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _save(path: Path, array: NDArray[Any]) -> bool:
    """Write one .npy file, whole or not at all; False when it cannot be written."""
    import numpy as np

    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as file:
            np.save(file, array, allow_pickle=False)
            file.flush()
            os.fsync(file.fileno())  # mapped files have no checksum: after a power cut they must be whole
        part.replace(path)
    except OSError:
        part.unlink(missing_ok=True)
        return False
    return True


def _has_room(folder: Path) -> bool:
    try:
        return shutil.disk_usage(folder).free > _ROOM
    except OSError:
        return False


def _prune(name: str, newest: Path) -> None:
    """Remove the folders of `name` used longest ago, and what crashes left. Mapped files live on in their processes."""
    try:
        found = {path: path.stat().st_mtime for path in newest.parent.glob(f"{name}-*.shaped") if path != newest}
        stale = time.time() - _STALE
        left = [p for p in newest.parent.glob(f".{name}-*.shaped.*.part") if p.stat().st_mtime < stale]
    except OSError:
        return  # another process is tidying up just now
    for path in [*sorted(found, key=found.__getitem__, reverse=True)[_KEEP - 1 :], *left]:
        shutil.rmtree(path, ignore_errors=True)
