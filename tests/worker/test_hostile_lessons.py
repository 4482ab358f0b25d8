"""What a lesson forks, closes, swallows, floods or raises: its run's state stays true, and nothing of it stays."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path

import psutil
import pytest

from dlwp_tui.core.errors import DataError
from dlwp_tui.course.lesson import Lesson
from dlwp_tui.engine import control, launch
from dlwp_tui.engine.failures import describe
from dlwp_tui.runs import log
from tests.conftest import wait_for
from tests.worker.conftest import coded, events, pid_of, state_of, until_event

FORKS = """
import os, signal, time
def run(lab, **params):
    for _ in range(3):
        if os.fork() == 0:
            time.sleep(60)
    lab.phase("forked")
    {then}
"""


def _children(folder_name: str) -> list[psutil.Process]:
    """Living processes whose environment names this test's home, but not this one."""
    found = []
    for process in psutil.process_iter():
        try:
            mine = folder_name in process.environ().get("DLWP_HOME", "") and process.pid != os.getpid()
        except psutil.Error:
            continue
        if mine and process.status() != psutil.STATUS_ZOMBIE:
            found.append(process)
    return found


def test_forked_children_hold_neither_the_run_nor_its_slot(fake: Lesson, tmp_path: Path, home: Path) -> None:
    folder = launch.start(coded(fake, tmp_path, FORKS.format(then="signal.pause()")), {})
    until_event(folder, "phase")
    waiting = launch.start(fake, {})
    pid = pid_of(folder)
    os.kill(pid, signal.SIGKILL)  # the worker alone: its children live on
    assert control.wait(folder, 5)
    assert state_of(folder) == "died"
    assert control.wait(waiting, 20) and state_of(waiting) == "finished"
    left = _children(str(home))
    assert len(left) == 3
    for process in left:
        process.kill()


def test_forked_children_end_with_the_run(fake: Lesson, tmp_path: Path, home: Path) -> None:
    folder = launch.start(coded(fake, tmp_path, FORKS.format(then="")), {})
    assert control.wait(folder, 20)
    assert state_of(folder) == "finished"
    assert wait_for(lambda: not _children(str(home)), what="the children to end")


def test_a_child_that_returns_does_not_end_the_run(fake: Lesson, tmp_path: Path) -> None:
    code = (
        "import os\n"
        "def run(lab, **params):\n"
        "    if os.fork() == 0:\n        {how}\n"
        "    os.wait()\n"
        "    lab.phase('on')\n"
    )
    for number, how in enumerate(("return", "raise ValueError('in the child')")):
        folder = launch.start(coded(fake, tmp_path / str(number), code.format(how=how)), {})
        assert control.wait(folder, 20)
        assert [event["e"] for event in events(folder)] == ["queued", "started", "wait", "phase", "ended"]
        assert state_of(folder) == "finished"


@pytest.mark.parametrize("error", ["TypeError", "SystemError", "RuntimeError", "KeyboardInterrupt"])
def test_a_stop_is_a_stop_whatever_a_library_makes_of_it(fake: Lesson, tmp_path: Path, error: str) -> None:
    code = (
        "import signal\n"
        "def run(lab, **params):\n"
        "    lab.phase('waits')\n"
        "    try:\n        signal.pause()\n"
        f"    except BaseException:\n        raise {error}('object is not callable') from None\n"
    )
    folder = launch.start(coded(fake, tmp_path, code), {})
    until_event(folder, "phase")
    assert control.stop(folder)
    assert state_of(folder) == "stopped"
    assert error in folder.log.read_text(encoding="utf-8")


def test_a_lesson_that_swallows_a_stop_and_ends_was_stopped(fake: Lesson, tmp_path: Path) -> None:
    code = (
        "import signal\n"
        "def run(lab, **params):\n"
        "    lab.phase('waits')\n"
        "    try:\n        signal.pause()\n"
        "    except BaseException:\n        pass\n"
    )
    folder = launch.start(coded(fake, tmp_path, code), {})
    until_event(folder, "phase")
    assert control.stop(folder)
    assert state_of(folder) == "stopped"


def test_an_error_that_cannot_be_printed_is_a_failure(fake: Lesson, tmp_path: Path) -> None:
    code = (
        "class Mute(Exception):\n"
        "    def __str__(self):\n        raise RuntimeError('no')\n"
        "    __repr__ = __str__\n"
        "def run(lab, **params):\n    raise Mute\n"
    )
    folder = launch.start(coded(fake, tmp_path, code), {})
    assert control.wait(folder, 20)
    assert state_of(folder) == "failed"
    assert events(folder)[-1]["error"]["type"] == "Mute"


