"""Versions of what a run depends on."""

from __future__ import annotations

import platform
from functools import cache
from importlib import metadata


@cache
def versions() -> dict[str, str]:
    """Versions a run depends on, without importing any of them; "" for what is not installed."""
    return {
        "dlwp": _version("dlwp-tui"),
        "python": platform.python_version(),
        "tensorflow": _version("tensorflow", "tensorflow-cpu", "tensorflow-gpu"),
        "keras": _version("keras"),
        "numpy": _version("numpy"),
    }


def _version(*names: str) -> str:
    for name in names:
        try:
            return metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return ""
