"""Hands a job to a process: forked from the zygote where there is one, else a new Python."""

from __future__ import annotations

import subprocess
import sys
import threading
from typing import TYPE_CHECKING

from dlwp_tui.core import paths
from dlwp_tui.core.errors import RunError
from dlwp_tui.core.language import _
from dlwp_tui.engine import environment
from dlwp_tui.engine.exits import TAKEN, write_exit
from dlwp_tui.engine.job import Job

if TYPE_CHECKING:
    from dlwp_tui.engine.zygote import Zygote


def process(job: Job, fd: int, zygote: Zygote | None = None) -> int:
    """Start the process of `job`, which keeps `fd`: a run's lock, or a demo's end of its socket. Returns its pid.

    Raises RunError or StorageError; then no process exists.
    """
    paths.ensure(job.folder.artifacts)
    if zygote is not None and (pid := zygote.launch(job, fd)) is not None:
        return pid
    started = _cold(job, fd)
    threading.Thread(target=reap, args=(started, job), name=f"reap-{job.folder.id}", daemon=True).start()
    return started.pid


def reap(process: subprocess.Popen[bytes], job: Job) -> None:
    """Wait for a worker, in a thread: no zombie stays, and a signal that ended it is recorded."""
    code = process.wait()
    if job.demo is None and code != TAKEN:
        write_exit(job.folder, {"signal": -code} if code < 0 else {"code": code})


def _cold(job: Job, fd: int) -> subprocess.Popen[bytes]:
    """A new Python in a session of its own, its output in the run's log."""
    try:
        with job.log.open("ab") as log:
            return subprocess.Popen(
                # -P: a file called random.py where the learner happens to stand must not be imported.
                [sys.executable, "-P", "-m", "dlwp_tui.engine.worker", job.dumps(), str(fd)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=(fd,),
                start_new_session=True,
                env=environment.for_worker(),
                cwd=job.folder.artifacts,
            )
    except OSError as error:
        raise RunError(
            _("No process could be started for run {run}: {reason}.").format(
                run=job.folder.id, reason=error.strerror or error
            ),
            _("Close other programs, then try again."),
        ) from error
