"""How quick the screen stays: key to repaint while a run uses every core, and `r` to the first point of a curve."""

from __future__ import annotations

import json
import select
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from dlwp_tui.core import paths
from tests.benchmarks.measure import Figure, spread
from tests.terminal import Terminal


def measure(*, short: bool) -> Iterator[Figure]:
    """Both figures with the real app in a real terminal, on lesson 3.4 with its quick preset."""
    yield from _first_point(3 if short else 5)
    yield _key_to_repaint(40 if short else 120)


def _first_point(count: int) -> Iterator[Figure]:
    warm: list[float] = []
    with Terminal.dlwp("--section", "3.4", size=(160, 45)) as terminal:
        terminal.wait_for("3.4")
        _wait_warm(terminal)
        for number in range(count + 1):
            known = set(_runs())
            pressed = time.time()
            terminal.send("r")
            folder = _new_run(known, terminal)
            first = _first_event(folder, ("batch", "epoch"), terminal)
            if number:  # the first one converts or makes the data
                warm.append(first - pressed)
            terminal.send("s")
            _until_ended(folder, terminal)
    cold = [_cold_script() for _ in range(count)]
    yield Figure("r to first curve point, warm zygote", statistics.median(warm), 1.0, "s", detail=spread(warm))
    yield Figure(
        "cold script / r to first curve point",
        statistics.median(cold) / statistics.median(warm),
        4.0,
        at_least=True,
        detail=f"cold {spread(cold)}",
    )


def _key_to_repaint(presses: int) -> Figure:
    times: list[float] = []
    by_key: dict[str, list[float]] = {}
    run = subprocess.run(
        [sys.executable, "-m", "dlwp_tui", "run", "3.4", "--epochs", "500", "--detach"],
        check=True, capture_output=True, text=True,
    ).stdout.strip()  # fmt: skip
    with Terminal.dlwp("--section", "3.4", size=(120, 40)) as terminal:
        terminal.wait_for("epoch ", 60)
        _wait_warm(terminal)
        for number in range(presses):
            key = ("]", "[", "v", "o", "h", "p")[number % 6]
            drain(terminal)
            pressed = time.perf_counter()
            terminal.send(key)
            times.append(repainted(terminal) - pressed)
            by_key.setdefault(key, []).append(times[-1])
        assert not any(event["e"] == "ended" for event in _events(paths.runs() / run)), "the load ended too early"
    subprocess.run([sys.executable, "-m", "dlwp_tui", "stop", run], check=True, capture_output=True)
    p95 = sorted(times)[int(len(times) * 0.95)]
    return Figure(
        "key to repaint under load, p95",
        p95 * 1000,
        80,
        "ms",
        detail=f"median {statistics.median(times) * 1000:.0f} ms (n={len(times)}); by key: "
        + " ".join(f"{key} {statistics.median(some) * 1000:.0f}" for key, some in by_key.items()),
    )


def repainted(terminal: Terminal) -> float:
    """The moment the first bytes of the answer are there. Not read here: the emulator takes up to 100 ms a screen."""
    ready, _w, _x = select.select([terminal.master], [], [], 2)
    if not ready:
        raise AssertionError(f"no answer to a key; the screen:\n{terminal.text()}")
    return time.perf_counter()


def drain(terminal: Terminal) -> None:
    """Let the screen come to rest, so that the next output answers the next key."""
    quiet_since = time.perf_counter()
    deadline = quiet_since + 2
    while time.perf_counter() - quiet_since < 0.08 and time.perf_counter() < deadline:
        if terminal.read(0.01):
            quiet_since = time.perf_counter()


def _wait_warm(terminal: Terminal) -> None:
    """Until the zygote says it is ready: its state file's process list is not ours to read, so the bar is."""
    terminal.wait_for(lambda text: "warming" not in text, timeout=60)
    settle = time.monotonic() + 4
    while time.monotonic() < settle:
        terminal.read(0.1)


def _runs() -> list[Path]:
    return sorted(paths.runs().iterdir()) if paths.runs().exists() else []


def _new_run(known: set[Path], terminal: Terminal) -> Path:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        terminal.read(0.005)
        if new := [path for path in _runs() if path not in known and (path / "events.jsonl").exists()]:
            return new[0]
    raise AssertionError(f"no run started; the screen:\n{terminal.text()}")


def _events(folder: Path) -> list[dict[str, object]]:
    lines = (folder / "events.jsonl").read_bytes().split(b"\n")[:-1]
    return [json.loads(line) for line in lines]


def _first_event(folder: Path, kinds: tuple[str, ...], terminal: Terminal) -> float:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        terminal.read(0.005)
        for event in _events(folder):
            if event["e"] in kinds:
                return float(event["t"])  # type: ignore[arg-type]
    raise AssertionError(f"no {kinds} in {folder}; the screen:\n{terminal.text()}")


def _until_ended(folder: Path, terminal: Terminal) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        terminal.read(0.02)
        if any(event["e"] == "ended" for event in _events(folder)):
            return
    raise AssertionError("the run did not stop")


def _cold_script() -> float:
    """The same lesson with no zygote: from starting the process to its first point."""
    known = set(_runs())
    began = time.time()
    process = subprocess.Popen(
        [sys.executable, "-m", "dlwp_tui", "run", "3.4", "--json"], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    first = 0.0
    for line in process.stdout:
        event = json.loads(line)
        if event.get("e") in ("batch", "epoch"):
            first = float(event["t"])
            break
    [run] = (path.name for path in _runs() if path not in known)
    subprocess.run([sys.executable, "-m", "dlwp_tui", "stop", run], check=True, capture_output=True)
    process.stdout.close()
    process.wait(20)
    return first - began
