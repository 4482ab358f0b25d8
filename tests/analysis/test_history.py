"""The history, the comparison and the export say what the runs said."""

from __future__ import annotations

import csv
import io
import json
import math
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from dlwp_tui.analysis import compare, export, history
from dlwp_tui.core.errors import StorageError, UsageError
from dlwp_tui.core.types import Value
from dlwp_tui.course import reader
from dlwp_tui.runs import store
from dlwp_tui.runs.events import encode
from dlwp_tui.runs.facts import Best
from dlwp_tui.runs.folder import RunFolder
from dlwp_tui.runs.state import RunState
from tests.runs.fake_run import T0, FakeRun

Make = Callable[..., FakeRun]
FULL: dict[str, Value] = {"epochs": 5, "rate": 1.0, "mode": "ok", "noisy": True}


def finished(run: FakeRun) -> FakeRun:
    run.hold().say("queued", 1).say("started", 2).say("dataset", 2, name="imdb", source="synthetic")
    for epoch in (1, 2, 3):
        run.say("batch", 2 + epoch, epoch=epoch, epochs=3, step=1, steps=2, metrics={"loss": 9.0})
        metrics = {"loss": 1 / epoch, "val_loss": abs(epoch - 2) + 0.5, "val_accuracy": 0.6 + epoch / 10}
        run.say("epoch", 2 + epoch, epoch=epoch, epochs=3, metrics=metrics)
    run.say("text", 5, title="x", body='a trap: "e":"epoch"').say("result", 5, metrics={"accuracy": 0.75})
    return run.say("ended", 6, state="finished", seconds=4).release()


def test_a_row_says_what_the_run_was(make_run: Make, course_dir: Path) -> None:
    run = finished(make_run("1.1", params=FULL | {"rate": 2.0}, seed=9))
    (row,) = history.history()
    assert (row.id, row.lesson, row.state, row.seed) == (run.folder.id, "1.1", RunState.FINISHED, 9)
    assert row.started == T0 + 2 and row.seconds == 4 and row.source == "synthetic"
    assert row.base == "book" and row.changed == {"rate": 2.0} and row.preset is None
    assert row.best["val_loss"] == Best(0.5, 2, "", "val_loss")
    assert row.metrics == ["val_loss", "loss", "val_accuracy"]
    accuracy = row.figure("val_accuracy")
    assert accuracy is not None and accuracy.value == pytest.approx(0.9)
    assert accuracy == Best(accuracy.value, 3, "", "val_accuracy")
    assert row.figure("val_loss", last=True) == Best(1.5, 3, "", "val_loss")
    assert row.results == {"": {"accuracy": 0.75}}
    assert row.label == "✓ finished"
    line = json.loads(json.dumps(row.as_json(), allow_nan=False))
    assert line["run"] == run.folder.id and line["state"] == "finished" and line["result"] == {"accuracy": 0.75}


def test_finished_runs_are_counted_by_lesson(make_run: Make) -> None:
    assert history.finished_counts() == {}
    for lesson in ("1.1", "3.5", "1.1"):
        finished(make_run(lesson))
    make_run("1.1").say("queued", 1).say("started", 2).say("ended", 3, state="stopped", seconds=1)
    make_run("1.1").hold().say("queued", 1).say("started", 2)
    make_run("1.1")
    resumed = finished(make_run("1.1"))
    resumed.say("started", 9)
    assert history.finished_counts() == {"1.1": 2, "3.5": 1}
    resumed.say("ended", 10, state="finished", seconds=1)
    assert history.finished_counts() == {"1.1": 3, "3.5": 1}


def test_rows_are_filtered_by_lesson_newest_first(make_run: Make, course_dir: Path) -> None:
    runs = [finished(make_run("1.1", params=FULL)), make_run("3.5"), finished(make_run("1.1", params=FULL))]
    assert [row.id for row in history.history("1.1")] == [runs[2].folder.id, runs[0].folder.id]
    assert [row.id for row in history.history("3.5")] == [runs[1].folder.id]
    assert history.history("9.9") == []


def test_a_row_of_a_death_counts_until_the_last_event(make_run: Make) -> None:
    run = make_run().hold().say("started", 0).say("epoch", 5, epoch=1, epochs=9, metrics={"loss": 1.0})
    run.say("batch", 7.5, epoch=2, epochs=9, step=1, steps=2, metrics={"loss": 1.0}).release()
    (row,) = history.history()
    assert row.state is RunState.DIED and row.seconds == run.view().elapsed_s == 7.5


def test_a_row_follows_its_run(make_run: Make) -> None:
    run = make_run().hold()
    assert history.history()[0].state is RunState.QUEUED
    run.say("queued").say("started", time.time() - T0 - 20)
    row = history.history()[0]
    assert row.state is RunState.RUNNING and 20 <= row.seconds < 60
    run.say("ended", time.time() - T0, state="stopped").release()
    assert history.history()[0].state is RunState.STOPPED
    run.hold().say("queued", time.time() - T0)
    assert history.history()[0].state is RunState.QUEUED, "a resume is noticed though the end was remembered"


