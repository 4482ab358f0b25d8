"""Folders and files of the learner's: private, never waited for without end, and read only where they are files."""

from __future__ import annotations

import errno
import fcntl
import os
import stat
from pathlib import Path

import pytest

from dlwp_tui.core import own_notes, paths, progress, settings
from dlwp_tui.core.errors import DlwpError, StorageError


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_what_is_made_belongs_to_the_learner_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = os.umask(0o022)
    try:
        monkeypatch.setenv("DLWP_HOME", str(tmp_path / "new" / "data" / "dlwp"))
        progress.visit("3.4", 1)
        settings.save(settings.Settings())
        own_notes.write(own_notes.read("3.4"), "mine")
        paths.atomic_write(tmp_path / "shown", "to all", mode=0o644)
    finally:
        os.umask(before)
    made = list((tmp_path / "new").rglob("*"))
    assert {path.name for path in made} >= {"progress.json", "progress.lock", "settings.toml", "3.4.md", ".lock"}
    assert {_mode(path) for path in made} == {0o700, 0o600}
    assert _mode(tmp_path / "shown") == 0o644


def test_a_lock_that_is_held_is_given_up_with_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paths, "_PATIENCE", 0.05)
    progress.visit("3.4", 1)
    lock = paths.progress_file().with_suffix(".lock")
    with lock.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with pytest.raises(StorageError, match="Another program has held") as caught:
            progress.visit("3.4", 2)
    assert f"fuser -v {lock}" in caught.value.hint
    progress.visit("3.4", 2)
    assert progress.load().page == 2


def test_nobody_waits_longer_than_two_seconds_for_a_lock() -> None:
    assert paths._PATIENCE <= 2


def test_without_flock_small_files_are_written_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    def none(*_args: object) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr("fcntl.flock", none)
    progress.visit("3.4", 2)
    assert progress.load().page == 2


def test_a_pipe_or_folder_in_a_files_place_is_not_waited_for(home: Path) -> None:
    paths.ensure(own_notes.folder())
    os.mkfifo(own_notes.file("3.4"))
    with pytest.raises(StorageError, match="it is no file"):
        own_notes.read("3.4")
    os.mkfifo(paths.settings_file())
    assert settings.load() == settings.Settings()
    os.mkfifo(paths.progress_file())
    assert progress.load() == progress.Progress()
    opened = len(list(Path("/proc/self/fd").iterdir()))
    with pytest.raises(OSError, match="it is no file"):
        paths.read_bytes(home)
    assert len(list(Path("/proc/self/fd").iterdir())) == opened


def test_a_file_is_not_read_beyond_reason(tmp_path: Path) -> None:
    huge = tmp_path / "huge"
    with huge.open("wb") as file:
        file.truncate(1 << 40)  # a sparse file: it takes no room
    with pytest.raises(OSError, match="File too large"):
        paths.read_bytes(huge)


@pytest.mark.parametrize("number", [errno.EROFS, errno.ENOSPC, errno.EACCES])
def test_a_home_that_cannot_be_written_is_a_sentence(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    progress.visit("3.4", 1)

    def refuse(*_args: object, **_more: object) -> int:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(Path, "unlink", refuse)
    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(DlwpError):
        progress.visit("3.4", 2)
    with pytest.raises(DlwpError):
        settings.save(settings.Settings())
