"""The study screen as a whole: keys that act in panes without the focus, and cards that follow their runs."""

from __future__ import annotations

import time

import pytest
from textual.pilot import Pilot

from dlwp_tui.analysis.verdict import plan
from dlwp_tui.course import reader
from dlwp_tui.runs import store
from dlwp_tui.runs.spec import ExperimentVote
from dlwp_tui.tui.app import DlwpApp
from dlwp_tui.tui.bench.field import FieldInput
from dlwp_tui.tui.bench.pane import BenchPane
from dlwp_tui.tui.reader.cards import ExperimentBlock, RunBlock
from dlwp_tui.tui.screens.study import StudyScreen
from tests.tui.bench.bench_runs import LiveRun, finished, rows, until

pytestmark = pytest.mark.usefixtures("course_dir")
WIDE = (160, 45)


async def opened(pilot: Pilot[None], page: int = 0) -> StudyScreen:
    """The study screen on a page of 1.1, with the form of its lesson."""
    await until(pilot, lambda: pilot.app.screen.query("#param-epochs"), "the bench")
    study = pilot.app.screen
    assert isinstance(study, StudyScreen)
    if page:
        study.panes.open_section(study.panes.course.section("1.1"), page)
        await until(pilot, lambda: study.panes.note.page == page and study.panes.note.settled, f"page {page}")
    return study


async def test_a_bad_value_is_shown_and_nothing_starts() -> None:
    async with DlwpApp(reader.load(), "1.1", warm_up=False).run_test(size=WIDE) as pilot:
        study = await opened(pilot)
        bench = study.query_one(BenchPane)
        epochs = bench.query_one("#param-epochs", FieldInput)
        epochs.value = "0"
        await pilot.press("v", "r")
        await until(pilot, lambda: pilot.app.focused is epochs, "focus on the bad field")
        assert bench.tabs.tab == "params" and "is not allowed" in "\n".join(rows(pilot.app))
        assert store.all() == []


async def test_keys_act_on_the_curves_while_the_note_has_the_focus() -> None:
    async with DlwpApp(reader.load(), "1.1", warm_up=False).run_test(size=WIDE) as pilot:
        study = await opened(pilot)
        curves = study.query_one(BenchPane).tabs.curves
        study.panes.show_pane("note")
        await pilot.press("y", "m", "a")
        assert (curves.log_y, curves.smoothing > 0, curves.batches) == (True, True, True)
        assert study.panes.note.has_focus and study.query_one(BenchPane).tabs.tab == "params"
        await pilot.press("l")
        assert study.query_one(BenchPane).tabs.tab == "output" and study.query_one(BenchPane).tabs.output.showing_log


async def test_a_run_card_shows_its_run_while_it_trains_and_that_it_is_done() -> None:
    async with DlwpApp(reader.load(), "1.1", warm_up=False).run_test(size=WIDE) as pilot:
        study = await opened(pilot, page=1)
        card = study.query_one(RunBlock)
        assert card.state == ""
        other = LiveRun({"epochs": 3})  # not this card's rate
        run = LiveRun({"epochs": 3, "rate": 2.0})
        await until(pilot, lambda: card.state == "● training", "the card to follow the run")
        run.epoch(2, 3)
        await until(pilot, lambda: card.state.startswith("● 2/3 ━"), "its epochs")
        await until(pilot, lambda: "● 2/3 ━" in "\n".join(rows(pilot.app)), "its line on the screen")
        await pilot.press("left_square_bracket", "right_square_bracket")  # the page is made anew
        await until(pilot, lambda: study.query(RunBlock) and study.query_one(RunBlock) is not card, "a new card")
        await until(pilot, lambda: study.query_one(RunBlock).state.startswith("● 2/3"), "the same on it")
        run.end()
        await until(pilot, lambda: study.query_one(RunBlock).state == "✓ finished", "its end")
        other.end()


async def test_a_card_remembers_how_its_newest_run_ended() -> None:
    run = LiveRun({"epochs": 3, "rate": 2.0})
    run.epoch(1, 3)
    run.end("stopped")
    async with DlwpApp(reader.load(), "1.1", warm_up=False).run_test(size=WIDE) as pilot:
        study = await opened(pilot, page=1)
        await until(pilot, lambda: study.query_one(RunBlock).state == "■ stopped", "its state")


async def test_an_experiments_card_counts_its_runs() -> None:
    lesson = reader.load().lesson("1.1")
    experiment = lesson.experiment("more-rate-more-loss")
    async with DlwpApp(reader.load(), "1.1", warm_up=False).run_test(size=WIDE) as pilot:
        study = await opened(pilot, page=1)
        runs = []
        for planned in plan(lesson, experiment)[:2]:
            vote = ExperimentVote(id=experiment.id, batch="one", side=planned.side, vote=planned.vote)
            runs.append(LiveRun(planned.params, experiment=vote))
        await until(pilot, lambda: "● running 0/6" in "\n".join(rows(pilot.app)), "both at work")
        runs[0].end()
        await until(pilot, lambda: "● running 1/6" in "\n".join(rows(pilot.app)), "one ended")
        assert study.query_one(ExperimentBlock).verdict is not None
        runs[1].end()
        await until(pilot, lambda: "? undecided" in "\n".join(rows(pilot.app)), "the verdict")


@pytest.mark.parametrize("size", [WIDE, (80, 24)])
async def test_a_key_on_the_card_lays_the_experiments_runs_over_each_other(size: tuple[int, int]) -> None:
    lesson = reader.load().lesson("1.1")
    experiment = lesson.experiment("more-rate-more-loss")
    for planned in plan(lesson, experiment)[:4]:
        vote = ExperimentVote(id=experiment.id, batch="one", side=planned.side, vote=planned.vote)
        run = LiveRun(planned.params, seed=planned.seed, experiment=vote, created=time.time() - 90)
        run.epoch(1)
        run.end()
    finished({"rate": 3.0}, ago=5)
    async with DlwpApp(reader.load(), "1.1", warm_up=False).run_test(size=size) as pilot:
        study = await opened(pilot, page=1)
        bench = study.query_one(BenchPane)
        await until(pilot, lambda: bench.shown is not None, "the newest run")
        assert len(bench.comparison.runs) == 1
        card = study.query_one(ExperimentBlock)
        await until(pilot, lambda: card.verdict is not None, "its verdict")
        pilot.app.set_focus(card)
        await pilot.press("c")
        await until(pilot, lambda: len(bench.comparison.runs) == 4, "its runs")
        assert [member.name for member in bench.comparison.members()] == ["rate 1 × 2", "rate 2 × 2"]
        await until(pilot, lambda: bench.tabs.curves.has_focus and bench.tabs.curves.is_on_screen, "the curves")
