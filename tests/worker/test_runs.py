"""What becomes of a run: finished, failed, stopped, died, paused; whoever started it."""

from __future__ import annotations

import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from PIL import Image

from dlwp_tui.core import paths, settings
from dlwp_tui.core.errors import ContentError, DataError, RunError, UsageError
from dlwp_tui.course import reader
from dlwp_tui.course.lesson import Lesson
from dlwp_tui.engine import control, exits, launch, spawn
from dlwp_tui.engine.priority import NICE
from dlwp_tui.runs import state, store
from dlwp_tui.runs.folder import RunFolder, new_id
from dlwp_tui.runs.view import RunView
from tests.conftest import wait_for
from tests.worker.conftest import coded, events, pid_of, script, state_of, until, until_event


def test_a_run_finishes_with_all_its_events(fake: Lesson) -> None:
    folder = launch.start(fake, {"epochs": 4}, seed=5)
    assert control.wait(folder, 20)
    assert state_of(folder) == "finished"
    told = events(folder)
    assert [event["e"] for event in told][:4] == ["queued", "started", "wait", "phase"]
    assert [event["epoch"] for event in told if event["e"] == "epoch"] == [1, 2, 3, 4]
    assert told[-1]["e"] == "ended" and told[-1]["state"] == "finished" and told[-1]["error"] is None
    assert events(folder, "check")[0]["ok"] is True
    assert events(folder, "result")[0]["metrics"] == {"loss": 0.25}
    for line in folder.events.read_text(encoding="utf-8").splitlines():
        event = json.loads(line)
        assert event["v"] == 1 and isinstance(event["t"], float)
    assert wait_for(lambda: folder.reaped.exists() and json.loads(folder.reaped.read_text())) == {"code": 0}
    assert not (folder.path / ".reserve").exists()


def test_the_spec_says_how_to_repeat_it(fake: Lesson) -> None:
    folder = launch.start(fake, {}, preset="quick", source="synthetic")
    spec = store.read_spec(folder)
    assert spec.params == {"epochs": 3, "rate": 1.0, "mode": "ok", "noisy": True}
    assert (spec.preset, spec.source, spec.lesson) == ("quick", "synthetic", "1.1")
    assert 0 <= spec.seed < 2**31
    assert spec.versions["tensorflow"] and spec.versions["python"] == sys.version.split()[0]
    assert Path(spec.content) == fake.folder.parents[1]
    assert control.wait(folder, 20)
    again = launch.rerun(folder)
    assert control.wait(again, 20)
    other = store.read_spec(again)
    assert (other.seed, other.params, other.preset, other.rerun_of) == (spec.seed, spec.params, "quick", spec.id)


@pytest.mark.parametrize(("chosen", "word"), [("en", "became nan"), ("zh", "变成了 nan")])
def test_a_worker_writes_in_the_language_of_the_settings(
    fake: Lesson, monkeypatch: pytest.MonkeyPatch, chosen: str, word: str
) -> None:
    monkeypatch.delenv("DLWP_LANG")
    settings.save(settings.Settings(language=chosen))
    folder = launch.start(fake, {"mode": "nan", "epochs": 2})
    assert control.wait(folder, 20)
    assert word in events(folder, "warning")[0]["message"]


def test_the_lesson_runs_without_tensorflow(fake: Lesson, tmp_path: Path) -> None:
    blocker = tmp_path / "blocked"
    blocker.mkdir()
    for name in ("tensorflow", "keras"):
        (blocker / f"{name}.py").write_text("raise SystemExit('imported')\n")
    env = {**os.environ, "PYTHONPATH": str(blocker)}
    command = script("print(launch.start(fake, {}).path)")
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=True)
    folder = RunFolder(Path(done.stdout.strip()))
    assert control.wait(folder, 20)
    assert state_of(folder) == "finished"


def test_a_lesson_that_raises_is_failed_with_its_own_lines(fake: Lesson) -> None:
    folder = launch.start(fake, {"mode": "raise"})
    assert control.wait(folder, 20)
    assert state_of(folder) == "failed"
    error = events(folder)[-1]["error"]
    assert error["type"] == "ValueError" and error["message"] == "told to fail"
    assert error["lines"][-1] == "ValueError: told to fail"
    assert all("training.py" not in line for line in error["lines"])
    log = folder.log.read_text(encoding="utf-8")
    assert "training.py" in log and "told to fail" in log
    assert wait_for(lambda: folder.reaped.exists() and json.loads(folder.reaped.read_text())) == {"code": 1}


