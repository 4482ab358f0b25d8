"""The history as a table: what fits, what is said of which figure, and how much there is."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from time import process_time

import pytest
from rich.cells import cell_len

from dlwp_tui.analysis import history, listing, names
from dlwp_tui.analysis.history import HistoryRow
from dlwp_tui.analysis.listing import Placed
from dlwp_tui.runs.labels import Labels
from tests.runs.fake_run import T0, Make


@pytest.fixture
def rows(make_run: Make) -> list[HistoryRow]:
    """Two runs of 3.4, the newer one tagged."""
    for units in (16, 64):
        run = make_run(params={"units": units, "dropout": 0.5, "epochs": 8}, preset=None, number=units)
        run.hold().say("started", device="cpu", pid=1).say("dataset", name="imdb", source="synthetic")
        run.epochs("val_loss", 0.5, 0.3, 0.4).epochs("val_accuracy", 0.8, 0.9, 0.7)
        run.say("ended", 90, state="finished", seconds=75.0).release()
    found = history.history()
    return [replace(found[0], labels=Labels(tags=("best",))), found[1]]


def lines(placed: Sequence[Placed]) -> list[str]:
    """The table as text."""
    cells = zip(*([one.column.head, *one.column.cells] for one in placed), strict=True)
    made = []
    for row in cells:
        line = ""
        for one, text in zip(placed, row, strict=True):
            line += " " * (one.start - cell_len(line)) + one.cell(text)
        made.append(line)
    return made


def ids(rows: Sequence[HistoryRow], room: int | None, metric: str | None = "val_loss") -> list[str]:
    return [one.column.id for one in listing.fit(listing.columns(rows, ["a name", "other"], metric), room)]


def test_columns_come_by_their_worth_as_there_is_room(rows: list[HistoryRow]) -> None:
    every = ["sign", "state", "name", "figure", "epoch", "data", "time", "when", "seed", "tags"]
    assert ids(rows, None) == every
    for room in range(20, 130):
        found = ids(rows, room)
        assert found == every[: len(found)] and found[:4] == every[:4]
    assert ids(rows, 130) == every


@pytest.mark.parametrize("room", [30, 42, 52, 76, 100, 156])
@pytest.mark.parametrize("metric", [None, "val_loss"])
@pytest.mark.parametrize("ids", [True, False])
def test_no_line_is_wider_than_the_room_and_all_are_aligned(
    rows: list[HistoryRow], room: int, metric: str | None, ids: bool
) -> None:
    name = "单元 64 · dropout 0.5 · 一个很长很长的名字，比哪一列都宽得多"
    made = listing.columns(rows, [name, "b"], metric, ids=ids)
    placed = listing.fit(made, room)
    needed = 4 + sum(one.width for one in placed if one.column.id in ("run", "sign", "state", "figure")) + 7
    assert all(cell_len(line) <= max(room, needed) for line in lines(placed))
    assert len({cell_len(line) for line in lines(placed)}) == 1


def test_the_heading_says_best_or_last_and_of_what(rows: list[HistoryRow]) -> None:
    best = lines(listing.fit(listing.columns(rows, ["a", "b"], "val_loss"), 80))
    last = lines(listing.fit(listing.columns(rows, ["a", "b"], "val_loss", last=True), 80))
    assert "best val_loss" in best[0] and "0.3000      2" in best[1]
    assert "last val_loss" in last[0] and "0.4000      3" in last[1]


def test_a_name_is_not_cut_before_the_word_of_the_state_and_the_metrics_name_are_left_out(
    rows: list[HistoryRow],
) -> None:
    called = ["quick · units 64 · dropout 0.5", "b"]
    made = listing.columns(rows, called, "val_accuracy")
    for room, state, heading in [(64, "✓ finished", "val_accuracy"), (54, "✓", "val_accuracy"), (50, "✓", "best")]:
        head, first, _second = lines(listing.fit(made, room))
        assert called[0] in first and "0.9000" in first
        assert head.split()[-1] == heading and f"{state}  quick" in first


def test_runs_of_several_lessons_show_each_its_own_metric(rows: list[HistoryRow], make_run: Make) -> None:
    run = make_run(lesson="2.4").hold().say("started", device="cpu", pid=1).epochs("loss", 0.25, label="momentum 0")
    run.say("ended", 9, state="finished", seconds=9.0).release()
    mixed = history.history()
    assert listing.watched(mixed) is None and listing.watched(rows) == "val_loss"
    text = lines(listing.fit(listing.columns(mixed, ["x", "y", "z"], None), 100))
    assert "loss      0.2500" in text[1] and "val_loss  0.3000" in text[2]


def test_lists_without_figures_have_no_column_for_them(make_run: Make) -> None:
    make_run().hold().say("started", device="cpu", pid=1).say("ended", 9, state="finished", seconds=9.0).release()
    rows = history.history()
    assert listing.watched(rows) is None
    assert ids(rows[:1] * 2, 100, None) == ["sign", "state", "name", "data", "time", "when", "seed"]


def test_dates_are_whole(rows: list[HistoryRow]) -> None:
    now = rows[0].created

    def when(at: float) -> str:
        return next(one for one in listing.columns(rows, ["a", "b"], None, now=at) if one.id == "when").cells[0]

    assert when(now) == time.strftime("%H:%M", time.localtime(now))
    assert when(now + 3 * 86400) == time.strftime("%m-%d %H:%M", time.localtime(now))
    assert when(now + 400 * 86400) == time.strftime("%Y-%m-%d", time.localtime(now))


def test_the_sum_says_how_many_and_how_much(rows: list[HistoryRow]) -> None:
    rows = [replace(row, disk=400_000) for row in rows]
    assert listing.summary(rows, 2) == "Runs: 2 · 800 kB"
    assert listing.summary(rows, 1) == "Runs: 1 of 2 · 800 kB"


def test_a_thousand_rows_are_quick(rows: list[HistoryRow]) -> None:
    many = [replace(rows[0], created=T0 + 60 * number, seed=number) for number in range(1000)]
    called = names.of_rows(many, by_preset=True)
    began = process_time()
    listing.fit(listing.columns(many, called, "val_loss"), 76)
    assert process_time() - began < 0.2, "0.02 s on a quiet machine"


def test_a_name_that_is_cut_keeps_the_seed_that_tells_it_apart() -> None:
    column = listing.Column("name", "name", ["3.4 · big · dropout 0.5 · epochs 7 · seed 5"])
    assert Placed(column, 0, 31).cell(column.cells[0]) == "3.4 · big · dropout 0… · seed 5"
    assert cell_len(Placed(column, 0, 30).cell(column.cells[0])) == 30
    assert Placed(column, 0, 9).cell(column.cells[0]) == "3.4 · bi…"
    assert Placed(column, 0, 14).cell("神经网络的一节 · 种子 5") == "神经网络的一… "
