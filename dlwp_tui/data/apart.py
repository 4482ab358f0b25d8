"""HDF5 files are read in a process of their own first: a damaged one may crash HDF5's library, or never end.

Of 20,000 mutations of small files 15 crashed, 25 did not end and 4 took up to 2 GB.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from dlwp_tui.core import content
from dlwp_tui.core.errors import DataError, DlwpError
from dlwp_tui.core.language import _, language
from dlwp_tui.data import registry
from dlwp_tui.data.sets.weights import is_hdf5

if TYPE_CHECKING:
    from dlwp_tui.data.dataset import Dataset

PATIENCE = 60
"""CPU seconds for reading a file; VGG16's 553 MB take one."""
ROOM, GROWTH = 256 << 20, 4
"""Bytes of memory for reading a file: so many, and so many times its size. Weights do not compress."""
_MAIN = "from dlwp_tui.data.apart import main; main()"


def require_readable(path: Path, dataset: Dataset) -> None:
    """Raise the DataError that reading an HDF5 file raises, or one that says it crashes or does not end."""
    if not is_hdf5(path):
        return
    lessons = dataset.folder.parents[1] if dataset.folder else ""
    done = subprocess.run(
        [sys.executable, "-P", "-c", _MAIN, dataset.name, str(path), str(lessons), str(PATIENCE)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        env={**os.environ, "DLWP_LANG": language()},
    )
    if done.returncode or not done.stdout:
        raise DataError(
            _("{path} is damaged: reading it does not end, or crashes.").format(path=path),
            _("Get the file again, compare its size with the one `dlwp data list` shows, then import it."),
        )
    if error := json.loads(done.stdout):
        raise DataError(*error)


def main() -> None:
    """Read the file that the command line names; prints null, or message and hint of the error, as JSON."""
    name, path, lessons, patience = sys.argv[1:]
    content.use_datasets(Path(lessons))
    limit(Path(path).stat().st_size, int(patience))
    error = None
    try:
        registry.get(name).read(Path(path))
    except DlwpError as raised:
        error = (raised.message, raised.hint)
    print(json.dumps(error))


def limit(size: int, patience: int) -> None:
    """Bound this process to `patience` CPU seconds and the memory that reading a file of `size` bytes may take."""
    import resource

    import h5py  # noqa: F401 - before memory is limited: libraries reserve some for each core
    import psutil

    memory = psutil.Process().memory_info().vms + ROOM + GROWTH * size
    for kind, most in ((resource.RLIMIT_CPU, patience), (resource.RLIMIT_AS, memory)):
        with contextlib.suppress(ValueError, OSError):  # above a hard limit, or not known to this system
            resource.setrlimit(kind, (most, most))
