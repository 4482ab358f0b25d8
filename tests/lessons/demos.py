"""A lesson's demo, called in the test's process; the process a real one runs in has tests of its own."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from dlwp_tui.course import reader
from dlwp_tui.engine.code import load_code
from dlwp_tui.lab import Lab
from dlwp_tui.runs import store
from dlwp_tui.runs.view import RunView


def demo_of(view: RunView) -> Callable[[Any], dict[str, Any]]:
    """From what is asked to the answer, as the screen gets it: after a round through JSON."""
    spec = store.read_spec(view.folder)
    code = load_code(reader.load().lesson(spec.lesson).code_file)
    lab = Lab(view.folder.artifacts, _record_nothing, seed=spec.seed, params=spec.params, source=spec.source)
    ask = code.demo(lab)
    return lambda asked: json.loads(json.dumps(ask(asked)))


def _record_nothing(_kind: str, **_fields: Any) -> None:
    """A demo is no run and writes no events."""
