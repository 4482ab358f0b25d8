"""Lesson 9.2 on the synthetic twin: a nudge along the gradient, pictures turned and moved, what its proofs check."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dlwp_tui.runs.view import RunView
from tests.lessons.conftest import claims

pytestmark = pytest.mark.keras
SMALL: dict[str, Any] = {"samples": 2000, "epochs": 3, "filters": 4}


def test_a_nudge_fools_and_noise_does_not(study: Callable[..., RunView]) -> None:
    view = study("9.2", **SMALL)
    assert claims(view) == {"C286", "C287", "C288", "C290"}
    found = view.results[""]
    assert found["adversarial"] < found["noisy"] <= found["straight"] + 0.05
    assert found["moved"] < found["straight"]


def test_no_nudge_and_no_turn_change_nothing(study: Callable[..., RunView]) -> None:
    found = study("9.2", **SMALL | {"epochs": 1, "epsilon": 0.0, "degrees": 0.0, "pixels": 0, "augment": True}).results[
        ""
    ]
    assert found["adversarial"] == found["noisy"] == found["straight"] == found["moved"]
    assert found["rotated"] == pytest.approx(found["straight"], abs=0.002)
