"""The rooms hold: what each entry point loads, seen from outside in a fresh process."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

HEAVY = {"textual", "tensorflow", "keras", "numpy", "plotext", "PIL", "markdown_it", "pynvml"}


def loaded_by(code: str) -> set[str]:
    script = f"{code}\nimport sys, json; print(json.dumps(sorted({{name.partition('.')[0] for name in sys.modules}})))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    return set(json.loads(done.stdout.splitlines()[-1]))


@pytest.mark.parametrize("module", ["dlwp_tui", "dlwp_tui.cli", "dlwp_tui.course.reader", "dlwp_tui.runs.view"])
def test_the_light_rooms_load_nothing_heavy(module: str) -> None:
    assert loaded_by(f"import {module}") & HEAVY == set()


@pytest.mark.parametrize(
    "module",
    ["dlwp_tui.engine.launch", "dlwp_tui.engine.control", "dlwp_tui.data", "dlwp_tui.render.note", "dlwp_tui.lab"],
)
def test_only_the_screen_loads_textual_and_only_a_lesson_loads_tensorflow(module: str) -> None:
    assert loaded_by(f"import {module}") & {"textual", "tensorflow", "keras"} == set()


def test_the_screen_never_loads_tensorflow() -> None:
    assert loaded_by("import dlwp_tui.tui.app") & {"tensorflow", "keras", "plotext", "PIL"} == set()


@pytest.mark.parametrize("command", [["--help"], ["list"], ["runs"], ["run", "3.4", "--help"], ["data", "--help"]])
def test_quick_commands_load_nothing_heavy(command: list[str]) -> None:
    assert loaded_by(f"from dlwp_tui.__main__ import run; assert run({command!r}) == 0") & HEAVY == set()
