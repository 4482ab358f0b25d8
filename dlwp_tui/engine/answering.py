"""A demo's process: loads what the run saved, then answers each JSON line with one until the socket closes."""

from __future__ import annotations

import os
import socket
import sys
import time
import traceback
from collections.abc import Callable, Generator, Iterator, Mapping
from pathlib import Path
from typing import Any

from dlwp_tui.core import content
from dlwp_tui.engine import failures, inputs
from dlwp_tui.engine.answer_pictures import AnswerPictures
from dlwp_tui.engine.code import function, load_code
from dlwp_tui.engine.exits import FAILED, FINISHED
from dlwp_tui.engine.job import Job
from dlwp_tui.engine.lines import Lines
from dlwp_tui.lab import Lab, device
from dlwp_tui.runs import store

Answerer = Callable[..., Any]
PART = 0.05
"""Seconds between two answers of which the later replaces the earlier: a text is then written as fast as it is read."""


def answer(job: Job, fd: int) -> int:
    """Serve the demo `job.demo` over the socket `fd`; returns the process' exit code.

    First a line {"ready": true}. Then for each {"value", "sliders"} the answers: those that are replaced by a later one
    have {"part": true}. {"stop": true}, or the next question, ends an answer that is still being made.
    """
    os.environ["CUDA_VISIBLE_DEVICES"] = "-1"  # it holds no slot, and one answer takes milliseconds on a CPU
    with socket.socket(fileno=fd) as connection:
        lines = Lines(connection)
        try:
            answerer = _answerer(job)
        except Exception as error:  # noqa: BLE001 - sent to the client, and written to the log
            lines.send({"error": _sentence(error, job)})
            return FAILED
        open_ = lines.send({"ready": True})
        pictures = AnswerPictures(job.folder, str(job.demo))
        while open_ and (question := lines.read()) is not None:
            if "stop" not in question:
                try:
                    message = _answered(answerer, question, lines, pictures)
                except Exception as error:  # noqa: BLE001 - sent to the client, and written to the log
                    message = {"error": _sentence(error, job)}
                open_ = lines.send(message)
    return FINISHED


def _answered(
    answerer: Answerer, question: Mapping[str, Any], lines: Lines, pictures: AnswerPictures
) -> dict[str, Any]:
    """The last answer to a question; those before it are sent, at most one in PART seconds."""
    given = [question["value"]] if "value" in question else []
    made = answerer(*given, **question.get("sliders", {}))
    if not isinstance(made, Iterator):
        return pictures.written(_checked(made))
    answer: Mapping[str, Any] = {}
    sent = float("-inf")
    try:
        for answer in map(_checked, made):
            if lines.waiting():
                break
            if time.monotonic() - sent >= PART:
                sent = time.monotonic()
                lines.send({**pictures.written(answer), "part": True})
    finally:
        if isinstance(made, Generator):
            made.close()
    return pictures.written(answer)


def _checked(answer: Any) -> Mapping[str, Any]:
    if not isinstance(answer, Mapping):
        raise TypeError(f"the demo answered {answer!r:.80}; it should answer with a dict")
    return answer


def _answerer(job: Job) -> Answerer:
    """The lesson's function for this demo: `demo(lab)` returns one, or a dict of them by the demos' ids."""
    spec = store.read_spec(job.folder)
    content.use_datasets(Path(spec.content))
    code = load_code(Path(job.code))
    device.seed_everything(spec.seed, deterministic=False)
    params = inputs.values(job.folder, spec.params)
    lab = Lab(job.folder.artifacts, _record_nothing, seed=spec.seed, params=params, source=spec.source)
    made = function(code, "demo", "def demo(lab): ... return a function from the input to a dict")(lab)
    if isinstance(made, Mapping):
        made = made[job.demo]
    if not callable(made):
        raise TypeError(f"demo(lab) returned {made!r:.80}; it should return a function")
    answerer: Answerer = made
    return answerer


def _record_nothing(_kind: str, **_fields: Any) -> None:
    """A demo is no run: the run's events have ended, so what the lesson's code reports now is dropped."""


def _sentence(error: Exception, job: Job) -> str:
    traceback.print_exception(error, file=sys.stderr)
    described = failures.describe(error, Path(job.code))
    return str(described["message"] or described["type"])
