"""What a run said besides its curves, block by block: each is drawn once for the width it has."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from rich.text import Text
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from dlwp_tui.analysis.seen import seen
from dlwp_tui.core.language import _
from dlwp_tui.course.lesson import Lesson
from dlwp_tui.runs.facts import Picture
from dlwp_tui.runs.view import RunView
from dlwp_tui.tui.bench import output_text
from dlwp_tui.tui.bench.content import content


@dataclass(frozen=True)
class Block:
    """One thing a run said. `key` changes when it has to be drawn anew; `draw(width)` gives at most `width` cells."""

    key: object
    draw: Callable[[int], Text]
    picture: Picture | None = None
    """The picture it is, where it is one."""


class BlockView(Widget):
    """A block, drawn for the width it has and kept until that changes."""

    DEFAULT_CSS = """
    BlockView { width: 1fr; height: auto; margin-bottom: 1; }
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

    def on_click(self) -> None:
        if self.block.picture is not None:
            self.post_message(self.Enlarged(self.block.picture))

    def render(self) -> Content:
        return self.at(self.content_size.width)

    def get_content_height(self, container: object, viewport: object, width: int) -> int:  # noqa: ARG002 - Textual's
        """Lines at this width."""
        return self.at(width).plain.count("\n") + 1

    def at(self, width: int) -> Content:
        """The block at a width."""
        if width != self._width:
            self._width = width
            self._drawn = content(output_text.wrapped(self.block.draw(max(8, width)), max(8, width)))
        return self._drawn


def blocks(view: RunView | None, ascii: bool, dark: bool, lesson: Lesson | None = None) -> list[Block]:
    """What the tab shows of a run, in the order a learner asks: what went wrong, the result, then the rest."""
    if view is None:
        text = _("Press r to run; what the run says appears here.")
        return [Block("none", lambda _width: Text(text, style="dim"))]
    out: list[Block] = []
    error, log = view.error, view.folder.log
    if error is not None:
        out.append(Block(("error", error), lambda width: output_text.failure(error, log, width)))
    for notice in view.warnings:
        out.append(Block(("warning", notice), lambda width, n=notice: output_text.warning(n, width)))  # type: ignore[misc]
    if view.results:
        results = {label: dict(figures) for label, figures in view.results.items()}
        words = lesson.words if lesson is not None and lesson.id == view.spec.lesson else {}
        key = ("results", repr(results), repr(words))
        out.append(Block(key, lambda width: output_text.results(results, width, words)))
    found = seen(view, lesson)
    if found is not None:
        out.append(Block(("seen", repr(found)), lambda width: output_text.seen(found, width)))
    if view.checks:
        checks = tuple(view.checks)
        out.append(Block(("checks", repr(checks)), lambda width: output_text.checks(checks, width)))
    for table in view.tables:
        out.append(Block(("table", repr(table)), lambda width, t=table: output_text.table(t, width)))  # type: ignore[misc]
    for said in view.texts:
        out.append(Block(("text", said), lambda width, t=said: output_text.said(t, width)))  # type: ignore[misc]
    for picture in view.pictures:
        path = view.folder.artifacts / picture.file
        out.append(
            Block(
                ("picture", picture, _stamp(view, picture.file)),
                lambda width, p=picture, f=path: output_text.picture(p, f, width, ascii, dark),  # type: ignore[misc]
                picture,
            )
        )
    for model in view.models:
        out.append(Block(("model", model), lambda width, m=model: output_text.model(m, width)))  # type: ignore[misc]
    for use in view.datasets:
        out.append(Block(("dataset", use), lambda width, u=use: output_text.dataset(u, width)))  # type: ignore[misc]
    if not out:
        told = (
            _("Reading the run…")
            if not view.read
            else _("Nothing said yet.")
            if view.state.active
            else _("This run said nothing besides its curves and log.")
        )
        out.append(Block(("nothing", told), lambda _width: Text(told, style="dim")))
    return out


def _stamp(view: RunView, name: str) -> int:
    """A picture's time of writing, so that one drawn anew under the same name is seen."""
    try:
        return (view.folder.artifacts / name).stat().st_mtime_ns
    except OSError:
        return 0
