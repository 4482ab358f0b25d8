"""What `dlwp doctor` looks at: Python, packages, data home, course, terminal, GPU. Imports nothing heavy."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import locale
import os
import platform
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass

from dlwp_tui.core import formats, paths, settings
from dlwp_tui.core.errors import DlwpError
from dlwp_tui.core.language import _

NEED_DISK = 500e6
"""Bytes; converted datasets and a day of runs fit into this."""


@dataclass(frozen=True)
class Finding:
    """One thing looked at: whether it is in order, what was found, and what to do if not."""

    name: str
    ok: bool
    found: str
    hint: str = ""


def examine() -> list[Finding]:
    """Look at everything a lesson needs, in the order a person would."""
    looks: tuple[Callable[[], Finding], ...] = (
        _python,
        _tensorflow,
        _home,
        _disk,
        _course,
        _settings,
        _data,
        _gpu,
        _terminal,
        _keys,
    )
    return [look() for look in looks]


def _python() -> Finding:
    version = platform.python_version()
    ok = sys.version_info >= (3, 11)
    return Finding("Python", ok, f"{version} ({sys.executable})", "" if ok else _("Python 3.11 or newer is needed."))


def _tensorflow() -> Finding:
    if importlib.util.find_spec("tensorflow") is None:
        return Finding(
            "TensorFlow",
            False,
            _("not installed"),
            _("Install it: python3 -m pip install tensorflow   (with an NVIDIA GPU: 'tensorflow[and-cuda]')"),
        )
    return Finding("TensorFlow", True, f"{_version('tensorflow')}, Keras {_version('keras')}")


def _home() -> Finding:
    folder = paths.home()
    try:
        paths.ensure(folder)
        paths.atomic_write(folder / ".doctor", "")
        (folder / ".doctor").unlink()
    except DlwpError as error:
        return Finding(_("data home"), False, error.message, error.hint)
    return Finding(_("data home"), True, str(folder))


def _disk() -> Finding:
    folder = paths.home()
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    ok = free >= NEED_DISK
    hint = "" if ok else _("Free some space, or point DLWP_HOME to another disk.")
    return Finding(_("free disk"), ok, formats.file_size(free), hint)


def _course() -> Finding:
    from dlwp_tui.course import reader

    try:
        course = reader.load()
    except DlwpError as error:
        return Finding(_("course"), False, error.message, error.hint)
    lessons = sum(section.has_lesson for section in course.sections)
    found = _("{sections} sections, {lessons} lessons in {path}").format(
        sections=len(course.sections), lessons=lessons, path=course.content
    )
    return Finding(_("course"), True, found)


def _settings() -> Finding:
    problems = settings.problems()
    if problems:
        return Finding(_("settings"), False, "; ".join(map(str, problems)), _("Correct or delete the file."))
    path = paths.settings_file()
    return Finding(_("settings"), True, str(path) if path.exists() else _("none ({path})").format(path=path))


def _data() -> Finding:
    from dlwp_tui.data import locate
    from dlwp_tui.data.registry import DATASETS

    states = {name: locate.status(name).state for name in DATASETS}
    real = sum(state in ("real", "unverified") for state in states.values())
    damaged = [name for name, state in states.items() if state == "damaged"]
    found = _("{real} of {all} datasets are real; lessons use synthetic data for the rest").format(
        real=real, all=len(states)
    )
    hint = _("Damaged: {names}. Get or import them again.").format(names=", ".join(damaged)) if damaged else ""
    return Finding(_("datasets"), not damaged, found, hint)


def _gpu() -> Finding:
    from dlwp_tui.core import hardware

    now = hardware.sample()
    if not now.gpus:
        return Finding("GPU", True, _("none; lessons train on {cores} CPU cores").format(cores=os.cpu_count()))
    return Finding("GPU", True, "; ".join(gpu.name for gpu in now.gpus))


def _terminal() -> Finding:
    term, size = os.environ.get("TERM", ""), shutil.get_terminal_size()
    encoding = locale.getpreferredencoding(False)
    ok = term != "dumb"
    hint = "" if ok else _("Use the commands, or a terminal that can place the cursor.")
    return Finding(_("terminal"), ok, f"TERM={term or '–'} {size.columns}x{size.lines} {encoding}", hint)


def _keys() -> Finding:
    remapped = settings.load().keys
    known = _key_ids()
    unknown = [name for name in remapped if name not in known]
    if unknown:
        return Finding(
            _("keys"),
            False,
            _("unknown ids in [keys]: {names}").format(names=", ".join(unknown)),
            _("Known ids: {ids}").format(ids=", ".join(known)),
        )
    return Finding(_("keys"), True, _("{count} remapped").format(count=len(remapped)))


def _key_ids() -> list[str]:
    import ast
    from pathlib import Path

    # Read, not imported: the table lies beside textual, which costs 230 ms.
    tree = ast.parse((Path(__file__).parents[1] / "tui" / "keys.py").read_text(encoding="utf-8"))
    return [
        str(call.args[0].value)
        for call in ast.walk(tree)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id == "Key"
        and isinstance(call.args[0], ast.Constant)
    ]


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "?"
