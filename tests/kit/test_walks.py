"""Walks down a slope: how each ended, and what the tables and pictures hold."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pytest

from dlwp_tui.kit import walks
from dlwp_tui.lab import Lab
from tests.lab.conftest import Events


@dataclass
class Walked:
    """A point that walked by hand."""

    path: list[np.ndarray]
    gradients: list[np.ndarray] = field(default_factory=list)


def dips(w: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """w⁴ - 2w² - 0.3w and its gradient: a shallow dip at -0.96, the deep one (-1.3054) at 1.036."""
    return w[0] ** 4 - 2 * w[0] ** 2 - 0.3 * w[0], 4 * w**3 - 4 * w - 0.3


def walked(*places: float) -> Walked:
    path = [np.array([place]) for place in places]
    return Walked(path, [dips(place)[1] for place in path[:-1]])


def test_each_end_is_named_and_counted(lab: Lab, events: Events, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DLWP_LANG", "en")
    made = {"deep": walked(0, 1.0356), "shallow": walked(0, -0.9601), "slow": walked(0, 0.5), "far": walked(1, 3)}
    counts = walks.show(lab, dips, -1.3054, made)
    assert counts == {"reached": 1, "stuck": 1, "moving": 1, "lost": 1}
    *pictures, ends, steps = events
    assert [picture["name"] for picture in pictures] == list(made)
    assert [row[0] for row in ends["rows"]] == list(made)
    assert ends["rows"][0] == ["deep", 1, "1.0356", "-1.305", "reached the lowest point"]
    assert [row[-1] for row in ends["rows"]][1:] == ["stuck in a shallow dip", "still moving", "diverged"]
    assert steps["title"] == "Step by step: deep" and steps["rows"] == [[0, "0.0000", "-0.3000", "0.0000"]]


def test_one_walk_needs_no_name_and_may_have_two_coordinates(lab: Lab, events: Events) -> None:
    path = [np.array([2.0, 1.0]) * (1 - k / 30) for k in range(31)]

    def bowl(w: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return w[0] ** 2 + w[1] ** 2, 2 * w

    counts = walks.show(lab, bowl, 0.0, {"": Walked(path, [2 * place for place in path[:-1]])})
    assert counts["reached"] == 1
    picture, ends, steps = events
    assert picture["name"] and ends["rows"][0][0]
    assert ends["rows"][0][1:3] == [30, "0.0000, 0.0000"]
    assert [row[0] for row in steps["rows"]] == [0, 1, 2, 3, 4, 5, 10, 20]
    assert steps["rows"][0][1:] == ["2.0000, 1.0000", "4.0000, 2.0000", "5.0000"]
