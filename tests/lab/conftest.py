"""A lab whose events are a list."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dlwp_tui.lab import Lab
from dlwp_tui.runs.events import decode, encode

Events = list[dict[str, Any]]


@pytest.fixture
def events() -> Events:
    """The events written so far, as a reader would see them."""
    return []


@pytest.fixture
def lab(tmp_path: Path, events: Events) -> Lab:
    """A lab without a worker."""
    return make_lab(tmp_path / "artifacts", events)


def make_lab(folder: Path, events: Events, **options: Any) -> Lab:
    """A lab that writes into `events`."""
    folder.mkdir(exist_ok=True)
    settings: dict[str, Any] = {"seed": 1, "params": {}} | options
    return Lab(folder, recorder(events), **settings)


def recorder(events: Events) -> Callable[..., None]:
    """Keeps events after a round through JSON."""

    def write(kind: str, /, **fields: Any) -> None:
        event = decode(encode({"e": kind, **fields}))
        assert event is not None
        events.append(event)

    return write
