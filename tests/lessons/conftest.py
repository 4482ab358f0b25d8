"""Lessons, called in this process (`study`) or through the real engine (`run`, `start`: forked workers on the CPU).

Synthetic data are made once a session. Most tests want `study`: it costs no process and no import of TensorFlow.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from dlwp_tui.core.types import Source
from dlwp_tui.course import reader
from dlwp_tui.engine import control, launch
from dlwp_tui.engine.code import load_code, run_lesson
from dlwp_tui.engine.zygote import Zygote
from dlwp_tui.lab import Lab, device
from dlwp_tui.runs import kinds, state, store
from dlwp_tui.runs.events import EventWriter
from dlwp_tui.runs.folder import RunFolder, new_id
from dlwp_tui.runs.scan import scan
from dlwp_tui.runs.spec import RunSpec
from dlwp_tui.runs.state import RunState
from dlwp_tui.runs.view import RunView
from tests.conftest import wait_for
from tests.worker.conftest import warm  # noqa: F401

TIMEOUT = 240.0
"""Seconds for one run on a machine that does other things too; alone the longest takes 20."""
MB = 600.0
"""The most a worker of 3.4 may hold at book size (the book's own vectorising took 5.8 GB)."""


@pytest.fixture(autouse=True)
def _one_cache(kept_twins: None) -> None:
    """Every test here reads the session's datasets."""


@pytest.fixture(autouse=True)
def _sweep(home: Path) -> Iterator[None]:
    """End what a failed test left running."""
    yield
    for folder in control.active():
        control.kill(folder)


@pytest.fixture
def study() -> Callable[..., RunView]:
    """`study("3.4", preset=..., seed=..., units=4)`: the lesson's `run` and `prove`, called here; the run's view.

    Everything is as in a worker (a folder, events, seed, deterministic operations) but the process. A failing proof
    fails the test, and so does a proof that cannot be made.
    """

    def call(
        lesson_id: str, *, preset: str | None = None, seed: int = 1, source: Source = "synthetic", **values: Any
    ) -> RunView:
        lesson = reader.load().lesson(lesson_id)
        params = lesson.values(preset, values)
        created = time.time()
        folder = store.create(
            RunSpec(
                id=new_id(lesson_id, created), lesson=lesson_id, params=params, preset=preset, created=created,
                seed=seed, source=source, content=str(lesson.folder.parents[1]), code_hash="",
            )
        )  # fmt: skip
        folder.artifacts.mkdir()
        with EventWriter(folder.events) as events:
            lab = Lab(folder.artifacts, events.write, seed=seed, params=params, source=source)
            events.write(kinds.STARTED, device="cpu", pid=os.getpid())
            code = load_code(lesson.code_file)
            device.seed_everything(seed, deterministic=True)
            run_lesson(code, lab, params)
            lab.recorder.flush()
            events.write(kinds.ENDED, state="finished", seconds=time.time() - created)
        view = RunView.open(folder)
        view.update()
        assert not [warning for warning in view.warnings if warning.code != "data"]
        assert [check for check in view.checks if not check.ok] == []
        return view

    return call


@pytest.fixture
def start(warm: Zygote) -> Callable[..., RunFolder]:  # noqa: F811
    """`start("3.4", preset=..., seed=..., source=..., units=4)` starts a run on the CPU; cold with `zygote=None`."""

    def begin(
        lesson: str,
        *,
        preset: str | None = None,
        seed: int = 1,
        source: str = "synthetic",
        zygote: Zygote | None = warm,
        **values: Any,
    ) -> RunFolder:
        return launch.start(
            reader.load().lesson(lesson),
            values,
            preset=preset,
            seed=seed,
            source=source,  # type: ignore[arg-type]
            device="cpu",
            zygote=zygote,
        )

    return begin


@pytest.fixture
def run(start: Callable[..., RunFolder]) -> Callable[..., RunView]:
    """The same, waited for: the finished run's view. Every check of the lesson must have held."""
    return lambda *args, **kwargs: finished(start(*args, **kwargs))


def finished(folder: RunFolder) -> RunView:
    """Wait for a run and look at it; fail with its log unless it finished and all its checks are true."""
    assert control.wait(folder, TIMEOUT), f"still running after {TIMEOUT} s"
    view = RunView.open(folder)
    view.update()
    assert view.state is RunState.FINISHED, "\n".join([str(view.error), *view.log_tail(40)])
    assert not view.warnings
    assert [check for check in view.checks if not check.ok] == []
    return view


def finished_with_peak(folder: RunFolder) -> tuple[RunView, float]:
    """The finished run's view, and its worker's largest resident memory (VmHWM) in MB.

    Of a cold run that is the forked child: the process before it only imports, and lets go of all it can.
    """
    peaks: dict[int, float] = {}

    def over() -> bool:
        if (pid := state.worker_pid(folder)) is not None:
            peaks[pid] = max(peaks.get(pid, 0.0), high_water(pid))
        return not state.locked(folder)

    wait_for(over, TIMEOUT, "the run to end")
    view = finished(folder)
    (trained,) = [event["pid"] for event in scan(folder.events, "started")]
    assert peaks[trained] > 0
    return view, peaks[trained]


def high_water(pid: int) -> float:
    """VmHWM of a process in MB; 0 when it is gone."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(found[1]) / 1024 if found else 0.0


def curve(view: RunView, metric: str, label: str = "") -> list[float]:
    """The per-epoch values of one curve."""
    (found,) = [c for key, c in view.curves.items() if (key.label, key.metric) == (label, metric)]
    return list(found.ys)


def table(view: RunView, title: str) -> list[list[Any]]:
    """The rows of the table called `title`."""
    (found,) = [t for t in view.tables if t.title == title]
    return [list(row) for row in found.rows]


def claims(view: RunView) -> set[str]:
    """The claims of the note that the run checked."""
    return {check.claim for check in view.checks if check.claim}
