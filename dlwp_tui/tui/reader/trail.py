"""The way through the course: which pages were opened one after the other, back and forward as in a browser."""

from __future__ import annotations

from dataclasses import dataclass, field

LONGEST = 200
"""Pages remembered; the oldest are forgotten first."""


@dataclass(frozen=True)
class Place:
    """A page of a section's note; pages count from 0."""

    section: str
    page: int


@dataclass
class Trail:
    """The pages opened, oldest first, and the one shown now."""

    _places: list[Place] = field(default_factory=list)
    _now: int = -1

    @property
    def place(self) -> Place | None:
        """The page shown now; None before the first."""
        return self._places[self._now] if self._places else None

    def visit(self, place: Place) -> None:
        """A page was opened: what lay ahead is forgotten. The page shown already changes nothing."""
        if place != self.place:
            self._places[self._now + 1 :] = [place]
            del self._places[:-LONGEST]
            self._now = len(self._places) - 1

    def go(self, step: int) -> Place | None:
        """Go one page back (-1) or forward (1) and return it; None at the end, and nothing changes."""
        if not 0 <= self._now + step < len(self._places):
            return None
        self._now += step
        return self.place
