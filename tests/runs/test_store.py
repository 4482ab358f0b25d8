"""The folders are the list of runs; a bad one spoils nothing."""

from __future__ import annotations

import errno
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dlwp_tui.analysis import history
from dlwp_tui.core import paths
from dlwp_tui.core.errors import RunError, StorageError
from dlwp_tui.runs import store
from dlwp_tui.runs.folder import folder, new_id
from dlwp_tui.runs.view import RunView
from tests.runs.fake_run import FakeRun

Make = Callable[..., FakeRun]


def ids() -> list[str]:
    return [run.id for run in store.all()]


def test_no_home_is_no_error() -> None:
    assert store.all() == [] and store.problems() == ()
    for wanted in ("last", "abcd"):
        with pytest.raises(RunError, match="no runs yet"):
            store.find(wanted)


def test_runs_are_listed_newest_first_and_read_back(make_run: Make) -> None:
    first = make_run(params={"units": 16, "name": "影评", "rate": 0.1, "on": True}, preset="book")
    second = make_run("3.5")
    assert ids() == [second.folder.id, first.folder.id]
    spec = store.read_spec(first.folder)
    assert spec.params == {"units": 16, "name": "影评", "rate": 0.1, "on": True}
    assert [type(value) for value in spec.params.values()] == [int, str, float, bool]
    assert store.find("last") == second.folder


def test_a_run_is_found_by_id_prefix_and_suffix(make_run: Make) -> None:
    runs = [make_run(), make_run(), make_run("3.5")]
    for run in runs:
        assert store.find(run.folder.id) == run.folder
        assert store.find(run.folder.id[-4:]) == run.folder
        assert store.find(run.folder.id[:-2]) == run.folder
    assert store.find("20260101-0002") == runs[2].folder


def test_an_ambiguous_prefix_lists_the_matches(make_run: Make) -> None:
    runs = [make_run() for _ in range(12)]
    with pytest.raises(RunError) as caught:
        store.find("20260101")
    assert caught.value.exit_code == 2
    assert runs[-1].folder.id in caught.value.message and "and 2 more" in caught.value.message


def test_an_unknown_run_is_answered_with_a_guess(make_run: Make) -> None:
    run = make_run()
    for typo in (run.folder.id[:-1] + "z", run.folder.id[-4:-1] + "z"):
        with pytest.raises(RunError, match="Did you mean") as caught:
            store.find(typo)
        assert run.folder.id in caught.value.hint and caught.value.exit_code == 2
    for wanted in ("", "zzzzzzzz", "../runs", "/"):
        with pytest.raises(RunError, match="There is no run"):
            store.find(wanted)


def test_broken_and_foreign_folders_are_skipped_and_told(make_run: Make) -> None:
    good = make_run()
    broken = {
        "20260101-0101-3.4-aaaa": "{",
        "20260101-0102-3.4-aaab": "{}",
        "20260101-0103-3.4-aaac": '{"id": 3}',
        "20260101-0104-3.4-aaad": "\0" * 50,
        "20260101-0105-3.4-aaae": None,
    }
    for name, text in broken.items():
        (paths.runs() / name).mkdir()
        if text is not None:
            (paths.runs() / name / "run.json").write_text(text, encoding="utf-8")
    (paths.runs() / "holiday").mkdir()
    (paths.runs() / "20260101-0106-3.4-aaaf").write_text("a file", encoding="utf-8")
    (paths.runs() / ".hidden").mkdir()
    assert ids() == [good.folder.id]
    found = {Path(problem.file).name for problem in store.problems()}
    assert found == {*broken, "holiday", "20260101-0106-3.4-aaaf"}
    with pytest.raises(RunError, match=r"damaged \(.*\)") as caught:
        store.read_spec(store.find("aaab"))
    assert str(paths.runs() / "20260101-0102-3.4-aaab" / "run.json") in caught.value.message


def test_a_new_run_never_overwrites_one(make_run: Make) -> None:
    run = make_run()
    with pytest.raises(RunError, match="already"):
        store.create(store.read_spec(run.folder))


def test_a_full_disk_leaves_no_half_run(make_run: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    spec = store.read_spec(make_run().folder).model_copy(update={"id": new_id("3.4")})

    def full(path: object, text: str) -> None:
        raise StorageError("The disk is full")

    monkeypatch.setattr(paths, "atomic_write", full)
    with pytest.raises(StorageError):
        store.create(spec)
    assert not folder(spec.id).path.exists()


def test_runs_that_are_no_folder_are_a_sentence() -> None:
    paths.ensure(paths.home())
    paths.runs().write_text("not a folder", encoding="utf-8")
    with pytest.raises(StorageError, match="cannot be listed"):
        store.all()


def test_a_run_is_deleted_only_when_it_is_over(make_run: Make) -> None:
    run = make_run().hold()
    with pytest.raises(RunError, match="still at work"):
        store.delete(run.folder)
    run.release()
    store.delete(run.folder)
    assert ids() == [] and list(paths.runs().iterdir()) == []
    with pytest.raises(RunError, match="gone already"):
        store.delete(run.folder)


def test_a_spec_that_changed_on_disk_is_read_again(make_run: Make) -> None:
    run = make_run(seed=1)
    assert store.read_spec(run.folder).seed == 1
    shutil.rmtree(run.folder.path)
    with pytest.raises(RunError, match=r"no run\.json"):
        store.read_spec(run.folder)


@pytest.mark.parametrize("name", ["run.json", "events.jsonl", "lock"])
def test_a_file_that_cannot_be_read_costs_that_run_alone(
    make_run: Make, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    good, bad = make_run(), make_run()
    for run in (good, bad):
        run.say("ended", state="finished")
        run.hold().release()
    file = bad.folder.path / name
    open_ = os.open

    def refuse(path: object, *rest: Any, **more: Any) -> int:
        if path == file:
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return open_(path, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "open", refuse)
    assert ids() == [good.folder.id]
    (problem,) = store.problems()
    assert str(file) in problem.message and "Permission denied" in problem.message
    assert [row.id for row in history.history()] == [good.folder.id]
    assert history.finished_counts() == {"3.4": 1}
    with pytest.raises(RunError, match="Permission denied"):
        RunView.open(bad.folder)


@pytest.mark.parametrize("name", ["run.json", "events.jsonl", "lock", "log.txt", "exit.json", "labels.json"])
@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir])
def test_no_file_of_a_run_is_waited_for(make_run: Make, name: str, make: Callable[[Path], None]) -> None:
    good, odd = make_run(), make_run()
    for run in (good, odd):
        run.say("started", pid=1)
    file = odd.folder.path / name
    file.unlink(missing_ok=True)
    make(file)
    assert good.folder in store.all()
    assert len(store.all()) + len(store.problems()) == 2
    for one in store.all():
        view = RunView.whole(one)
        assert view.error is not None and view.error.message
        view.log_tail()
    assert {row.id for row in history.history()} == set(ids())


def test_a_run_of_a_newer_version_is_no_damage(make_run: Make) -> None:
    run = make_run()
    raw = json.loads(run.folder.spec.read_text(encoding="utf-8"))
    run.folder.spec.write_text(json.dumps(raw | {"v": 2, "params": {"units": [1]}}), encoding="utf-8")
    (problem,) = store.problems()
    assert "newer dlwp" in problem.message and "Update" in problem.hint
    assert "delete" not in problem.message + problem.hint
