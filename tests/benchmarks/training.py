"""What training under the lab costs beyond plain Keras: CPU time of whole processes, in interleaved pairs."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
from collections.abc import Iterator

from tests.benchmarks.measure import Figure, interleaved, median_ratio

EPOCHS = 20


def measure(*, short: bool) -> Iterator[Figure]:
    """3.4 with its book sizes on whatever data is there."""
    lab, plain = interleaved(lambda: _cpu("lab"), lambda: _cpu("plain"), 3 if short else 5)
    yield Figure(
        "CPU of 3.4 under the lab / plain Keras",
        median_ratio(lab, plain),
        1.02,
        detail=f"{statistics.median(lab):.2f} s / {statistics.median(plain):.2f} s (n={len(lab)})",
    )


def _cpu(how: str) -> float:
    """CPU seconds, user and system, of one training in a process of its own."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.benchmarks.train_once", how, str(EPOCHS)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _pid, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise RuntimeError(f"training ({how}) ended with {process.returncode}")
    return usage.ru_utime + usage.ru_stime
