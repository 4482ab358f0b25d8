"""Deleted runs can be brought back until they are purged, and nothing hidden stays for ever."""

from __future__ import annotations

import os
import time
from collections.abc import Callable

import pytest

from dlwp_tui.analysis import history
from dlwp_tui.core import paths
from dlwp_tui.core.errors import RunError, StorageError
from dlwp_tui.runs import store, trash
from tests.runs.fake_run import FakeRun

Make = Callable[..., FakeRun]


def over(make_run: Make) -> FakeRun:
    return (
        make_run().hold().say("started", device="cpu", pid=1).say("ended", 9, state="finished", seconds=9.0).release()
    )


def hidden() -> list[str]:
    return sorted(path.name for path in paths.runs().iterdir() if path.name.startswith("."))


def test_a_deleted_run_is_in_no_list_and_comes_back_as_it_was(make_run: Make) -> None:
    run = over(make_run)
    (before,) = history.history()
    files = {path: path.read_bytes() for path in run.folder.path.iterdir()}
    deleted = trash.take(run.folder)
    assert store.all() == [] and history.history() == [] and store.problems() == ()
    assert deleted.size == sum(map(len, files.values()))
    assert trash.bring_back(deleted) == run.folder
    assert history.history() == [before] and hidden() == []
    assert {path: path.read_bytes() for path in run.folder.path.iterdir()} == files


def test_a_run_at_work_cannot_be_deleted(make_run: Make) -> None:
    run = make_run().hold()
    with pytest.raises(RunError, match="still at work"):
        trash.take(run.folder)
    run.release()
    trash.take(run.folder)
    with pytest.raises(RunError, match="gone already"):
        trash.take(run.folder)


def test_purged_is_purged(make_run: Make) -> None:
    deleted = trash.take(over(make_run).folder)
    trash.purge(deleted)
    trash.purge(deleted)
    assert hidden() == []
    with pytest.raises(RunError, match="cannot be brought back"):
        trash.bring_back(deleted)


def test_what_a_crash_left_goes_after_a_day(make_run: Make) -> None:
    fresh = trash.take(over(make_run).folder)
    assert trash.purge_old() == [] and [one.path for one in trash.kept()] == [fresh.path]
    old = over(make_run).folder
    name = old.path.with_name(f".deleted-{old.id}-1-{time.time() - trash.KEPT_S - 5:.0f}")
    old.path.rename(name)
    before = over(make_run).folder
    before.path.rename(before.path.with_name(f".deleted-{before.id}-77"))  # of a version that wrote no time
    other = paths.runs() / ".deleted-by-somebody-else"
    other.mkdir()
    assert [one.folder.id for one in trash.kept()] == [before.id, old.id, fresh.folder.id]
    assert [one.folder.id for one in trash.purge_old()] == [before.id, old.id]
    assert hidden() == sorted([other.name, fresh.path.name])


@pytest.mark.parametrize("pid", [7, 6719, 4194304])
def test_the_time_of_deletion_is_read_whatever_the_process(
    make_run: Make, pid: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "getpid", lambda: pid)
    deleted = trash.take(over(make_run).folder)
    (kept,) = trash.kept()
    assert kept.folder == deleted.folder and abs(kept.when - deleted.when) < 1 and trash.purge_old() == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root may remove everything")
def test_what_cannot_be_removed_is_a_sentence(make_run: Make) -> None:
    deleted = trash.take(over(make_run).folder)
    paths.runs().chmod(0o500)
    deleted.path.chmod(0o500)
    with pytest.raises(StorageError):
        trash.purge(deleted)
    deleted.path.chmod(0o700)
    paths.runs().chmod(0o700)


def test_without_a_folder_of_runs_there_is_nothing_to_purge() -> None:
    assert trash.kept() == [] and trash.purge_old() == []
