"""Proving that goes on without its terminal: `dlwp prove --detach`, ended by `dlwp stop prove`.

It is the same command again, in a session of its own, with `proving/<name>.log` in the learner's folder for all that it
writes. As long as it lives it holds the flock of `<name>.lock`, whose text is its pid, so a name is proved once at a
time. After a kill the same command goes on, as it does in a terminal.
"""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from dlwp_tui.core import paths
from dlwp_tui.core.errors import RunError, UsageError
from dlwp_tui.core.language import _

PROVE = "prove"
"""What `dlwp stop` takes instead of a run."""
PROGRAM = ("-P", "-m", "dlwp_tui")
_PATIENCE = 60.0  # s; it stops its runs first, of which each may take 30 to keep its weights
_LOOK = 0.05


def start(name: str, args: Sequence[str]) -> Path:
    """Start `dlwp ARGS` on its own; returns the file that holds what it writes.

    Raises UsageError where `name` is being proved so already, StorageError or RunError where it cannot be started.
    """
    log = paths.ensure(_folder()) / f"{name}.log"
    with _lock(log.with_suffix(".lock")) as (fd, free):
        if not free:
            raise UsageError(_("This is being proved already."), _("What it writes: {file}").format(file=log))
        try:
            os.truncate(fd, 0)  # the pid of before is none of ours
            log.touch(0o600)
            with log.open("wb") as written:
                process = subprocess.Popen(
                    [sys.executable, *PROGRAM, *args],
                    stdin=subprocess.DEVNULL,
                    stdout=written,
                    stderr=written,
                    pass_fds=(fd,),  # the lock is its own as long as it lives
                    start_new_session=True,
                    env={**os.environ, "PYTHONUNBUFFERED": "1"},
                )
            os.pwrite(fd, str(process.pid).encode(), 0)
        except OSError as error:
            message = _("It could not be started: {reason}.").format(reason=error.strerror or error)
            raise RunError(message, _("Close other programs, then try again.")) from error
    return log


def stop() -> list[str]:
    """End all that is proved so, with the runs that it started; returns their names. Raises RunError where one stays.

    SIGTERM is to `dlwp prove` what Ctrl-C is.
    """
    stopped = []
    for path in sorted(_folder().glob("*.lock")):
        deadline = time.monotonic() + _PATIENCE
        pid = 0
        while not _is_free(path):
            if not pid and (pid := _pid(path)):
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGTERM)
                stopped.append(path.stem)
            if time.monotonic() > deadline:
                raise RunError(_("The process {pid} does not end.").format(pid=pid or "?"))
            time.sleep(_LOOK)
    return stopped


def _folder() -> Path:
    return paths.home() / "proving"


def _pid(path: Path) -> int:
    text = paths.read_text(path)
    return int(text) if text.isdigit() else 0  # it is just being started


def _is_free(path: Path) -> bool:
    with _lock(path) as (_fd, free):
        return free


@contextmanager
def _lock(path: Path) -> Iterator[tuple[int, bool]]:
    """The file's descriptor, and whether its lock was free; if so it is held until the end here."""
    try:
        fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NONBLOCK, 0o600)
    except OSError as error:
        raise paths.storage_error(path, error) from error
    free = True
    try:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            free = False
        except OSError as error:
            raise paths.storage_error(path, error) from error
        yield fd, free
    finally:
        os.close(fd)
