"""The zygote: a process with TensorFlow imported that forks a worker per run, 0.5 s to the first epoch against 2.2 s.

This is its client, in the app; the process itself is `engine/forking.py`. A zygote can fail at any moment without
harm: `launch` then returns None, and the caller starts a cold worker. One that was ready and died is replaced at once.
"""

from __future__ import annotations

import errno
import json
import os
import socket
import subprocess
import sys
import threading
from typing import Any, Literal

import psutil

from dlwp_tui.core import paths
from dlwp_tui.core.errors import StorageError
from dlwp_tui.engine import environment
from dlwp_tui.engine.job import Job

State = Literal["off", "warming", "ready", "failed"]

_RAM = 4 << 30  # bytes; with less free memory 490 MB for a faster start are too many
_ACK = 3.0  # s; a fork takes 5 ms, a loaded machine stretches that
_REPLACED = 3  # times in an app; what is killed again and again (by the system, without memory) stays off
_LOG_SIZE = 256 << 10  # bytes; a longer zygote.log is begun anew


class Zygote:
    """Starts, watches and closes one zygote. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._state: State = "off"
        self._why = ""
        self._forks = True
        self._socket: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._replaced = 0
        self._closed = False

    @property
    def state(self) -> State:
        """`off` (also with too little memory), `warming`, `ready`, or `failed`."""
        with self._lock:
            if self._state in ("warming", "ready"):
                self._listen()
            return self._state

    @property
    def why(self) -> str:
        """Why the state is `off` or `failed`, for `dlwp doctor`."""
        return self._why

    @property
    def pid(self) -> int | None:
        """The zygote's pid."""
        return self._process.pid if self._process is not None else None

    def start(self) -> None:
        """Start warming up; returns at once. Does nothing when it runs, or under 4 GB of free memory."""
        with self._lock:
            if self._closed or self.state in ("warming", "ready"):
                return
            if psutil.virtual_memory().available < _RAM:
                self._state, self._why = "off", f"less than {_RAM >> 30} GB of memory are free"
                return
            ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            try:
                self._process = _spawn(theirs.fileno())
            except (OSError, StorageError) as error:
                ours.close()
                self._state, self._why = "failed", str(error)
                return
            finally:
                theirs.close()
            self._socket, self._state, self._why = ours, "warming", ""
            watch = threading.Thread(target=self._watch, args=(self._process,), name="zygote-watch", daemon=True)
            watch.start()

    def launch(self, job: Job, fd: int) -> int | None:
        """Start `job` with `fd` in a forked process; its pid, or None when the zygote cannot be used just now."""
        with self._lock:
            if self.state != "ready" or self._socket is None:
                return None
            message = json.dumps({"job": job.dumps(), "env": environment.for_worker()}).encode()
            try:
                socket.send_fds(self._socket, [message], [fd])
                answer = self._receive(_ACK)
            except OSError as error:
                if error.errno == errno.EMSGSIZE:  # an environment of over 200 KB
                    return None
                answer = None
            if answer is None or "started" not in answer:
                self._give_up("it broke off")
                self._replace()
                return None
            if not self._forks:
                self._spend(job)
            return int(answer["started"])

    def close(self) -> None:
        """End the zygote; the workers it forked live on."""
        with self._lock:
            self._closed = True
            self._give_up("")
            self._state = "off"

    def _listen(self) -> None:
        """Read what the zygote has sent since the last look."""
        try:
            answer = self._receive(0)
        except BlockingIOError:
            return
        except OSError:
            answer = None
        if answer is None:
            was_ready = self._state == "ready"  # else it died before it was of use, and would again
            self._give_up("it ended")
            if was_ready:
                self._replace()
        elif "failed" in answer:
            self._give_up(str(answer["failed"]))
        elif "ready" in answer:
            self._forks = bool(answer["forks"])
            self._state = "ready"

    def _receive(self, timeout: float) -> dict[str, Any] | None:
        """The next message; None at the end of the connection. Raises BlockingIOError or TimeoutError without one."""
        assert self._socket is not None
        self._socket.settimeout(timeout)
        data = self._socket.recv(1 << 16)
        return dict(json.loads(data)) if data else None

    def _give_up(self, why: str) -> None:
        """Close the connection, which ends the zygote; kill it if it does not end."""
        self._state, self._why = "failed", why
        if self._socket is not None:
            self._socket.close()
            self._socket = None
        if self._process is not None:
            try:
                self._process.wait(0.5)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None

    def _watch(self, process: subprocess.Popen[bytes]) -> None:
        """Wait for the zygote's end, so that it leaves no zombie, and replace it where it died."""
        process.wait()
        with self._lock:
            for _message in range(3):  # ready, failed, the end
                if self._process is process:  # neither given up nor spent
                    self._listen()

    def _replace(self) -> None:
        """Start another one for the next run."""
        if self._replaced < _REPLACED:
            self._replaced += 1
            self.start()

    def _spend(self, job: Job) -> None:
        """A zygote that may not fork has become the worker itself; the next one is started when its job ends.

        Not earlier: importing TensorFlow takes 1.6 s of one core, just when the training wants them all.
        """
        from dlwp_tui.engine import spawn

        assert self._socket is not None and self._process is not None
        process = self._process
        self._socket.close()
        self._socket, self._process, self._state, self._why = None, None, "off", "its one job is running"

        def successor() -> None:
            spawn.reap(process, job)
            self.start()

        threading.Thread(target=successor, name="zygote-successor", daemon=True).start()


def _spawn(fd: int) -> subprocess.Popen[bytes]:
    path = paths.ensure(paths.cache()) / "zygote.log"
    try:
        mode = "wb" if path.stat().st_size > _LOG_SIZE else "ab"
    except FileNotFoundError:
        mode = "ab"
    with path.open(mode) as log:
        return subprocess.Popen(
            [sys.executable, "-P", "-m", "dlwp_tui.engine.zygote", str(fd)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            pass_fds=(fd,),
            start_new_session=True,
            env=environment.for_worker(),
            cwd=os.sep,
        )


if __name__ == "__main__":
    from dlwp_tui.engine.forking import main

    main(int(sys.argv[1]))
