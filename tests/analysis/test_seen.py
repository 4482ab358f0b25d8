"""A preset's promise and what a run of it showed."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dlwp_tui.analysis.seen import seen
from dlwp_tui.core.language import Text
from dlwp_tui.course import reader
from dlwp_tui.course.lesson import Lesson, Preset
from tests.runs.fake_run import FakeRun

Make = Callable[..., FakeRun]
QUICK = {"epochs": 3, "rate": 1.0, "mode": "ok", "noisy": True}


@pytest.fixture
def lesson(course_dir: object) -> Lesson:
    """The fake lesson; its quick preset promises a lowest validation loss in epoch 2, and then more."""
    fake = reader.load().lesson("1.1")
    promise = "argmin(run.val_loss) == 2 and last(run.val_loss) > min(run.val_loss)"
    quick = Preset(epochs=3, see=Text(zh="第 2 轮见底"), expect=promise)
    return fake.model_copy(update={"presets": {"book": fake.presets["book"], "quick": quick}})


def ran(run: FakeRun, *values: float, state: str = "finished") -> FakeRun:
    run.hold().say("queued").say("started").epochs("val_loss", *values)
    return run.say("ended", 9, state=state, seconds=9).release()


def test_a_promise_is_kept_or_not_with_the_figures(make_run: Make, lesson: Lesson) -> None:
    kept = seen(ran(make_run("1.1", params=QUICK, preset="quick"), 0.5, 0.25, 0.75).view(), lesson)
    assert kept is not None and kept.holds is True and kept.promise == "第 2 轮见底" and kept.label == "✓ seen here"
    assert kept.sentences == (
        "epoch of the lowest validation loss: 2",
        "last validation loss: 0.75",
        "lowest validation loss: 0.25",
    )
    broken = seen(ran(make_run("1.1", params=QUICK, preset="quick"), 0.5, 0.25, 0.2).view(), lesson)
    assert broken is not None and broken.holds is False and broken.label == "✗ not seen here"
    assert broken.figures["argmin(run.val_loss)"] == 3


def test_final_results_are_told_as_such(make_run: Make, lesson: Lesson) -> None:
    quick = lesson.presets["quick"].model_copy(update={"expect": "last(run.result_accuracy) > 0.5"})
    run = make_run("1.1", params=QUICK, preset="quick").hold().say("started").say("result", metrics={"accuracy": 0.75})
    view = run.say("ended", 9, state="finished").release().view()
    found = seen(view, lesson.model_copy(update={"presets": {"quick": quick}}))
    assert found is not None and found.holds is True and found.sentences == ("final accuracy: 0.75",)
    words = {"accuracy": Text(zh="认对的比例", en="Share right")}
    worded = lesson.model_copy(update={"presets": {"quick": quick}, "figures": words})
    found = seen(view, worded)
    assert found is not None and found.sentences == ("Share right: 0.75",)


def test_a_missing_figure_cannot_be_told(make_run: Make, lesson: Lesson) -> None:
    run = make_run("1.1", params=QUICK, preset="quick").hold().say("started").epochs("loss", 1, 2)
    found = seen(run.say("ended", 9, state="finished").release().view(), lesson)
    assert found is not None and found.holds is None and found.label.startswith("?")
    assert "val_loss" in found.missing[0]


@pytest.mark.parametrize(
    ("spec", "state"),
    [
        ({"params": QUICK, "preset": "quick"}, "stopped"),  # it did not show its end
        ({"params": QUICK | {"rate": 2.0}}, "finished"),  # the learner changed something
        ({"params": QUICK | {"epochs": 4}, "preset": "quick"}, "finished"),  # the preset was another one then
        ({"params": QUICK | {"epochs": 5}, "preset": "book"}, "finished"),  # book promises nothing
    ],
)
def test_other_runs_are_held_to_nothing(make_run: Make, lesson: Lesson, spec: dict[str, object], state: str) -> None:
    assert seen(ran(make_run("1.1", **spec), 0.5, 0.25, 0.75, state=state).view(), lesson) is None


def test_another_lesson_has_no_say(make_run: Make, lesson: Lesson) -> None:
    view = ran(make_run("3.4", params=QUICK, preset="quick"), 0.5, 0.25, 0.75).view()
    assert seen(view, lesson) is None and seen(view, None) is None
