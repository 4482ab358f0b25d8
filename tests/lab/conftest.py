"""A lab whose events are a list."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dlwp_tui.lab import Lab
from dlwp_tui.runs.events import decode, encode

Told = list[dict[str, Any]]


@pytest.fixture
def told() -> Told:
    """The events written so far, as a reader would see them."""
    return []


@pytest.fixture
def lab(tmp_path: Path, told: Told) -> Lab:
    """A lab without a worker."""
    return make_lab(tmp_path / "artifacts", told)


def make_lab(folder: Path, told: Told, **options: Any) -> Lab:
    """A lab that writes into `told`."""
    folder.mkdir(exist_ok=True)
    settings: dict[str, Any] = {"seed": 1, "params": {}} | options
    return Lab(folder, recorder(told), **settings)


def recorder(told: Told) -> Callable[..., None]:
    """Keeps events after a round through JSON."""

    def write(kind: str, /, **fields: Any) -> None:
        event = decode(encode({"e": kind, **fields}))
        assert event is not None
        told.append(event)

    return write
