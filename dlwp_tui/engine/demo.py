"""Playing with a trained model: a process of its own that answers one question at a time, JSON lines on a socket."""

from __future__ import annotations

import json
import os
import signal
import socket
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dlwp_tui.core import content
from dlwp_tui.core.errors import UsageError
from dlwp_tui.core.language import _
from dlwp_tui.engine import launch, spawn
from dlwp_tui.engine.job import Job
from dlwp_tui.runs import store
from dlwp_tui.runs.folder import RunFolder

if TYPE_CHECKING:
    from dlwp_tui.engine.zygote import Zygote

_START = 60.0  # s to load TensorFlow, the model and the data on a loaded machine
_LONGEST = 64 << 20  # bytes of an answer; pictures come as files
_GONE = 2.0  # s for the process to end once its socket is closed


class Demo:
    """One demo of a run's model. Starting returns at once; `ask` blocks, so an app calls it in a thread.

    Raises UsageError when the lesson has no such demo or a lesson of its folder was never started here, RunError when
    the run or the process is not to be had.
    """

    def __init__(self, folder: RunFolder, demo_id: str = "", zygote: Zygote | None = None) -> None:
        self._lock = threading.Lock()
        self._sending = threading.Lock()
        self._buffer = b""
        self._ready = False
        self._over = ""
        spec = store.read_spec(folder)
        content.require_known(Path(spec.content))
        lesson = launch.lesson_of(spec)
        ids = [demo.id for demo in lesson.demos]
        if not ids or (demo_id and demo_id not in ids):
            raise UsageError(
                _("Lesson {lesson} has no demo {demo!r}.").format(lesson=lesson.id, demo=demo_id),
                _("Its demos: {names}").format(names=", ".join(ids) or "–"),
            )
        job = Job(path=str(folder.path), code=str(lesson.code_file.absolute()), demo=demo_id or ids[0])
        self._socket, theirs = socket.socketpair()
        try:
            self._pid = spawn.process(job, theirs.fileno(), zygote)
        except BaseException:
            self._socket.close()
            raise
        finally:
            theirs.close()

    def ask(
        self, value: Any = None, timeout: float = 30.0, sliders: Mapping[str, float] | None = None
    ) -> dict[str, Any]:
        """The model's answer to `value`, or `{"error": sentence}`; of several the last.

        Waits `timeout` s, longer for the first answer. After a timeout the process is ended: a late answer must not be
        taken for that to another question.
        """
        return list(self.answers(value, timeout, sliders))[-1]

    def answers(
        self, value: Any = None, timeout: float = 30.0, sliders: Mapping[str, float] | None = None
    ) -> Iterator[dict[str, Any]]:
        """The answers to `value` as they come, each in the place of the one before; `timeout` s for each of them.

        All but the last have `part`. value: None for a demo that has only sliders. Take all of them: the next question
        waits until then, see `hush`.
        """
        with self._lock:
            if self._over:
                yield {"error": self._over}
                return
            if not self._ready:
                hello = self._line(_START)
                if "error" in hello:
                    self._end(str(hello["error"]))
                    yield hello
                    return
                self._ready = True
            given = {} if value is None else {"value": value}
            if not self._send({**given, "sliders": dict(sliders or {})}):
                yield self._fail(_("The model's process has ended."))
                return
            answer = self._line(timeout)
            while answer.get("part"):
                yield answer
                answer = self._line(timeout)
            yield answer

    def hush(self) -> None:
        """End the answer that is being made in another thread: its next is its last."""
        self._send({"stop": True})

    def close(self) -> None:
        """End the process, and first an answer that is being made."""
        self.hush()
        with self._lock:
            self._end(_("The demo was closed."))

    def _line(self, timeout: float) -> dict[str, Any]:
        self._socket.settimeout(timeout)
        try:
            while b"\n" not in self._buffer:
                data = self._socket.recv(1 << 16)
                if not data:
                    return self._fail(_("The model's process has ended; its demo.log says why."))
                self._buffer += data
                if len(self._buffer) > _LONGEST:
                    return self._fail(_("The model's process has sent more than an answer may have."))
        except TimeoutError:
            return self._fail(_("The model has not answered for {seconds:.0f} s.").format(seconds=timeout))
        except OSError as error:
            return self._fail(_("The model's process has ended ({reason}).").format(reason=error))
        line, self._buffer = self._buffer.split(b"\n", 1)
        try:
            return dict(json.loads(line))
        except (ValueError, TypeError, RecursionError) as error:
            return self._fail(_("The model's process has sent what is no answer ({reason}).").format(reason=error))

    def _send(self, message: Mapping[str, Any]) -> bool:
        with self._sending:
            try:
                self._socket.sendall(json.dumps(message).encode() + b"\n")
            except OSError:
                return False
        return True

    def _fail(self, sentence: str) -> dict[str, Any]:
        self._end(sentence)
        return {"error": sentence}

    def _end(self, why: str) -> None:
        """Close our half of the socket; when the other is not closed in 2 s, the process hangs and is killed."""
        if self._over:
            return
        self._over = why
        try:
            self._socket.shutdown(socket.SHUT_WR)
            self._socket.settimeout(_GONE)
            while self._socket.recv(1 << 16):
                continue
        except TimeoutError:
            os.kill(self._pid, signal.SIGKILL)  # its end is still open, so the pid is still its
        except OSError:
            pass  # the connection is broken: the process is gone
        finally:
            self._socket.close()
