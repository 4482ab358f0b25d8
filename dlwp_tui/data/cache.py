"""Arrays kept in the cache: MNIST's 55 MB are there in 3 ms instead of 60, IMDB as lessons take it in 5 instead of 150.

An entry is a folder of plain .npy files, mapped copy-on-write: a lesson may write into its arrays, the files never
change. `sizes.json` has the bytes of each file, so that an entry that was cut off is not used. The cache only saves
time: where it cannot be written, is nearly full or broken, everything is read or made again.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from dlwp_tui.core import parsed, paths
from dlwp_tui.core.errors import StorageError

if TYPE_CHECKING:
    from dlwp_tui.data.dataset import Arrays

KEEP = 4
"""Entries of one name and kind; IMDB with 10,000 words has 47 MB."""
ROOM = 256 << 20
"""Bytes that must stay free on the disk."""
_STALE = 3600.0  # s after which an unfinished entry was left by a crash
_SIZES = "sizes.json"


def kept(folder: Path, make: Callable[[], Arrays]) -> Arrays:
    """The arrays of an entry; what `make` returns, kept for the next time, where there is none."""
    if (arrays := load(folder)) is None:
        arrays = make()
        save(folder, arrays)
    return arrays


def entry(name: str, kind: str, *facts: object) -> Path:
    """The folder of an entry `<name>-<kind>-<key>`; `facts` are all that its arrays depend on."""
    key = hashlib.sha256(json.dumps(facts, default=repr).encode()).hexdigest()[:20]
    return paths.cache() / "datasets" / f"{name}-{kind}-{key}"


def load(folder: Path) -> Arrays | None:
    """The arrays of an entry, mapped; None when there is none or it is broken."""
    import numpy as np

    arrays: Arrays = {}
    try:
        for name, size in parsed.read_json(folder / _SIZES).items():
            file = folder / f"{name}.npy"
            if file.stat().st_size != size:
                return None
            arrays[name] = np.asarray(np.load(file, mmap_mode="c", allow_pickle=False))
        os.utime(folder)
    except (OSError, ValueError, EOFError, AttributeError):
        return None
    return arrays


def save(folder: Path, arrays: Arrays) -> None:
    """Keep arrays as an entry, whole or not at all, and remove the entries of this kind that were used longest ago."""
    import numpy as np

    part = folder.with_name(f".{folder.name}.{os.getpid()}.part")
    try:
        paths.ensure(part)
        if shutil.disk_usage(part).free < ROOM + sum(array.nbytes for array in arrays.values()):
            return
        for name, array in arrays.items():
            with (part / f"{name}.npy").open("wb") as file:
                np.save(file, array, allow_pickle=False)
                file.flush()
                os.fsync(file.fileno())  # mapped files have no checksum: after a power cut they must be whole
        sizes = {name: (part / f"{name}.npy").stat().st_size for name in arrays}
        paths.atomic_write(part / _SIZES, json.dumps(sizes))
        shutil.rmtree(folder, ignore_errors=True)  # a broken one, else it would have been loaded
        part.rename(folder)
        _prune(folder)
    except (OSError, StorageError):
        return  # another process was faster, or nothing can be written: the price is making it again
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _prune(newest: Path) -> None:
    """Remove what crashes left, and all but KEEP entries. Mapped files live on in the processes that use them."""
    like = f"{newest.name.rpartition('-')[0]}-*"
    used = {path: path.stat().st_mtime for path in newest.parent.glob(like) if path != newest}
    stale = time.time() - _STALE
    left = [path for path in newest.parent.glob(f".{like}.part") if path.stat().st_mtime < stale]
    for path in [*sorted(used, key=used.__getitem__, reverse=True)[KEEP - 1 :], *left]:
        shutil.rmtree(path, ignore_errors=True)
