"""What the demos of the bench are made of: the question they ask, sliders, and the model's answer with its pictures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.cells import cell_len
from rich.text import Text
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from dlwp_tui.core.formats import number
from dlwp_tui.core.language import _
from dlwp_tui.course.demo import Demo
from dlwp_tui.render.look import Look
from dlwp_tui.render.tiles import Tiles
from dlwp_tui.runs.facts import Picture
from dlwp_tui.tui import keys
from dlwp_tui.tui.bench import output_text, picture_text
from dlwp_tui.tui.bench.block_view import Block, BlockView
from dlwp_tui.tui.bench.content import content
from dlwp_tui.tui.bench.picture_views import GridView
from dlwp_tui.tui.bench.style import fit

TRACK = 24
"""Cells of a slider at most."""


@dataclass
class Asked(Message):
    """Put a value, and where the sliders stand, to the model."""

    demo: Demo
    value: Any
    sliders: dict[str, float]


class Left(Message):
    """Go back to the report."""


class Sliders(Widget, can_focus=True):
    """A demo's sliders, a line each: up and down choose one, left and right move it."""

    KEYS = "sliders"
    BINDINGS = keys.bindings("sliders")
    DEFAULT_CSS = """
    Sliders { height: auto; width: 1fr; }
    Sliders.-none { display: none; }
    """

    class Moved(Message):
        """One of them was moved."""

    def __init__(self, look: Look, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.values: dict[str, float] = {}
        """Where each stands."""
        self._look = look
        self._demo: Demo | None = None
        self._chosen = 0

    def set_demo(self, demo: Demo | None) -> None:
        """Another demo's, all at their defaults."""
        self._demo = demo
        self._chosen = 0
        self.values = demo.defaults if demo is not None else {}
        self.set_class(not self.values, "-none")
        self.refresh(layout=True)

    def action_choose(self, step: int) -> None:
        """The next or previous slider."""
        if self.values:
            self._chosen = (self._chosen + step) % len(self.values)
            self.refresh()

    def action_move(self, steps: int) -> None:
        """Move the chosen one by some steps."""
        if self._demo is None or not self.values:
            return
        name = list(self.values)[self._chosen]
        moved = self._demo.sliders[name].moved(self.values[name], steps)
        if moved != self.values[name]:
            self.values[name] = moved
            self.refresh()
            self.post_message(self.Moved())

    def action_leave(self) -> None:
        """Back to the report."""
        self.post_message(Left())

    def get_content_height(self, container: object, viewport: object, width: int) -> int:  # noqa: ARG002 - Textual's
        """A line each."""
        return max(1, len(self.values))

    def render(self) -> Content:
        text = Text(no_wrap=True)
        demo = self._demo
        if demo is None:
            return content(text)
        labels = {name: str(slider.label) for name, slider in demo.sliders.items()}
        wide = max((cell_len(label) for label in labels.values()), default=0)
        room = max(3, min(TRACK, self.content_size.width - wide - 12))
        for place, (name, slider) in enumerate(demo.sliders.items()):
            here = self.has_focus and place == self._chosen
            share = (self.values[name] - slider.min) / (slider.max - slider.min)
            text.append("\n" if place else "").append("▸ " if here else "  ", "$text-accent")
            text.append(fit(labels[name], wide) + "  ", "bold" if here else "")
            text.append_text(picture_text.track(share, room, self._look)).append(f"  {number(self.values[name])}")
        return content(text)


class DemoAnswer(VerticalScroll):
    """Bars, a text, pictures side by side, and grids with keys of their own; a new answer keeps their pages."""

    DEFAULT_CSS = """
    DemoAnswer { height: 1fr; scrollbar-size-vertical: 1; scrollbar-background: $background; }
    DemoAnswer BlockView { margin-bottom: 1; }
    """

    def __init__(self, look: Look, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._look = look
        self.most_rows = picture_text.ROWS
        """Rows that a page of a grid takes at most."""
        self.grids: tuple[Picture, ...] = ()
        """Those of the last answer that had any."""
        self._words = BlockView(Block("words", lambda _width: Text()))
        self._shown = BlockView(Block("pictures", lambda _width: Text()))
        self._views: dict[str, GridView] = {}

    def compose(self) -> ComposeResult:
        yield self._words
        yield self._shown

    def set_most_rows(self, rows: int) -> None:
        """Rows that a page of a grid takes at most."""
        if rows != self.most_rows:
            self.most_rows = rows
            for view in self._views.values():
                view.most_rows = rows
                view.redraw()

    def say(self, text: str) -> None:
        """A sentence in the answer's place, in faint letters."""
        self._words.renew(Block("words", lambda _width: Text(text, "dim")))
        self._words.display = True

    def clear(self) -> None:
        """No answer."""
        self.take({})
        self.grids = ()
        for view in self._views.values():
            view.remove()
        self._views.clear()

    def take(self, answer: Mapping[str, Any]) -> None:
        """The model's answer; see `engine/answer_pictures.py` for what its pictures are."""
        follow = self.scroll_y >= self.max_scroll_y - 1 and answer.get("part")
        self._words.renew(Block("words", lambda width: output_text.answer(answer, width, self._look.ascii)))
        shown = [
            *([{"name": "", "file": answer["picture"]}] if "picture" in answer else []),
            *answer.get("pictures", ()),
        ]
        room = max(8, self.content_size.height - 2 - (2 if answer.get("text") or answer.get("bars") else 0))
        self._shown.renew(Block("pictures", lambda width: picture_text.side_by_side(shown, width, room, self._look)))
        self._shown.display = bool(shown)
        if answer.get("grids"):
            self.grids = tuple(pictures_of(answer))
            self._show_grids(self.grids)
        if follow:
            self.scroll_end(animate=False)

    def _show_grids(self, grids: tuple[Picture, ...]) -> None:
        for name in self._views.keys() - {one.name for one in grids}:
            self._views.pop(name).remove()
        for one in grids:
            block = Block(("grid", one.name), lambda _width: Text(), one)
            if one.name in self._views:
                self._views[one.name].renew(block)
            else:
                self._views[one.name] = view = GridView(block, Path(), self._look)
                view.most_rows = self.most_rows
                self.mount(view)


def pictures_of(answer: Mapping[str, Any]) -> Iterator[Picture]:
    """The grids of an answer as pictures whose files are absolute paths."""
    for one in answer.get("grids", ()):
        tiles = Tiles(**{**one["tiles"], "captions": tuple(one["tiles"]["captions"])})
        yield Picture(one["name"], one["file"], one["width"], one["height"], tiles=tiles)


def loading() -> str:
    """What stands in the answer's place while the model is loaded."""
    return _("loading the model…")
