"""What `dlwp doctor` looks at: Python, packages, data home, course, terminal, GPU. Imports nothing heavy."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import locale
import os
import platform
import shutil
import sys
from dataclasses import dataclass

from dlwp_tui import __version__
from dlwp_tui.core import formats, paths, settings
from dlwp_tui.core.errors import DlwpError
from dlwp_tui.core.language import _

NEED_DISK = 500e6
"""Bytes; converted datasets and a day of runs fit into this."""


@dataclass(frozen=True)
class Item:
    """One thing that was looked at."""

    name: str
    ok: bool
    found: str
    hint: str = ""
    """What to do where it is not in order; where it is, a warning."""


def examine() -> list[Item]:
    """Everything that a lesson needs, from Python outwards."""
    looks = (_python, _packages, _tensorflow, _home, _disk, _deleted, _course, _settings, _data, _gpu, _terminal, _keys)
    return [look() for look in looks]


def _python() -> Item:
    version = platform.python_version()
    ok = sys.version_info >= (3, 11)
    hint = "" if ok else _("Python 3.11 or newer is needed.")
    tested = importlib.metadata.metadata("dlwp-tui")["Requires-Python"] if _installed("dlwp-tui") else ""
    if ok and not _within(version, tested):
        hint = _untested([f"Python {version} ({tested})"])
    return Item("Python", ok, f"{version} ({sys.executable})", hint)


def _tensorflow() -> Item:
    if importlib.util.find_spec("tensorflow") is None:
        return Item(
            "TensorFlow",
            False,
            _("not installed"),
            _("Install it: python3 -m pip install tensorflow   (with an NVIDIA GPU: 'tensorflow[and-cuda]')"),
        )
    return Item("TensorFlow", True, f"{_installed('tensorflow')}, Keras {_installed('keras')}")


def _packages() -> Item:
    """The versions of our dependencies against the ranges that were tested: those that pyproject.toml names."""
    from packaging.requirements import Requirement

    wanted = (
        [Requirement(text) for text in importlib.metadata.requires("dlwp-tui") or ()] if _installed("dlwp-tui") else []
    )
    found = {one: version for one in wanted if not one.marker and (version := _installed(one.name))}
    untested = [
        f"{one.name} {version} ({one.specifier})"
        for one, version in found.items()
        if not _within(version, str(one.specifier))
    ]
    shown = _("{count} packages of dlwp {version}").format(count=len(found), version=__version__)
    return Item(_("packages"), True, shown, _untested(untested) if untested else "")


def _untested(versions: list[str]) -> str:
    return _("Never tested: {versions}. If something fails, install dlwp again into an environment of its own.").format(
        versions=", ".join(versions)
    )


def _within(version: str, tested: str) -> bool:
    """Whether `version` lies in the range `>=3.11,<3.14`; "" is any."""
    from packaging.specifiers import SpecifierSet

    return SpecifierSet(tested).contains(version, prereleases=True)


def _home() -> Item:
    folder = paths.home()
    try:
        paths.ensure(folder)
        paths.atomic_write(folder / ".doctor", "")
        (folder / ".doctor").unlink()
    except DlwpError as error:
        return Item(_("data home"), False, error.message, error.hint)
    return Item(_("data home"), True, str(folder))


def _disk() -> Item:
    folder = paths.home()
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    ok = free >= NEED_DISK
    hint = "" if ok else _("Free some space, or point DLWP_HOME to another disk.")
    return Item(_("free disk"), ok, formats.file_size(free), hint)


def _deleted() -> Item:
    """Runs that were deleted in the app and take up room until it ends; what a crash left is removed after a day."""
    from dlwp_tui.runs import trash

    try:
        trash.purge_old()
    except DlwpError as error:
        return Item(_("deleted runs"), False, error.message, error.hint)
    kept = trash.kept()
    if not kept:
        return Item(_("deleted runs"), True, _("none on the disk"))
    found = _("{count} on the disk, {size}; they go when the app ends, or a day after they were deleted")
    return Item(
        _("deleted runs"),
        True,
        found.format(count=len(kept), size=formats.disk_used(sum(one.size for one in kept))),
    )


def _course() -> Item:
    from dlwp_tui.course import reader

    try:
        course = reader.load()
    except DlwpError as error:
        return Item(_("course"), False, error.message, error.hint)
    lessons = sum(section.has_lesson for section in course.sections)
    found = _("{sections} sections, {lessons} lessons in {path}").format(
        sections=len(course.sections), lessons=lessons, path=", ".join(map(str, course.folders))
    )
    return Item(_("course"), True, found)


def _settings() -> Item:
    problems = settings.problems()
    if problems:
        return Item(_("settings"), False, "; ".join(map(str, problems)), _("Correct or delete the file."))
    path = paths.settings_file()
    return Item(_("settings"), True, str(path) if path.exists() else _("none ({path})").format(path=path))


def _data() -> Item:
    from dlwp_tui.data import locate
    from dlwp_tui.data.registry import all_sets

    states = {name: locate.status(name).state for name in all_sets()}
    real = sum(state in ("real", "unverified") for state in states.values())
    damaged = [name for name, state in states.items() if state == "damaged"]
    found = _("{real} of {all} datasets are real; lessons use synthetic data for the rest").format(
        real=real, all=len(states)
    )
    hint = _("Damaged: {names}. Get or import them again.").format(names=", ".join(damaged)) if damaged else ""
    return Item(_("datasets"), not damaged, found, hint)


def _gpu() -> Item:
    from dlwp_tui.core import hardware

    now = hardware.sample()
    if not now.gpus:
        return Item("GPU", True, _("none; lessons train on {cores} CPU cores").format(cores=os.cpu_count()))
    return Item("GPU", True, "; ".join(gpu.name for gpu in now.gpus))


def _terminal() -> Item:
    term, size = os.environ.get("TERM", ""), shutil.get_terminal_size()
    encoding = locale.getpreferredencoding(False)
    ok = term != "dumb"
    hint = "" if ok else _("Use the commands, or a terminal that can place the cursor.")
    return Item(_("terminal"), ok, f"TERM={term or '–'} {size.columns}x{size.lines} {encoding}", hint)


def _keys() -> Item:
    from dlwp_tui.tui import keys

    remapped, known = keys.remapped(), keys.ids()
    unknown = [name for name in remapped if name not in known]
    if unknown:
        return Item(
            _("keys"),
            False,
            _("unknown ids in [keys]: {names}").format(names=", ".join(unknown)),
            _("Known ids: {ids}").format(ids=", ".join(known)),
        )
    return Item(_("keys"), True, _("{count} remapped").format(count=len(remapped)))


def _installed(package: str) -> str:
    """The version of an installed package; "" for one that is not, and for a checkout that was never installed."""
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return ""
