"""A full disk: how a run ended is always there to read, and a run that could not be recorded does not start.

The disk is one of 1 MB where this user may mount one. Everywhere there is also a fake: in the worker's process nothing
can be written as long as the reserve is not freed.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from dlwp_tui.core import paths
from dlwp_tui.core.errors import StorageError
from dlwp_tui.course.lesson import Lesson
from dlwp_tui.engine import control, launch
from dlwp_tui.runs import store
from tests.worker.conftest import coded, events, state_of, sweep, until, until_event

FAKE = """
import errno, os, sys
def fill():
    write = os.write
    def full(fd, data):
        if os.path.exists("../.reserve"):
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(fd, data)
    os.write = full
    sys.stdout = sys.stderr = open("/dev/full", "w")
"""
REAL = """
import os, sys
def fill():
    for size in (65536, 4096, 1):
        fd = os.open("filler", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        try:
            while True:
                os.write(fd, b"x" * size)
        except OSError:
            os.close(fd)
"""
ENDS = {
    "logging": ("for step in lab.steps(900):\n        lab.log(step, loss=1.0)", "failed", "disk is full"),
    "printing": (
        "print('x' * 10000, file=sys.stderr, flush=True)\n    print('x' * 10000, flush=True)", "failed", "disk is full",
    ),
    "its own error": ("raise ValueError('猫' * 100_000)", "failed", "猫"),
    "a file": ("open('mine', 'w').write('x' * 100_000)\n    raise OSError(28, 'full')", "failed", "disk is full"),
    "a stop": ("import signal\n    while True: signal.pause()", "stopped", ""),
}  # fmt: skip


@pytest.fixture(params=["fake", "real"])
def disk(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The lesson's function `fill`; with "real" the data home lies on a disk of 1 MB."""
    if request.param == "fake":
        yield FAKE
        return
    small = tmp_path / "small"
    small.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(small)]
    if shutil.which("mount") is None or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("this user may not mount a disk")
    monkeypatch.setenv("DLWP_HOME", str(small / "dlwp"))
    try:
        yield REAL
        sweep()
    finally:
        subprocess.run(["umount", "-l", str(small)], check=True)


@pytest.mark.parametrize("end", ENDS)
def test_every_end_is_recorded(fake: Lesson, tmp_path: Path, disk: str, end: str) -> None:
    body, wanted, words = ENDS[end]
    code = f"{disk}\ndef run(lab, **params):\n    lab.phase('filling')\n    fill()\n    {body}\n"
    folder = launch.start(coded(fake, tmp_path, code), {})
    until_event(folder, "phase")
    if wanted == "stopped":
        control.stop(folder, grace=20)
    assert control.wait(folder, 30)
    assert state_of(folder) == wanted
    last = events(folder)[-1]
    assert last["e"] == "ended"
    assert words in str((last["error"] or {}).get("message", ""))


def test_a_run_that_cannot_be_recorded_does_not_start(
    fake: Lesson, tmp_path: Path, disk: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    until(launch.start(fake, {}), "finished")
    before = len(store.all())
    if disk is FAKE:
        monkeypatch.setattr("os.posix_fallocate", lambda *_args: (_ for _ in ()).throw(OSError(28, "full")))
    else:
        room = paths.home() / "filler"
        with room.open("ab", buffering=0) as file, pytest.raises(OSError, match="No space"):
            while True:
                file.write(b"x" * 4096)
    with pytest.raises(StorageError, match="disk is full"):
        launch.start(fake, {})
    assert len(store.all()) == before and store.problems() == ()
