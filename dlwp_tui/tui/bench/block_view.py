"""One part of a run's report as a widget, drawn once for the width it has."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from rich.text import Text
from textual import events
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from dlwp_tui.runs.facts import Check, Picture
from dlwp_tui.tui.bench import output_text
from dlwp_tui.tui.bench.content import content


@dataclass(frozen=True)
class Block:
    """One part of the report. `draw(width)` gives at most `width` cells."""

    key: object
    """Which part it is: a part with another key takes another place."""
    draw: Callable[[int], Text]
    picture: Picture | None = None
    """The picture it is, where it is one."""
    proofs: tuple[Check, ...] = ()
    """The exact claims it lists, where it is the list of them."""
    make: Callable[[Block], BlockView] | None = None
    """Makes its widget, where that is no plain BlockView."""
    stamp: object = None
    """Changes when the part, though it keeps its place, has to be drawn anew."""

    def widget(self) -> BlockView:
        """A widget that shows it."""
        return self.make(self) if self.make is not None else BlockView(self)


class BlockView(Widget):
    """A block, drawn for the width it has and kept until that changes."""

    DEFAULT_CSS = """
    BlockView { width: 1fr; height: auto; margin-bottom: 1; padding-left: 1; }
    """

    @dataclass
    class Enlarged(Message):
        """The learner wants this picture large."""

        picture: Picture

    def __init__(self, block: Block) -> None:
        super().__init__()
        self.block = block
        self._width = 0
        self._drawn = Content("")

    def on_click(self, event: events.Click) -> None:
        if self.block.picture is not None:
            event.stop()
            self.post_message(self.Enlarged(self.block.picture))

    def renew(self, block: Block) -> None:
        """The same part, changed."""
        self.block = block
        self.redraw()

    def redraw(self) -> None:
        """Draw it anew, in another height perhaps."""
        self._width = 0
        self.refresh(layout=True)

    def render(self) -> Content:
        return self.at(self.content_size.width)

    def get_content_height(self, container: object, viewport: object, width: int) -> int:  # noqa: ARG002 - Textual's
        """Lines at this width."""
        return self.at(width).plain.count("\n") + 1

    def at(self, width: int) -> Content:
        """The block at a width."""
        if width != self._width:
            self._width = width
            self._drawn = content(output_text.wrapped(self.draw(max(8, width)), max(8, width)))
        return self._drawn

    def draw(self, width: int) -> Text:
        """The block's text for a width."""
        return self.block.draw(width)
