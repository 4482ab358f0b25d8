"""The convolutional part of lesson 5.1, worked out by the formulas of its section instead of by Keras."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Output:
    """What one layer puts out: `side` x `side` x `channels`, and how many parameters the layer has."""

    side: int
    channels: int
    params: int


def by_hand(side: int, *, filters: int, kernel: int, padding: str, strides: int, pooling: str) -> list[Output]:
    """The outputs of each layer for a picture of `side` x `side` x 1; of 28: 26, 26 / 2, 11, 11 / 2, 3.

    Three convolutions, with `filters`, twice and twice as many channels, and windows of `kernel` x `kernel` pixels.
    The first two move by `strides`. "valid" `padding` adds nothing, "same" adds zeros at the edge. A pooling that
    halves follows the first two unless `pooling` is "none". A side of 0 or less means that a window does not fit.
    """
    outputs, channels = [], 1
    for out, step in ((filters, strides), (2 * filters, strides), (2 * filters, 1)):
        side = -(-side // step) if padding == "same" else (side - kernel) // step + 1
        outputs.append(Output(side, out, (kernel**2 * channels + 1) * out))
        if pooling != "none" and len(outputs) < 4:
            side //= 2
            outputs.append(Output(side, out, 0))
        channels = out
    return outputs


def sizes(params: Mapping[str, Any]) -> dict[str, Any]:
    """Those of a run's params that `by_hand` takes."""
    return {name: params[name] for name in ("filters", "kernel", "padding", "strides", "pooling")}
