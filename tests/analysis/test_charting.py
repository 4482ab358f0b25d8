"""From runs to curves: what is drawn of one run, of several, of folds, of seeds; units of x; smoothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dlwp_tui.analysis.charting import Look, Member, XUnit, chart, metrics
from dlwp_tui.analysis.signs import place
from dlwp_tui.charts.series import BASELINE, FOCUSED, TRAINING, VALIDATION, Series
from tests.runs.fake_run import FakeRun

Make = Callable[..., FakeRun]
LOOK = Look(colors=tuple("abcdefgh"))


def one(
    make_run: Make, epochs: int = 3, number: int = 1, steps: int = 10, label: str | None = None, **spec: object
) -> FakeRun:
    run = make_run(number=number, **spec).hold().say("started", device="cpu", pid=1)
    return folded(run, epochs, steps, label)


def folded(run: FakeRun, epochs: int = 3, steps: int = 10, label: str | None = None) -> FakeRun:
    for epoch in range(1, epochs + 1):
        figures = {"loss": 1 / epoch, "val_loss": 0.4 + abs(epoch - 2) / 10}
        run.say(
            "batch",
            epoch * 2 - 1,
            label=label,
            epoch=epoch,
            epochs=epochs,
            step=steps // 2,
            steps=steps,
            metrics={"loss": 1 / epoch},
        )
        run.say("epoch", epoch * 2, label=label, epoch=epoch, epochs=epochs, metrics=figures)
    return run


def shape(series: Series) -> tuple[str, str, int, str]:
    return series.name, series.pattern, series.front, series.sign


def test_one_run(make_run: Make) -> None:
    made = chart("loss", [Member((one(make_run).view(),))], LOOK)
    assert [shape(series) for series in made.series] == [
        ("training", "blobs", TRAINING, ""),
        ("validation", "line", VALIDATION, ""),
    ]
    assert made.series[1].best == (2, 0.4) and not made.series[1].best_is_high
    assert len({series.color for series in made.series}) == 1
    assert (made.metric, made.x, made.x_unit) == ("loss", (1, 3), "epoch")


def test_a_first_epoch_shows_its_batches(make_run: Make) -> None:
    run = make_run().hold().say("started").say("batch", 1, epoch=1, epochs=3, step=5, steps=10, metrics={"loss": 0.7})
    (series,) = chart("loss", [Member((run.view(),))], LOOK).series
    assert (series.name, series.faint, list(series.points.xs)) == ("batches", True, [0.5])


def test_several_runs_have_one_entry_each_and_the_focused_one_its_training_too(make_run: Make) -> None:
    members = [
        Member((one(make_run, number=1).view(),), "units 16", focused=True),
        Member((one(make_run, number=2).view(),), "units 64"),
    ]
    made = chart("loss", members, LOOK)
    assert [shape(series) for series in made.series] == [
        ("", "blobs", TRAINING, ""),
        ("units 16", "line", FOCUSED, "×"),
        ("units 64", "line", VALIDATION, "+"),
    ]
    assert [series.color for series in made.series] == ["b", "b", "c"]
    assert made.metric == "val_loss"


def test_a_run_keeps_its_place_everywhere(make_run: Make) -> None:
    specs = [make_run(number=number).view().spec for number in (1, 2, 9)]
    assert [place(spec.number, spec.id) for spec in specs] == [(1, 1), (2, 2), (1, 2)]
    assert len({place(number, "") for number in range(1, 65)}) == 64
    assert all(0 <= at < 8 for at in place(0, "20260101-0000-3.4-abcd"))


def test_folds_lie_faint_behind_their_mean(make_run: Make) -> None:
    run = make_run(number=1).hold().say("started")
    for fold in range(1, 5):
        folded(run, label=f"fold {fold}")
    for epoch in range(1, 4):
        run.say("epoch", 20 + epoch, epoch=epoch, metrics={"loss": 0.5, "val_loss": 0.4})
    made = chart("loss", [Member((run.view(),))], LOOK)
    assert [(series.name, series.faint, series.front) for series in made.series] == [
        *[(f"fold {fold}", True, VALIDATION) for fold in range(1, 5)],
        ("mean", False, FOCUSED),
    ]
    assert made.metric == "val_loss" and len({series.color for series in made.series}) == 5


def test_seeds_fold_into_a_band(make_run: Make) -> None:
    views = [make_run(number=n, seed=n).epochs("loss", *values).view() for n, values in ((1, (3, 1)), (2, (5, 2)))]
    made = chart("loss", [Member(tuple(views), "units 16", focused=True)], LOOK)
    assert [shape(series) for series in made.series] == [
        ("", "dashes", TRAINING, ""),
        ("", "dashes", TRAINING, ""),
        ("units 16", "line", FOCUSED, "×"),
    ]
    assert [list(series.points.ys) for series in made.series] == [[3, 1], [5, 2], [4, 1.5]]


def test_baselines_cross_the_whole_chart_behind_everything(make_run: Make) -> None:
    run = one(make_run).say("baseline", 9, label="naive", metrics={"val_loss": 0.28454})
    baseline, *_others = chart("loss", [Member((run.view(),))], LOOK).series
    assert (baseline.name, baseline.front, baseline.faint, baseline.color) == ("naive 0.2845", BASELINE, True, "")
    assert list(baseline.points.xs) == [1, 3]
    assert chart("loss", [Member((make_run().say("baseline", metrics={"loss": 1}).view(),))], LOOK).series == []


def test_training_alone_is_a_line(make_run: Make) -> None:
    (alone,) = chart("loss", [Member((make_run().epochs("loss", 1.0, 0.5).view(),))], LOOK).series
    assert (alone.name, alone.pattern) == ("training", "line")
    run = make_run().epochs("accuracy", 0.5, 0.6).epochs("accuracy", 0.4, 0.5, label="dense")
    made = chart("accuracy", [Member((run.view(),))], LOOK)
    assert [(series.name, series.pattern) for series in made.series] == [("this lesson's", "line"), ("dense", "line")]
    assert len({series.sign for series in made.series}) == 2


def test_an_own_loop_needs_no_word_for_training_and_keeps_its_unit(make_run: Make) -> None:
    run = make_run().hold().say("started")
    for step in range(1, 20):
        run.say("epoch", step, epoch=step, metrics={"w": 1 / step}, unit="columns")
    for look in (LOOK, Look(x="seconds"), Look(smoothing=0.9)):
        made = chart("w", [Member((run.view(),))], look)
        (series,) = made.series
        assert (series.name, made.x_unit, list(series.points.xs)[:2]) == ("", "columns", [1, 2])


@pytest.mark.parametrize(("unit", "xs", "word"), [("steps", [10, 20, 30], "step"), ("seconds", [2, 4, 6], "seconds")])
def test_units_of_x(make_run: Make, unit: XUnit, xs: list[float], word: str) -> None:
    made = chart("loss", [Member((one(make_run).view(),))], Look(x=unit, batches=True))
    by_pattern = {series.pattern: series for series in made.series if not series.faint}
    assert list(by_pattern["line"].points.xs) == xs and made.x_unit == word
    batches = next(series for series in made.series if series.faint)
    assert list(batches.points.xs) == [xs[0] / 2, (xs[0] + xs[1]) / 2, (xs[1] + xs[2]) / 2]


def test_smoothing_keeps_the_exact_curve_faint_behind_it_and_leaves_short_ones_alone(make_run: Make) -> None:
    short_run, long_run = one(make_run, epochs=7).view(), one(make_run, epochs=8).view()
    assert len(chart("loss", [Member((short_run,))], Look(smoothing=0.9)).series) == 2
    made = chart("loss", [Member((long_run,))], Look(smoothing=0.9)).series
    assert [(series.name, series.faint) for series in made] == [
        ("", True), ("training", False), ("", True), ("validation", False),
    ]  # fmt: skip
    exact, even = made[0].points.ys, made[1].points.ys
    assert even[0] == exact[0], "no bias towards 0"
    assert max(even) - min(even) < max(exact) - min(exact)
    again = chart("loss", [Member((long_run,))], Look(smoothing=0.9)).series
    assert again[1].points is made[1].points, "computed once"


def test_losses_come_first_and_figures_that_are_neither_good_nor_bad_last(make_run: Make) -> None:
    run = make_run().say("epoch", epoch=1, metrics={"lr": 0.1, "accuracy": 0.5, "val_accuracy": 0.5, "loss": 1})
    assert metrics([run.view()]) == ["loss", "accuracy", "lr"]


def test_a_baseline_stands_from_the_first_batch_on_as_far_as_epochs_are_planned(make_run: Make) -> None:
    run = make_run().hold().say("started").say("baseline", label="naive", metrics={"val_loss": 0.28454})
    assert metrics([run.view()]) == [], "no empty chart with a line only"
    run.say("batch", 1, epoch=1, epochs=5, step=2, steps=10, metrics={"loss": 0.9})
    baseline, training = chart("loss", [Member((run.view(),))], LOOK).series
    assert (list(baseline.points.xs), list(training.points.xs)) == ([0, 5], [0.2])


def test_two_labels_show_both_sides(make_run: Make) -> None:
    run = make_run()
    for label in ("a", "b"):
        run.say("epoch", label=label, epoch=1, metrics={"loss": 1.0, "val_loss": 1.2})
    made = chart("loss", [Member((run.view(),))], LOOK)
    assert [series.name for series in made.series] == ["a training", "a validation", "b training", "b validation"]
    assert made.metric == "loss"
