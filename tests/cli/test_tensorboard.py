"""`dlwp tensorboard`: what is written for TensorBoard, and what is said without it."""

from __future__ import annotations

import importlib.util
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dlwp_tui.cli import tensorboard
from dlwp_tui.core import paths
from dlwp_tui.runs.folder import RunFolder
from tests.cli.conftest import Cli
from tests.runs.conftest import make_run  # noqa: F401
from tests.runs.fake_run import FakeRun


def scalars(folder: Path) -> dict[str, list[tuple[int, float]]]:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
    from tensorboard.util.tensor_util import make_ndarray

    reader = EventAccumulator(str(folder))
    reader.Reload()
    return {
        tag: [(event.step, float(make_ndarray(event.tensor_proto))) for event in reader.Tensors(tag)]
        for tag in reader.Tags()["tensors"]
    }


@pytest.fixture(autouse=True)
def _forget_tensorboard() -> Iterator[None]:
    """Exporting loads TensorBoard without TensorFlow; a lesson tested later in this process needs it with it."""
    yield
    for name in [name for name in sys.modules if name.partition(".")[0] == "tensorboard"]:
        if not name.startswith("tensorboard.compat.proto"):  # a message's type may be registered once only
            del sys.modules[name]


@pytest.fixture
def folder(make_run: Callable[..., FakeRun]) -> RunFolder:  # noqa: F811
    made = make_run()
    folder = made.folder
    run = made.say("started", device="cpu")
    for epoch, (loss, val_loss) in enumerate([(0.5, 0.75), (0.25, float("nan"))], 1):
        run.say("epoch", epoch, label=None, epoch=epoch, epochs=2, metrics={"loss": loss, "val_loss": val_loss})
    run.epochs("loss", 1.0, label="第 1 折")
    run.say("ended", 9, state="finished", seconds=9)
    (folder.artifacts / "tensorboard").mkdir(parents=True)
    return folder


def test_runs_are_exported(cli: Cli, folder: RunFolder, tmp_path: Path) -> None:
    out = cli("tensorboard", folder.id, "--export", str(tmp_path / "logs"), DLWP_LANG="en")
    assert out.returncode == 0, out.stderr
    (written,) = (tmp_path / "logs").iterdir()
    assert scalars(written / "train") == {"loss": [(1, 0.5), (2, 0.25)]}
    assert scalars(written / "validation") == {"loss": [(1, 0.75)]}
    assert scalars(written / "第-1-折" / "train") == {"loss": [(1, 1.0)]}
    assert (written / "tensorboard").resolve() == (folder.artifacts / "tensorboard").resolve()
    again = cli("tensorboard", "--export", str(tmp_path / "logs"))  # every run, in the place of the first
    assert again.returncode == 0 and len(list((tmp_path / "logs").iterdir())) == 1


def test_it_is_started_on_loopback(cli: Cli, folder: RunFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[list[str]] = []

    class Server:
        def __init__(self, command: list[str]) -> None:
            started.append(command)

        def __enter__(self) -> Server:
            return self

        def __exit__(self, *_: object) -> None:
            pass

        def wait(self) -> int:
            return 0

    monkeypatch.setattr(subprocess, "Popen", Server)
    assert cli("tensorboard", "last", "--port", "7777").returncode == 0
    (command,) = started
    assert command[-4:] == ["--host", "127.0.0.1", "--port", "7777"]
    assert str(paths.cache() / "tensorboard") in command


def test_a_free_port_is_found() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = tensorboard._free_port()
        assert port != taken.getsockname()[1]
        assert tensorboard.PORT <= port < tensorboard.PORT + tensorboard.PORTS


def test_without_the_extra(cli: Cli, folder: RunFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    out = cli("tensorboard", "last", DLWP_LANG="en")
    assert out.returncode == 2 and "dlwp-tui[tensorboard]" in out.stderr


def test_no_run_yet(cli: Cli) -> None:
    out = cli("tensorboard", DLWP_LANG="en")
    assert out.returncode == 2 and "no run yet" in out.stderr


def test_exporting_imports_no_tensorflow(folder: RunFolder, tmp_path: Path) -> None:
    code = (
        "import sys; from dlwp_tui.__main__ import run; "
        f"run(['tensorboard', '--export', {str(tmp_path / 'logs')!r}]); "
        "sys.exit('tensorflow' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False, timeout=120, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
