"""Every test runs in its own home, without the network, and leaves no process behind."""

from __future__ import annotations

import fcntl
import gc
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import psutil
import pytest

from dlwp_tui.core import language

FIXTURES = Path(__file__).parent / "fixtures"
SHARED_DATA = Path(__file__).parent.parent.parent / "shared" / "data"
"""Real data files beside the checkout, if any. Tests that use them skip with a reason when they are absent."""

os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # without .pyc every TensorFlow import costs 5 s instead of 1.6 s
for _number, _usual in ((signal.SIGINT, signal.default_int_handler), (signal.SIGHUP, signal.SIG_DFL)):
    if signal.getsignal(_number) is signal.SIG_IGN:  # as in a script's `pytest &` or under nohup, and so in every child
        signal.signal(_number, _usual)


LAST = ("tests/worker/", "tests/attack/", "tests/test_end_to_end.py", "tests/test_terminal_manners.py")
"""Tests that wait for other processes: after all others, so that two processes of pytest end together."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--long`: the long form of the tests in tests/attack, some minutes each."""
    parser.addoption("--long", action="store_true", help="the long form of tests/attack: minutes instead of seconds")


def pytest_configure(config: pytest.Config) -> None:
    """Make the mark known."""
    config.addinivalue_line("markers", "serial: bounds how long something takes; with -n nothing runs beside it")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put what waits for processes after the rest, and what is marked as serial last."""
    items.sort(key=lambda item: (_is_serial(item), item.nodeid.startswith(LAST)))


@pytest.hookimpl(wrapper=True, tryfirst=True)  # round pytest-timeout: waiting for one's turn does not count
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Under `pytest -n 2` a serial test runs with nothing beside it: it holds alone the lock that others share."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        return (yield)
    base = Path(item.config.getoption("basetemp"))  # a folder in that of the whole session
    with (base.parent / "serial.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX if _is_serial(item) else fcntl.LOCK_SH)
        return (yield)


@pytest.hookimpl(trylast=True)
def pytest_runtest_logfinish() -> None:
    """Keep the garbage collector away from what earlier tests left.

    One look at all objects of a session that trained a hundred networks takes over a second, and falls into whatever
    is being timed just then.
    """
    gc.collect()
    gc.freeze()


def _is_serial(item: pytest.Item) -> bool:
    return item.get_closest_marker("serial") is not None


@pytest.fixture(scope="session")
def shared_twins(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache of converted and synthetic datasets for the whole session, all workers of xdist included.

    Each is made by the test that needs it first. Two workers may make the same at once: the cache is built for that.
    """
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "datasets"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture
def kept_twins(home: Path, shared_twins: Path) -> None:
    """This test reads and keeps its datasets in the session's cache: the IMDB twin takes seconds to make."""
    cache = home / "dlwp" / "cache"
    cache.mkdir(parents=True)
    (cache / "datasets").symlink_to(shared_twins, target_is_directory=True)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fresh DLWP_HOME; HOME and KERAS_HOME point into it too, so nothing of the user's is read or written."""
    folder = tmp_path / "home"
    folder.mkdir()
    monkeypatch.setenv("DLWP_HOME", str(folder / "dlwp"))
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("KERAS_HOME", str(folder / ".keras"))
    for name in (
        "DLWP_CONTENT",
        "XDG_DATA_HOME",
        "XDG_CACHE_HOME",
        "XDG_CONFIG_HOME",
        "COLORTERM",
        "NO_COLOR",
        "COLUMNS",
        "LINES",
        "PYTHONPYCACHEPREFIX",  # with one Python ignores the .pyc files of the installed TensorFlow: 6 s of CPU
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DLWP_LANG", "en")
    monkeypatch.setattr(language, "_chosen", "zh")  # what a command run in this process has set is taken back
    return folder


@pytest.fixture
def course_dir(monkeypatch: pytest.MonkeyPatch) -> Path:
    """The tiny fake course, in force for this test and the processes it starts."""
    folder = FIXTURES / "course"
    monkeypatch.setenv("DLWP_CONTENT", str(folder))
    return folder


@pytest.fixture
def playground_dir(monkeypatch: pytest.MonkeyPatch) -> Path:
    """A second tiny course, with a canvas to draw on and a preset that promises something."""
    folder = FIXTURES / "playground"
    monkeypatch.setenv("DLWP_CONTENT", str(folder))
    return folder


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Connections to anything but this machine fail at once."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: object) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6):
            host = address[0] if isinstance(address, tuple) else ""
            if host not in ("127.0.0.1", "::1", "localhost"):
                raise OSError(f"tests may not connect to {host}")
        connect(self, address)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", guarded)


_started: list[str] = []
"""What started a process since the test began."""


def _note_start(event: str, _args: object) -> None:
    if event in ("subprocess.Popen", "os.fork", "os.forkpty", "os.posix_spawn"):
        _started.append(event)


sys.addaudithook(_note_start)


@pytest.fixture(autouse=True)
def _no_process_left(home: Path, request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test that leaves a process of its own behind: one whose environment names this test's home.

    Only tests that started one, or could have it started by the session's zygote: each look costs 10 ms.
    """
    _started.clear()
    yield
    if not _started and "warm" not in request.fixturenames:
        return
    mark = f"DLWP_HOME={home / 'dlwp'}"
    deadline = time.monotonic() + 5
    while left := _marked(mark):
        if time.monotonic() > deadline:
            for process in left:
                process.kill()
            pytest.fail(f"processes left behind: {[p.info for p in left]}")
        psutil.wait_procs(left, timeout=0.05)


def _marked(mark: str) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter(["pid", "cmdline"]):
        if process.pid == os.getpid():
            continue
        try:
            environ = Path(f"/proc/{process.pid}/environ").read_bytes()
        except OSError:
            continue
        if mark.encode() in environ and process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
            found.append(process)
    return found


def wait_for(condition: Callable[[], object], timeout: float = 20, what: str = "") -> object:
    """Wait until `condition()` is true and return its value; fail with `what` after `timeout` seconds."""
    deadline = time.monotonic() + timeout
    pause = threading.Event()
    while True:
        if value := condition():
            return value
        if time.monotonic() > deadline:
            pytest.fail(f"timed out after {timeout} s waiting for {what or condition}")
        pause.wait(0.01)
