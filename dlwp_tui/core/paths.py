"""Where everything lies. Functions, since DLWP_HOME is read at each call: tests and users may move it."""

from __future__ import annotations

import errno
import fcntl
import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import BufferedReader, FileIO
from pathlib import Path

from dlwp_tui.core.errors import StorageError, UsageError
from dlwp_tui.core.language import _

NO_LOCKS = (errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP)
"""What flock fails with on a disk that has none: some network and FUSE file systems."""
_LARGEST = 32 << 20  # bytes of a text or JSON file; the largest of the course has 0.1 MB, a history of 10,000 runs 10
_LONGEST_NAME, _LONGEST_PATH = 255, 4000  # bytes; Linux takes 4,095 with what is added to it
_PATIENCE = 2.0  # s that a lock is waited for; whoever holds one rightly does so for some milliseconds


def home() -> Path:
    """The learner's own folder: runs, progress, settings, imported data. `$DLWP_HOME` or the XDG data home."""
    if chosen := os.environ.get("DLWP_HOME"):
        return expanded(chosen).absolute()
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
        return expanded(chosen).absolute()
    package = Path(__file__).parents[1]
    shipped = package / "_content"
    return shipped if shipped.is_dir() else package.parent / "content"


def expanded(path: str | Path) -> Path:
    """`path` as it was typed or set, with `~` and `~user` replaced.

    Raises UsageError where there is no such user, and for what no file system takes.
    """
    try:
        found = Path(path).expanduser()
        if len(os.fsencode(found)) > _LONGEST_PATH or any(
            len(os.fsencode(part)) > _LONGEST_NAME for part in found.parts
        ):
            raise UsageError(_("{path} is too long for a path.").format(path=f"{str(path)[:40]}…"))
        return found
    except RuntimeError as error:
        user = Path(path).parts[0]
        raise UsageError(
            _("{path}: {user} is no user's home here.").format(path=path, user=user),
            _("Write the whole path; for a name that begins with ~ write ./{user}").format(user=user),
        ) from error


def is_there(path: Path) -> bool:
    """`path.exists()`, and False where the system refuses the name or will not say."""
    try:
        return path.exists()
    except OSError:
        return False


def ensure(folder: Path) -> Path:
    """Make `folder` and return it. What is made is 0o700, private on a shared server. Raises StorageError."""
    try:
        _make(folder)
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
    if error.errno in NO_LOCKS:
        return StorageError(
            _("The disk of {path} has no file locks (flock), which runs need.").format(path=path),
            _("Set DLWP_HOME to a folder on another disk, for example: export DLWP_HOME=/var/tmp/$USER/dlwp"),
        )
    return StorageError(
        _("Cannot write {path}: {reason}.").format(path=path, reason=error.strerror or error),
        _("Set DLWP_HOME to a folder that can be written."),
    )


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock file `path`: for a short read and write among several apps.

    Raises StorageError where it cannot be opened, and after two seconds: a program that hangs must not stop all others.
    On a disk without flock nothing is held: of two changes in one moment the later one counts.
    """
    ensure(path.parent)
    try:
        fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NONBLOCK, 0o600)
    except OSError as error:
        raise storage_error(path, error) from error
    try:
        _wait_for_lock(fd, path)
        yield
    finally:
        os.close(fd)


def read_bytes(path: Path, most: int = _LARGEST) -> bytes:
    """All of a file. Raises OSError as `open_file` does, and for one of more than `most` bytes (32 MB)."""
    with open_file(path) as file:
        if os.fstat(file.fileno()).st_size > most:
            raise OSError(errno.EFBIG, os.strerror(errno.EFBIG), str(path))
        return file.read()


def read_text(path: Path, most: int = _LARGEST) -> str:
    """All of a UTF-8 file, its line ends as they are. Raises OSError as `read_bytes` does, and UnicodeDecodeError."""
    return read_bytes(path, most).decode()


def open_file(path: Path) -> FileIO:
    """A file to read. Raises OSError, also for a folder and for a pipe, which would be waited for without end."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except ValueError as error:  # a NUL or half a surrogate pair in its name
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path)) from error
    if not stat.S_ISREG(os.fstat(fd).st_mode):
        os.close(fd)
        raise OSError(errno.EINVAL, _("it is no file"), str(path))
    return FileIO(fd)


def open_buffered(path: Path) -> BufferedReader:
    """`open_file` for who reads lines."""
    return BufferedReader(open_file(path))


def atomic_write(path: Path, text: str, mode: int = 0o600) -> None:
    """Write `text` to `path` so that a reader, also after a crash, finds the old file or the new one, whole.

    Only the learner may read it, unless another `mode` is given. Raises StorageError.
    """
    ensure(path.parent)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        fd = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, mode)
        with os.fdopen(fd, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        with suppress(OSError):  # read-only: then there is none
            part.unlink(missing_ok=True)
        raise storage_error(path, error) from error


def _make(folder: Path) -> None:
    if folder.is_dir():
        return
    if folder.parent != folder:
        _make(folder.parent)
    folder.mkdir(mode=0o700, exist_ok=True)


def _wait_for_lock(fd: int, path: Path) -> None:
    deadline = time.monotonic() + _PATIENCE
    while True:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError as error:
            if time.monotonic() > deadline:
                raise StorageError(
                    _("Another program has held {path} for two seconds; nothing was written.").format(path=path),
                    _("`fuser -v {path}` shows which; end it, then try again.").format(path=path),
                ) from error
        except OSError as error:
            if error.errno in NO_LOCKS:
                return
            raise storage_error(path, error) from error
        time.sleep(0.01)
