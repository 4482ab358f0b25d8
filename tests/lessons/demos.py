"""A lesson's demo, called in the test's process; the process a real one runs in has tests of its own."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from dlwp_tui.course import reader
from dlwp_tui.engine.answer_pictures import AnswerPictures
from dlwp_tui.engine.code import load_code
from dlwp_tui.lab import Lab
from dlwp_tui.runs import store
from dlwp_tui.runs.view import RunView


def demo_of(view: RunView, demo_id: str = "") -> Callable[..., dict[str, Any]]:
    """From what is asked to the answer, the last of several, as the screen gets it: after a round through JSON.

    The sliders are keyword arguments; a demo of sliders alone gets nothing else.
    """
    spec = store.read_spec(view.folder)
    code = load_code(reader.load().lesson(spec.lesson).code_file)
    lab = Lab(view.folder.artifacts, _record_nothing, seed=spec.seed, params=spec.params, source=spec.source)
    made = code.demo(lab)
    ask = made[demo_id] if isinstance(made, Mapping) else made
    pictures = AnswerPictures(view.folder, demo_id or "test")

    def answer(*asked: Any, **sliders: float) -> dict[str, Any]:
        given = ask(*asked, **sliders)
        last = list(given)[-1] if isinstance(given, Iterator) else given
        found: dict[str, Any] = json.loads(json.dumps(pictures.written(last)))
        return found

    return answer


def _record_nothing(_kind: str, **_fields: Any) -> None:
    """A demo is no run and writes no events."""
