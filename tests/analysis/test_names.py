"""Names of runs side by side: what differs, all different, no clock time alone."""

from __future__ import annotations

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
        ([run(), run(lesson="4.4")], ["3.4 · book", "4.4 · book"]),
    ],
)
def test_names(runs: list[Nameable], wanted: list[str]) -> None:
    assert names(runs, PRESETS) == wanted


def test_only_what_nothing_else_tells_apart_gets_its_time_behind_its_name() -> None:
    one, other = names([run(created=0.0), run(created=3661.0)], PRESETS)
    assert one != other and one.startswith("book · ") and other.startswith("book · ")


def test_a_lesson_that_is_gone_has_no_presets() -> None:
    assert names([run()], {}) == ["units 16 · dropout 0 · epochs 20 · validate on"]
