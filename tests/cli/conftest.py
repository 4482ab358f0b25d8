"""The commands as a person calls them, on the tiny course: in this process (`cli`) or one of their own (`process`)."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from dlwp_tui.__main__ import run
from dlwp_tui.core import content

Cli = Callable[..., CompletedProcess[str]]


@pytest.fixture
def cli(course_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Cli:
    """`cli("run", "1.1", DLWP_HOME=...)`: `dlwp run 1.1` with that environment, called here; what it printed.

    Its working directory is not the checkout, its standard input holds `stdin` and no terminal. Only what a new
    process is needed for (its start, its streams, signals) wants `process`, which takes half a second more.
    """

    def call(*args: str, stdin: str = "", **env: str) -> CompletedProcess[str]:
        with monkeypatch.context() as here:
            here.chdir(tmp_path)
            here.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode()), encoding="utf-8"))
            here.setattr(content, "_used", [])
            before = dict(os.environ)
            os.environ.update(env)
            capsys.readouterr()
            try:
                code = run(list(args))
            finally:
                os.environ.clear()  # `--content` is passed on to child processes by the environment
                os.environ.update(before)
            printed = capsys.readouterr()
        return CompletedProcess(args, code, printed.out, printed.err)

    return call


@pytest.fixture
def process(course_dir: Path, tmp_path: Path) -> Cli:
    """The same as a process of its own, which has ended."""

    def call(*args: str, **env: str) -> CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "dlwp_tui", *args],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), **env},
            capture_output=True,
            text=True,
            timeout=120,
            stdin=subprocess.DEVNULL,
            check=False,
        )

    return call
