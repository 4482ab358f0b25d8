"""Lesson 8.1 on the synthetic twin: the windows, texts at four temperatures, the demo that writes on."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest

from dlwp_tui.core.errors import UsageError
from dlwp_tui.runs.view import RunView
from tests.lessons.conftest import claims, curve, table
from tests.lessons.demos import demo_of

pytestmark = pytest.mark.keras
SMALL: dict[str, Any] = {"characters": 9000, "units": 8, "maxlen": 10, "epochs": 3, "length": 80}


def test_it_learns_and_writes(study: Callable[..., RunView]) -> None:
    view = study("8.1", **SMALL)
    assert claims(view) == {"C250", "C251", "C252", "C253", "C254"}
    loss = curve(view, "loss")
    assert len(loss) == 3 and loss[2] < loss[0] < math.log(57)
    assert [text.title for text in view.texts] == ["After epoch 1", "After epoch 2", "After epoch 3"]
    assert view.texts[-1].body.count("Temperature") == 4
    rows = table(view, "Low temperatures repeat, high ones invent")
    assert [row[0] for row in rows] == [0.2, 0.5, 1.0, 1.2]
    result = view.results[""]
    assert result["perplexity"] == pytest.approx(math.exp(curve(view, "val_loss")[-1]), rel=1e-3)
    assert result["new_02"] <= result["new_12"]

    ask = demo_of(view)
    answer = ask("The soul 中", temperature=0.5)
    assert answer["text"].startswith("the soul 中") and len(answer["text"]) == 10 + 400
    assert answer["unknown"] == ["中"]
    with pytest.raises(UsageError):
        ask("中文", temperature=0.5)


def test_a_low_temperature_repeats(study: Callable[..., RunView]) -> None:
    """Greedy writing of a small network soon goes in circles; at 2.0 it does not."""
    ask = demo_of(study("8.1", **SMALL | {"epochs": 1}))
    low, high = (len(set(ask("the", temperature=t)["text"])) for t in (0.1, 2.0))
    assert low < high
