"""The rooms hold: no two files import each other, and no entry point loads more than it needs."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
import tomllib
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "dlwp_tui"
HEAVY = {"textual", "tensorflow", "keras", "numpy", "plotext", "PIL", "markdown_it", "pynvml"}


def test_no_two_files_import_each_other() -> None:
    graph = import_graph()
    assert len(graph) > 200 and "dlwp_tui.core.errors" in graph["dlwp_tui.course.reader"]
    assert circles(graph) == []


def test_imports_inside_functions_count_and_those_for_types_do_not() -> None:
    source = (
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import b\nelse:\n    import c\n"
        "def f():\n    from a.b import c, d\n"
    )
    names = {"a.b", "a.b.c", "b", "c"}
    assert imports(ast.parse(source), names) == {"a.b", "a.b.c", "c"}
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"b", "d"}, "d": set()}) == [{"b", "c"}]


def test_every_package_stands_in_the_contracts() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    packages = {f"dlwp_tui.{init.parent.name}" for init in PACKAGE.glob("*/__init__.py")}
    layers, no_textual, no_tensorflow = contracts
    named = {name for layer in layers["layers"] for name in layer.split(" | ")}
    assert named == packages
    assert set(no_textual["source_modules"]) == packages - {"dlwp_tui.cli", "dlwp_tui.tui"}
    assert set(no_tensorflow["source_modules"]) == packages - {"dlwp_tui.lab", "dlwp_tui.kit"}


def import_graph() -> dict[str, set[str]]:
    """Each module of the package and the modules of the package that it imports, wherever in its code."""
    files = {}
    for file in PACKAGE.rglob("*.py"):
        parts = file.relative_to(ROOT).with_suffix("").parts
        files[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = file
    return {name: imports(ast.parse(file.read_text()), files.keys()) - {name} for name, file in files.items()}


def imports(node: ast.AST, names: Collection[str]) -> set[str]:
    """The modules among `names` that `node` imports when it runs: `if TYPE_CHECKING` is left out."""
    return set(_imports(node, names))


def _imports(node: ast.AST, names: Collection[str]) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names if alias.name in names)
    elif isinstance(node, ast.ImportFrom):
        for full in (f"{node.module}.{alias.name}" for alias in node.names):
            found = full if full in names else str(node.module)
            if found in names:
                yield found
    children: Iterable[ast.AST] = ast.iter_child_nodes(node)
    if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
        children = node.orelse
    for child in children:
        yield from _imports(child, names)


def circles(graph: dict[str, set[str]]) -> list[set[str]]:
    """The groups of modules that reach one another."""
    reached = {name: _reached(graph, name) for name in graph}
    groups = [{other for other in reached[name] if name in reached[other]} for name in graph if name in reached[name]]
    return [group for number, group in enumerate(groups) if group not in groups[:number]]


def _reached(graph: dict[str, set[str]], start: str) -> set[str]:
    seen: set[str] = set()
    waiting = [*graph[start]]
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting += graph[name]
    return seen


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
