"""Which runs an experiment and an exact claim rest on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dlwp_tui.analysis import evidence, exact, provenance, verdict
from dlwp_tui.core.versions import versions
from dlwp_tui.course import reader
from dlwp_tui.course.lesson import Experiment, Lesson
from tests.runs.fake_run import FakeRun

Make = Callable[..., FakeRun]


@pytest.fixture
def lesson(course_dir: Path) -> Lesson:
    return reader.load(course_dir).lesson("1.1")


@pytest.fixture
def experiment(lesson: Lesson) -> Experiment:
    return lesson.experiment("more-rate-more-loss")


@pytest.fixture
def made(lesson: Lesson, make_run: Make) -> Callable[..., FakeRun]:
    """A finished run of the lesson as it is now."""

    def make(loss: float, source: str = "", over: bool = True, **fields: Any) -> FakeRun:
        fields = {"depends": provenance.depends(lesson), "versions": versions()} | fields
        run = make_run("1.1", **fields).hold().say("started")
        if source:
            run.say("dataset", name="imdb", source=source)
        run.epochs("loss", 5.0, loss)
        return run.say("ended", 3, state="finished").release() if over else run

    return make


def whole(made: Make, lesson: Lesson, experiment: Experiment, small: float, big: float, **fields: Any) -> None:
    for run in verdict.plan(lesson, experiment):
        made({"base": small, "big": big}[run.side], params=run.params, seed=run.seed, **fields)


def test_runs_serve_whoever_started_them(made: Make, lesson: Lesson, experiment: Experiment) -> None:
    plan = verdict.plan(lesson, experiment)
    for run in plan[:5]:
        made(run.params["rate"], params=run.params, seed=run.seed)
    found = evidence.read()
    assert found.missing(lesson, experiment, None) == [plan[5]]
    result = found.verdict(lesson, experiment)
    assert result is not None and result.kind == "holds" and not result.stale and len(result.runs) == 5
    assert result.seconds == pytest.approx(15.0)


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"depends": {"code": "another"}}, "The lesson's code has changed since."),
        ({"versions": dict(versions(), keras="2.15")}, "It was keras 2.15, now it is"),
        ({"depends": {}}, "before the code of runs was recorded"),
    ],
)
def test_runs_of_other_code_are_out_of_date_and_made_again(
    made: Make, lesson: Lesson, experiment: Experiment, fields: dict[str, Any], says: str
) -> None:
    whole(made, lesson, experiment, 2.0, 1.0, **fields)
    found = evidence.read()
    assert len(found.missing(lesson, experiment, None)) == 6
    result = found.verdict(lesson, experiment)
    assert result is not None and result.kind == "does not hold" and says in result.stale[0]
    assert result.label == "✗ does not hold (out of date)"
    whole(made, lesson, experiment, 1.0, 2.0)
    whole(made, lesson, experiment, 2.0, 1.0, **fields)
    result = evidence.read().verdict(lesson, experiment)
    assert result is not None and result.kind == "holds" and not result.stale, "newer ones of other code do not count"


def test_a_run_at_work_is_waited_for_and_a_failed_one_made_again(
    made: Make, lesson: Lesson, experiment: Experiment
) -> None:
    plan = verdict.plan(lesson, experiment)
    made(1.0, params=plan[0].params, seed=plan[0].seed, over=False)
    failed = made(1.0, params=plan[1].params, seed=plan[1].seed, over=False)
    failed.say("ended", state="failed").release()
    found = evidence.read()
    assert found.missing(lesson, experiment, None) == list(plan[1:])
    result = found.verdict(lesson, experiment)
    assert result is not None and result.kind == "pending"


def test_real_and_synthetic_runs_are_kept_apart(made: Make, lesson: Lesson, experiment: Experiment) -> None:
    whole(made, lesson, experiment, 1.0, 2.0, source="synthetic")
    one = verdict.plan(lesson, experiment)[0]
    made(9.0, params=one.params, seed=one.seed, source="unverified")
    found = evidence.read()
    assert len(found.missing(lesson, experiment, "real")) == 5 and not found.missing(lesson, experiment, "synthetic")
    result = found.verdict(lesson, experiment)
    assert result is not None and result.kind == "holds" and result.synthetic, "the kind that is whole"
    whole(made, lesson, experiment, 2.0, 1.0, source="real")
    result = evidence.read().verdict(lesson, experiment)
    assert result is not None and result.kind == "does not hold" and not result.synthetic, "of two whole ones real"


def test_figures_of_single_batches_are_found(make_run: Make, lesson: Lesson) -> None:
    experiment = Experiment(id="x", statement="s", preset="quick", runs={"a": {}}, seeds=1, expect="last(a.lr) < 1")
    run = make_run("1.1", params=lesson.values("quick")).hold().say("started")
    run.say("batch", epoch=1, step=1, steps=2, metrics={"lr": 0.5}).say("ended", state="finished").release()
    result = evidence.read().verdict(lesson, experiment)
    assert result is not None and result.kind == "holds"


def test_exact_claims_are_checked_by_quick_or_by_the_preset_that_reaches_them(made: Make, lesson: Lesson) -> None:
    found = exact.of(evidence.read(), lesson)
    assert found.claims == ("C001",) and not found.checked and found.untried == ("quick", "book")
    assert exact.of(evidence.read(), lesson, claims=["C002"]).untried == ()
    made(1.0, params=lesson.values("quick"))
    assert exact.of(evidence.read(), lesson).untried == ("book",), "quick did not reach it"
    book = made(1.0, params=lesson.values("book"), over=False)
    assert exact.of(evidence.read(), lesson).at_work and not exact.of(evidence.read(), lesson).untried
    for got in (1, 2):
        book.say("check", statement="one", claim="C001", got=got, want=1, ok=got == 1)
    book.say("ended", state="finished").release()
    found = exact.of(evidence.read(), lesson)
    assert not found.untried and found.checked["C001"].kind == "does not hold", "one of its two checks failed"
    assert exact.in_words(found.checked["C001"]) == ("✓ one (1 / 1)", "✗ one (2 / 1)")
    old = {"code": provenance.depends(lesson)["code"], "proofs": "another"}
    newer = made(1.0, params=lesson.values("quick"), depends=old, over=False)
    newer.say("check", statement="one", claim="C001", got=1, want=1, ok=True).say("ended", state="finished").release()
    assert exact.of(evidence.read(), lesson).checked["C001"].kind == "does not hold", "of proofs of today"
