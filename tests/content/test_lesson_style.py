"""Lessons are read beside the chart: short, laid out by ruff alone, their exact statements in proofs.py."""

from __future__ import annotations

import ast
import builtins
from pathlib import Path

import pytest

from dlwp_tui.course import reader

CONTENT = reader.load().content
LESSONS = sorted(CONTENT.glob("ch*/*/lesson.py"))
LINES, PROOF_LINES = 100, 120


def ids(path: Path) -> str:
    return path.parent.name


@pytest.mark.parametrize("path", LESSONS, ids=ids)
def test_a_lesson_is_short_and_plain(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= LINES
    assert "fmt:" not in text and "noqa" not in text
    tree = ast.parse(text)
    ternaries = [node for node in ast.walk(tree) if isinstance(node, ast.IfExp)]
    nested = [
        node.lineno for node in ternaries if any(isinstance(part, ast.IfExp) for part in ast.iter_child_nodes(node))
    ]
    assert nested == [], "a ternary inside a ternary"
    checks = [node.lineno for node in ast.walk(tree) if isinstance(node, ast.Attribute) and node.attr == "check"]
    assert checks == [], "exact statements belong to proofs.py"


@pytest.mark.parametrize("path", LESSONS, ids=ids)
def test_build_runs_in_a_notebook(path: Path) -> None:
    """It names nothing but Keras, NumPy, its own arguments, and constants that stand above it."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    build = next((node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "build"), None)
    if build is None:
        pytest.skip("this lesson builds no model")
    outside = {"keras", "layers", "np", *dir(builtins)}
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in ("keras", "math", "itertools"):
            outside |= {alias.asname or alias.name for alias in node.names}
        elif isinstance(node, ast.Assign):
            outside |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    names = {node.id for node in ast.walk(build) if isinstance(node, ast.Name)}
    made = {node.id for node in ast.walk(build) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    taken = {node.arg for node in ast.walk(build) if isinstance(node, ast.arg)}
    assert names - made - taken - outside == set()


@pytest.mark.parametrize("path", sorted(CONTENT.glob("ch*/*/proofs.py")), ids=ids)
def test_proofs_stay_readable(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= PROOF_LINES
    assert "fmt:" not in text
    calls = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)]
    assert any(isinstance(call.func, ast.Attribute) and call.func.attr == "check" for call in calls)
