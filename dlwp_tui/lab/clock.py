"""Which epoch of which fit is running: the order of a seeded shuffle depends on it, also after a resume."""

from __future__ import annotations


class Clock:
    """Set by the live callback; read by `batches` each time a pass over the data begins."""

    def __init__(self) -> None:
        self.fit: tuple[int, int] | None = None
        """(number of the fit in this run, epoch from 0), or None outside `fit`."""
        self._passes = 0

    def next_pass(self) -> tuple[int, int]:
        """Two numbers that name the pass over the data that begins now, the same ones at each run of a lesson."""
        if self.fit is not None:
            return self.fit
        self._passes += 1
        return 0, self._passes  # fits count from 1, so an own loop's passes never meet a fit's
