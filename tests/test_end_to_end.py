"""The real program in a real terminal with the real engine: what a learner does in the first minutes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from dlwp_tui.core import paths
from tests.conftest import wait_for
from tests.terminal import Terminal

SIZE = (160, 45)


def runs() -> list[Path]:
    return sorted(paths.runs().glob("2*")) if paths.runs().exists() else []


def events(folder: Path) -> list[dict[str, Any]]:
    try:
        return [json.loads(line) for line in (folder / "events.jsonl").read_bytes().split(b"\n")[:-1]]
    except FileNotFoundError:
        return []


def ended(folder: Path) -> dict[str, Any] | None:
    return next((event for event in events(folder) if event["e"] == "ended"), None)


def cli(*args: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "dlwp_tui", *args],
        capture_output=True,
        text=True,
        timeout=120,
        stdin=subprocess.DEVNULL,
        check=False,
    )


@pytest.mark.keras
@pytest.mark.usefixtures("kept_twins")
def test_read_run_change_run_again_compare() -> None:
    """Section 3.4: read on, train with the quick preset's data, change units, train again, lay both on one chart."""
    with Terminal.dlwp("--section", "3.4", size=SIZE) as app:
        app.wait_for("3.4")
        app.wait_for("Bench 3.4")
        _open_form(app, "一层还是三层")
        _set_field(app, 1, "每层的宽度", "Hidden units", "4")
        _set_field(app, 5, "把训练数据看几遍", "Epochs", "2")
        app.send("r")
        app.wait_for("finished", 120)
        first = runs()[-1]
        _open_form(app, "一层还是三层")
        _set_field(app, 1, "每层的宽度", "Hidden units", "8")
        app.send("r")
        second = wait_for(lambda: next((run for run in runs() if run != first), None), what="a second run")
        assert isinstance(second, Path)
        wait_for(lambda: ended(second), 120, "its end")
        app.wait_for("finished")
        app.send("v")
        app.send("c")
        app.wait_for(lambda text: text.count("units 4") + text.count("4 ") > 0)
        app.send("q")
        assert app.wait() == 0
    assert json.loads((first / "run.json").read_text())["params"]["units"] == 4
    assert json.loads((second / "run.json").read_text())["params"]["units"] == 8
    for folder in (first, second):
        assert ended(folder)["state"] == "finished"  # type: ignore[index]
        assert [event["epoch"] for event in events(folder) if event["e"] == "epoch"] == [1, 2]
        assert {event["source"] for event in events(folder) if event["e"] == "dataset"} == {"synthetic"}


def test_a_bad_value_starts_nothing(course_dir: Path) -> None:
    with Terminal.dlwp(size=SIZE) as app:
        app.wait_for("1.1")
        _open_form(app, "训练几轮")
        _set_field(app, 0, "训练几轮", "Epochs", "0")
        app.send("r")
        app.wait_for(lambda text: "epochs = 0" in text or "is not allowed" in text)
        assert runs() == []
        app.send("q")
        assert app.wait() == 0


def test_a_killed_app_loses_nothing(course_dir: Path) -> None:
    """kill -9 in mid-run; the run goes on, and the app opened again shows it at work, from its first epoch."""
    with Terminal.dlwp(size=SIZE) as app:
        app.wait_for("1.1")
        started = cli("run", "1.1", "--mode", "hang", "--epochs", "3", "--detach")
        run = started.stdout.strip()
        app.wait_for(lambda text: "1.1" in text)
        os.kill(app.process.pid, signal.SIGKILL)
        app.process.wait(10)
    with Terminal.dlwp(size=SIZE) as app:
        app.wait_for("runs 1")
        app.wait_for("training")
        app.send("s")
        app.wait_for("stopped")
        app.send("q")
        assert app.wait() == 0
    assert ended(paths.runs() / run)["state"] == "stopped"  # type: ignore[index]


def test_a_run_started_in_the_app_outlives_it(course_dir: Path) -> None:
    with Terminal.dlwp(size=SIZE) as app:
        app.wait_for("1.1")
        app.send("p")
        app.wait_for("Epochs")
        started = cli("run", "1.1", "--mode", "hang", "--detach")
        assert started.returncode == 0, started.stderr
        app.wait_for("runs 1")
        app.send("q")
        app.wait_for("Leave them running")
        app.send("\r")
        assert app.wait() == 0
    run = started.stdout.strip()
    assert ended(paths.runs() / run) is None
    done = cli("stop", run)
    assert done.returncode == 0, done.stderr
    wait_for(lambda: ended(paths.runs() / run), what="the end of the run")


def _open_form(app: Terminal, first_help: str) -> None:
    """Press p; the first field has the focus when its help shows."""
    app.send("p")
    app.wait_for(first_help)


def _set_field(app: Terminal, tabs: int, help_text: str, label: str, value: str) -> None:
    """Go `tabs` fields on, to the one with this help and label, and type over its (selected) text.

    A person looks before typing: Textual hands keys of one burst to the field that had the focus at its start.
    """
    app.send("\t" * tabs)
    app.wait_for(help_text)
    app.send(value)
    app.wait_for(lambda text: any(label in line and f" {value} " in line for line in text.splitlines()))
