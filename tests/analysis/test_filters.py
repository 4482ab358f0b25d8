"""Filtering and sorting the history by a line of words."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlwp_tui.analysis import history
from dlwp_tui.analysis.filters import parse, resorted, settled, sort_of, sorts, unknown
from dlwp_tui.core.errors import UsageError
from dlwp_tui.runs import labels
from dlwp_tui.runs.labels import Labels
from tests.runs.fake_run import T0, Make


@pytest.fixture
def names(make_run: Make) -> Callable[[str], str]:
    """Runs a, b, c (3.4) and d (4.4); the result of a filter as their letters."""
    letters = {}
    for letter, lesson, units, losses, state in (
        ("a", "3.4", 16, (0.5, 0.3), "finished"),
        ("b", "3.4", 64, (0.4, 0.2), "finished"),
        ("c", "3.4", 16, (0.6,), "stopped"),
        ("d", "4.4", 4, (), "failed"),
    ):
        run = make_run(
            lesson=lesson, params={"units": units, "optimizer": "adam" if letter == "b" else "sgd"}, preset="book"
        )
        run.hold().say("started", device="cpu", pid=1).epochs("val_loss", *losses).epochs(
            "val_accuracy", *(1 - x for x in losses)
        )
        run.say("ended", 9, state=state, seconds=9.0).release()
        letters[run.folder.id] = letter
        if letter == "b":
            labels.write(run.folder, Labels(name="Wide one", tags=("best",)))
        if letter == "c":
            labels.write(run.folder, Labels(archived=True))
    return lambda text: "".join(letters[row.id] for row in parse(text, T0 + 100).apply(history.history()))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", "dba"),
        ("archived", "dcba"),
        ("3.4", "ba"),
        ("finished", "ba"),
        ("failed", "d"),
        ("stopped archived", "c"),
        ("units=16", "a"),
        ("units>4 units<=64", "ba"),
        ("units!=16", "db"),
        ("optimizer=ADAM", "b"),
        ("val_loss<0.25", "b"),
        ("#best", "b"),
        ("wide", "b"),
        ("book", "dba"),
        ("nothing", ""),
        ("since:5m", "dba"),
        ("since:2199-01-01", ""),
        ("until:5m", ""),
        ("until:2199-01-01", "dba"),
        ("until:2001-01-01", ""),
        ("sort:val_loss", "bad"),
        ("sort:-val_loss", "abd"),
        ("sort:val_accuracy", "bad"),
        ("sort:units", "dab"),
        ("sort:created", "abd"),
        ("sort:lesson", "bad"),
        ("seed=1", "dba"),
        ("disk<1", "dba"),
        ("disk>1", ""),
        ("seconds>=9 lesson=3.4", "ba"),
        ("FINISHED", "ba"),
        ("完成", ""),
    ],
)
def test_filters(names: Callable[[str], str], text: str, wanted: str) -> None:
    found = names(text)
    assert found == wanted or (text == "sort:lesson" and found in ("bad", "abd"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("units=", "lacks a value"),
        ("optimizer<adam", "no number"),
        ("since:soon", "since:soon is no date"),
        ("until:2026-13-01", "no date"),
    ],
)
def test_what_makes_no_sense_is_refused(text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        parse(text)


def test_what_no_run_has_is_named_with_a_suggestion(names: Callable[[str], str]) -> None:
    rows = history.history()
    for text, message in [
        ("unitz=64", "No run has unitz. Did you mean units?"),
        ("sort:val_los", "No run has val_los. Did you mean val_loss?"),
        ("units=64 val_loss<1 sort:-seconds seed=1 disk>5 preset=book", ""),
    ]:
        assert unknown(parse(text), rows) == message
    assert unknown(parse("unitz=64"), []) == ""


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("", ""),
        ("unit", ""),
        ("units", ""),
        ("units=6", "units=6"),
        ("3.4 fin", "3.4"),
        ("3.4 finished", "3.4 finished"),
        ("wide", "wide"),
        ("wide ", "wide "),
        ("units ", "units "),
        ("#b so", "#b"),
        ("#b sort:val", "#b sort:val"),
        ("archive", ""),
    ],
)
def test_a_word_that_is_still_typed_does_not_count(names: Callable[[str], str], typed: str, wanted: str) -> None:
    assert settled(typed, history.history()) == wanted


def test_orders_to_walk_through(names: Callable[[str], str]) -> None:
    rows = history.history()
    assert sorts(rows) == ["", "val_loss", "val_accuracy", "-seconds", "-disk", "created"]
    assert sorts([]) == ["", "-seconds", "-disk", "created"]
    text = "3.4 sort:created units=64"
    assert sort_of(text) == "created" and resorted(text, "-disk") == "3.4 units=64 sort:-disk"
    assert resorted(text, "") == "3.4 units=64" and sort_of("3.4") == ""


def test_a_metric_of_labelled_curves_is_found_by_its_name(make_run: Make) -> None:
    run = make_run(lesson="2.4").hold().say("started", device="cpu", pid=1)
    run.epochs("loss", 0.5, 0.3, label="momentum 0").epochs("loss", 0.1, label="momentum 0.9")
    run.say("ended", 9, state="finished", seconds=9.0).release()
    rows = history.history()
    assert len(parse("loss<0.4 sort:loss").apply(rows)) == 1 and parse("loss<0.2").apply(rows) == []


def test_a_day_belongs_to_since_and_to_until(make_run: Make) -> None:
    make_run()
    (row,) = history.history()
    noon = time.mktime((2026, 10, 25, 12, 0, 0, 0, 0, -1))  # a day of 25 hours in Europe
    for hours in (0, 11.9, -11.9):
        rows = [replace(row, created=noon + 3600 * hours)]
        assert parse("since:2026-10-25 until:2026-10-25").apply(rows) == rows
        assert parse("since:2026-10-26").apply(rows) == parse("until:2026-10-24").apply(rows) == []


@given(st.text(max_size=60))
def test_any_text_is_a_filter_or_a_sentence(text: str) -> None:
    try:
        parse(text)
    except UsageError as error:
        assert error.message
