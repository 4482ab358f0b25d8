"""Where everything lies. Functions, since DLWP_HOME is read at each call: tests and users may move it."""

from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dlwp_tui.core.errors import StorageError
from dlwp_tui.core.language import _


def home() -> Path:
    """The learner's own folder: runs, progress, settings, imported data. `$DLWP_HOME` or the XDG data home."""
    if chosen := os.environ.get("DLWP_HOME"):
        return Path(chosen).expanduser().absolute()
    import platformdirs  # 8 ms, needed only without DLWP_HOME

    return Path(platformdirs.user_data_dir("dlwp"))


def cache() -> Path:
    """What can be made again: converted datasets, TensorFlow's .pyc files. Inside DLWP_HOME when that is set."""
    if os.environ.get("DLWP_HOME"):
        return home() / "cache"
    import platformdirs

    return Path(platformdirs.user_cache_dir("dlwp"))


def runs() -> Path:
    """One folder per run."""
    return home() / "runs"


def data() -> Path:
    """Dataset files that `dlwp data` downloaded or imported."""
    return home() / "data"


def slots() -> Path:
    """The lock files that make up the queue."""
    return home() / "slots"


def settings_file() -> Path:
    """The learner's settings, TOML."""
    return home() / "settings.toml"


def progress_file() -> Path:
    """What was read, answered and bookmarked, JSON."""
    return home() / "progress.json"


def content() -> Path:
    """The course: the first part of `$DLWP_CONTENT`, else the copy in the installed wheel, else `content/` beside it.

    `core.content.folders` gives the folders of lessons that are added to it.
    """
    if chosen := os.environ.get("DLWP_CONTENT", "").split(os.pathsep)[0]:
        return Path(chosen).expanduser().absolute()
    package = Path(__file__).parents[1]
    shipped = package / "_content"
    return shipped if shipped.is_dir() else package.parent / "content"


def ensure(folder: Path) -> Path:
    """Make `folder` (0o700: private on a shared server) and return it. Raises StorageError with the cause."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise storage_error(folder, error) from error
    return folder


def storage_error(path: Path, error: OSError) -> StorageError:
    """The error for a failed write under the data home."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return StorageError(
            _("The disk is full: {path} could not be written.").format(path=path),
            _("Free some space, or point DLWP_HOME to another disk, then try again. Nothing was lost."),
        )
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return StorageError(
            _("No permission to write {path}.").format(path=path),
            _("Set DLWP_HOME to a folder of your own, for example: export DLWP_HOME=~/dlwp"),
        )
    return StorageError(
        _("Cannot write {path}: {reason}.").format(path=path, reason=error.strerror or error),
        _("Set DLWP_HOME to a folder that can be written."),
    )


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock file `path`, waiting for it: for a short read and write among several apps. Raises StorageError."""
    ensure(path.parent)
    try:
        file = path.open("w", encoding="utf-8")
    except OSError as error:
        raise storage_error(path, error) from error
    with file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def atomic_write(path: Path, text: str) -> None:
    """Write `text` to `path` so that a reader, also after a crash, finds the old file or the new one, whole."""
    ensure(path.parent)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise storage_error(path, error) from error
