"""What a run will take, judged by runs, a dry run or the measured presets."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dlwp_tui.analysis import estimates
from dlwp_tui.analysis.estimates import Estimator, Timing
from dlwp_tui.core import hardware, paths, speed
from dlwp_tui.core.types import Value
from dlwp_tui.course import reader
from dlwp_tui.course.lesson import Lesson
from tests.benchmarks import quick
from tests.runs.fake_run import FakeRun

Make = Callable[..., FakeRun]
PARAMS: dict[str, Value] = {"epochs": 10, "pause": 0.0, "batch_size": 8, "units": 16}


@pytest.fixture
def lesson(playground_dir: object) -> Lesson:
    return reader.load().lesson("1.1")


@pytest.fixture(autouse=True)
def _this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hardware, "host", lambda: "here")


def timing(seconds: float = 12, setup: float = 2, basis: estimates.Basis = "run", **changed: Any) -> Timing:
    fields = {name: changed.pop(name) for name in ("device", "peak_mb") if name in changed}
    return Timing(basis, PARAMS | changed, seconds, setup, **fields)


def test_nothing_known(lesson: Lesson) -> None:
    estimate = Estimator(lesson).of(PARAMS)
    assert (estimate.basis, estimate.seconds, estimate.ram_mb) == ("unknown", None, 50)
    assert str(estimate) == "time: not known yet"


def test_epochs_scale_the_work_and_not_the_setup(lesson: Lesson) -> None:
    estimate = Estimator(lesson, (timing(12), timing(14), timing(13), timing(1000))).of(PARAMS)
    assert (estimate.basis, estimate.seconds) == ("run", 13)  # the newest three count
    assert Estimator(lesson, (timing(12),)).of(PARAMS | {"epochs": 40}).seconds == 2 + 4 * 10
    assert str(estimate) == "about 13 s (as last time)"


@pytest.mark.parametrize("changed", [{"units": 17}, {"pause": 0.1}, {"batch_size": 4}, {"more": 1}])
def test_runs_with_other_params_do_not_count(lesson: Lesson, changed: dict[str, float]) -> None:
    assert Estimator(lesson, (timing(12, peak_mb=460),)).of(PARAMS | changed) == estimates.Estimate("unknown", None, 50)


def test_runs_come_before_a_dry_run_and_that_before_the_presets(lesson: Lesson) -> None:
    dry, preset = timing(30, basis="dry run"), timing(50, basis="preset")
    assert str(Estimator(lesson, (dry, preset)).of(PARAMS)) == "about 30 s (after a dry run)"
    assert str(Estimator(lesson, (preset,)).of(PARAMS)) == "about 50 s (as measured)"
    assert Estimator(lesson, (timing(31), dry, preset)).of(PARAMS).seconds == 31


def test_another_device_does_not_count(lesson: Lesson) -> None:
    estimator = Estimator(lesson, (timing(3, device="GPU 0: X"), timing(12)))
    assert [estimator.of(PARAMS, device).seconds for device in ("auto", "gpu", "cpu")] == [3, 3, 12]
    assert Estimator(lesson, (timing(3, basis="preset"),)).of(PARAMS, "gpu").seconds is None


def test_memory_is_what_runs_of_these_params_held(lesson: Lesson) -> None:
    known = (timing(peak_mb=460, epochs=3), timing(peak_mb=480), timing(peak_mb=9000, units=1000))
    assert Estimator(lesson, known).of(PARAMS).ram_mb == 480
    assert Estimator(lesson, known).of(PARAMS | {"units": 500}).ram_mb == 50
    assert estimates.ram_text(480, 18637) == "memory: needs up to 480 MB, 18.2 GB free"


def test_runs_come_from_the_history_of_this_machine(make_run: Make, lesson: Lesson) -> None:
    run = make_run("1.1", params=PARAMS, host="here").hold().say("queued").say("started", 10, device="cpu")
    for epoch in range(1, 11):
        run.say("epoch", 11 + 2 * epoch, epoch=epoch, epochs=10, metrics={"loss": 1.0}, seconds=2)
    run.say("ended", 32, state="finished", seconds=22, peak_mb=321).release()
    half = make_run("1.1", params=PARAMS, host="here").hold().say("started", 10, device="GPU 0: X")
    half.say("epoch", 15, epoch=1, epochs=10, metrics={"loss": 1.0}, seconds=2)
    half.say("ended", 15, state="stopped", peak_mb=99).release()
    make_run("1.1", params=PARAMS).hold().say("started", 1).say("ended", 2, state="failed").release()
    other = make_run("1.1", params=PARAMS, host="elsewhere").hold().say("started", 1)
    other.say("ended", 2, state="finished").release()
    stopped, whole = estimates.read(lesson).timings
    assert (whole.setup_s, whole.seconds, whole.peak_mb, whole.device) == (1, 22, 321, "cpu")
    assert (stopped.setup_s, stopped.peak_mb, stopped.device) == (3, None, "GPU 0: X")
    assert stopped.seconds == pytest.approx(23)
    assert estimates.needed_mb(lesson, PARAMS) == 321 and estimates.needed_mb(lesson, PARAMS | {"units": 1}) == 50


def test_a_stopped_run_of_several_fits_does_not_count(make_run: Make, lesson: Lesson) -> None:
    run = make_run("1.1", params=PARAMS).hold().say("started")
    for fold in ("fold 1", "fold 2"):
        run.say("epoch", 5, label=fold, epoch=1, epochs=2, metrics={"loss": 1.0}, seconds=1)
    run.say("ended", 9, state="stopped").release()
    assert estimates.read(lesson).timings == ()


def test_a_dry_run_is_kept_for_this_machine_and_a_damaged_file_is_none(
    lesson: Lesson, monkeypatch: pytest.MonkeyPatch
) -> None:
    estimates.keep_dry_run("1.1", timing(99, basis="dry run"))
    estimates.keep_dry_run("1.1", timing(10, basis="dry run"))
    estimates.keep_dry_run("3.4", timing(98, basis="dry run"))
    assert estimates.read(lesson).timings == (timing(10, basis="dry run"),)
    (kept,) = paths.cache().glob("dry run of 1.1 *")
    for damaged in ('{"basis": "run"}', "half a fi", "[3]"):
        kept.write_text(damaged)
        assert estimates.read(lesson).timings == ()
    estimates.keep_dry_run("1.1", timing(10, basis="dry run"))
    monkeypatch.setattr(hardware, "host", lambda: "elsewhere")
    assert estimates.read(lesson).timings == ()


def test_measured_presets_are_scaled_to_the_speed_of_this_machine(
    lesson: Lesson, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(speed, "benchmark", lambda: 0.05)
    moved = lesson.model_copy(update={"content": tmp_path})
    file = tmp_path / "quick-presets.json"
    record = {"lesson": "1.1", "preset": "quick", "cpu_seconds": [8, 30, 10], "benchmark_s": 0.1}
    file.write_text(json.dumps([record, record | {"lesson": "1.2"}, record | {"preset": "gone"}]))
    estimator = estimates.read(moved)
    assert str(estimator.of(lesson.values("quick"))) == "about 5 s (as measured)"
    assert estimator.of(lesson.values("quick", {"epochs": 6})).seconds == 10
    assert estimator.of(lesson.values("book", {"units": 17})).seconds is None
    for damaged in ("[{}]", "[", "3"):
        file.write_text(damaged)
        assert estimates.read(moved).timings == ()


def test_the_speed_is_measured_once_a_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    found = speed.benchmark()
    assert 0 < found < 3  # 0.028 on the machine of the presets
    monkeypatch.setattr(speed, "_work", lambda: 7.0)
    assert speed.benchmark() == found
    monkeypatch.setattr(hardware, "host", lambda: "elsewhere")
    assert speed.benchmark() == 7.0
    next(paths.cache().glob("speed of elsewhere*")).write_text("half")
    monkeypatch.setattr(speed, "_work", lambda: 8.0)
    assert speed.benchmark() == 8.0


def test_every_quick_preset_is_measured_and_the_table_is_made_from_that() -> None:
    records = json.loads(quick.FIGURES.read_bytes())
    assert quick.TABLE.read_text(encoding="utf-8") == quick.table(records)
    course = reader.load()
    assert {record["lesson"] for record in records} == {section.id for section in course.sections if section.has_lesson}
    for record in records:
        assert len(record["cpu_seconds"]) == 3 and record["benchmark_s"] > 0, record["lesson"]