def test_five_hundred_runs_are_read_fast_and_once(make_run: Make) -> None:
    template = finished(make_run())
    events = template.folder.events.read_bytes()
    line = encode({"e": "batch", "t": 1, "epoch": 1, "step": 1, "steps": 2, "metrics": {"loss": 0.5}})
    spec = store.read_spec(template.folder)
    for number in range(499):
        run_id = f"20260102-{number // 60:02d}{number % 60:02d}-3.4-aaaa"
        folder = store.create(spec.model_copy(update={"id": run_id, "created": T0 + 100 + number}))
        folder.events.write_bytes(line * 100 + events)
    store._specs.clear()
    began = time.process_time()
    assert len(history.history()) == 500
    cold = time.process_time() - began
    began = time.process_time()
    rows = history.history()
    warm = time.process_time() - began
    assert len(rows) == 500 and all(row.state is RunState.FINISHED for row in rows)
    assert cold < 1.0, "0.2 s on an idle machine"
    assert warm < 0.2, "0.02 s"


def test_changes_are_named_from_the_nearest_preset(course_dir: Path) -> None:
    lesson = reader.load(course_dir).lesson("1.1")

    def changes(preset: str | None, **params: Value) -> object:
        return compare.nearest(preset, FULL | params, compare.bases(lesson))

    assert changes("book") == ("book", {})
    assert changes("quick", epochs=3) == ("quick", {})
    assert changes(None, epochs=3, rate=0.5) == ("quick", {"rate": 0.5})
    assert changes(None, epochs=7) == ("book", {"epochs": 7})
    assert changes("gone", epochs=7) == ("book", {"epochs": 7})
    assert changes(None, new=1) == ("book", {"new": 1})
    assert compare.nearest(None, {"a": 1}, compare.bases(None)) == (None, {"a": 1})


def test_params_that_differ(make_run: Make) -> None:
    runs = [make_run(params=params) for params in ({"a": 1, "b": 2}, {"a": 1, "b": 3}, {"a": 1, "c": "x"})]
    specs = [store.read_spec(run.folder).params for run in runs]
    assert compare.diff_params(specs) == {"b": (2, 3, None), "c": (None, None, "x")}
    assert compare.diff_params(specs[:1]) == {} and compare.diff_params([]) == {}


def test_csv_has_a_row_per_label_and_epoch(make_run: Make) -> None:
    run = make_run().hold().say("started")
    run.epochs("mae", 3.0, math.nan, label="折 1").epochs("mae", 0.1, label="折 2")
    run.say("epoch", label="折 2", epoch=2, metrics={"loss": 1e-9})
    rows = list(csv.reader(io.StringIO("".join(export.to_csv(run.folder)))))
    assert rows == [
        ["label", "epoch", "mae", "loss"],
        ["折 1", "1", "3.0", ""],
        ["折 1", "2", "nan", ""],
        ["折 2", "1", "0.1", ""],
        ["折 2", "2", "", "1e-09"],
    ]


def test_json_has_everything(make_run: Make) -> None:
    run = finished(make_run(params={"units": 4}))
    content = json.loads("".join(export.to_json(run.folder)), parse_constant=pytest.fail)
    assert content["run"]["params"] == {"units": 4} and content["summary"]["state"] == "finished"
    curve = next(curve for curve in content["curves"] if curve["metric"] == "val_loss")
    assert curve == {"label": "", "metric": "val_loss", "x": [1, 2, 3], "y": [1.5, 0.5, 1.5]}
    assert content["batch_curves"][0]["x"] == [0.5, 1.5, 2.5]
    assert content["datasets"] == [{"name": "imdb", "source": "synthetic", "detail": ""}]
    assert content["results"] == {"": {"accuracy": 0.75}}


def test_saving_is_whole_or_not_at_all(tmp_path: Path) -> None:
    target = tmp_path / "out.csv"
    target.write_text("old", encoding="utf-8")
    link = tmp_path / "link.csv"
    link.symlink_to(target)
    export.save("新\n", link)
    assert target.read_bytes() == "新\n".encode() and link.is_symlink()
    for bad in (tmp_path, tmp_path / "no" / "out.csv"):
        with pytest.raises(UsageError, match="cannot be written"):
            export.save("x", bad)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["home", "link.csv", "out.csv"]


def test_a_full_disk_keeps_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "out.csv"
    target.write_text("old", encoding="utf-8")

    def full(self: Path, *_args: object, **_kw: object) -> int:
        raise OSError(28, os.strerror(28))

    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", full)
        with pytest.raises(StorageError, match="No space left"):
            export.save("new", target)
    assert target.read_text(encoding="utf-8") == "old"


def test_a_broken_run_spoils_no_history(make_run: Make) -> None:
    run = finished(make_run())
    (RunFolder(run.folder.path.with_name("20260101-0900-3.4-zzzz")).path).mkdir()
    run.folder.events.write_bytes(b"\xff\xfe garbage\n" + run.folder.events.read_bytes())
    assert [row.state for row in history.history()] == [RunState.FINISHED]
