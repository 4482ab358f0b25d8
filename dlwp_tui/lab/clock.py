"""Which epoch of which fit is running: the order of shuffled data depends on it, so a resumed run sees the same."""

from __future__ import annotations


class Clock:
    """Set by the live callback; read by `batches` each time a pass over the data begins."""

    def __init__(self) -> None:
        self.fit: tuple[int, int] | None = None
        """(number of the fit in this run, from 1; epoch, from 0), or None outside of `fit`."""
        self._passes = 0

    def next_pass(self) -> tuple[int, int]:
        """Two numbers that name the pass that begins now, the same ones at each run of a lesson.

        Outside of `fit` passes are counted: (0, 1), (0, 2), ...
        """
        if self.fit is not None:
            return self.fit
        self._passes += 1
        return 0, self._passes
