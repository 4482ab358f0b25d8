"""Rows of ended runs come from one file of the cache, and are right whatever lies there."""

from __future__ import annotations

import json
from time import process_time

import pytest

from dlwp_tui.analysis import history, row_cache
from dlwp_tui.core import paths
from dlwp_tui.runs import labels
from dlwp_tui.runs.labels import Labels
from tests.runs.fake_run import FakeRun, Make


def ended(make_run: Make, **fields: object) -> FakeRun:
    run = make_run(**fields).hold().say("started", device="cpu", pid=1).epochs("val_loss", 0.5, 0.3)
    run.say("result", metrics={"test": 1.0}).say("ended", 9, state="finished", seconds=9.0)
    return run.release()


def test_the_second_look_reads_no_events_and_gives_the_same(make_run: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    ended(make_run, params={"units": 4}, number=7)
    first = history.history()
    monkeypatch.setattr(history, "scan", lambda *_args: pytest.fail("the events were read again"))
    assert history.history() == first
    assert first[0].number == 7 and first[0].best["val_loss"].value == 0.3


def test_a_run_that_goes_on_and_labels_are_seen_at_once(make_run: Make) -> None:
    run = ended(make_run)
    history.history()
    labels.write(run.folder, Labels("named"))
    assert history.history()[0].labels.name == "named"
    run.hold().say("started", 20, device="cpu", pid=1)
    assert history.history()[0].state.active


def test_runs_that_are_gone_leave_the_file(make_run: Make) -> None:
    first, other = ended(make_run), ended(make_run)
    history.history()
    for file in sorted(first.folder.path.rglob("*"), reverse=True):
        file.unlink()
    first.folder.path.rmdir()
    ended(make_run)
    history.history()
    kept = json.loads((paths.cache() / "history.json").read_text())["rows"]
    assert first.folder.id not in kept and other.folder.id in kept


@pytest.mark.parametrize("text", ["", "{", "[]", '{"format": 99, "rows": {}}', '{"format": 1, "rows": []}'])
def test_any_file_is_a_cache(make_run: Make, text: str) -> None:
    ended(make_run)
    paths.ensure(paths.cache())
    (paths.cache() / "history.json").write_text(text)
    assert len(history.history()) == 1


def test_a_cache_that_cannot_be_written_costs_time_only(make_run: Make) -> None:
    ended(make_run)
    paths.ensure(paths.home())
    paths.cache().write_text("no folder")
    assert len(history.history()) == 1
    paths.cache().unlink()


def test_many_runs_are_quick(make_run: Make) -> None:
    for number in range(150):
        ended(make_run, number=number)
    history.history()
    row_cache.load()
    began = process_time()
    assert len(history.history()) == 150
    assert process_time() - began < 0.15, "0.02 s on a quiet machine"