def test_a_lesson_that_refuses_its_params_says_so_without_a_traceback(fake: Lesson, tmp_path: Path) -> None:
    code = fake.code_file.read_text(encoding="utf-8").replace(
        'raise ValueError("told to fail")', 'lab.refuse("no such")'
    )
    folder = launch.start(coded(fake, tmp_path, code), {"mode": "raise"})
    assert control.wait(folder, 20)
    error = RunView.whole(folder).error
    assert error is not None and (error.text, error.lines) == ("no such", ())


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("import sys\nsys.modules['tensorflow'] = None\nimport tensorflow\n", "is not installed"),
        ("def run(lab, **params: 1 +\n", "SyntaxError"),
        ("x = 1\n", "has no function `run`"),
        ("def run(lab, **params):\n    raise MemoryError\n", "Not enough memory"),
        ("def run(lab, **params):\n    raise SystemExit(3)\n", "ended its own process"),
        ("def run(lab, **params):\n    open('/dev/full', 'w').write('x' * 10000)\n", "disk is full"),
    ],
)
def test_broken_lessons_end_with_a_sentence(fake: Lesson, tmp_path: Path, code: str, words: str) -> None:
    folder = launch.start(coded(fake, tmp_path, code), {})
    assert control.wait(folder, 120)  # the first imports TensorFlow: 20 s without .pyc on a busy machine
    assert state_of(folder) == "failed"
    error = events(folder)[-1]["error"]
    assert words in " ".join([error["type"], error["message"]])


