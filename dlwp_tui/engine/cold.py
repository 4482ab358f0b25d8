"""A cold worker imports TensorFlow and then forks once; the child is the worker.

A forked child has only the pages it touches: lesson 3.4 peaks at 460 MB instead of 760, as it does when the zygote
forks it. The parent closes all its files, waits, and writes how the child ended, so that a signal is recorded even when
the process that launched the run has ended. Killing the parent does not hurt a run.
"""

from __future__ import annotations

import ast
import ctypes
import gc
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NoReturn

from dlwp_tui.engine.exits import FAILED, write_exit
from dlwp_tui.engine.job import Job
from dlwp_tui.engine.priority import give_way_as_group

_FRAMEWORKS = ("keras", "tensorflow")
_STOPPING = frozenset({signal.SIGTERM, signal.SIGALRM})
_PR_SET_PDEATHSIG = 1  # from <sys/prctl.h>


def go_on_in_child(job: Job, hand_over: Callable[[int], None] | None = None) -> bool:
    """Import TensorFlow if the lesson does, fork, and return in the child; True then.

    False: this process goes on itself, because the lesson does not need TensorFlow or a fork is not safe here.
    The parent calls `hand_over(child's pid)`, closes all its files and ends after the child; it does not return.
    The child of a run returns after that. The child of a demo is killed with its parent, whose pid the client has.
    """
    if "tensorflow" in sys.modules or not imports_tensorflow(Path(job.code)) or not _warm() or not may_fork():
        return False
    gc.freeze()  # the child's collector does not touch, and so copy, the pages of what was imported
    parent = os.getpid()
    reading, writing = os.pipe()
    sys.stdout.flush()
    sys.stderr.flush()
    # A stop that arrives just now must raise in one of the two; the parent passes it on.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _STOPPING)
    try:
        child = os.fork()
    except OSError as error:  # no memory or no process left: this process may still be able to train
        print(f"no fork: {error}", file=sys.stderr)
        os.close(reading)
        os.close(writing)
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        return False
    if child:
        _wait_for(job, child, writing, before, hand_over)
    os.close(writing)
    if job.demo is not None:
        _die_with(parent)
    os.setsid()
    give_way_as_group()
    os.read(reading, 1)  # returns when the parent has closed its files, or is dead
    os.close(reading)
    signal.pthread_sigmask(signal.SIG_SETMASK, before)
    return True


def may_fork(timeout: float = 1.0) -> bool:
    """Whether this process has one thread (waiting `timeout` s for an ended one to vanish) and no GPU open."""
    deadline = time.monotonic() + timeout
    while len(list(Path("/proc/self/task").iterdir())) > 1:
        if time.monotonic() > deadline:
            return False
        time.sleep(0.005)
    return not any(_target(link).startswith("/dev/nvidia") for link in Path("/proc/self/fd").iterdir())


def _target(link: Path) -> str:
    try:
        return str(link.readlink())
    except FileNotFoundError:  # the descriptor that listed the folder
        return ""


def imports_tensorflow(code: Path) -> bool:
    """Whether the lesson's file imports Keras or TensorFlow when it is loaded. It is read, not run."""
    try:
        tree = ast.parse(code.read_bytes())
    except (OSError, SyntaxError, ValueError):
        return False  # loading it will report what is wrong
    return any(name.split(".")[0] in _FRAMEWORKS for name in _imported(tree))


def _imported(node: ast.AST) -> Iterator[str]:
    """Names of modules that are imported outside of functions."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            yield from (alias.name for alias in child.names)
        elif isinstance(child, ast.ImportFrom):
            yield child.module or ""
        elif not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield from _imported(child)


def _warm() -> bool:
    """Import TensorFlow; False where that fails: the lesson's own import then reports it."""
    from dlwp_tui.lab.warm import warm

    try:
        warm()
    except ImportError:
        return False
    return True


def _wait_for(
    job: Job, child: int, writing: int, mask: set[signal.Signals | int], hand_over: Callable[[int], None] | None
) -> NoReturn:
    """What the parent does from the fork on. It must not raise: two processes would work on one run."""
    code = FAILED
    try:
        for number in (signal.SIGHUP, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)
        for number in _STOPPING:
            signal.signal(number, lambda _number, _frame: os.kill(child, signal.SIGTERM))
        if hand_over is not None:
            hand_over(child)
        _close_all_but(writing)
        os.close(writing)
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        code = _ended(child)
        if job.demo is None:
            write_exit(job.folder, {"signal": -code} if code < 0 else {"code": code})
    except BaseException as error:  # noqa: BLE001 - written to the log; the child goes on
        traceback.print_exception(error)
    finally:
        sys.stderr.flush()
        os._exit(code if code >= 0 else 128 - code)


def _ended(child: int) -> int:
    """Wait for the child's end; its exit code, or minus the signal."""
    os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)  # not reaped yet: its pid is not given to another process
    for number in _STOPPING:
        signal.signal(number, signal.SIG_IGN)  # there is no child left to pass it on to
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _close_all_but(kept: int) -> None:
    """Close every file but stdin, stdout, stderr and `kept`: the run's lock and slot, the demo's socket."""
    for link in list(Path("/proc/self/fd").iterdir()):
        fd = int(link.name)
        if fd > 2 and fd != kept:
            try:
                os.close(fd)
            except OSError:
                continue  # the one that listed the folder


def _die_with(parent: int) -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(FAILED)  # it was killed in this moment
