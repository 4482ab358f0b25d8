"""Lesson 4.3: the better the features, the less there is to learn."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dlwp_tui.core.errors import UsageError
from dlwp_tui.runs.view import RunView
from tests.lessons.conftest import curve, table
from tests.lessons.digits import demo_of

pytestmark = pytest.mark.keras


def test_three_kinds_of_features(study: Callable[..., RunView]) -> None:
    view = study("4.3", samples=200, epochs=2)
    assert {key.label for key in view.curves if key.metric == "val_minutes_off"} == {
        "像素",
        "坐标",
        "角度",
    }
    assert set(view.results[""]) == {"pixels", "coordinates", "angles"}
    rows = table(view, "平均读错几分钟")
    assert [(row[0], row[2]) for row in rows] == [("像素", "78,913"), ("坐标", "1,249"), ("角度", "3"), ("查表", 0)]
    assert len(view.models) == 3
    assert view.pictures[0].name == "前八个钟"
    answer = demo_of(view)
    assert answer("3:00")["picture"].shape == (32, 32)
    assert [line.split()[0] for line in answer("10:10")["text"].splitlines()] == ["像素", "坐标", "角度"]
    with pytest.raises(UsageError):
        answer("half past nine")


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_angles_beat_coordinates(study: Callable[..., RunView], seed: int) -> None:
    coordinates = study("4.3", features="coordinates", samples=1000, epochs=15, seed=seed)
    angles = study("4.3", features="angles", samples=1000, epochs=30, seed=seed, learning_rate=0.01)
    assert angles.results[""]["angles"] < 2 < coordinates.results[""]["coordinates"]
    assert curve(coordinates, "val_minutes_off", "坐标")[-1] < 60
