"""One measured figure and its limit."""

from __future__ import annotations

import contextlib
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Figure:
    """A median with its spread, and the limit it must keep."""

    name: str
    value: float
    limit: float
    unit: str = ""
    at_least: bool = False
    detail: str = ""

    @property
    def holds(self) -> bool:
        """True when the limit is kept."""
        return self.value >= self.limit if self.at_least else self.value <= self.limit

    def line(self) -> str:
        """`ok   help            0.121 s  (limit 0.35)  0.118–0.140`."""
        sign = ">=" if self.at_least else "<="
        state = "ok  " if self.holds else "MISS"
        return f"{state} {self.name:<44}{self.value:8.3f} {self.unit:<2} {sign} {self.limit:g}   {self.detail}"


def spread(values: Sequence[float]) -> str:
    """`0.118-0.140 (n=5)`."""
    return f"{min(values):.3f}-{max(values):.3f} (n={len(values)})"


def interleaved(first: Callable[[], float], second: Callable[[], float], pairs: int) -> tuple[list[float], list[float]]:
    """Both sides in turn, after one warm-up of each: what drifts, drifts for both."""
    first(), second()
    rows = [(first(), second()) for _ in range(pairs)]
    return [row[0] for row in rows], [row[1] for row in rows]


def median_ratio(over: Sequence[float], under: Sequence[float]) -> float:
    """The median of the pairwise ratios."""
    return statistics.median(a / b for a, b in zip(over, under, strict=True))


def ahead(pid: int | str) -> None:
    """Let a process that leads its session go before other people's work, where this user may say so.

    What is measured is then the program and not its neighbours: on a machine with twice as many busy processes as cores
    the wall clock was twice the CPU time, and equal to it with this.
    """
    with contextlib.suppress(OSError):  # not root, or a kernel without autogroups: measured as it comes
        Path(f"/proc/{pid}/autogroup").write_text("-15")
