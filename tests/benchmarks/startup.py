"""How long a person waits for the first thing to appear."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial

from tests.benchmarks.measure import Figure, interleaved, median_ratio, spread
from tests.terminal import Terminal

BARE_APP = """
from textual.app import App
from textual.widgets import Static
class Bare(App):
    def compose(self):
        yield Static("first paint")
Bare().run()
"""


def measure(*, short: bool) -> Iterator[Figure]:
    """First paint against a bare Textual app; `--help` and `list` in seconds."""
    count = 3 if short else 7
    app, bare = interleaved(_app, _bare, count)
    yield Figure(
        "first paint / bare Textual app",
        median_ratio(app, bare),
        1.3,
        detail=f"{statistics.median(app):.3f} s / {statistics.median(bare):.3f} s",
    )
    for args in (["--help"], ["list"]):
        _command(args)
        times = [_command(args) for _ in range(count)]
        yield Figure(f"dlwp {' '.join(args)}", statistics.median(times), 0.35, "s", detail=spread(times))
    for line in ("dlwp ", "dlwp run 3.4 --", "dlwp watch "):
        words = line.split(" ")
        asked = [str(len(words) - 1), *words]
        times = [_command(asked, _DLWP_COMPLETE="bash") for _ in range(count + 1)][1:]
        yield Figure(f"Tab after `{line.strip()}`", statistics.median(times), 0.35, "s", detail=spread(times))


def _app() -> float:
    return _until(partial(Terminal.dlwp, env={"DLWP_NO_WARM_UP": "1"}), "dlwp")


def _bare() -> float:
    return _until(lambda: Terminal([sys.executable, "-c", BARE_APP]), "first paint")


def _until(start: partial[Terminal] | object, text: str) -> float:
    with start() as terminal:  # type: ignore[operator]
        return terminal.wait_for(text)


def _command(args: list[str], **env: str) -> float:
    began = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "dlwp_tui", *args], check=True, capture_output=True, env={**os.environ, **env}
    )
    return time.perf_counter() - began
