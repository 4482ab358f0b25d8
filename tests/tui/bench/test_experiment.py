"""The runs of an experiment on the bench: over each other, called by their sides, the one that trains in the strip."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from dlwp_tui.analysis import verdict
from dlwp_tui.course import reader
from dlwp_tui.runs.folder import RunFolder
from dlwp_tui.runs.spec import ExperimentVote
from dlwp_tui.runs.state import RunState
from dlwp_tui.tui.bench.pane import BenchPane
from dlwp_tui.tui.bench.strip import RunStrip
from tests.tui.bench.bench_runs import BenchApp, LiveRun, finished, rows, until

SIZE = (70, 36)


@pytest.fixture
def arms(course_dir: Path) -> list[LiveRun]:
    """The experiment of the fixture lesson with two seeds, started just now: all of its runs wait."""
    lesson = reader.load(course_dir).lesson("1.1")
    experiment = lesson.experiment("more-rate-more-loss")
    now = time.time()
    return [
        LiveRun(
            planned.params,
            created=now - 10 + at,
            started=False,
            seed=planned.seed,
            experiment=ExperimentVote(id=experiment.id, batch="one", side=planned.side, vote=planned.vote),
        )
        for at, planned in enumerate(verdict.plan(lesson, experiment)[:4])
    ]


def drawn(app: BenchApp) -> list[str]:
    return [member.name for member in app.bench.comparison.members()]


def shown(bench: BenchPane) -> tuple[RunFolder, RunState]:
    view = bench.shown
    assert view is not None
    return view.folder, view.state


def learn(run: LiveRun) -> None:
    for epoch in (1, 2, 3):
        run.epoch(epoch, 3)


async def test_the_arms_lie_over_each_other_and_the_strip_follows_the_one_that_trains(arms: list[LiveRun]) -> None:
    app = BenchApp()
    async with app.run_test(size=SIZE) as pilot:
        bench = app.bench
        await until(pilot, lambda: len(bench.comparison.runs) == 4, "the experiment on opening its lesson")
        bench.tabs.show_tab("curves")
        assert drawn(app) == ["rate 1"], "the others have nothing to draw yet"
        learn(arms[0].start())
        await until(pilot, lambda: shown(bench) == (arms[0].folder, RunState.RUNNING), "the first")
        arms[0].end()
        learn(arms[1].start())
        await until(pilot, lambda: shown(bench)[0] == arms[1].folder, "the strip to follow")
        await until(pilot, lambda: drawn(app) == ["rate 1", "rate 2"], "both sides")
        assert app.bench.query_one(RunStrip).side == "rate 2 · seed 1"
        assert bench.comparison.name_of_reference(bench.comparison.members()) == "rate 1", "the first side"
        arms[1].end()
        learn(arms[2].start())
        await until(pilot, lambda: drawn(app) == ["rate 1 · seed 1", "rate 2", "rate 1 · seed 2"], "a run at work")
        arms[2].end()
        await until(pilot, lambda: drawn(app)[0] == "rate 1 × 2", "the seeds folded")
        learn(arms[3].start())
        arms[3].end()
        await until(pilot, lambda: drawn(app) == ["rate 1 × 2", "rate 2 × 2"], "the end")
        await until(pilot, lambda: "rate 2 × 2" in "\n".join(rows(app)), "the legend")


async def test_what_the_learner_chooses_stays(arms: list[LiveRun]) -> None:
    other = finished({"rate": 4.0}, ago=500)
    app = BenchApp()
    async with app.run_test(size=SIZE) as pilot:
        bench = app.bench
        await until(pilot, lambda: len(bench.comparison.runs) == 4, "the experiment")
        learn(arms[0].start())
        await until(pilot, lambda: shown(bench) == (arms[0].folder, RunState.RUNNING), "the first")
        bench.show_run(other)
        arms[0].end()
        learn(arms[1].start())
        second = next(view for view in bench.comparison.runs if view.folder == arms[1].folder)
        await until(pilot, lambda: second.state is RunState.RUNNING and second.epoch == 3, "the next one")
        assert bench.shown is not None and bench.shown.folder == other
        for arm in arms[1:]:
            arm.end()


async def test_compare_opens_the_picker_and_then_leaves_the_shown_run_alone(arms: list[LiveRun]) -> None:
    for arm in arms:
        learn(arm.start())
        arm.end()
    app = BenchApp()
    async with app.run_test(size=SIZE) as pilot:
        bench = app.bench
        await until(pilot, lambda: drawn(app) == ["rate 1 × 2", "rate 2 × 2"], "the experiment, which is over")
        bench.action_compare()
        assert len(bench.tabs.curves.picker.rows) == 4
        bench.action_compare()
        assert len(bench.comparison.runs) == 1 and not bench.comparison.folded
