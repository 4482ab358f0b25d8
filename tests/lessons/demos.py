"""A lesson's demo, called in the test's process; the process a real one runs in has tests of its own."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from dlwp_tui.course import reader
from dlwp_tui.engine.code import load_code
from dlwp_tui.lab import Lab
from dlwp_tui.runs import store
from dlwp_tui.runs.view import RunView


def demo_of(view: RunView, demo: str = "") -> Callable[..., dict[str, Any]]:
    """From what is asked (and sliders by name) to the last answer, as the screen gets it: after a round through JSON.

    demo: which one, where the lesson has several. Pictures come as lists.
    """
    spec = store.read_spec(view.folder)
    code = load_code(reader.load().lesson(spec.lesson).code_file)
    lab = Lab(view.folder.artifacts, _record_nothing, seed=spec.seed, params=spec.params, source=spec.source)
    made = code.demo(lab)
    ask = made[demo] if isinstance(made, Mapping) else made

    def answer(*asked: Any, **sliders: float) -> dict[str, Any]:
        given = ask(*asked, **sliders)
        if isinstance(given, Iterator):
            *_before, given = given
        answered: dict[str, Any] = json.loads(json.dumps(given, default=lambda array: np.asarray(array).tolist()))
        return answered

    return answer


def _record_nothing(_kind: str, **_fields: Any) -> None:
    """A demo is no run and writes no events."""
