"""A lesson's Python files, parsed and never run: their functions, and the claims they check."""

from __future__ import annotations

import ast
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dlwp_tui.core.language import _
from dlwp_tui.course.files import broken, read_text
from dlwp_tui.course.problem import line

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class LessonCode:
    """The facts of one lesson.py or proofs.py."""

    text: str
    functions: dict[str, ast.FunctionDef]
    """The functions at its top level."""
    claims: tuple[tuple[str, int], ...]
    """Each `claim="C054"` of a call, with its line."""
    checks: tuple[int, ...]
    """The lines of its calls of `lab.check`."""
    together: bool
    """Whether it calls `lab.datasets`: all its data are real, or all synthetic."""

    @property
    def checked(self) -> frozenset[str]:
        """The claims it checks."""
        return frozenset(claim for claim, _line in self.claims)


def checked(folder: Path, content: Path) -> frozenset[str]:
    """The claims that a section's lesson.py and proofs.py check. Raises BrokenFile when one of them is not Python."""
    files = (folder / "lesson.py", folder / "proofs.py")
    return frozenset().union(*(read(file, content).checked for file in files if file.exists()))


def _of_lab(call: ast.Call) -> str:
    """`check` for a call of `lab.check`; "" for one of something else."""
    match call.func:
        case ast.Attribute(value=ast.Name(id="lab"), attr=name):
            return name
    return ""


def read(file: Path, content: Path) -> LessonCode:
    """The facts of `file`; raises BrokenFile when it is missing or is not Python."""
    text = read_text(file, content)
    try:
        with warnings.catch_warnings():  # about escapes and the like: ruff reports those
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
    except SyntaxError as error:
        shown = (error.text or "").strip()[:80]
        raise broken(
            file,
            content,
            line(error.lineno or 1),
            _("This is not valid Python: {text}").format(text=shown) if shown else _("This is not valid Python."),
            _("Python says: {reason}.").format(reason=error.msg),
        ) from error
    except (ValueError, RecursionError, MemoryError) as error:
        raise broken(
            file, content, "", _("Python cannot read this file."), _("Python says: {reason}.").format(reason=error)
        ) from error
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    claims = tuple(
        (keyword.value.value, keyword.value.lineno)
        for node in calls
        for keyword in node.keywords
        if keyword.arg == "claim" and isinstance(keyword.value, ast.Constant) and isinstance(keyword.value.value, str)
    )
    checks = tuple(node.lineno for node in calls if _of_lab(node) == "check")
    return LessonCode(text, functions, claims, checks, any(_of_lab(node) == "datasets" for node in calls))
