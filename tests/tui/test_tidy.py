"""Memory is tidied while nobody types, and before there is so much of it that tidying would be felt."""

from __future__ import annotations

import gc
import time

import pytest

from dlwp_tui.course import reader
from dlwp_tui.tui import app as app_module
from dlwp_tui.tui.app import DlwpApp


@pytest.mark.parametrize(
    ("left", "quiet", "tidied"),
    [
        (app_module.SOME, True, False),
        (app_module.SOME + 1, True, True),
        (app_module.MANY, False, False),
        (app_module.MANY + 1, False, True),
    ],
)
def test_when_memory_is_tidied(left: int, quiet: bool, tidied: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    app = DlwpApp(reader.load(), warm_up=False)
    app._touched = time.monotonic() - (2 * app_module.QUIET_S if quiet else 0)
    collected: list[bool] = []
    monkeypatch.setattr(gc, "get_count", lambda: (0, 0, left))
    monkeypatch.setattr(gc, "collect", lambda: collected.append(True))
    app._collect()
    assert bool(collected) is tidied
