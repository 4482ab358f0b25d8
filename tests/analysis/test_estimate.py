"""What a run will cost, judged by runs and trials of other sizes."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from dlwp_tui.analysis import dry_runs, estimates
from dlwp_tui.analysis.estimates import Sample, estimate
from dlwp_tui.core import paths
from dlwp_tui.course import reader
from dlwp_tui.course.lesson import Lesson
from tests.runs.fake_run import T0, FakeRun

Make = Callable[..., FakeRun]
PARAMS = {"epochs": 10, "pause": 0.0, "batch_size": 8, "units": 16}


@pytest.fixture
def lesson(playground_dir: object) -> Lesson:
    return reader.load().lesson("1.1")


def sample(seconds: float = 12, setup: float = 2, **changed: object) -> Sample:
    fields = {name: changed.pop(name) for name in ("source", "device", "peak_mb", "steps") if name in changed}
    return Sample({**PARAMS, **changed}, setup, seconds - setup, T0, **fields)  # type: ignore[arg-type]


def test_nothing_known_is_said_as_such(lesson: Lesson) -> None:
    made = estimate(lesson, PARAMS, [])
    assert made.basis == "unknown" and made.seconds is None
    assert made.ram == estimates.Ram(50, measured=False)
    assert estimates.told(made) == "time: not known yet"


def test_the_same_run_takes_as_long_and_epochs_scale_the_work_not_the_setup(lesson: Lesson) -> None:
    known = [sample(12), sample(14), sample(13), sample(1000)]  # the newest three count
    made = estimate(lesson, PARAMS, known)
    assert (made.basis, made.seconds, made.runs) == ("same", 13, 3)
    assert estimate(lesson, PARAMS | {"epochs": 40}, [sample(12)]).seconds == 2 + 4 * 10
    assert estimates.told(made) == "about 13 s (as last time)"


def test_smaller_batches_take_longer_and_the_estimate_says_what_differs(lesson: Lesson) -> None:
    made = estimate(lesson, PARAMS | {"batch_size": 1}, [sample(12)])
    assert made.basis == "similar" and made.differing == ("batch_size",)
    assert made.seconds == pytest.approx(2 + 10 * 2)
    assert "batch_size" in estimates.told(made)


@pytest.mark.parametrize(
    ("changed", "known"),
    [
        ({"units": 32}, True),
        ({"units": 33}, False),  # more than twice the size: nothing is known of it
        ({"units": 8}, True),
        ({"pause": 5.0}, True),  # a rate is no size
    ],
)
def test_only_runs_of_about_the_same_size_tell(lesson: Lesson, changed: dict[str, float], known: bool) -> None:
    made = estimate(lesson, PARAMS | changed, [sample(12)])
    assert made.basis == ("similar" if known else "unknown")
    assert (made.seconds == 12) is known


def test_a_trial_of_this_size_beats_a_run_of_another_and_a_run_beats_both(lesson: Lesson) -> None:
    other, tried, ran = sample(50, units=20), sample(30, steps=40), sample(31)
    assert estimate(lesson, PARAMS, [other]).basis == "similar"
    made = estimate(lesson, PARAMS, [other, tried])
    assert (made.basis, made.seconds, made.steps) == ("trial", 30, 40)
    assert estimates.told(made) == "about 30 s (40 steps tried)"
    assert estimate(lesson, PARAMS, [other, tried, ran]).basis == "same"


def test_other_data_and_other_devices_do_not_tell(lesson: Lesson) -> None:
    known = [sample(12, source="synthetic"), sample(90, source="unverified")]
    assert estimate(lesson, PARAMS, known, source="synthetic").seconds == 12
    assert estimate(lesson, PARAMS, known, source="real").seconds == 90
    known = [sample(3, device="gpu"), sample(12)]
    assert estimate(lesson, PARAMS, known).seconds == 3
    assert estimate(lesson, PARAMS, known, device="cpu").seconds == 12


def test_memory_is_what_runs_held_and_a_trials_part_does_not_count(lesson: Lesson) -> None:
    known = [sample(peak_mb=460, epochs=3), sample(peak_mb=480), sample(peak_mb=9000, units=1000)]
    assert estimate(lesson, PARAMS, known).ram == estimates.Ram(480, measured=True)
    assert estimate(lesson, PARAMS | {"units": 500}, known[:2]).ram == estimates.Ram(50, measured=False)
    assert estimates.told_ram(estimates.Ram(480, True), 18637) == "memory: needs 480 MB, 18.2 GB free"


def test_samples_come_from_the_history(make_run: Make, lesson: Lesson) -> None:
    run = make_run("1.1", params=PARAMS, host="here").hold().say("queued").say("started", 10, device="cpu")
    for epoch in range(1, 11):
        run.say("epoch", 11 + 2 * epoch, epoch=epoch, epochs=10, metrics={"loss": 1.0}, seconds=2)
    run.say("ended", 32, state="finished", seconds=22, peak_mb=321).release()
    half = make_run("1.1", params=PARAMS, host="here").hold().say("started", 10, device="GPU 0: X")
    half.say("epoch", 15, epoch=1, epochs=10, metrics={"loss": 1.0}, seconds=2).say("ended", 15, state="stopped")
    half.release()
    make_run("1.1", params=PARAMS).hold().say("started", 1).say("ended", 2, state="failed").release()
    make_run("1.1", params=PARAMS, host="elsewhere").hold().say("started", 1).say(
        "ended", 2, state="finished"
    ).release()
    stopped, whole = estimates.samples("1.1", "here")
    assert (whole.setup_s, whole.seconds, whole.peak_mb, whole.device) == (1, 22, 321, "cpu")
    assert (stopped.setup_s, stopped.work_s, stopped.peak_mb, stopped.device) == (3, pytest.approx(20), None, "gpu")
    assert len(estimates.samples("1.1")) == 3


def test_a_stopped_run_of_several_fits_does_not_tell(make_run: Make, lesson: Lesson) -> None:
    run = make_run("1.1", params=PARAMS).hold().say("started")
    for fold in ("fold 1", "fold 2"):
        run.say("epoch", 5, label=fold, epoch=1, epochs=2, metrics={"loss": 1.0}, seconds=1)
    run.say("ended", 9, state="stopped").release()
    assert estimates.samples("1.1") == []


def test_trials_are_remembered_by_machine_and_a_damaged_file_is_none(lesson: Lesson) -> None:
    fields = {"params": PARAMS, "setup_s": 1.0, "work_s": 9.0, "created": T0, "steps": 30, "of the future": 1}
    dry_runs.add("1.1", "here", fields)
    dry_runs.add("3.4", "here", fields)
    (found,) = estimates.samples("1.1", "here")
    assert found.seconds == 10 and found.steps == 30
    assert estimates.samples("1.1", "elsewhere") == []
    path = paths.cache() / "trials.json"
    path.write_text('[{"lesson": "1.1", "host": "here", "sample": {}}, 3]')
    assert estimates.samples("1.1", "here") == []
    path.write_text("half a fi")
    assert estimates.samples("1.1", "here") == []
    for _ in range(3):
        dry_runs.add("1.1", "here", fields)
    assert len(json.loads(path.read_text())) == 3
