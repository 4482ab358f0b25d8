"""A cold worker that imports TensorFlow forks once: who holds what, who says how it ended, who may be killed.

A small package named keras stands in for the real one; `test_keras` and the lessons' tests run cold with that.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from dlwp_tui.course.lesson import Lesson
from dlwp_tui.engine import cold, control, demo, launch
from dlwp_tui.engine.demo import Demo
from dlwp_tui.engine.priority import NICE
from dlwp_tui.runs import state
from dlwp_tui.runs.folder import RunFolder
from tests.conftest import wait_for
from tests.worker.conftest import coded, events, pid_of, script, state_of, until, until_event

KERAS = """
from keras import callbacks, config, layers
class Model: pass
"""
CALLBACKS = """
class Callback: pass
class BackupAndRestore(Callback): pass
"""
LESSON = """
import os, signal
import keras
def run(lab, **params):
    lab.text("pids", f"{os.getpid()} {os.getppid()}")
    if params["mode"] == "raise":
        raise ValueError("told to fail")
    if params["mode"] == "hang":
        while True: signal.pause()
def demo(lab):
    return lambda value: signal.pause() if value == "hang" else {"text": str(os.getpid())}
"""
Make = Callable[..., Lesson]


@pytest.fixture
def keras_lesson(fake: Lesson, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Make:
    """Makes the lesson that imports Keras; `extra` is Python that runs while it is imported."""

    def make(extra: str = "", code: str = LESSON) -> Lesson:
        package = tmp_path / "path" / "keras"
        package.mkdir(parents=True)
        (package / "__init__.py").write_text(extra + KERAS)
        (package / "callbacks.py").write_text(CALLBACKS)
        (package / "layers.py").write_text("")
        (package / "config.py").write_text("def backend(): return 'tensorflow'\n")
        monkeypatch.setenv("PYTHONPATH", str(package.parent))
        lesson = coded(fake, tmp_path, code)
        monkeypatch.setattr(launch, "lesson_of", lambda spec: lesson)
        return lesson

    return make


def _pids(folder: RunFolder) -> tuple[int, int]:
    """The worker's pid and its parent's, as the lesson saw them."""
    (told,) = until_event(folder, "text")
    worker, parent = map(int, told["body"].split())
    return worker, parent


def _gone(pid: int) -> bool:
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def _exit_json(folder: RunFolder) -> object:
    return wait_for(lambda: folder.reaped.exists() and json.loads(folder.reaped.read_text()), what="exit.json")


def test_the_child_trains_and_the_parent_holds_nothing(keras_lesson: Make) -> None:
    lesson = keras_lesson()
    folder = launch.start(lesson, {"mode": "hang"})
    worker, parent = _pids(folder)
    assert worker == pid_of(folder) == events(folder, "started")[0]["pid"]
    assert parent != os.getpid() and psutil.Process(parent).ppid() == os.getpid()
    assert os.getsid(worker) == worker
    assert sorted(int(link.name) for link in Path(f"/proc/{parent}/fd").iterdir()) == [0, 1, 2]
    assert Path(f"/proc/{parent}/fd/1").readlink() == folder.log
    other = launch.start(lesson, {"mode": "ok"})
    assert state_of(other) == "queued"
    control.pause(folder)
    assert state_of(folder) == "paused"
    launch.resume(folder)
    until(folder, "running")
    assert control.stop(folder)
    assert state_of(folder) == "stopped" and _exit_json(folder) == {"code": 0}
    until(other, "finished")
    wait_for(lambda: _gone(parent), what="the parent's end")


@pytest.mark.serial
def test_the_child_gives_way_as_the_parent_does(keras_lesson: Make) -> None:
    """Its own session would else begin with a full share of the processor beside the screen's."""
    folder = launch.start(keras_lesson(), {"mode": "hang"})
    worker, _parent = _pids(folder)
    assert psutil.Process(worker).nice() == psutil.Process().nice() + NICE
    group = Path(f"/proc/{worker}/autogroup")
    if group.exists():  # a kernel that groups processes by session
        assert group.read_text().split()[-2:] == ["nice", str(NICE)]
    assert control.stop(folder)


def test_a_signal_is_known_when_the_launcher_has_gone(keras_lesson: Make) -> None:
    lesson = keras_lesson()
    body = f"""
        fake = fake.model_copy(update={{"folder": Path({str(lesson.folder)!r})}})
        print(launch.start(fake, {{"mode": "hang"}}).path, flush=True)
        import signal; signal.pause()
    """
    app = subprocess.Popen(script(body), stdout=subprocess.PIPE, text=True, start_new_session=True)
    assert app.stdout is not None
    folder = RunFolder(Path(app.stdout.readline().strip()))
    worker, parent = _pids(folder)
    os.killpg(app.pid, signal.SIGHUP)
    app.wait()
    app.stdout.close()
    for number in (signal.SIGHUP, signal.SIGINT):
        os.kill(parent, number)
    os.kill(worker, signal.SIGKILL)
    assert control.wait(folder, 5)
    assert _exit_json(folder) == {"signal": 9}
    assert state_of(folder) == "died"
    wait_for(lambda: _gone(parent), what="the parent's end")


