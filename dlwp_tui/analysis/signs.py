"""The colour and the sign of a run: the same in every widget, command and session."""

from __future__ import annotations

PLACES = 8
"""Colours and signs there are; a run takes the one of its number."""
SIGNS = ("•", "×", "+", "▴", "◦", "▪", "◆", "*")
ASCII_SIGNS = ("o", "x", "+", "^", "*", "#", "@", "%")


def place(number: int, run_id: str) -> tuple[int, int]:
    """A run's colour and its sign, as numbers below `PLACES`.

    number: the run's number among its lesson's (see `RunSpec`), 0 where it has none.

    Eight runs in a row have eight colours; the next eight have the same colours with other signs.
    """
    number = number or sum(run_id.encode())  # runs of before had no number
    return number % PLACES, (number + number // PLACES) % PLACES
