"""Writes the reference of `lab`, datasets and the kit into LESSONS.md, from docstrings: `python -m tests.reference`.

The code is parsed, not imported, so names stand in the order of the files. What is written lies between a pair of
comments for each part, `<!-- lab -->` and `<!-- /lab -->`; the rest of LESSONS.md is written by hand.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "dlwp_tui"
DOCUMENT = ROOT / "LESSONS.md"
HIDDEN = "not for lessons"
"""A member whose docstring says so is left out."""

Function = ast.FunctionDef | ast.ClassDef


def main() -> None:
    """Bring LESSONS.md up to date."""
    DOCUMENT.write_text(written(DOCUMENT.read_text(encoding="utf-8")), encoding="utf-8")


def written(text: str) -> str:
    """`text` with each part as the code has it now. Raises ValueError where a part's comments are missing."""
    parts = {
        "lab": members(PACKAGE / "lab" / "lab.py", "Lab", "lab"),
        "loaded": members(PACKAGE / "data" / "loader.py", "Loaded", "data"),
        "kit": kit(),
    }
    for name, lines in parts.items():
        between = re.compile(rf"(?<=<!-- {name} -->\n).*?(?=<!-- /{name} -->)", re.DOTALL)
        if not between.search(text):
            raise ValueError(f"LESSONS.md has no <!-- {name} --> with a <!-- /{name} --> after it")
        new = "\n".join(lines).replace("\\", r"\\")
        text = between.sub(f"\n{new}\n\n", text)
    return text


def members(file: Path, name: str, called: str) -> Iterator[str]:
    """The public members of the class `name` of `file`, as list items: how they are called, and their docstrings."""
    source = file.read_text(encoding="utf-8")
    (found,) = [node for node in ast.parse(source).body if isinstance(node, ast.ClassDef) and node.name == name]
    headings = {
        number: line.strip("#- \n").capitalize()
        for number, line in enumerate(source.split("\n"), 1)
        if re.fullmatch(r"    # -- .+ -+", line)
    }
    for what, doc, line in [*_attributes(found), *_methods(found)]:
        if HIDDEN in doc:
            continue
        for number in [number for number in headings if number < line]:
            yield f"\n**{headings.pop(number)}**\n"
        yield f"- `{called}.{what}`  \n" + "\n".join(f"  {text}".rstrip() for text in doc.split("\n"))


def _attributes(found: ast.ClassDef) -> Iterator[tuple[str, str, int]]:
    """Fields with a docstring under them, of the class or set in `__init__`: name, docstring, line."""
    init = [node for node in found.body if isinstance(node, ast.FunctionDef) and node.name == "__init__"]
    for body in (found.body, *(node.body for node in init)):
        for node, after in pairwise(body):
            target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
            name = target.attr if isinstance(target, ast.Attribute) else getattr(target, "id", "_")
            if not name.startswith("_") and isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant):
                yield name, _clean(str(after.value.value)), node.lineno


def _methods(found: ast.ClassDef) -> Iterator[tuple[str, str, int]]:
    for node in found.body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            decorators = [ast.unparse(decorator) for decorator in node.decorator_list]
            if "overload" in decorators:
                continue  # types for mypy alone; the function itself follows
            is_property = any("property" in decorator for decorator in decorators)
            yield node.name if is_property else signature(node), _clean(ast.get_docstring(node) or ""), node.lineno


def kit() -> Iterator[str]:
    """A heading for each module of the kit, and a line for each public function and class."""
    for file in sorted((PACKAGE / "kit").glob("[!_]*.py")):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        yield f"\n`dlwp_tui.kit.{file.stem}`: {_sentence(ast.get_docstring(tree) or '')}\n"
        for node in tree.body:
            if isinstance(node, Function) and not node.name.startswith("_"):
                yield f"- `{signature(node)}`: {_sentence(ast.get_docstring(node) or '')}"


def signature(node: Function) -> str:
    """How it is called: names and defaults, without types. A class without `__init__` is only named."""
    if isinstance(node, ast.ClassDef):
        init = [inner for inner in node.body if isinstance(inner, ast.FunctionDef) and inner.name == "__init__"]
        return f"{node.name}{_arguments(init[0])}" if init else node.name
    return f"{node.name}{_arguments(node)}"


def _arguments(node: ast.FunctionDef) -> str:
    given = node.args
    for argument in (*given.posonlyargs, *given.args, *given.kwonlyargs, given.vararg, given.kwarg):
        if argument is not None:
            argument.annotation = None
    given.args = [argument for argument in given.args if argument.arg != "self"]
    return f"({ast.unparse(given)})"


def _clean(doc: str) -> str:
    """A docstring with one line a paragraph."""
    paragraphs = re.split(r"\n\s*\n", doc.strip())
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)


def _sentence(doc: str) -> str:
    """The first sentence of a docstring."""
    return re.split(r"(?<=[.。])\s", _clean(doc).split("\n")[0])[0]


if __name__ == "__main__":
    main()