def test_killing_the_parent_does_not_hurt_the_run(keras_lesson: Make) -> None:
    folder = launch.start(keras_lesson(), {"mode": "hang"})
    worker, parent = _pids(folder)
    os.kill(parent, signal.SIGKILL)
    wait_for(lambda: _gone(parent))
    assert state_of(folder) == "running" and pid_of(folder) == worker
    assert control.stop(folder)
    assert state_of(folder) == "stopped"


def test_a_stop_that_reaches_the_parent_stops_the_run(keras_lesson: Make) -> None:
    folder = launch.start(keras_lesson(), {"mode": "hang"})
    _worker, parent = _pids(folder)
    os.kill(parent, signal.SIGTERM)
    assert control.wait(folder, 5)
    assert state_of(folder) == "stopped" and len(events(folder, "ended")) == 1


def test_a_failure_is_told_once(keras_lesson: Make) -> None:
    folder = launch.start(keras_lesson(), {"mode": "raise"})
    assert control.wait(folder, 20)
    assert state_of(folder) == "failed" and len(events(folder, "ended")) == 1
    assert folder.log.read_text().count("ValueError: told to fail") == 1
    assert _exit_json(folder) == {"code": 1}


def test_a_stop_during_the_import(keras_lesson: Make, tmp_path: Path) -> None:
    mark = tmp_path / "importing"
    extra = f"import pathlib, signal\npathlib.Path({str(mark)!r}).touch()\nsignal.pause()\n"
    folder = launch.start(keras_lesson(extra), {})
    wait_for(mark.exists)
    assert state_of(folder) == "queued"
    assert control.stop(folder)
    assert state_of(folder) == "stopped"
    assert [event["e"] for event in events(folder)] == ["queued", "ended"]


def test_kill_during_the_import(keras_lesson: Make, tmp_path: Path) -> None:
    mark = tmp_path / "importing"
    extra = (
        "import pathlib, signal\nsignal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGALRM})\n"
        f"pathlib.Path({str(mark)!r}).touch()\nsignal.pause()\n"
    )
    folder = launch.start(keras_lesson(extra), {})
    wait_for(mark.exists)
    assert control.stop(folder, grace=0.2) is False
    assert state_of(folder) == "stopped"


@pytest.mark.parametrize(
    "extra",
    [
        "import threading\nthreading.Thread(target=threading.Event().wait, daemon=True).start()\n",  # an unsafe fork
        "import os\ndef no_fork(): raise OSError(11, 'Resource temporarily unavailable')\nos.fork = no_fork\n",
    ],
)
def test_where_it_cannot_fork_it_trains_itself(keras_lesson: Make, extra: str) -> None:
    folder = launch.start(keras_lesson(extra), {})
    worker, parent = _pids(folder)
    assert parent == os.getpid() and worker != parent
    assert control.wait(folder, 20)
    assert state_of(folder) == "finished" and _exit_json(folder) == {"code": 0}


def test_a_lesson_whose_import_fails_says_so(keras_lesson: Make) -> None:
    folder = launch.start(keras_lesson("raise ModuleNotFoundError('gone', name='tensorflow')\n"), {})
    assert control.wait(folder, 20)
    assert state_of(folder) == "failed"
    assert "is not installed" in events(folder)[-1]["error"]["message"]


def test_a_lesson_without_tensorflow_imports_none(keras_lesson: Make) -> None:
    code = (
        "import os\ndef run(lab, **params):\n    lab.text('pids', f'{os.getpid()} {os.getppid()}')\n    import keras\n"
    )
    folder = launch.start(keras_lesson("import sys\nassert 'dlwp_tui.lab.warm' not in sys.modules\n", code), {})
    assert _pids(folder)[1] == os.getpid()
    assert control.wait(folder, 20)
    assert state_of(folder) == "finished"


def test_a_cold_demo_forks_and_dies_with_its_parent(keras_lesson: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = launch.start(keras_lesson(), {})
    assert control.wait(folder, 20)
    monkeypatch.setattr(demo, "_GONE", 0.3)
    one = Demo(folder)
    child = int(one.ask("who")["text"])
    assert child != one._pid and psutil.Process(child).ppid() == one._pid
    one.close()
    wait_for(lambda: _gone(child) and _gone(one._pid), what="the demo's end")
    hanging = Demo(folder)
    child = int(hanging.ask("who")["text"])
    assert "not answered" in hanging.ask("hang", timeout=0.3)["error"]
    wait_for(lambda: _gone(child) and _gone(hanging._pid), what="the hanging demo's end")
    assert not state.locked(folder)


@pytest.mark.parametrize(
    ("code", "does"),
    [
        ("import keras\n", True),
        ("import numpy as np, tensorflow.data as td\n", True),
        ("from keras import layers\n", True),
        ("try:\n    import keras\nexcept ImportError:\n    keras = None\n", True),
        ("class A:\n    import keras\n", True),
        ("import kerastuner\nfrom . import keras\nkeras = 'import keras'\n", False),
        ("def run(lab):\n    import keras\n", False),
        ("def run(lab: 1 +\n", False),
        ("\0", False),
    ],
)
def test_what_a_lesson_imports_is_read_not_run(tmp_path: Path, code: str, does: bool) -> None:
    file = tmp_path / "lesson.py"
    file.write_text("raise SystemExit\n" * ("run(" not in code) + code)
    assert cold.imports_tensorflow(file) is does
    assert cold.imports_tensorflow(tmp_path / "none.py") is False
