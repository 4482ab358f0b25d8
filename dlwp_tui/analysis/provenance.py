"""What a run's figures come from besides its params, its seed and the kind of its data, and what of it has changed.

A fingerprint is taken of code without its comments and docstrings, so that a better sentence makes no run out of date:

- `code`: lesson.py, the modules of `dlwp_tui.kit` that it imports, and those of `dlwp_tui.lab` that seed and draw
  batches. The rest of `lab` only records what the lesson does.
- `proofs`: proofs.py and what it imports, for the exact statements.
- `twins`: the code that makes the synthetic data of the lesson's datasets.

Of the packages Keras, TensorFlow and NumPy count. Python itself does not: it computes none of the figures.
"""

from __future__ import annotations

import ast
import hashlib
import warnings
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import dlwp_tui
from dlwp_tui.analysis import row_cache
from dlwp_tui.core import paths
from dlwp_tui.core.language import _
from dlwp_tui.core.versions import versions

if TYPE_CHECKING:
    from dlwp_tui.course.lesson import Lesson

PACKAGES = ("keras", "tensorflow", "numpy")
_ROOT = Path(dlwp_tui.__file__).parent
_FOLLOWED = ("kit", "data/sets")
"""Folders of the package whose modules are followed from import to import."""
_ALWAYS = (_ROOT / "lab" / "batches.py", _ROOT / "lab" / "device.py")


def depends(lesson: Lesson) -> dict[str, str]:
    """The fingerprints of what a run of the lesson would be made with now, as `RunSpec.depends` keeps them."""
    proofs, twins = lesson.folder / "proofs.py", _twins(lesson)
    found = {"code": _fingerprint((lesson.code_file, *_ALWAYS))}
    if proofs.exists():
        found["proofs"] = _fingerprint((proofs,))
    if twins:
        found["twins"] = _fingerprint(twins)
    return found


def save() -> None:
    """Keep the fingerprints of files for the next time."""
    _cache().save()


def changed(
    made: Mapping[str, str], made_versions: Mapping[str, str], now: Mapping[str, str], *, synthetic: bool, proofs: bool
) -> tuple[str, ...]:
    """What is another today than when a run was made, a sentence each; () where it would come out the same.

    made, made_versions: `depends` and `versions` of the run. synthetic: it used synthetic data. proofs: the exact
    statements matter, and not the figures alone.
    """
    if not made:
        return (_("The runs are of before the code of runs was recorded."),)
    words = {"code": _("The lesson's code has changed since."), "proofs": _("The lesson's proofs have changed since.")}
    words["twins"] = _("The synthetic data has changed since.")
    asked = {"code": True, "proofs": proofs, "twins": synthetic}
    found = [words[name] for name, counts in asked.items() if counts and made.get(name) != now.get(name)]
    today = versions()
    for package in PACKAGES:
        before = made_versions.get(package, "")
        if before != today[package]:
            message = _("It was {package} {before}, now it is {now}.")
            found.append(message.format(package=package, before=before or "?", now=today[package] or "?"))
    return tuple(found)


def _twins(lesson: Lesson) -> tuple[Path, ...]:
    """The files that make the twins of the lesson's datasets."""
    if not lesson.datasets:
        return ()
    from dlwp_tui.core import content
    from dlwp_tui.data import registry  # only where it is needed: it stays out of start-up

    places = [registry.SETS, *content.dataset_folders(), lesson.content / "datasets"]
    found = (next((p / name / "twin.py" for p in places if (p / name).is_dir()), None) for name in lesson.datasets)
    return tuple(file for file in found if file is not None and file.is_file())


def _fingerprint(files: Iterable[Path]) -> str:
    """Of the code in `files` and in all that they import from the folders that are followed."""
    known: dict[Path, str] = {}
    waiting = list(files)
    while waiting:
        file = waiting.pop()
        if file in known:
            continue
        try:
            stat = file.stat()
            known[file], imports = _code(file, stat.st_mtime_ns, stat.st_size)
        except OSError:
            continue  # a lesson without code cannot be started
        waiting += imports
    texts = sorted(f"{file.name} {digest}" for file, digest in known.items())
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()[:16]


@lru_cache(maxsize=1024)
def _code(file: Path, time: int, size: int) -> tuple[str, tuple[Path, ...]]:
    """The fingerprint of one file and the files it imports, from the cache; of one that is not Python of its bytes."""
    cache = _cache()
    if (kept := cache.get(str(file), (time, size))) is not None:
        return kept["code"], tuple(map(Path, kept["imports"]))
    raw = paths.read_bytes(file)
    try:
        with warnings.catch_warnings():  # about escapes and the like
            warnings.simplefilter("ignore")
            tree = ast.parse(raw)
            imports = tuple(_imports(tree, file))
            raw = ast.unparse(_bare(tree)).encode()  # the dump is another in each version of Python
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        imports = ()
    digest = hashlib.sha256(raw).hexdigest()
    cache.put(str(file), (time, size), {"code": digest, "imports": list(map(str, imports))})
    return digest, imports


def _cache() -> row_cache.RowCache:
    """Fingerprints of files by their paths: those of all lessons take 0.4 s."""
    return _cache_in(paths.cache())


@lru_cache(maxsize=1)
def _cache_in(_folder: Path) -> row_cache.RowCache:
    return row_cache.load(["code", "imports"], "code")


def _bare(tree: ast.Module) -> ast.Module:
    """The code without the texts that stand alone in it: docstrings, and those below a constant."""
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list):
            rest = [line for line in body if not (isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant))]
            node.body = rest or [ast.Pass()]  # type: ignore[attr-defined]  # it has one: see above
    return tree


def _imports(tree: ast.Module, file: Path) -> Iterator[Path]:
    """The files of the followed folders that a module imports."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for name in node.names:
                yield from _files(_ROOT.parent.joinpath(*name.name.split(".")))
        elif isinstance(node, ast.ImportFrom):
            parts = node.module.split(".") if node.module else []
            base = file.parents[node.level - 1] if node.level else _ROOT.parent
            yield from _files(base.joinpath(*parts), near=bool(node.level))
            for name in node.names:
                yield from _files(base.joinpath(*parts, name.name), near=bool(node.level))


def _files(module: Path, *, near: bool = False) -> Iterator[Path]:
    """The module's file, where it is one that counts: in a followed folder, or `near`: beside the one that imports."""
    followed = near or any(module.is_relative_to(_ROOT / folder) for folder in _FOLLOWED)
    if followed and (file := module.with_name(module.name + ".py")).is_file():
        yield file
