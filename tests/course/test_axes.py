"""The space of a search, as a learner writes it."""

from __future__ import annotations

from pathlib import Path

import pytest

from dlwp_tui.core.errors import UsageError
from dlwp_tui.course import axes, reader
from dlwp_tui.course.axes import Axis
from dlwp_tui.course.lesson import Lesson


@pytest.fixture
def lesson(course_dir: Path) -> Lesson:
    return reader.load(course_dir).lesson("1.1")


def test_ranges_and_choices(lesson: Lesson) -> None:
    assert axes.read(lesson, "epochs=2..64:log, rate=0.5..4,mode=ok|nan,noisy") == [
        Axis("epochs", 2, 64, whole=True, log=True),
        Axis("rate", 0.5, 4),
        Axis("mode", choices=("ok", "nan")),
        Axis("noisy", choices=(False, True)),
    ]
    assert axes.read(lesson, "epochs=10..50:step=10") == [Axis("epochs", 10, 50, whole=True, step=10)]
    assert axes.read(lesson, "epochs=8|16") == [Axis("epochs", choices=(8, 16))]


@pytest.mark.parametrize(
    "text",
    [
        "", ",", "depth=1..3", "epochs", "epochs=5", "epochs=5..5", "epochs=9..3", "epochs=0..5", "epochs=1..2:cube",
        "rate=0..1:log", "rate=-1..2", "mode=ok", "mode=ok|other", "epochs=1..9,epochs=2..3", "epochs=1.5..3",
        "epochs=1..9:step=0", "epochs=1..9:log:step=2",
    ],
)  # fmt: skip
def test_what_cannot_be_searched(lesson: Lesson, text: str) -> None:
    with pytest.raises(UsageError) as error:
        axes.read(lesson, text)
    assert error.value.message


def test_places_on_an_axis() -> None:
    log, linear = Axis("n", 16, 256, whole=True, log=True), Axis("x", 0, 10)
    assert [log.share(value) for value in (16, 64, 256)] == [0, pytest.approx(0.5), 1]
    assert linear.share(2.5) == 0.25
    assert Axis("o", choices=("a", "b", "c")).share("b") == 0.5
