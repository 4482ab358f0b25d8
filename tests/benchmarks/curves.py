"""How quick curves are: redrawing, one point more over the line, keys with twelve runs overlaid, a million points.

Beside them, on the same million points and in the same run: plotext drawing the raw points, and TensorBoard's and
terminalboard's readers, where they are installed.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import math
import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import plotext
from textual.pilot import Pilot

from dlwp_tui.course import reader
from dlwp_tui.runs import events, kinds, state, store
from dlwp_tui.runs import folder as folders
from dlwp_tui.runs.folder import RunFolder
from dlwp_tui.runs.spec import RunSpec
from dlwp_tui.runs.view import RunView
from dlwp_tui.tui.bench.chart import Chart
from dlwp_tui.tui.bench.curves import CurvesView
from tests.benchmarks.measure import Figure, ahead, spread
from tests.benchmarks.screen import drain, repainted
from tests.terminal import Terminal
from tests.tui.bench.bench_runs import BenchApp, until

LESSON = "3.4"
MILLION = 1_000_000
OVERLAID = 12
SIZE = (160, 45)
PLANNED = 1000
"""Epochs of the live run."""
EPOCHS_A_SECOND = 10
"""Of the live run: as often as the curves are drawn at most."""


def measure(*, short: bool) -> Iterator[Figure]:
    """Every figure of the curves."""
    ahead("self")
    long = write_run(epochs=100, steps=MILLION // 100)
    runs = [write_run(epochs=40, steps=1, seed=seed) for seed in range(1, OVERLAID)]
    yield from _open(long, 3 if short else 7)
    yield from _redraw(long, 5 if short else 20)
    yield from _terminal(runs, seconds=4 if short else 10, presses=36 if short else 120)


def write_run(epochs: int, steps: int, *, seed: int = 1, live: bool = False) -> RunFolder:
    """A run of lesson 3.4 whose loss falls and whose validation loss rises again; a batch event a step."""
    lesson = reader.load().lesson(LESSON)
    params = lesson.values(overrides={"units": 4 + seed}) | {"epochs": epochs}
    created = time.time() - 1000 + seed
    spec = RunSpec(
        id=folders.new_id(LESSON, created), lesson=LESSON, params=params, preset=lesson.matching_preset(params),
        seed=seed, number=seed, created=created, content="", code_hash="0" * 16,
    )  # fmt: skip
    folder = store.create(spec)
    lines = [_line(created, "queued", device="cpu"), _line(created, "started", pid=os.getpid(), device="cpu")]
    rng = random.Random(seed)
    for epoch in range(1, epochs + 1):
        for step in range(1, steps + 1):
            if steps > 1:
                loss = math.exp(-(epoch + step / steps) / 20) + rng.gauss(0, 0.05)
                where = {"label": "", "epoch": epoch, "epochs": epochs, "step": step, "steps": steps}
                lines.append(_line(created + epoch, "batch", **where, metrics={"loss": loss, "accuracy": 1 - loss / 2}))
        lines.append(_epoch(created, epoch, epochs, rng))
    if not live:
        lines.append(_line(created + epochs, "ended", state="finished", seconds=float(epochs), error=None))
    folder.events.write_bytes(b"".join(lines))
    return folder


def _line(at: float, kind: str, **fields: object) -> bytes:
    return events.encode({"v": kinds.VERSION, "t": at, "e": kind, **fields})


def _epoch(created: float, epoch: int, epochs: int, rng: random.Random) -> bytes:
    loss = math.exp(-epoch / 20) + rng.gauss(0, 0.01)
    metrics = {
        "loss": loss,
        "val_loss": loss + (epoch / 60) ** 2,
        "accuracy": 1 - loss / 2,
        "val_accuracy": 0.9 - loss / 2,
    }
    return _line(created + epoch, "epoch", label="", epoch=epoch, epochs=epochs, metrics=metrics, seconds=1.0)


# -- a million points ------------------------------------------------------------------------------------------------


def _open(folder: RunFolder, count: int) -> Iterator[Figure]:
    """To the curves of a run of a million batches: read for the first time, and from its pack."""
    first = _seconds(lambda: RunView.whole(folder))
    view = RunView.whole(folder)
    view.pack()
    again = [_seconds(lambda: RunView.whole(folder)) for _ in range(count)]
    losses = next(iter(view.batch_curves.values()))
    assert losses.count == MILLION
    others = f"first time {first:.1f} s; " + _others(list(losses.ys))
    yield Figure("opening a run of 1,000,000 events", statistics.median(again), 1.0, "s", detail=spread(again))
    yield Figure("the same / plotext drawing the raw points", statistics.median(again) / _raw(losses.ys), 1.0)
    print(f"     beside it: {others}", flush=True)


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _raw(ys: object) -> float:
    """Seconds that plotext takes for the raw points, on a canvas of the same size."""

    def draw() -> None:
        plotext.clear_figure()
        plotext.plotsize(*SIZE)
        plotext.plot(list(ys), marker="braille")  # type: ignore[call-overload]
        plotext.build()

    return _seconds(draw)


def _others(ys: list[float]) -> str:
    """What other readers take for these points as a TensorBoard log, in words."""
    try:
        writer = importlib.import_module("tensorboard.summary.writer.event_file_writer")
        event_pb2 = importlib.import_module("tensorboard.compat.proto.event_pb2")
        summary_pb2 = importlib.import_module("tensorboard.compat.proto.summary_pb2")
    except ImportError:
        return "TensorBoard is not installed (pip install tensorboard terminalboard)"
    with tempfile.TemporaryDirectory() as name:
        file = writer.EventFileWriter(name, max_queue_size=10_000)
        for step, value in enumerate(ys):
            summary = summary_pb2.Summary(value=[summary_pb2.Summary.Value(tag="loss", simple_value=value)])
            file.add_event(event_pb2.Event(wall_time=float(step), step=step, summary=summary))
        file.close()
        found = []
        for title, module, read in (
            ("TensorBoard", "tensorboard.backend.event_processing.event_accumulator", _tensorboard),
            ("terminalboard", "terminalboard.reader_light", _terminalboard),
        ):
            with contextlib.suppress(ImportError):
                found.append(f"{title} {_seconds(partial(read, importlib.import_module(module), Path(name))):.1f} s")
    return ", ".join(found)


def _tensorboard(module: object, folder: Path) -> None:
    accumulator = module.EventAccumulator(str(folder), size_guidance={"scalars": 0})  # type: ignore[attr-defined]
    accumulator.Reload()
    assert len(accumulator.Scalars("loss")) == MILLION


def _terminalboard(module: object, folder: Path) -> None:
    source = module.LightEventFile(str(next(folder.glob("events*"))))  # type: ignore[attr-defined]
    assert len(source.read_new()) >= MILLION


# -- drawing ---------------------------------------------------------------------------------------------------------


def _redraw(folder: RunFolder, count: int) -> Iterator[Figure]:
    """All visible charts, drawn anew, of a run with a million batches: with the figures of batches and without."""
    without, with_batches = asyncio.run(_redraws(folder, count))
    yield Figure(
        "redraw of all charts, 10^6 batches", _ms(without), 15, "ms", detail=spread([s * 1000 for s in without])
    )
    yield Figure("the same with the batches drawn", _ms(with_batches), 15, "ms")


def _ms(seconds: list[float]) -> float:
    return statistics.median(seconds) * 1000


async def _redraws(folder: RunFolder, count: int) -> tuple[list[float], list[float]]:
    app = BenchApp(LESSON)
    async with app.run_test(size=SIZE) as pilot:
        app.show(folder, "curves")
        view = app.bench.query_one(CurvesView)
        await until(pilot, lambda: view.view is not None and view.view.curves and list(view.query(Chart)), "the curves")
        without = [await _redraw_once(pilot, view) for _ in range(count + 1)]
        view.action_batches()
        with_batches = [await _redraw_once(pilot, view) for _ in range(count + 1)]
    return without[1:], with_batches[1:]


async def _redraw_once(pilot: Pilot[None], view: CurvesView) -> float:
    """Seconds that all charts take after a change that concerns each: the scale of the axis."""
    charts = list(view.query(Chart))
    before = [chart.builds for chart in charts]
    view.action_log_scale()
    await until(pilot, lambda: all(chart.builds > old for chart, old in zip(charts, before, strict=True)), "a frame")
    return sum(chart.seconds for chart in charts)


# -- over the line ---------------------------------------------------------------------------------------------------


def _terminal(runs: list[RunFolder], *, seconds: float, presses: int) -> Iterator[Figure]:
    """A live run with an epoch every tenth of a second in a real terminal, seen and hidden; then twelve overlaid."""
    live = write_run(epochs=1, steps=1, seed=OVERLAID, live=True)
    with _Live(live) as writer, Terminal.dlwp("--section", LESSON, size=SIZE, env={"DLWP_NO_WARM_UP": "1"}) as terminal:
        ahead(terminal.process.pid)
        terminal.wait_for("epoch ", 60)
        terminal.send("v")
        writer.read_for(terminal, 3)
        seen = writer.read_for(terminal, seconds)
        terminal.send("p")
        writer.read_for(terminal, 2)
        hidden = writer.read_for(terminal, seconds)
        yield Figure("one point more, over the line", seen / seconds / 1000, 50, "kB/s")
        yield Figure("the same with the curves hidden", hidden / seconds / 1000, 5, "kB/s")
        terminal.send("vc")
        writer.read_for(terminal, 1)
        for _ in runs:  # the picker has the focus: down the list, each laid over
            terminal.send("\x1b[B")
            writer.read_for(terminal, 0.2)
            terminal.send(" ")
            writer.read_for(terminal, 0.2)
        terminal.send("\x1b")
        writer.read_for(terminal, 1)
        times = []
        for number in range(presses):
            drain(terminal)
            pressed = time.perf_counter()
            terminal.send(("l", "u", "]", "[")[number % 4])
            times.append(repainted(terminal) - pressed)
        p95 = sorted(times)[int(len(times) * 0.95)] * 1000
        detail = f"median {statistics.median(times) * 1000:.0f} ms (n={len(times)})"
        yield Figure(f"key to repaint, {OVERLAID} runs overlaid, p95", p95, 80, "ms", detail=detail)


class _Live:
    """A run at work: this process holds its lock and writes an epoch every tenth of a second while it reads."""

    def __init__(self, folder: RunFolder) -> None:
        self.folder = folder
        self._lock = state.take_lock(folder)
        state.write_owner(self._lock, os.getpid())
        self._rng = random.Random(7)
        self._epoch = 1
        self._due = time.monotonic()

    def read_for(self, terminal: Terminal, seconds: float) -> int:
        """Read the terminal for so long, the run going on; returns the bytes that came."""
        end = time.monotonic() + seconds
        count = 0
        while (now := time.monotonic()) < end:
            if now >= self._due:
                self._epoch += 1
                with self.folder.events.open("ab") as file:
                    file.write(_epoch(time.time() - self._epoch, self._epoch, PLANNED, self._rng))
                self._due = now + 1 / EPOCHS_A_SECOND
            count += len(terminal.read(max(0.001, min(end, self._due) - now)))
        return count

    def __enter__(self) -> _Live:
        return self

    def __exit__(self, *_error: object) -> None:
        with self.folder.events.open("ab") as file:
            file.write(_line(time.time(), "ended", state="stopped", seconds=1.0, error=None))
        state.write_owner(self._lock, 0)  # no process has this pid, as none has the pid of a worker that is gone
        os.close(self._lock)
