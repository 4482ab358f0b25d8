"""How quick a history of a thousand runs is: as a command, and in the real app in a real terminal."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

from dlwp_tui.course import reader
from dlwp_tui.runs import store
from dlwp_tui.runs.events import encode
from dlwp_tui.runs.spec import RunSpec
from tests.benchmarks.measure import Figure, ahead, spread
from tests.benchmarks.screen import drain, repainted
from tests.terminal import Terminal

RUNS = 1000
T0 = 1_800_000_000.0


def measure(*, short: bool) -> Iterator[Figure]:
    """Every figure; the runs lie in a home of their own, so that no other measurement sees them."""
    ahead("self")
    with tempfile.TemporaryDirectory(prefix="dlwp-history-") as folder:
        home = {"DLWP_HOME": str(Path(folder) / "home"), "DLWP_NO_WARM_UP": "1"}
        with patch.dict(os.environ, home):
            _make()
            yield _command(5 if short else 11)
            yield from _app(24 if short else 96)


def _make() -> None:
    """Runs of 3.4: 8 epochs with 6 steps each, of many settings and seeds."""
    lesson = reader.load().lesson("3.4")
    for number in range(RUNS):
        params = lesson.values("quick", {"units": 4 + number % 90})
        spec = RunSpec(
            id=f"202601{1 + number // 1440:02d}-{number // 60 % 24:02d}{number % 60:02d}-3.4-abcd",
            lesson="3.4",
            number=number + 1,
            params=params,
            seed=number,
            created=T0 + number,
            content="",
            code_hash="",
        )
        events = [{"t": T0, "e": "started", "device": "cpu", "pid": 1}]
        for epoch in range(1, 9):
            figures = {"loss": 0.5 / epoch, "val_loss": 0.4 + 0.001 * (number % 97), "val_accuracy": 0.8}
            for step in range(1, 7):
                events.append({"t": T0 + epoch, "e": "batch", "epoch": epoch, "epochs": 8, "step": step, "steps": 6,
                               "metrics": {"loss": 0.5}})  # fmt: skip
            events.append({"t": T0 + epoch, "e": "epoch", "epoch": epoch, "epochs": 8, "metrics": figures})
        events.append({"t": T0 + 20, "e": "ended", "state": "finished", "seconds": 20.0})
        store.create(spec).events.write_bytes(b"".join(map(encode, events)))


def _command(count: int) -> Figure:
    times = []
    for _ in range(count + 1):
        began = time.perf_counter()
        subprocess.run([sys.executable, "-m", "dlwp_tui", "runs"], check=True, capture_output=True)
        times.append(time.perf_counter() - began)
    del times[0]  # it reads every run
    return Figure("dlwp runs, 1,000 runs", statistics.median(times), 0.3, "s", detail=spread(times))


def _app(presses: int) -> Iterator[Figure]:
    opened, times, by_key = [], [], dict[str, list[float]]()
    with Terminal.dlwp("--section", "3.4", size=(120, 40)) as terminal:
        ahead(terminal.process.pid)
        terminal.wait_for("3.4")
        for _ in range(4):
            drain(terminal)
            began = time.perf_counter()
            terminal.send("h")
            terminal.wait_for(f"seed {RUNS - 1}")  # the newest run
            opened.append(time.perf_counter() - began)
            terminal.send("v")
            drain(terminal)
        terminal.send("h")
        drain(terminal)
        for number in range(presses):
            key = ("\x1b[B", "\x1b[6~", "g", "\x1b[F", "O", "\x1b[H")[number % 6]  # down, page down, end, home
            drain(terminal)
            pressed = time.perf_counter()
            terminal.send(key)
            times.append(repainted(terminal) - pressed)
            by_key.setdefault(repr(key), []).append(times[-1])
    yield Figure("opening a history of 1,000 runs", statistics.median(opened), 0.4, "s", detail=spread(opened))
    yield Figure(
        "key in a history of 1,000 runs, p95",
        sorted(times)[int(len(times) * 0.95)] * 1000,
        80,
        "ms",
        detail=" ".join(f"{key} {statistics.median(some) * 1000:.0f}" for key, some in by_key.items()),
    )