def test_a_huge_message_is_cut(tmp_path: Path) -> None:
    class Huge(Exception):
        pass

    Huge.__name__ = "H" * 5000
    try:
        raise Huge("猫" * 5_000_000)
    except Huge as error:
        described = describe(error, Path(__file__))
    assert len(json.dumps(described, ensure_ascii=False).encode()) < 15_000


def test_a_private_class_goes_by_its_public_parents_name() -> None:
    class _NotHere(DataError):
        pass

    assert describe(_NotHere("no", "hint"), Path(__file__))["type"] == "DataError"


def test_a_full_log_does_not_hide_how_a_run_ended(fake: Lesson, tmp_path: Path) -> None:
    code = (
        "import sys\n"
        "def run(lab, **params):\n"
        "    sys.stdout = sys.stderr = open('/dev/full', 'w')\n"
        "    raise ValueError('after the disk was full')\n"
    )
    folder = launch.start(coded(fake, tmp_path, code), {})
    assert control.wait(folder, 20)
    assert state_of(folder) == "failed"
    assert events(folder)[-1]["error"]["message"] == "after the disk was full"


def test_a_lesson_that_closes_all_its_files_and_hangs_is_running_and_can_be_stopped(
    fake: Lesson, tmp_path: Path
) -> None:
    code = (
        "import os, signal\n"
        "def run(lab, **params):\n"
        "    lab.phase('closing')\n"
        "    os.closerange(0, 1000)\n"
        "    open('mark', 'w').close()\n"
        "    while True: signal.pause()\n"
    )
    folder = launch.start(coded(fake, tmp_path, code), {})
    wait_for((folder.artifacts / "mark").exists, what="the files to be closed")
    assert state_of(folder) == "running"
    assert control.active() == [folder]
    assert control.stop(folder)
    assert state_of(folder) == "stopped"
    assert log.death(folder).lines == ()


def test_events_of_a_lesson_that_closed_the_file_go_nowhere_else(fake: Lesson, tmp_path: Path) -> None:
    code = (
        "import os\n"
        "def run(lab, **params):\n"
        "    os.closerange(3, 1000)\n"
        "    mine = [open(f'mine-{n}', 'w') for n in range(20)]\n"
        "    lab.phase('closed')\n"
    )
    folder = launch.start(coded(fake, tmp_path, code), {})
    assert control.wait(folder, 20)
    assert state_of(folder) == "finished"
    assert [event["e"] for event in events(folder)] == ["queued", "started", "wait", "phase", "ended"]
    assert all(file.stat().st_size == 0 for file in folder.artifacts.glob("mine-*"))


def test_a_log_without_end_keeps_its_head_and_tail(fake: Lesson, tmp_path: Path) -> None:
    code = (
        "def run(lab, **params):\n"
        "    print('the head')\n"
        "    for _ in range(400):\n        print('x' * 100_000)\n"
        "    raise ValueError('the tail')\n"
    )
    folder = launch.start(coded(fake, tmp_path, code), {})
    assert control.wait(folder, 30)
    assert folder.log.stat().st_size < 3 << 20
    text = folder.log.read_text(encoding="utf-8")
    assert text.startswith("the head") and "ValueError: the tail" in text and "were left out here" in text


def test_a_log_is_cut_while_the_run_goes_on(fake: Lesson, tmp_path: Path) -> None:
    code = (
        "import signal\n"
        "def run(lab, **params):\n"
        "    for _ in range(200):\n        print('x' * 100_000)\n"
        "    lab.phase('printed')\n"
        "    signal.pause()\n"
    )
    folder = launch.start(coded(fake, tmp_path, code), {})
    until_event(folder, "phase")
    wait_for(lambda: folder.log.stat().st_size < 3 << 20, what="the log to be cut")
    assert control.stop(folder)


def test_reports_without_end_are_bounded_and_the_run_goes_on(fake: Lesson, tmp_path: Path) -> None:
    code = (
        "def run(lab, **params):\n"
        "    lab.table('wide', ['a', 'b'], [['x' * 1000, n] for n in range(100_000)])\n"
        "    for n in range(50):\n        lab.text(f'text {n}', 'y' * 1_000_000)\n"
        "    lab.result(loss=1.0)\n"
    )
    folder = launch.start(coded(fake, tmp_path, code), {})
    assert control.wait(folder, 60)
    assert state_of(folder) == "finished"
    assert folder.events.stat().st_size < 20 << 20
    (table,) = events(folder, "table")
    assert table["cut"] is True and table["rows"][-1] == ["…", "…"]
    (warning,) = events(folder, "warning")
    assert warning["code"] == "much"
    assert events(folder, "result")[0]["metrics"] == {"loss": 1.0}
