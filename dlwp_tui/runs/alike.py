"""Epochs of a long loop, read many at once: their lines differ in the time, the epoch and the figures only.

A million such lines as events take 10 s of a core, this way one.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from dlwp_tui.runs import kinds
from dlwp_tui.runs.events import Event, decode

LEAST = 64
"""Lines from which it pays."""
_NUMBER = r"-?(?:0|[1-9]\d{0,99})(?:\.\d+)?(?:[eE][+-]?\d+)?"


@dataclass(frozen=True)
class Alike:
    """The epoch events of some whole lines."""

    first: Event
    """The others have the same label, unit, number of epochs and names of figures."""
    times: list[float]
    epochs: list[int]
    figures: dict[str, list[float]]
    """By metric; what a float cannot hold is an infinity."""
    data: bytes
    """The lines."""

    def events(self) -> list[Event]:
        """Each singly."""
        return [event for line in self.data.splitlines() if (event := decode(line)) is not None]


def alike(data: bytes) -> Alike | None:
    """Whole lines as one, where each is an epoch like the first; None where there are others, or few."""
    count = data.count(b"\n")
    first = decode(data[: data.find(b"\n")]) if count >= LEAST else None
    if first is None or first["e"] != kinds.EPOCH:
        return None
    pattern = _pattern(first)
    found = pattern.findall(data) if pattern is not None else []
    if len(found) != count:
        return None
    columns = iter(zip(*found, strict=True))
    times, epochs, figures = list[float](), list[int](), dict[str, list[float]]()
    for name in first:  # in the order of the line
        if name == "t":
            times = list(map(float, next(columns)))
        elif name == "epoch":
            epochs = list(map(int, next(columns)))
        elif name == "metrics":
            figures = {metric: list(map(float, next(columns))) for metric in first[name]}
    return Alike(first, times, epochs, figures, data)


def _pattern(first: Event) -> re.Pattern[bytes] | None:
    """Matches a line as `events.encode` writes it that differs from this event in numbers; None where it has none."""
    metrics = first.get("metrics")
    if not (isinstance(metrics, dict) and metrics and type(first.get("t")) is float and "epoch" in first):
        return None
    varying = {
        "t": r"(\d{1,12}\.\d+)",
        "epoch": r"([1-9]\d{0,14})",
        "metrics": r"\{" + ",".join(f"{_literal(metric)}:({_NUMBER})" for metric in metrics) + r"\}",
        "seconds": f"(?:{_NUMBER}|null)",
    }
    fields = (f"{_literal(name)}:{varying.get(name) or _literal(value)}" for name, value in first.items())
    return re.compile((r"^\{" + ",".join(fields) + r"\}$").encode("utf-8", "surrogatepass"), re.MULTILINE)


def _literal(value: object) -> str:
    return re.escape(json.dumps(value, ensure_ascii=False, separators=(",", ":")))
