"""The memory forecast of every lesson against what was measured: within a factor of 1.5."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from dlwp_tui.course import reader

MEASURED = Path(__file__).parents[2] / "content" / "quick-presets.json"
"""Every lesson's quick preset."""
LARGE = Path(__file__).with_name("peaks.json")
"""Runs of a few steps at large corners of the params: `peak_mb` of the event `ended`, on a CPU with 2 cores."""
FACTOR = 1.5
NOT_YET = {"9.2"}
"""Lessons that the file of the quick presets lacks."""


def _rows(file: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(file.read_bytes())
    return rows


@pytest.mark.parametrize("file", [MEASURED, LARGE], ids=["quick", "large"])
def test_the_forecast_is_near_what_was_measured(file: Path) -> None:
    course = reader.load()
    wrong = []
    for row in _rows(file):
        lesson = course.lesson(row["lesson"])
        forecast = lesson.needs_mb(lesson.values(row["preset"], row.get("values")))
        if not 1 / FACTOR <= forecast / row["peak_mb"] <= FACTOR:
            wrong.append(f"{lesson.id} {row.get('values', row['preset'])}: {forecast}, measured {row['peak_mb']}")
    assert not wrong, "\n".join(wrong)


def test_every_lesson_was_measured() -> None:
    with_lesson = {section.lesson().id for section in reader.load().sections if section.has_lesson}
    assert {row["lesson"] for row in _rows(MEASURED)} >= with_lesson - NOT_YET


def test_a_param_that_makes_arrays_larger_makes_the_forecast_larger() -> None:
    """Every lesson that trains with a batch size, a width or a window of the learner's choice."""
    growing = ("batch_size", "units", "filters", "width", "side", "lookback", "maxlen", "words", "samples")
    small_enough = {
        "2.2": "it trains nothing", "2.4": "of two numbers", "3.1": "it trains nothing", "4.2": "404 houses",
        "6.1.1": "two sentences", "6.2": "one sequence", "6.2.2": "one sequence",
    }  # fmt: skip
    for lesson in (section.lesson() for section in reader.load().sections if section.has_lesson):
        if lesson.id in small_enough or not (named := [name for name in growing if name in lesson.params]):
            continue
        quick = lesson.values("quick")
        most = {name: lesson.params[name].max or 0 for name in named}
        assert lesson.needs_mb(quick | most) > lesson.needs_mb(quick), lesson.id
