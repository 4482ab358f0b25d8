"""Every test runs in its own home, without the network, and leaves no process behind."""

from __future__ import annotations

import os
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

FIXTURES = Path(__file__).parent / "fixtures"
SHARED_DATA = Path(__file__).parent.parent.parent / "shared" / "data"
"""Real data files beside the checkout, if any. Tests that use them skip with a reason when they are absent."""

os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # without .pyc every TensorFlow import costs 5 s instead of 1.6 s


@pytest.fixture(scope="session", autouse=True)
def _shared_bytecode(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """One .pyc cache for all worker processes of the session, outside the source tree."""
    if "DLWP_TEST_PYCACHE" not in os.environ:
        os.environ["DLWP_TEST_PYCACHE"] = str(tmp_path_factory.getbasetemp().parent / "pycache")
    yield


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
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DLWP_LANG", "en")
    monkeypatch.setenv("PYTHONPYCACHEPREFIX", os.environ["DLWP_TEST_PYCACHE"])
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
