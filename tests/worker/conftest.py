"""Real worker processes: lessons to run, a look at their events, and a sweep after each test."""

from __future__ import annotations

import os
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from dlwp_tui.course import reader
from dlwp_tui.course.lesson import Lesson
from dlwp_tui.engine import control, zygote
from dlwp_tui.engine.zygote import Zygote
from dlwp_tui.runs import state
from dlwp_tui.runs.folder import RunFolder
from dlwp_tui.runs.scan import scan
from tests.conftest import wait_for

COURSE = Path(__file__).parent / "course"
WITHOUT_TENSORFLOW = "from dlwp_tui.engine import forking; forking._warm_up = lambda client: None; "


@pytest.fixture
def fake(course_dir: Path) -> Lesson:
    """The lesson that needs no TensorFlow."""
    return reader.load(course_dir).lesson("1.1")


def coded(lesson: Lesson, tmp_path: Path, code: str) -> Lesson:
    """The lesson with other code, in a course of its own."""
    folder = tmp_path / "content" / "ch01" / "1.1-fake"
    folder.mkdir(parents=True)
    (folder / "lesson.py").write_text(code, encoding="utf-8")
    return lesson.model_copy(update={"folder": folder})


@pytest.fixture
def tiny() -> Lesson:
    """A network that trains in a second."""
    return reader.load(COURSE).lesson("2.1")


@pytest.fixture
def long() -> Lesson:
    """The same with a checkpoint after each epoch."""
    return reader.load(COURSE).lesson("2.2")


@pytest.fixture(autouse=True)
def _sweep(home: Path) -> Iterator[None]:
    """End what a failed test left running."""
    yield
    sweep()


def sweep() -> None:
    """End all runs that are at work."""
    for folder in control.active():
        if state_of(folder).active or not control.wait(folder, 5):  # else it has written its end and is just leaving
            control.kill(folder)


@pytest.fixture
def nursery(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Zygote]]:
    """Makes real zygotes that skip the import of TensorFlow; `extra` is Python run in them before they serve."""
    made: list[Zygote] = []

    def make(extra: str = "", wanted: str = "ready") -> Zygote:
        code = WITHOUT_TENSORFLOW + extra + "import sys; forking.main(int(sys.argv[1]))"

        def start(fd: int) -> Any:
            import subprocess

            return subprocess.Popen(
                [sys.executable, "-c", code, str(fd)],
                stdin=subprocess.DEVNULL,
                pass_fds=(fd,),
                start_new_session=True,
                env=dict(os.environ),
            )

        monkeypatch.setattr(zygote, "_spawn", start)
        one = Zygote()
        made.append(one)
        one.start()
        wait_for(lambda: one.state == wanted, what=f"the zygote to be {wanted}")
        return one

    yield make
    for one in made:
        one.close()


@pytest.fixture(scope="session")
def warm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Zygote]:
    """One zygote with TensorFlow for the whole session, in a home of its own."""
    one = Zygote()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DLWP_HOME", str(tmp_path_factory.mktemp("zygote")))
        patch.delenv("PYTHONPYCACHEPREFIX", raising=False)
        one.start()
    if one.state == "off":
        pytest.skip(f"no zygote here: {one.why}")
    wait_for(lambda: one.state != "warming", timeout=90, what="TensorFlow to be imported")
    assert one.state == "ready", one.why
    yield one
    one.close()


def events(folder: RunFolder, kind: str | None = None) -> list[dict[str, Any]]:
    """The run's events so far; those of one kind."""
    return list(scan(folder.events, *([] if kind is None else [kind])))


def state_of(folder: RunFolder) -> state.RunState:
    """The run's state now."""
    return state.derive(folder, state.last_lifecycle(folder))


def until(folder: RunFolder, wanted: str, timeout: float = 30) -> None:
    """Wait until the run is in a state."""
    wait_for(lambda: state_of(folder) == wanted, timeout, f"{wanted} (is {state_of(folder)})")


def until_event(folder: RunFolder, kind: str, count: int = 1, timeout: float = 60) -> list[dict[str, Any]]:
    """Wait for events of a kind."""
    wait_for(lambda: len(events(folder, kind)) >= count, timeout, f"{count} {kind} events")
    return events(folder, kind)


def pid_of(folder: RunFolder) -> int:
    """The worker's pid, once it has one."""
    wait_for(lambda: state.worker_pid(folder), what="a worker")
    pid = state.worker_pid(folder)
    assert pid is not None
    return pid


def script(body: str) -> list[str]:
    """A command line that runs `body` in another Python, with the fake lesson at hand as `fake`."""
    head = """
        import os, sys
        from pathlib import Path
        from dlwp_tui.course import reader
        from dlwp_tui.engine import launch
        fake = reader.load(Path(os.environ["DLWP_CONTENT"])).lesson("1.1")
    """
    return [sys.executable, "-c", textwrap.dedent(head) + textwrap.dedent(body)]
