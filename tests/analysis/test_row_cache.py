"""Rows of ended runs come from one file of the cache, and are right whatever lies there."""

from __future__ import annotations

import json
import math
from time import process_time

import pytest

from dlwp_tui.analysis import history, presets
from dlwp_tui.core import paths
from dlwp_tui.runs import labels
from dlwp_tui.runs.facts import Best
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
    again = history.history()
    assert again == first and again[0] is first[0], "what was drawn of it is still right"
    history._known.clear()  # as in the next process
    assert history.history() == first
    assert first[0].number == 7 and first[0].best["val_loss"].value == 0.3


def test_a_changed_course_and_other_labels_make_other_rows_without_reading_events(
    make_run: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended(make_run, params={"units": 4})
    history.history()
    monkeypatch.setattr(history, "scan", lambda *_args: pytest.fail("the events were read again"))
    monkeypatch.setattr(presets, "of", lambda _lesson: {"new": {"units": 8}})
    (row,) = history.history()
    assert (row.base, row.changed) == ("new", {"units": 4})
    labels.write(row.folder, Labels(tags=("a",)))
    assert history.history()[0].labels.tags == ("a",)


def test_figures_that_are_no_numbers_are_kept(make_run: Make) -> None:
    run = make_run().hold().say("started", device="cpu", pid=1).epochs("loss", 0.5, math.nan, math.inf)
    run.say("ended", 9, state="finished", seconds=9.0).release()
    (first,) = history.history()
    history._known.clear()
    (again,) = history.history()
    for row in (first, again):
        assert row.last["loss"] == Best(math.inf, 3, "", "loss") and row.best["loss"].value == 0.5
    assert json.loads(json.dumps(first.as_json(), allow_nan=False))["last"]["loss"] == {"value": "inf", "epoch": 3}


def test_disk_counts_all_files_of_the_run(make_run: Make) -> None:
    run = make_run()
    run.folder.artifacts.mkdir()
    (run.folder.artifacts / "weights").write_bytes(b"x" * 100_000)
    ended_run = run.hold().say("started", device="cpu", pid=1).say("ended", 9, state="finished", seconds=9.0).release()
    (row,) = history.history()
    assert (
        row.disk
        == ended_run.folder.size
        == 100_000 + sum(path.stat().st_size for path in run.folder.path.iterdir() if path.is_file())
    )


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


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        '{"format": 99, "rows": {}}',
        '{"format": 1, "rows": []}',
        '{"format": 2, "fields": ["lesson"], "rows": {"x": [[1], {"lesson": "3.4"}]}}',
    ],
)
def test_any_file_is_a_cache(make_run: Make, text: str) -> None:
    ended(make_run)
    paths.ensure(paths.cache())
    (paths.cache() / "history.json").write_text(text)
    assert len(history.history()) == 1


def test_rows_of_a_version_with_other_fields_are_read_anew(make_run: Make) -> None:
    run = ended(make_run)
    history.history()
    path = paths.cache() / "history.json"
    stored = json.loads(path.read_text())
    stored["fields"].remove("disk")
    del stored["rows"][run.folder.id][1]["disk"]
    path.write_text(json.dumps(stored))
    history._known.clear()
    assert history.history()[0].disk > 0


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
    history._known.clear()
    began = process_time()
    assert len(history.history()) == 150
    assert process_time() - began < 0.15, "0.02 s on a quiet machine"
