"""The app's way out for text: each line of each widget passes here before it is written to the terminal."""

from __future__ import annotations

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

from dlwp_tui.core.plain import plain


class PlainLines(LineFilter):
    """Takes signs that command a terminal out of what widgets draw, and keeps the width that was laid out."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:  # noqa: ARG002 - Textual's signature
        """The segments; those of a picture's protocol, which are control segments, pass."""
        if all(control or text.isprintable() for text, _style, control in segments):
            return segments
        return [segment if segment.control else _plain(segment) for segment in segments]


def _plain(segment: Segment) -> Segment:
    # Most of these signs have no width; but what a zero-width joiner joins was counted as one.
    return Segment(set_cell_size(plain(segment.text), cell_len(segment.text)), segment.style)


PLAIN_LINES = PlainLines()
"""One for all lines: a line keeps what a filter made of it."""
