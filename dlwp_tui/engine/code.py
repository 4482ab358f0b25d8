"""A lesson's Python file, loaded by its path."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

from dlwp_tui.core.errors import ContentError
from dlwp_tui.core.language import _


def load_code(path: Path) -> ModuleType:
    """The lesson's module, run from its source; no .pyc is left in the course's folder."""
    name = f"dlwp_lesson_{path.parent.name.replace('.', '_').replace('-', '_')}"
    spec = importlib.util.spec_from_loader(name, loader=None, origin=str(path))
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    module.__file__ = str(path)
    sys.modules[name] = module  # Keras looks a custom layer's class up by its module
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
