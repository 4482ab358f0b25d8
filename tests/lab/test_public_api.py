"""Lessons, kit and lab use only what Keras and TensorFlow publish: any release may change the rest."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PRIVATE = re.compile(
    r"keras\.src|tensorflow\.python|_flatten_layers|_compile_metrics|_compile_loss|_loss_tracker|_initial_epoch"
    r"|_eval_epoch_iterator|_variant_tensor|\btrain_function\b|\btest_function\b|make_train_function"
)
FILES = sorted(path for folder in ("dlwp_tui", "content", "tests") for path in (ROOT / folder).rglob("*.py"))
TRAINING = [ROOT / "content", ROOT / "dlwp_tui" / "lab", ROOT / "dlwp_tui" / "kit"]
"""Where Keras and TensorFlow are used."""


def test_no_private_name_of_keras_or_tensorflow_is_written() -> None:
    assert len(FILES) > 300
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in FILES
        if path != Path(__file__)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if PRIVATE.search(line)
    ]
    assert found == []


@pytest.mark.parametrize("folder", TRAINING, ids=lambda folder: folder.name)
def test_names_with_an_underscore_are_only_used_by_their_own_object(folder: Path) -> None:
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}: {ast.unparse(node)}"
        for path in FILES
        if path.is_relative_to(folder)
        for node in _foreign_private(ast.parse(path.read_bytes()))
    ]
    assert found == []


def _foreign_private(tree: ast.AST) -> Iterator[ast.Attribute | ast.ImportFrom]:
    """`thing._name` where thing is not self or cls, and imports of such names or of such modules."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and _is_private(node.attr):
            if not (isinstance(node.value, ast.Name) and node.value.id in ("self", "cls")):
                yield node
        elif isinstance(node, ast.ImportFrom):
            names = [*(node.module or "").split("."), *(alias.name for alias in node.names)]
            if any(map(_is_private, names)):
                yield node


def _is_private(name: str) -> bool:
    return re.fullmatch(r"_[^_].*", name) is not None  # not _, which translates, and not __future__
