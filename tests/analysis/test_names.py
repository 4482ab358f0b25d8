"""Names of runs side by side: what differs, all different, no clock time alone."""

from __future__ import annotations

import time
from time import process_time
from typing import Any

import pytest

from dlwp_tui.analysis.names import Nameable, names
from dlwp_tui.core.types import Value

BOOK: dict[str, Value] = {"units": 16, "dropout": 0.0, "epochs": 20, "validate": True}
PRESETS: dict[str, dict[str, dict[str, Value]]] = {
    lesson: {"book": BOOK, "quick": BOOK | {"epochs": 8}} for lesson in ("3.4", "4.4")
}


def run(
    seed: int = 1, source: Any = None, given: str = "", lesson: str = "3.4", created: float = 0.0, **params: Any
) -> Nameable:
    return Nameable(lesson, BOOK | params, None, seed, created, source, given)


@pytest.mark.parametrize(
    ("runs", "wanted"),
    [
        ([run()], ["book"]),
        ([run(epochs=8)], ["quick"]),
        ([run(epochs=8, units=4)], ["units 4"]),
        ([run(), run(units=64)], ["units 16", "units 64"]),
        ([run(dropout=0.5), run(units=64)], ["units 16 · dropout 0.5", "units 64 · dropout 0"]),
        ([run(), run(validate=False)], ["validate on", "validate off"]),
        ([run(1), run(2)], ["book · seed 1", "book · seed 2"]),
        ([run(1), run(2), run(1, units=64)], ["units 16 · seed 1", "units 16 · seed 2", "units 64"]),
        ([run(source="real"), run(source="synthetic")], ["book · real data", "book · synthetic"]),
        ([run(given="my best"), run(units=64)], ["my best", "units 64"]),
        ([run(given="my best"), run(lesson="4.4")], ["3.4 · my best", "4.4 · book"]),
        ([run(), run(lesson="4.4")], ["3.4 · book", "4.4 · book"]),
        ([run(), run(lesson="4.4", units=4)], ["3.4 · book", "4.4 · book · units 4"]),
        ([run(), run(epochs=8, units=4, dropout=0.5)], ["book", "quick · units 4 · dropout 0.5"]),
        (
            [run(units=4, dropout=0.1), run(epochs=8, units=4, validate=False)],
            ["book · units 4 · dropout 0.1", "quick · units 4 · validate off"],
        ),
    ],
)
def test_names(runs: list[Nameable], wanted: list[str]) -> None:
    assert names(runs, PRESETS) == wanted


def test_only_what_nothing_else_tells_apart_gets_its_time_behind_its_name() -> None:
    one, other = names([run(created=0.0), run(created=3661.0)], PRESETS)
    assert one != other and one.startswith("book · ") and other.startswith("book · ")


def test_the_time_has_seconds_only_within_one_minute() -> None:
    assert names([run(created=0.0), run(created=90.0)], PRESETS) == [
        f"book · {time.strftime('%m-%d %H:%M', time.localtime(at))}" for at in (0, 90)
    ]
    assert names([run(created=0.0), run(created=30.0)], PRESETS) == [
        f"book · {time.strftime('%m-%d %H:%M:%S', time.localtime(at))}" for at in (0, 30)
    ]


def test_a_lesson_that_is_gone_has_no_presets() -> None:
    assert names([run()], {}) == ["units 16 · dropout 0 · epochs 20 · validate on"]


def test_by_preset_a_name_stays_the_same_whatever_other_runs_there_are() -> None:
    several = [run(), run(units=64), run(epochs=8)]
    assert names(several, PRESETS, by_preset=True) == ["book", "book · units 64", "quick"]
    assert names(several[1:], PRESETS, by_preset=True) == ["book · units 64", "quick"]


def test_a_thousand_names_are_quick() -> None:
    runs = [run(seed=number, units=number % 90, epochs=8 + number % 3, dropout=0.1) for number in range(1000)]
    began = process_time()
    assert len(set(names(runs, PRESETS))) == 1000
    assert process_time() - began < 0.2, "0.015 s on a quiet machine; quadratic it took seconds"
