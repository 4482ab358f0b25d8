"""Attacks: the short form runs in CI, `pytest tests/attack --long` takes minutes."""

from __future__ import annotations

import pytest

from tests.worker.conftest import _sweep, fake, nursery, tiny, warm

__all__ = ["_sweep", "fake", "nursery", "tiny", "warm"]


@pytest.fixture
def rounds(request: pytest.FixtureRequest) -> int:
    """How many rounds a test with random moments makes."""
    return 40 if request.config.getoption("--long") else 0
