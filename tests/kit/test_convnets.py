"""The convolutional part of 5.1 by the formulas of its section."""

from __future__ import annotations

from typing import Any

import pytest

from dlwp_tui.kit.convnets import by_hand

BOOK: dict[str, Any] = {"filters": 32, "kernel": 3, "padding": "valid", "strides": 1, "pooling": "max"}


def test_the_book() -> None:
    outputs = by_hand(28, **BOOK)
    assert [output.side for output in outputs] == [26, 13, 11, 5, 3]
    assert [output.channels for output in outputs] == [32, 32, 64, 64, 64]
    assert [output.params for output in outputs] == [320, 0, 18_496, 0, 36_928]


@pytest.mark.parametrize(
    ("changed", "sides"),
    [
        ({"padding": "same"}, [28, 14, 14, 7, 7]),
        ({"pooling": "none"}, [26, 24, 22]),
        ({"pooling": "none", "strides": 2}, [13, 6, 4]),
        ({"padding": "same", "strides": 3}, [10, 5, 2, 1, 1]),
        ({"kernel": 5}, [24, 12, 8, 4, 0]),
    ],
)
def test_other_sizes(changed: dict[str, object], sides: list[int]) -> None:
    assert [output.side for output in by_hand(28, **(BOOK | changed))] == sides
