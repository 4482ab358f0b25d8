"""A demo's process: loads what the run saved, then answers each JSON line with one until the socket closes."""

from __future__ import annotations

import json
import os
import socket
import sys
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from dlwp_tui.core import content
from dlwp_tui.engine import failures
from dlwp_tui.engine.code import function, load_code
from dlwp_tui.engine.exits import FAILED, FINISHED
from dlwp_tui.engine.job import Job
from dlwp_tui.lab import Lab, device
from dlwp_tui.lab.pictures import to_pil
from dlwp_tui.runs import store
from dlwp_tui.runs.events import encode

Answerer = Callable[[Any], Any]


def answer(job: Job, fd: int) -> int:
    """Serve the demo `job.demo` over the socket `fd`; returns the process' exit code."""
    os.environ["CUDA_VISIBLE_DEVICES"] = "-1"  # it holds no slot, and one answer takes milliseconds on a CPU
    with socket.socket(fileno=fd) as connection, connection.makefile("rwb") as stream:

        def send(message: dict[str, Any]) -> bool:
            """Whether the other end is still open."""
            try:
                stream.write(encode(message))
                stream.flush()
            except (BrokenPipeError, ConnectionResetError):
                return False
            return True

        try:
            answerer = _answerer(job)
        except Exception as error:  # noqa: BLE001 - sent to the client, and written to the log
            send({"error": _sentence(error, job)})
            return FAILED
        open_ = send({"ready": True})
        pictures = _Pictures(job)
        while open_ and (line := stream.readline()):
            try:
                answer = answerer(json.loads(line))
                if not isinstance(answer, Mapping):
                    raise TypeError(f"demo {job.demo!r} answered {answer!r:.80}; it should answer with a dict")
                message = pictures.written(answer)
            except Exception as error:  # noqa: BLE001 - sent to the client, and written to the log
                message = {"error": _sentence(error, job)}
            open_ = send(message)
    return FINISHED


def _answerer(job: Job) -> Answerer:
    """The lesson's function for this demo: `demo(lab)` returns one, or a dict of them by the demos' ids."""
    spec = store.read_spec(job.folder)
    content.use_datasets(Path(spec.content))
    code = load_code(Path(job.code))
    device.seed_everything(spec.seed, deterministic=False)
    lab = Lab(job.folder.artifacts, _record_nothing, seed=spec.seed, params=spec.params, source=spec.source)
    made = function(code, "demo", "def demo(lab): ... return a function from the input to a dict")(lab)
    if isinstance(made, Mapping):
        made = made[job.demo]
    if not callable(made):
        raise TypeError(f"demo(lab) returned {made!r:.80}; it should return a function")
    answerer: Answerer = made
    return answerer


def _record_nothing(_kind: str, **_fields: Any) -> None:
    """A demo is no run: the run's events have ended, so what the lesson's code reports now is dropped."""


class _Pictures:
    """Writes the pictures of answers to two files in turn, so that one may be read while the next is drawn."""

    def __init__(self, job: Job) -> None:
        self._folder = job.folder.artifacts
        self._stem = f"demo-{job.demo}-{os.getpid()}"
        self._count = 0

    def written(self, answer: Mapping[str, Any]) -> dict[str, Any]:
        """`answer` with the array or PIL image under `picture` replaced by the path of a PNG file."""
        message = dict(answer)
        if "picture" in message and not isinstance(message["picture"], str):
            self._count += 1
            path = self._folder / f"{self._stem}-{self._count % 2}.png"
            to_pil("picture", message["picture"]).save(path, format="PNG")
            message["picture"] = str(path)
        return message


def _sentence(error: Exception, job: Job) -> str:
    traceback.print_exception(error, file=sys.stderr)
    described = failures.describe(error, Path(job.code))
    return str(described["message"] or described["type"])
