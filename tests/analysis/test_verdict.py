"""Every seed votes; the majority of the seeds decides; what is synthetic says so."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import pytest

from dlwp_tui.analysis import verdict
from dlwp_tui.analysis.verdict import Verdict
from dlwp_tui.course import expect, reader
from dlwp_tui.course.lesson import Experiment, Lesson
from dlwp_tui.runs.spec import ExperimentVote
from dlwp_tui.runs.view import RunView
from tests.runs.fake_run import FakeRun

Make = Callable[..., FakeRun]
EXPERIMENT = Experiment(
    id="later",
    statement="s",
    runs={"base": {}, "small": {}},
    seeds=3,
    expect="argmin(small.val_loss) > argmin(base.val_loss)",
)
LATE, EARLY = (3.0, 2.0, 1.0), (1.0, 2.0, 3.0)


@pytest.fixture
def lesson(course_dir: Path) -> Lesson:
    return reader.load(course_dir).lesson("1.1")


def judged(
    make_run: Make,
    votes: list[tuple[tuple[float, ...], tuple[float, ...]]],
    sources: tuple[str, str] = ("real", "real"),
    state: str = "finished",
    experiment: Experiment = EXPERIMENT,
) -> Verdict:
    views: dict[tuple[str, int], RunView] = {}
    for vote, sides in enumerate(votes):
        for side, source, values in zip(("base", "small"), sources, sides, strict=True):
            run = (
                make_run().hold().say("started").say("dataset", name="imdb", source=source).epochs("val_loss", *values)
            )
            views[side, vote] = run.say("ended", 4, state=state).release().view()
    return verdict.judge(experiment, views)


def test_the_majority_decides_and_the_figures_are_medians(make_run: Make) -> None:
    result = judged(make_run, [(EARLY, LATE), (LATE, EARLY), (EARLY, (3.0, 1.0, 2.0))])
    assert result.kind == "holds" and [vote.holds for vote in result.votes] == [True, False, True]
    assert result.figures == {"argmin(small.val_loss)": 2.0, "argmin(base.val_loss)": 1.0}
    assert result.source == "real" and not result.synthetic and result.label == "✓ holds"


def test_a_majority_against(make_run: Make) -> None:
    result = judged(make_run, [(LATE, EARLY), (LATE, LATE), (EARLY, LATE)])
    assert result.kind == "does not hold" and result.label == "✗ does not hold"


def test_a_tie_is_undecided(make_run: Make) -> None:
    experiment = EXPERIMENT.model_copy(update={"seeds": 2})
    assert judged(make_run, [(EARLY, LATE), (LATE, EARLY)], experiment=experiment).kind == "undecided"


@pytest.mark.parametrize("state", ["stopped", "failed"])
def test_runs_that_did_not_finish_have_no_vote(make_run: Make, state: str) -> None:
    result = judged(make_run, [(EARLY, LATE)] * 3, state=state)
    assert result.kind == "undecided" and all(vote.holds is None for vote in result.votes)
    assert state in result.why[0]


def test_missing_seeds_count_against_a_majority(make_run: Make) -> None:
    assert judged(make_run, [(EARLY, LATE)]).kind == "undecided"
    result = judged(make_run, [(EARLY, LATE)] * 2)
    assert result.kind == "holds", "the third seed could not change it"
    assert "not started" in result.why[0]
    assert verdict.judge(EXPERIMENT, {}).kind == "undecided"


def test_synthetic_data_is_labelled_and_never_mixed_with_real(make_run: Make) -> None:
    result = judged(make_run, [(EARLY, LATE)] * 3, sources=("synthetic", "synthetic"))
    assert result.kind == "holds" and result.synthetic and "synthetic" in result.label
    mixed = judged(make_run, [(EARLY, LATE)] * 3, sources=("real", "synthetic"))
    assert mixed.kind == "undecided" and "cannot be compared" in mixed.why[0] and mixed.synthetic
    unverified = judged(make_run, [(EARLY, LATE)] * 3, sources=("unverified", "real"))
    assert unverified.kind == "holds" and "unverified" in unverified.label


def test_a_figure_that_is_no_number_has_no_say(make_run: Make) -> None:
    result = judged(make_run, [((1.0, math.nan, 2.0), LATE)] * 3)
    assert result.kind == "undecided" and result.why
    missing = EXPERIMENT.model_copy(update={"expect": "last(base.val_mae) < 1"})
    assert judged(make_run, [(EARLY, LATE)] * 3, experiment=missing).kind == "undecided"


def test_a_run_at_work_makes_it_pending(make_run: Make) -> None:
    views = {}
    for vote in range(3):
        for side in ("base", "small"):
            run = make_run().hold().say("started").epochs("val_loss", *(LATE if side == "small" else EARLY))
            if vote < 2:
                run.say("ended", state="finished").release()
            views[side, vote] = run.view()
    result = verdict.judge(EXPERIMENT, views)
    assert result.kind == "pending" and [vote.holds for vote in result.votes] == [True, True, None]


def test_the_plan_names_every_run(lesson: Lesson) -> None:
    plan = verdict.plan(lesson, lesson.experiment("more-rate-more-loss"))
    assert [(run.side, run.vote, run.seed) for run in plan] == [
        (side, vote, vote + 1) for vote in range(3) for side in ("base", "big")
    ]
    assert plan[0].params == {"epochs": 3, "rate": 1.0, "mode": "ok", "noisy": True}, "the experiment's preset, quick"
    assert plan[1].params == plan[0].params | {"rate": 2.0}


def test_the_latest_start_is_judged(make_run: Make, lesson: Lesson) -> None:
    experiment = lesson.experiment("more-rate-more-loss")
    assert verdict.latest(lesson, experiment) is None

    def start(batch: str, loss: dict[str, float], lesson_id: str = "1.1", experiment_id: str = experiment.id) -> None:
        for planned in verdict.plan(lesson, experiment):
            place = ExperimentVote(id=experiment_id, batch=batch, side=planned.side, vote=planned.vote)
            run = make_run(lesson_id, params=planned.params, seed=planned.seed, experiment=place).hold().say("started")
            run.epochs("loss", 5.0, loss[planned.side]).say("ended", state="finished").release()

    start("aa", {"base": 2.0, "big": 1.0})
    old = verdict.latest(lesson, experiment)
    assert old is not None and old.kind == "does not hold" and old.batch == "aa" and old.source is None
    start("bb", {"base": 1.0, "big": 2.0})
    start("cc", {"base": 2.0, "big": 1.0}, lesson_id="3.4")
    start("dd", {"base": 2.0, "big": 1.0}, experiment_id="another")
    new = verdict.latest(lesson, experiment)
    assert new is not None and new.kind == "holds" and new.batch == "bb"
    assert new.figures == {"last(big.loss)": 2.0, "last(base.loss)": 1.0}


def test_figures_of_folds_results_and_steps(make_run: Make) -> None:
    run = make_run().hold().say("started")
    run.epochs("mae", 4.0, 2.0, 9.0, label="fold 1").epochs("mae", 2.0, 1.0, label="fold 2").epochs("loss", 1.0)
    run.epochs("loss", 7.0, label="fold 1")
    run.say("batch", epoch=1, step=1, steps=2, metrics={"lr": 0.5}).say("result", metrics={"accuracy": 0.9})
    assert verdict.figures_of(run.view()) == {
        "mae": [3.0, 1.5],
        "loss": [1.0],
        "lr": [0.5],
        "result_accuracy": [0.9],
    }


def test_seconds_and_params_are_known(make_run: Make) -> None:
    experiment = Experiment(
        id="x",
        statement="s",
        runs={"a": {}, "b": {}},
        seeds=1,
        expect="params(a) < params(b) and seconds(a) < seconds(b)",
    )
    views = {}
    for side, params, seconds in (("a", 10, 2), ("b", 20, 9)):
        run = make_run().hold().say("started", 0).say("model", params=params, layers=[])
        views[side, 0] = run.say("ended", seconds, state="finished").release().view()
    result = verdict.judge(experiment, views)
    assert result.kind == "holds"
    assert result.figures == {"params(a)": 10, "params(b)": 20, "seconds(a)": 2, "seconds(b)": 9}


def test_a_seed_that_is_not_through_changes_no_figure(make_run: Make) -> None:
    views: dict[tuple[str, int], RunView] = {}

    def side(name: str, vote: int, values: tuple[float, ...], *, over: bool = True) -> None:
        run = make_run().hold().say("started").epochs("val_loss", *values)
        views[name, vote] = (run.say("ended", 4, state="finished").release() if over else run).view()

    side("base", 0, EARLY)
    side("small", 0, (3.0, 1.0), over=False)
    first = verdict.judge(EXPERIMENT, views)
    assert first.kind == "pending" and first.figures == {} and first.voted == 0
    side("small", 0, (3.0, 1.0, 2.0))
    side("base", 1, LATE)
    side("small", 1, EARLY, over=False)
    second = verdict.judge(EXPERIMENT, views)
    assert second.figures == {"argmin(small.val_loss)": 2.0, "argmin(base.val_loss)": 1.0}
    assert second.voted == 1 and second.of_seeds == "of a single seed"


def test_the_figures_say_how_many_seeds_they_are_of(make_run: Make) -> None:
    assert judged(make_run, [(EARLY, LATE)] * 3).of_seeds == "median of 3 seeds"
    alone = EXPERIMENT.model_copy(update={"seeds": 1})
    assert judged(make_run, [(EARLY, LATE)], experiment=alone).of_seeds == ""
    assert judged(make_run, [(EARLY, LATE)] * 3, sources=("real", "synthetic")).of_seeds == "median of 3 seeds"


def test_arms_and_figures_of_the_newest_start_by_the_names_of_their_sides(make_run: Make, lesson: Lesson) -> None:
    experiment = lesson.experiment("more-rate-more-loss")
    made = {}
    for batch in ("aa", "bb"):
        for planned in reversed(verdict.plan(lesson, experiment)):
            place = ExperimentVote(id=experiment.id, batch=batch, side=planned.side, vote=planned.vote)
            run = make_run("1.1", params=planned.params, seed=planned.seed, experiment=place).hold().say("started")
            run.epochs("loss", 5.0, float(planned.params["rate"])).say("ended", state="finished").release()
            made[batch, planned.side, planned.vote] = run.folder
    arms = verdict.arms(lesson, experiment)
    assert list(arms) == [made["bb", side, vote] for vote in range(3) for side in ("base", "big")]
    assert list(arms.values()) == ["rate 1", "rate 2"] * 3
    found = verdict.latest(lesson, experiment)
    assert found is not None
    assert verdict.in_words(found, lesson, experiment) == ("last training loss: rate 1 → 1, rate 2 → 2",)
    assert verdict.arms(lesson, experiment.model_copy(update={"id": "another"})) == {}


def test_epochs_are_counted_as_they_were_trained(make_run: Make) -> None:
    """With validation after every third epoch its lowest value is that of epoch 9, not of the third."""
    run = make_run().hold().say("started")
    for epoch in range(1, 11):
        metrics = {"loss": 1 / epoch} | ({"val_loss": 1.0 - epoch / 20} if epoch % 3 == 0 else {})
        run.say("epoch", epoch, epoch=epoch, epochs=10, metrics=metrics)
    for label, epochs in (("fold 1", (2, 4, 6)), ("fold 2", (4, 6, 8))):
        for epoch in epochs:
            run.say("epoch", 10 + epoch, label=label, epoch=epoch, metrics={"mae": 10.0 - epoch})
    runs = {"run": verdict.figures_of(run.view())}
    outcome = expect.parse(
        "argmin(run.val_loss) == 9 and argmax(run.val_loss) == 3 and last(run.val_loss) < 1 and "
        "gap(run.loss) < 0 and argmin(run.mae) == 6"
    ).evaluate(runs)
    assert outcome.holds, outcome
    assert outcome.figures["gap(run.loss)"] == pytest.approx(1 / 9 - 0.55)  # both of epoch 9
