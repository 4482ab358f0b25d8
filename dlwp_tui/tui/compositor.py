"""Keeps wide characters whole where one widget lies over others: a notice over the panes, the form's fixed rows.

Textual cuts every line of the screen at each place where any widget begins or ends, also one that cannot be seen there,
and puts blanks for a Chinese character that such a cut would halve. Here only the cuts that can be seen are made.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from rich.console import Console
from textual._compositor import ChopsUpdate, Compositor, CompositorUpdate, LayoutUpdate
from textual.geometry import Region
from textual.screen import Screen
from textual.strip import Strip


def keep_whole(screen: Screen[Any]) -> None:
    """Let `screen` be put together by this compositor; call it before the screen has widgets.

    Private names of Textual: tests/tui/test_compositor.py covers them.
    """
    screen._compositor = WholeCompositor()


class WholeCompositor(Compositor):
    """Textual's compositor with fewer cuts."""

    @property
    def cuts(self) -> list[list[int]]:
        """For each line the cells at which what is seen may change from one widget to another."""
        if self._cuts is not None:
            return self._cuts
        width, height = self.size
        cuts = [{0, width} for _ in range(height)]
        covered: list[list[tuple[int, int]]] = [[] for _ in range(height)]
        for region, clip in self.visible_widgets.values():  # those in front come first
            left, top, columns, rows = region.intersection(clip)
            if not columns or not rows:
                continue
            right = left + columns
            for line in range(top, top + rows):
                before = covered[line]
                for cut in (left, right):
                    if not any(start < cut < end for start, end in before):
                        cuts[line].add(cut)
                before.append((left, right))
        self._cuts = [sorted(line) for line in cuts]
        return self._cuts

    def _render_chops(self, crop: Region, is_rendered_line: Callable[[int], bool]) -> Sequence[Mapping[int, Strip]]:
        """As Textual's, for widgets that begin or end between two cuts, behind another widget."""
        cuts = self.cuts
        chops: list[dict[int, Strip | None]] = [dict.fromkeys(line[:-1]) for line in cuts]
        for region, clip, strips in self._get_renders(crop):
            seen = region.intersection(clip)
            first, last = seen.column_span
            for y, strip in zip(seen.line_range, strips, strict=False):
                if not is_rendered_line(y):
                    continue
                inside = [cut for cut in cuts[y] if first <= cut <= last]
                if not inside:
                    continue
                pieces = strip.divide([cut - first for cut in inside if cut > first])
                if inside[0] > first:
                    pieces = pieces[1:]
                for cut, piece in zip(inside, pieces, strict=False):
                    if chops[y].get(cut, piece) is None:
                        chops[y][cut] = piece
        return cast("Sequence[Mapping[int, Strip]]", chops)

    def render_partial_update(self) -> ChopsUpdate | None:
        """As Textual's, with each changed part as long as the pieces it is made of."""
        update = super().render_partial_update()
        if update is not None:
            ends = update.chop_ends
            update.spans = [
                (y, x1, ends[y][min(bisect_left(ends[y], x2), len(ends[y]) - 1)]) for y, x1, x2 in update.spans
            ]
        return update


class PaintedCompositor(WholeCompositor):
    """Adds to each frame what lies over its cells: a terminal erases a sixel picture where it writes cells again."""

    def __init__(self, paint: Callable[[Callable[[int], bool]], str]) -> None:
        """paint: the escape sequences that follow a frame; it is given which rows the frame writes."""
        super().__init__()
        self._paint = paint

    def render_full_update(self, simplify: bool = False) -> LayoutUpdate:
        """As Textual's, and what is painted."""
        update = super().render_full_update(simplify)
        self._follow(update, lambda _row: True)
        return update

    def render_partial_update(self) -> ChopsUpdate | None:
        """As Textual's, and what is painted."""
        update = super().render_partial_update()
        if update is not None:
            self._follow(update, {row for row, _left, _right in update.spans}.__contains__)
        return update

    def _follow(self, update: CompositorUpdate, written: Callable[[int], bool]) -> None:
        cells = update.render_segments

        def render_segments(console: Console) -> str:
            return cells(console) + self._paint(written)

        update.render_segments = render_segments  # type: ignore[method-assign]
