"""The worker process: `python -m dlwp_tui.engine.worker JOB FD`, or a child of the zygote, which calls `become`.

Its output goes to a file of the run, never to a terminal; its working directory is the run's artifacts folder.
"""

from __future__ import annotations

import contextlib
import faulthandler
import io
import os
import sys
from pathlib import Path
from typing import NoReturn

from dlwp_tui.core import settings
from dlwp_tui.core.language import use_language
from dlwp_tui.engine.job import Job
from dlwp_tui.engine.priority import give_way
from dlwp_tui.runs.log import bound


def become(job: Job, fd: int, *, cold: bool = False) -> NoReturn:
    """Do `job` in this process and end it. `fd` is the run's locked lock, or the demo's end of its socket.

    cold: this Python is new; a lesson with TensorFlow is then done by a child of it (see `engine/cold.py`).
    """
    silence(job.log, job.folder.artifacts)
    use_language(settings.load().language)
    give_way()
    os.set_inheritable(fd, False)
    if job.demo is None:
        from dlwp_tui.engine.training import work

        leave(work(job, fd, cold=cold))
    if cold:
        from dlwp_tui.engine.cold import go_on_in_child

        go_on_in_child(job)
    from dlwp_tui.engine.answering import answer

    leave(answer(job, fd))


def silence(log: Path, cwd: Path) -> None:
    """Point stdin to nothing, stdout and stderr to `log`, and the working directory to `cwd`."""
    sys.stdout.flush()
    sys.stderr.flush()
    bound(log)  # of a run that goes on, or a demo's
    nothing = os.open(os.devnull, os.O_RDONLY)
    out = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.dup2(nothing, 0)
    os.dup2(out, 1)
    os.dup2(out, 2)
    os.close(nothing)
    os.close(out)
    os.chdir(cwd)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace", line_buffering=True)
    faulthandler.enable()  # a crash in native code leaves its Python lines in the log


def leave(code: int) -> NoReturn:
    """End without the interpreter's 0.5 s of clearing up; all is flushed, and the kernel frees the locks."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError, AttributeError):  # a full disk; a lesson that closed them
            stream.flush()
    os._exit(code)


if __name__ == "__main__":
    become(Job.loads(sys.argv[1]), int(sys.argv[2]), cold=True)
