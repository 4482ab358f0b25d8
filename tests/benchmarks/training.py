"""What training under the lab costs beyond plain Keras, and what it saves: CPU time of whole processes, in pairs."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
from collections.abc import Iterator, Sequence
from functools import partial

from tests.benchmarks.measure import Figure, interleaved, median_ratio

LESSONS = {
    "3.4": (),
    "2.1": (),
    "5.1": ("samples=10000", "epochs=3"),
    "6.2.3": ("samples=5000", "epochs=3"),
}
"""Lessons and what is changed of their book sizes: enough steps to measure, few enough to wait for."""
SMALL_STEPS = {"3.6": ("batch_size=1", "epochs=25")}
"""Lessons of small steps: there plain `fit` on arrays spends most of its time between the steps."""


def measure(*, short: bool) -> Iterator[Figure]:
    """Each lesson on its synthetic data, in pairs."""
    pairs = 3 if short else 5
    for lesson, changed in LESSONS.items():
        yield _ratio(lesson, changed, "plain", 1.02, pairs)
    for lesson, changed in SMALL_STEPS.items():
        yield _ratio(lesson, changed, "arrays", 0.35, pairs)


def _ratio(lesson: str, changed: Sequence[str], other: str, limit: float, pairs: int) -> Figure:
    lab, plain = interleaved(partial(_cpu, "lab", lesson, changed), partial(_cpu, other, lesson, changed), pairs)
    return Figure(
        f"CPU of {lesson} under the lab / {'plain Keras' if other == 'plain' else 'fit on arrays'}",
        median_ratio(lab, plain),
        limit,
        detail=f"{statistics.median(lab):.2f} s / {statistics.median(plain):.2f} s (n={len(lab)})",
    )


def _cpu(how: str, lesson: str, changed: Sequence[str]) -> float:
    """CPU seconds, user and system, of one training in a process of its own."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.benchmarks.train_once", how, lesson, *changed],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _pid, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise RuntimeError(f"training of {lesson} ({how}) ended with {process.returncode}")
    return usage.ru_utime + usage.ru_stime
