"""The zygote's process: imports TensorFlow, then forks a worker for each job that comes over its socket.

It touches no device and builds no tensor or layer: both start threads, which a fork does not copy, and the child would
hang. With a second thread or an open GPU all the same it does not fork but does one job itself. It ends when its client
does (the socket is closed); the workers go on.
"""

from __future__ import annotations

import gc
import json
import os
import selectors
import signal
import socket
import sys
import threading
import traceback
from typing import Any

from dlwp_tui.engine import worker
from dlwp_tui.engine.cold import may_fork
from dlwp_tui.engine.exits import FAILED, TAKEN, write_exit
from dlwp_tui.engine.job import Job

_NICE = 10  # while importing: 1.6 s of one core beside a screen that should stay quick
_MESSAGE = 1 << 20  # bytes


def main(fd: int) -> None:
    """Import TensorFlow, report that, serve until the client is gone."""
    client = socket.socket(fileno=fd)
    client.set_inheritable(False)
    for number in (signal.SIGHUP, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
    if (problem := _warm_up(client)) is not None:
        client.send(json.dumps({"failed": problem}).encode())
        os._exit(FAILED)
    gc.collect()
    gc.freeze()  # the collector must not touch the pages that children share: 48 MB a child, not 400
    forks = may_fork()
    client.send(json.dumps({"ready": True, "forks": forks}).encode())
    if forks:
        _Server(client).serve()
    else:
        _do_one(client)


def _warm_up(client: socket.socket) -> str | None:
    """Import TensorFlow in a thread with low priority; the error, or None.

    A thread, because on Linux each thread has a priority of its own that can be lowered but not raised again: in a
    niced process all workers would train niced. The thread has ended before anything is forked.
    """
    problems: list[str] = []

    def import_all() -> None:
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICE)
        try:
            # Imported here, so that no child needs to. NVML is not opened: only a child may do that.
            import pynvml  # noqa: F401

            from dlwp_tui.core.versions import versions
            from dlwp_tui.engine import answering, training  # noqa: F401
            from dlwp_tui.lab.warm import warm

            warm()
            versions()
        except Exception as error:  # noqa: BLE001 - sent to the client, which then starts workers cold
            traceback.print_exception(error)
            problems.append(f"{type(error).__name__}: {error}")

    thread = threading.Thread(target=import_all, name="warm")
    thread.start()
    with selectors.DefaultSelector() as selector:
        selector.register(client, selectors.EVENT_READ)
        while thread.is_alive():
            if selector.select(0.05):  # the client sends nothing before we are ready: it has closed the socket
                os._exit(0)
            thread.join(0)
    thread.join()
    return problems[0] if problems else None


class _Server:
    """Forks workers, and reaps them."""

    def __init__(self, client: socket.socket) -> None:
        self._client = client
        self._ended, self._wakeup = socket.socketpair()  # Python writes into the second at each SIGCHLD
        self._children: dict[int, Job] = {}

    def serve(self) -> None:
        self._ended.setblocking(False)
        self._wakeup.setblocking(False)
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
        signal.set_wakeup_fd(self._wakeup.fileno(), warn_on_full_buffer=False)
        with selectors.DefaultSelector() as selector:
            selector.register(self._client, selectors.EVENT_READ)
            selector.register(self._ended, selectors.EVENT_READ)
            while True:
                ready = {key.fileobj for key, _events in selector.select()}
                if self._ended in ready:
                    self._ended.recv(4096)
                    self._reap()
                if self._client in ready and not self._fork(selector):
                    os._exit(0)

    def _fork(self, selector: selectors.BaseSelector) -> bool:
        """Take one job and fork for it; False when the connection is closed."""
        taken = _take(self._client)
        if taken is None:
            return False
        job, env, fd = taken
        sys.stdout.flush()
        sys.stderr.flush()
        pid = os.fork()
        if pid == 0:
            try:
                signal.set_wakeup_fd(-1)
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                selector.close()
                for end in (self._client, self._ended, self._wakeup):
                    end.close()
                os.setsid()
                _become(job, env, fd)
            finally:
                os._exit(FAILED)
        os.close(fd)
        self._children[pid] = job
        self._client.send(json.dumps({"started": pid}).encode())
        return True

    def _reap(self) -> None:
        while self._children:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            job = self._children.pop(pid)
            code = os.waitstatus_to_exitcode(status)
            if job.demo is None and code != TAKEN:
                write_exit(job.folder, {"signal": -code} if code < 0 else {"code": code})


def _do_one(client: socket.socket) -> None:
    """Where a fork is not safe: become the worker of the first job."""
    if (taken := _take(client)) is None:
        os._exit(0)
    job, env, fd = taken
    client.send(json.dumps({"started": os.getpid()}).encode())
    client.close()
    _become(job, env, fd)


def _take(client: socket.socket) -> tuple[Job, dict[str, str], int] | None:
    message, fds, _flags, _address = socket.recv_fds(client, _MESSAGE, 1)
    if not message:
        return None
    fields: dict[str, Any] = json.loads(message)
    return Job.loads(fields["job"]), fields["env"], fds[0]


def _become(job: Job, env: dict[str, str], fd: int) -> None:
    """Turn this process into the worker of `job`; does not return."""
    try:
        os.environ.clear()
        os.environ.update(env)
        worker.become(job, fd)
    except BaseException as error:  # noqa: BLE001 - the process ends here, with the reason in its log
        traceback.print_exception(error)
        worker.leave(FAILED)
