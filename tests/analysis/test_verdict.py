"""An effect beyond what seeds differ decides; what is synthetic says so."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import pytest

from dlwp_tui.analysis import evidence, verdict
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
    return verdict.judge(experiment, {place: verdict.measured(view) for place, view in views.items()})


def test_an_effect_beyond_the_spread_decides_and_the_figures_are_medians(make_run: Make) -> None:
    result = judged(make_run, [(EARLY, LATE), (EARLY, LATE), (EARLY, (3.0, 1.0, 2.0))])  # later by 2, 2 and 1 epochs
    assert result.kind == "holds" and [vote.holds for vote in result.votes] == [True, True, True]
    assert result.figures == {"argmin(small.val_loss)": 3.0, "argmin(base.val_loss)": 1.0}
    assert result.source == "real" and not result.synthetic and result.label == "✓ holds"
    (effect,) = result.effects
    assert effect.margins == (2.0, 2.0, 1.0) and effect.size == pytest.approx(5 / 3)
    assert effect.spread == pytest.approx(1 / math.sqrt(3))


def test_an_effect_against(make_run: Make) -> None:
    result = judged(make_run, [(LATE, EARLY), (LATE, EARLY), (LATE, (3.0, 1.0, 2.0))])
    assert result.kind == "does not hold" and result.label == "✗ does not hold"


def test_two_of_three_seeds_do_not_decide_where_seeds_differ_more(make_run: Make) -> None:
    """A majority of three is a coin toss where the effect is smaller than the spread."""
    result = judged(make_run, [(EARLY, LATE), (LATE, EARLY), (EARLY, (3.0, 1.0, 2.0))])  # 2, -2, 1
    assert [vote.holds for vote in result.votes] == [True, False, True]
    assert result.kind == "undecided" and result.seeds_needed == 101
    assert result.why == ("Seeds differ by more than the effect: more than 100 seeds would decide.",)


def test_a_comparison_that_does_not_hold_decides_before_one_that_is_undecided(make_run: Make) -> None:
    later: list[tuple[tuple[float, ...], tuple[float, ...]]]
    later = [(EARLY, LATE), (LATE, EARLY), (EARLY, (3.0, 1.0, 2.0))]
    both = EXPERIMENT.model_copy(update={"expect": EXPERIMENT.expect + " and min(small.val_loss) > 2"})
    assert judged(make_run, later, experiment=both).kind == "does not hold"
    either = EXPERIMENT.model_copy(update={"expect": EXPERIMENT.expect + " and min(small.val_loss) < 2"})
    assert judged(make_run, later, experiment=either).kind == "undecided"


@pytest.mark.parametrize("state", ["stopped", "failed"])
def test_runs_that_did_not_finish_have_no_vote(make_run: Make, state: str) -> None:
    result = judged(make_run, [(EARLY, LATE)] * 3, state=state)
    assert result.kind == "undecided" and all(vote.holds is None for vote in result.votes)
    assert state in result.why[0]


def test_missing_seeds_count_against_a_majority(make_run: Make) -> None:
    assert judged(make_run, [(EARLY, LATE)]).kind == "undecided"
    result = judged(make_run, [(EARLY, LATE)] * 2)
    assert result.kind == "holds", "two seeds that agree"
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
    result = verdict.judge(EXPERIMENT, {place: verdict.measured(view) for place, view in views.items()})
    assert result.kind == "pending" and [vote.holds for vote in result.votes] == [True, True, None]


def test_the_plan_names_every_run(lesson: Lesson) -> None:
    plan = verdict.plan(lesson, lesson.experiment("more-rate-more-loss"))
    assert [(run.side, run.vote, run.seed) for run in plan] == [
        (side, vote, vote + 1) for vote in range(3) for side in ("base", "big")
    ]
    assert plan[0].params == {"epochs": 3, "rate": 1.0, "mode": "ok", "noisy": True}, "the experiment's preset, quick"
    assert plan[1].params == plan[0].params | {"rate": 2.0}


def test_the_newest_runs_are_judged(make_run: Make, lesson: Lesson) -> None:
    experiment = lesson.experiment("more-rate-more-loss")
    assert evidence.latest(lesson, experiment) is None

    def start(batch: str, loss: dict[str, float], lesson_id: str = "1.1") -> None:
        for planned in verdict.plan(lesson, experiment):
            place = ExperimentVote(id=experiment.id, batch=batch, side=planned.side, vote=planned.vote)
            run = make_run(lesson_id, params=planned.params, seed=planned.seed, experiment=place).hold().say("started")
            run.epochs("loss", 5.0, loss[planned.side]).say("ended", state="finished").release()

    start("aa", {"base": 2.0, "big": 1.0})
    old = evidence.latest(lesson, experiment)
    assert old is not None and old.kind == "does not hold" and old.source is None
    start("bb", {"base": 1.0, "big": 2.0})
    start("cc", {"base": 2.0, "big": 1.0}, lesson_id="3.4")
    new = evidence.latest(lesson, experiment)
    assert new is not None and new.kind == "holds" and len(new.runs) == 6
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
    result = verdict.judge(experiment, {place: verdict.measured(view) for place, view in views.items()})
    assert result.kind == "holds"
    assert result.figures == {"params(a)": 10, "params(b)": 20, "seconds(a)": 2, "seconds(b)": 9}


def test_a_seed_that_is_not_through_changes_no_figure(make_run: Make) -> None:
    views: dict[tuple[str, int], RunView] = {}

    def side(name: str, vote: int, values: tuple[float, ...], *, over: bool = True) -> None:
        run = make_run().hold().say("started").epochs("val_loss", *values)
        views[name, vote] = (run.say("ended", 4, state="finished").release() if over else run).view()

    side("base", 0, EARLY)
    side("small", 0, (3.0, 1.0), over=False)
    first = verdict.judge(EXPERIMENT, {place: verdict.measured(view) for place, view in views.items()})
    assert first.kind == "pending" and first.figures == {} and first.voted == 0
    side("small", 0, (3.0, 1.0, 2.0))
    side("base", 1, LATE)
    side("small", 1, EARLY, over=False)
    second = verdict.judge(EXPERIMENT, {place: verdict.measured(view) for place, view in views.items()})
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
    arms = evidence.arms(lesson, experiment)
    assert list(arms) == [made["bb", side, vote] for vote in range(3) for side in ("base", "big")]
    assert list(arms.values()) == ["rate 1", "rate 2"] * 3
    found = evidence.latest(lesson, experiment)
    assert found is not None
    assert verdict.in_words(found, lesson, experiment) == ("last training loss: rate 1 → 1, rate 2 → 2",)
    other = experiment.model_copy(update={"runs": {"a": {"rate": 3.0}}, "names": {}})
    assert evidence.arms(lesson, other) == {}


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