def test_nothing_is_left_of_a_run_that_cannot_start(
    fake: Lesson, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with pytest.raises(UsageError):
        launch.start(fake, {"epochs": 0})
    with pytest.raises(ContentError, match="has no code"):
        launch.start(fake.model_copy(update={"folder": tmp_path / "a" / "b" / "c"}), {})

    def no_process(*args: object, **more: object) -> None:
        raise OSError(11, "Resource temporarily unavailable")

    monkeypatch.setattr("dlwp_tui.engine.spawn.subprocess.Popen", no_process)
    with pytest.raises(RunError, match="No process"):
        launch.start(fake, {})
    assert store.all() == []
    assert not any((tmp_path / "home" / "dlwp" / "runs").iterdir())


def test_real_data_that_are_not_there_are_refused_before_anything_starts(fake: Lesson) -> None:
    lesson = fake.model_copy(update={"datasets": ("imdb", "jena_climate")})
    with pytest.raises(DataError, match="real data of imdb is not on this computer") as caught:
        launch.start(lesson, {}, source="real")
    assert "dlwp data get imdb" in caught.value.hint
    assert store.all() == [] and not paths.runs().exists()
    weights = fake.params["mode"].model_copy(update={"datasets": {"ok": {"vgg16": {"top": True}}}})
    lesson = fake.model_copy(update={"params": {**fake.params, "mode": weights}})
    with pytest.raises(DataError, match="real data of vgg16 is not on this computer"):
        launch.start(lesson, {}, source="synthetic")
    until(launch.start(lesson, {"mode": "nan"}, source="auto"), "finished")


@pytest.mark.serial
def test_stop_takes_less_than_a_second(fake: Lesson) -> None:
    folder = launch.start(fake, {"mode": "hang"})
    until_event(folder, "epoch")
    before = time.monotonic()
    assert control.stop(folder)
    assert time.monotonic() - before < 1
    assert state_of(folder) == "stopped"
    assert events(folder)[-1]["error"] is None
    with pytest.raises(RunError, match="not active"):
        control.stop(folder)


def test_a_worker_deaf_to_stop_is_killed(fake: Lesson, tmp_path: Path) -> None:
    deaf = coded(
        fake,
        tmp_path,
        "import signal\n"
        "def run(lab, **params):\n"
        "    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGALRM})\n"
        "    lab.phase('deaf')\n"
        "    while True: signal.sigwait({signal.SIGUSR2})\n",
    )
    folder = launch.start(deaf, {})
    until_event(folder, "phase")
    assert control.stop(folder, grace=0.2) is False
    assert state_of(folder) == "stopped"
    assert wait_for(lambda: folder.reaped.exists() and json.loads(folder.reaped.read_text())) == {"signal": 9}


def test_a_swallowed_stop_is_raised_again(fake: Lesson, tmp_path: Path) -> None:
    stubborn = coded(
        fake,
        tmp_path,
        "import signal\n"
        "class Swallows:\n"
        "    def __del__(self):\n"
        "        self.lab.phase('in del')\n"
        "        signal.pause()\n"
        "def run(lab, **params):\n"
        "    one = Swallows(); one.lab = lab\n"
        "    del one\n"
        "    while True: signal.pause()\n",
    )
    folder = launch.start(stubborn, {})
    until_event(folder, "phase")
    assert control.stop(folder)
    assert state_of(folder) == "stopped"


def test_kill_9_is_a_death_with_a_signal(fake: Lesson) -> None:
    folder = launch.start(fake, {"mode": "hang"})
    until_event(folder, "epoch")
    os.kill(pid_of(folder), signal.SIGKILL)
    assert control.wait(folder, 5)
    assert state_of(folder) == "died"
    assert wait_for(lambda: folder.reaped.exists() and json.loads(folder.reaped.read_text())) == {"signal": 9}


def test_pause_and_resume(fake: Lesson) -> None:
    folder = launch.start(fake, {"mode": "hang"})
    until_event(folder, "epoch")
    control.pause(folder)
    assert state_of(folder) == "paused"
    assert [event["e"] for event in events(folder)][-1] == "paused"
    control.pause(folder)  # once more changes nothing
    assert launch.resume(folder) == folder
    until(folder, "running")
    until_event(folder, "resumed")
    control.pause(folder)
    assert control.stop(folder)
    assert state_of(folder) == "stopped"
    assert [event["e"] for event in events(folder) if event["e"] in ("paused", "resumed", "ended")] == [
        "paused", "resumed", "paused", "resumed", "ended",
    ]  # fmt: skip


def test_pause_from_outside_when_the_worker_cannot_pause_itself(
    fake: Lesson, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    busy = coded(  # holds the interpreter for good: no thread of Python's gets a turn
        fake,
        tmp_path,
        "import sys\n"
        "def run(lab, **params):\n"
        "    sys.setswitchinterval(1000)\n"
        "    lab.phase('busy')\n"
        "    sum(range(10**12))\n",
    )
    monkeypatch.setattr(control, "_PATIENCE", 0.3)
    folder = launch.start(busy, {})
    until_event(folder, "phase")
    control.pause(folder)
    assert state_of(folder) == "paused"
    assert events(folder)[-1]["e"] == "paused"
    launch.resume(folder)
    until(folder, "running")
    control.kill(folder)
    assert state_of(folder) == "stopped"


def test_output_goes_to_the_log_and_never_to_the_terminal(fake: Lesson) -> None:
    leader, follower = os.openpty()
    done = subprocess.run(
        script("print(launch.start(fake, {'noisy': True}).path)"),
        stdin=follower, stdout=follower, stderr=follower, check=True,
    )  # fmt: skip
    assert done.returncode == 0
    path = os.read(leader, 10_000).decode().strip()
    folder = RunFolder(Path(path))
    assert control.wait(folder, 20)
    os.set_blocking(leader, False)
    with pytest.raises(BlockingIOError):
        os.read(leader, 1)
    os.close(follower)
    os.close(leader)
    assert "a line for the log" in folder.log.read_text(encoding="utf-8")


def test_a_run_outlives_whoever_started_it(fake: Lesson) -> None:
    body = """
        print(launch.start(fake, {"mode": "hang"}).path, flush=True)
        import signal; signal.pause()
    """
    app = subprocess.Popen(script(body), stdout=subprocess.PIPE, text=True, start_new_session=True)
    assert app.stdout is not None
    folder = RunFolder(Path(app.stdout.readline().strip()))
    until_event(folder, "epoch")
    os.killpg(app.pid, signal.SIGHUP)
    app.kill()
    app.wait()
    app.stdout.close()
    assert state_of(folder) == "running"
    os.kill(pid_of(folder), signal.SIGHUP)
    control.pause(folder)
    launch.resume(folder)
    until(folder, "running")
    assert control.active() == [folder]
    assert control.stop(folder)


def test_a_full_disk_ends_the_run_and_tears_nothing(fake: Lesson) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, before[1]))
    try:
        folder = launch.start(fake, {"epochs": 1000})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert control.wait(folder, 20)
    assert state_of(folder) in ("failed", "died")
    facts = wait_for(lambda: folder.reaped.exists() and json.loads(folder.reaped.read_text()))
    assert facts["code"] == 1  # type: ignore[index]
    assert "events.jsonl" in folder.log.read_text(encoding="utf-8")
    lines = folder.events.read_bytes().split(b"\n")
    assert lines.pop() == b""
    assert all(json.loads(line)["e"] for line in lines)
    assert len(events(folder, "epoch")) > 10


