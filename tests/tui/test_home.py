"""A data home that others hold, that cannot be written, or of which one file cannot be read: the app says so."""

from __future__ import annotations

import errno
import fcntl
import os
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from dlwp_tui.core import paths, progress
from dlwp_tui.course.reader import Course
from dlwp_tui.tui.app import DlwpApp
from dlwp_tui.tui.screens.study import StudyScreen
from tests.tui.bench.bench_runs import finished, rows, until


def shown(app: DlwpApp) -> str:
    """What stands on the screen, notices included."""
    return "\n".join([*rows(app), *(f"{notice.title} {notice.message}" for notice in app._notifications)])


async def opened(app: DlwpApp, pilot: Pilot[None]) -> None:
    await until(pilot, lambda: isinstance(app.screen, StudyScreen), "the study screen")


async def test_a_lock_that_another_program_holds(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paths, "_PATIENCE", 0.01)
    progress.visit("1.1", 0)
    app = DlwpApp(course, "1.1", warm_up=False)
    with paths.progress_file().with_suffix(".lock").open("rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        async with app.run_test(size=(100, 30)) as pilot:
            await opened(app, pilot)
            await pilot.press("n")
            await until(pilot, lambda: "Another program has held" in shown(app), "the sentence")
            await until(pilot, lambda: "只读的一节" in shown(app), "the next section all the same")
            await pilot.press("q")
            await until(pilot, lambda: not app.is_running, "the end")
    assert app.return_code == 0


async def test_a_home_that_cannot_be_written(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    """The theme, the language, a page, a bookmark: each is changed for this app, and its sentence says what is not."""
    really = os.open

    def refuse(path: Any, flags: int, *args: Any, **more: Any) -> int:
        if flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT) and str(path).startswith(str(paths.home())):
            raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(path))
        return really(path, flags, *args, **more)

    monkeypatch.setattr(os, "open", refuse)
    app = DlwpApp(course, "1.1", warm_up=False)
    async with app.run_test(size=(100, 30)) as pilot:
        await opened(app, pilot)
        for key in ("D", "L", "B", "]", "n"):
            await pilot.press(key)
            await pilot.pause()
        await until(pilot, lambda: "No permission to write" in shown(app), "the sentence")
        await pilot.press("q")
        await until(pilot, lambda: not app.is_running, "the end")
    assert app.return_code == 0


@pytest.mark.parametrize("file", ["events.jsonl", "lock"])
async def test_a_run_with_a_file_that_cannot_be_read(
    course: Course, monkeypatch: pytest.MonkeyPatch, file: str
) -> None:
    whole, other = finished(), finished()
    really = os.open

    def refuse(path: Any, *args: Any, **more: Any) -> int:
        if Path(os.fspath(path)) == other.path / file:
            raise OSError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        return really(path, *args, **more)

    monkeypatch.setattr(os, "open", refuse)
    app = DlwpApp(course, "1.1", warm_up=False)
    async with app.run_test(size=(100, 30)) as pilot:
        await opened(app, pilot)
        await pilot.press("h")
        await until(pilot, lambda: f"Run {other.id} cannot be" in shown(app) and "denied." in shown(app), "its row")
        await until(pilot, lambda: whole.id[-4:] in shown(app), "the other run")
