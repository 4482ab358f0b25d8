"""A lesson's Python files, loaded by path and run: `lesson.py`, then the exact claims in `proofs.py` beside it."""

from __future__ import annotations

import importlib.util
import sys
import tomllib
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from dlwp_tui.core.errors import ContentError
from dlwp_tui.core.language import _

if TYPE_CHECKING:
    from dlwp_tui.lab import Lab


def run_lesson(lesson: ModuleType, lab: Lab, params: Mapping[str, Any]) -> None:
    """Call `run` of a loaded lesson, then `prove` of the `proofs.py` beside it with what `run` returned.

    Raises what `run` raises. A proof that cannot be made leaves a warning and its traceback in the log: the training
    before it is done, and its figures stand.
    """
    file = Path(lesson.__file__ or "")
    made = function(lesson, "run", "def run(lab, *, ...)")(lab, **_arguments(file, params))
    proofs = file.with_name("proofs.py")
    if not proofs.is_file():
        return
    lab.phase(_("checking exact statements"))
    try:
        function(load_code(proofs), "prove", "def prove(lab, *, ...)")(lab, **(made or {}))
    except Exception as error:  # noqa: BLE001 - shown as a warning and, whole, in the log
        traceback.print_exception(error)
        reason = f"{type(error).__name__}: {error}"
        lab.recorder.warn("proofs", _("The proofs could not be made: {error}").format(error=reason))


def _arguments(file: Path, params: Mapping[str, Any]) -> dict[str, Any]:
    """What the lesson in `file` gets: its params, of those of type image a Path, or None where none was given."""
    facts = file.with_name("lesson.toml")
    declared = tomllib.loads(facts.read_text(encoding="utf-8")).get("params", {}) if facts.is_file() else {}
    images = {name for name, param in declared.items() if param.get("type") == "image"}
    return {name: (Path(value) if value else None) if name in images else value for name, value in params.items()}


def load_code(path: Path) -> ModuleType:
    """A module of a lesson, run from its source; no .pyc is left in the course's folder.

    In `proofs.py`, `from lesson import build` imports from the `lesson.py` that was loaded last.
    """
    name = f"dlwp_{path.stem}_{path.parent.name.replace('.', '_').replace('-', '_')}"
    spec = importlib.util.spec_from_loader(name, loader=None, origin=str(path))
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    module.__file__ = str(path)
    sys.modules[name] = module  # Keras looks a custom layer's class up by its module
    if path.stem == "lesson":
        sys.modules["lesson"] = module
    exec(compile(path.read_text(encoding="utf-8"), str(path), "exec"), module.__dict__)
    return module


def function(module: ModuleType, name: str, form: str) -> Callable[..., Any]:
    """The function `name` of a lesson. Raises ContentError that shows the `form` it should have."""
    found = getattr(module, name, None)
    if not callable(found):
        raise ContentError(
            _("{file} has no function `{name}`.").format(file=module.__file__, name=name),
            _("It should have: {form}").format(form=form),
        )
    return found  # type: ignore[no-any-return]  # whatever it takes and returns is the lesson's