def test_a_run_whose_folder_was_deleted_ends_and_frees_its_slot(fake: Lesson, tmp_path: Path) -> None:
    """Nobody could see it or stop it, and the next run would wait for it."""
    endless = coded(
        fake,
        tmp_path,
        "import time\n"
        "def run(lab, **params):\n"
        "    for step in lab.steps(10_000):\n"
        "        lab.log(step, loss=1.0)\n"
        "        time.sleep(0.06)\n",
    )
    folder = launch.start(endless, {})
    until_event(folder, "epoch")
    shutil.rmtree(folder.path)
    until(launch.start(fake, {}), "finished")
    assert not folder.path.exists()


def test_nan_is_said_once(fake: Lesson) -> None:
    folder = launch.start(fake, {"mode": "nan"})
    assert control.wait(folder, 20)
    assert state_of(folder) == "finished"
    (warning,) = [event for event in events(folder, "warning") if event["code"] == "nan"]
    assert "loss" in warning["message"] and "step 1" in warning["message"]


def test_only_one_worker_takes_a_run(fake: Lesson) -> None:
    """Where it is not known whether a dying zygote had forked, a second worker is started: it must do nothing."""
    spec = store.read_spec(launch.start(fake, {"epochs": 1}))
    folder = store.create(spec.model_copy(update={"id": new_id("1.1"), "params": {**spec.params, "mode": "hang"}}))
    lock = state.take_lock(folder)
    job = launch._job(folder, fake, 0)
    folder.artifacts.mkdir()
    first = spawn._cold(job, lock)
    until_event(folder, "epoch")
    second = spawn._cold(job, lock)
    os.close(lock)
    assert second.wait(20) == exits.TAKEN
    assert state.worker_pid(folder) == first.pid
    assert len(events(folder, "started")) == 1
    assert control.stop(folder)
    assert first.wait(5) == 0


def test_a_worker_does_not_keep_the_niceness_or_threads_of_its_starter(fake: Lesson) -> None:
    folder = launch.start(fake, {"mode": "hang"})
    until_event(folder, "epoch")
    worker = psutil.Process(pid_of(folder))
    assert worker.nice() == psutil.Process().nice() + NICE
    assert os.getsid(worker.pid) == worker.pid
    assert Path(f"/proc/{worker.pid}/fd/0").readlink() == Path("/dev/null")
    assert Path(worker.cwd()) == folder.artifacts
    assert control.stop(folder)


IMAGE = """
[params.image]
type = "image"
default = ""
label = { zh = "图", en = "Picture" }
"""
SHOWS = """
def run(lab, *, epochs, rate, mode, noisy, image):
    lab.text("image", f"{type(image).__name__} {image}")
"""


def test_a_lesson_gets_the_learners_picture_as_a_path(
    course_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "content"
    shutil.copytree(course_dir, folder)
    facts = folder / "ch01" / "1.1-fake" / "lesson.toml"
    facts.write_text(facts.read_text(encoding="utf-8") + IMAGE, encoding="utf-8")
    (facts.with_name("lesson.py")).write_text(SHOWS, encoding="utf-8")
    lesson = reader.load(folder).lesson("1.1")
    Image.new("RGB", (30, 20)).save(tmp_path / "cat.png")
    monkeypatch.chdir(tmp_path)
    for given in ({}, {"image": "cat.png"}):
        run = launch.start(lesson, given)
        assert control.wait(run, 20)
        copy = run.inputs / "image" / "cat.png"
        got = f"PosixPath {copy}" if given else "NoneType None"
        assert [event["body"] for event in events(run, "text")] == [got]
        assert copy.exists() == bool(given)
    assert copy.read_bytes() == (tmp_path / "cat.png").read_bytes() and copy.stat().st_mode & 0o777 == 0o600
    assert store.read_spec(run).params["image"] == str(tmp_path / "cat.png"), "what the learner gave"
    (tmp_path / "cat.png").unlink()
    again = launch.rerun(run)
    assert control.wait(again, 20) and (again.inputs / "image" / "cat.png").read_bytes() == copy.read_bytes()
    assert store.read_spec(again).params == store.read_spec(run).params
    (tmp_path / "text.png").write_text("no picture")
    before = list(paths.runs().iterdir())
    for name, wrong in (("text.png", "no JPEG, PNG, WEBP picture"), ("gone.png", "not there")):
        with pytest.raises(DataError, match=wrong):
            launch.start(lesson, {"image": name})
    assert list(paths.runs().iterdir()) == before
