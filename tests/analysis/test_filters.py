"""Filtering and sorting the history by a line of words."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlwp_tui.analysis import history
from dlwp_tui.analysis.filters import parse
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
        ("sort:val_loss", "bad"),
        ("sort:-val_loss", "abd"),
        ("sort:val_accuracy", "bad"),
        ("sort:units", "dab"),
        ("sort:created", "abd"),
        ("sort:lesson", "bad"),
        ("seed=1", "dba"),
    ],
)
def test_filters(names: Callable[[str], str], text: str, wanted: str) -> None:
    found = names(text)
    assert found == wanted or (text == "sort:lesson" and found in ("bad", "abd"))


@pytest.mark.parametrize(
    ("text", "message"), [("units=", "lacks a value"), ("optimizer<adam", "no number"), ("since:soon", "no date")]
)
def test_what_makes_no_sense_is_refused(text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        parse(text)


@given(st.text(max_size=60))
def test_any_text_is_a_filter_or_a_sentence(text: str) -> None:
    try:
        parse(text)
    except UsageError as error:
        assert error.message
