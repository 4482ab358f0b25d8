"""`dlwp doctor`: versions that were never tested are a warning."""

from __future__ import annotations

import errno
import importlib.metadata
import platform
import tomllib
from pathlib import Path

import pytest

from dlwp_tui.cli import doctor


def test_the_tested_versions_raise_no_warning() -> None:
    assert [item for item in (doctor._python(), doctor._packages()) if item.hint] == []


def test_versions_outside_the_ranges_of_pyproject_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    versions = {"tensorflow": "2.17.0", "textual": "9.0.0", "rich": "14.9"}
    version = importlib.metadata.version
    monkeypatch.setattr(importlib.metadata, "version", lambda name: versions.get(name) or version(name))
    item = doctor._packages()
    assert item.ok and "tensorflow 2.17.0" in item.hint and "textual 9.0.0" in item.hint and "rich" not in item.hint
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())["project"]
    assert f"{len(project['dependencies'])} packages" in item.found


@pytest.mark.parametrize(("version", "warned"), [("3.11.1", False), ("3.13.9", False), ("3.14.0", True)])
def test_a_python_that_was_never_tested(monkeypatch: pytest.MonkeyPatch, version: str, warned: bool) -> None:
    monkeypatch.setattr(platform, "python_version", lambda: version)
    item = doctor._python()
    assert item.ok and (version in item.hint) == warned


def test_a_checkout_that_was_never_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> str:
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "version", missing)
    assert doctor._python().ok and doctor._packages().ok


def test_a_home_without_file_locks_and_one_open_to_others(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert doctor._home() == doctor.Item("data home", True, str(home / "dlwp"))
    (home / "dlwp").chmod(0o755)
    item = doctor._home()
    assert item.ok and "chmod 700" in item.hint

    def none(*_args: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr("fcntl.flock", none)
    item = doctor._home()
    assert not item.ok and "no file locks" in item.found
