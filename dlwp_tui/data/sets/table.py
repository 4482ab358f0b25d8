"""Large text files of numbers, read some megabytes at a time: what glove and jena_climate share."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

BLOCK = 1 << 22
"""Bytes read at once: about 5,000 words of GloVe with 100 numbers each, or 40,000 rows of Jena."""


def lines(
    stream: IO[bytes], longest: int, too_long: Callable[[int, bytes], Exception], rest: bytes = b""
) -> Iterator[tuple[int, list[bytes]]]:
    """Whole lines, some thousand at once, each list with the number of its first line, from 0.

    The last line may lack its newline. rest: what was read before. Raises `too_long(number, line)` for a line of more
    than `longest` bytes.
    """
    number = 0
    while block := stream.read(BLOCK):
        *found, rest = (rest + block).split(b"\n")
        if len(rest) > longest:
            raise too_long(number + len(found), rest)
        if found:
            yield number, found
        number += len(found)
    if rest:
        yield number, [rest]


def numbers(text: bytes, dtype: str, separator: str) -> NDArray[Any]:
    """The numbers of a text; fewer where something else stands between them."""
    import numpy as np

    with warnings.catch_warnings():
        warnings.simplefilter("error", DeprecationWarning)  # numpy below 2.4 warns where later ones raise
        try:
            return np.fromstring(text.decode("latin-1"), dtype, sep=separator)
        except (ValueError, DeprecationWarning):
            return np.zeros(0, dtype)
