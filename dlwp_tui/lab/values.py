"""Figures as lessons hand them over (NumPy scalars, tensors, Python numbers) made plain."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

SHOWN = 100
"""Elements of the largest array that a check writes down in full."""


def figure(name: str, value: Any) -> float | int:
    """`value` as one Python number. Raises TypeError that names it when it is not one number."""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, int | float):
        return value
    if callable(convert := getattr(value, "numpy", None)):
        value = convert()
    if getattr(value, "size", 1) == 1 and callable(convert := getattr(value, "item", None)):
        value = convert()
    try:
        return value if isinstance(value, int) else float(value)
    except (TypeError, ValueError) as error:
        raise TypeError(f"{name} should be one number, not {value!r:.80}") from error


def figures(metrics: Mapping[str, Any]) -> dict[str, float | int]:
    """All of `metrics` as Python numbers."""
    return {name: figure(name, value) for name, value in metrics.items()}


def not_finite(metrics: Mapping[str, float | int]) -> str | None:
    """The name of the first metric that is NaN or infinite."""
    return next((name for name, value in metrics.items() if not math.isfinite(value)), None)


def agrees(got: Any, want: Any, tolerance: float) -> bool:
    """Whether `got` is `want`: same shape and every number within `tolerance`; anything but numbers must be equal."""
    if isinstance(got, int | float) and isinstance(want, int | float):
        return got == want or abs(got - want) <= tolerance
    import numpy as np

    if isinstance(want, str | bool | dict) or isinstance(got, str | bool | dict) or want is None or got is None:
        return bool(got == want)
    left, right = np.asarray(_array(got)), np.asarray(_array(want))
    if left.shape != right.shape:
        return False
    if left.dtype.kind not in "biufc" or right.dtype.kind not in "biufc":
        return bool(np.all(left == right))
    return bool(np.all(np.abs(left - right.astype(np.result_type(right, np.float64))) <= tolerance))


def shown(value: Any) -> Any:
    """`value` for the record of a run: an array of more than SHOWN elements is replaced by its type and shape."""
    value = _array(value)
    size = getattr(value, "size", 0)
    return f"{value.dtype} {value.shape}" if isinstance(size, int) and size > SHOWN else value


def _array(value: Any) -> Any:
    return value.numpy() if callable(getattr(value, "numpy", None)) else value
