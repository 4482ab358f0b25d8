"""A run's report block by block: what it recorded besides its curves. Each is drawn once for the width it has."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from rich.text import Text
from textual import events

from dlwp_tui.analysis.seen import seen
from dlwp_tui.core.language import _
from dlwp_tui.course.lesson import Lesson
from dlwp_tui.render.look import Look
from dlwp_tui.runs.facts import Picture
from dlwp_tui.runs.view import RunView
from dlwp_tui.tui import keys
from dlwp_tui.tui.bench import output_text, picture_text
from dlwp_tui.tui.bench.block_view import Block, BlockView
from dlwp_tui.tui.bench.picture_views import FramesView, GridView, PictureView


class ProofsView(BlockView, can_focus=True):
    """The exact claims: one line while all of them hold. Enter or a click lists each, and folds them again."""

    BINDINGS = keys.bindings("proofs")
    DEFAULT_CSS = """
    ProofsView { border-left: blank; padding-left: 0; }
    ProofsView:focus { border-left: thick $accent; }
    """

    def __init__(self, block: Block) -> None:
        super().__init__(block)
        self.folded = True

    def on_click(self, event: events.Click) -> None:
        event.stop()
        self.action_fold()

    def action_fold(self) -> None:
        """List every claim, or fold those that hold."""
        self.folded = not self.folded
        self.redraw()
        self.call_after_refresh(self.scroll_visible, animate=False)

    def draw(self, width: int) -> Text:
        return output_text.proofs(self.block.proofs, width, folded=self.folded)


def blocks(view: RunView | None, look: Look, lesson: Lesson | None = None) -> list[Block]:
    """The report of a run: what went wrong, the result, the lesson's output, and the proofs last."""
    if view is None:
        return [Block("none", lambda _width: Text(_empty(lesson), style="dim"))]
    out: list[Block] = []
    error, log = view.error, view.folder.log
    if error is not None:
        out.append(Block(("error", error), lambda width: output_text.failure(error, log, width)))
    for warning in view.warnings:
        out.append(Block(("warning", warning), lambda width, w=warning: output_text.warning(w, width)))  # type: ignore[misc]
    if view.results:
        results = {label: dict(figures) for label, figures in view.results.items()}
        words = lesson.words if lesson is not None and lesson.id == view.spec.lesson else {}
        key = ("results", repr(results), repr(words))
        out.append(Block(key, lambda width: output_text.results(results, width, words)))
    found = seen(view, lesson)
    if found is not None:
        out.append(Block(("seen", repr(found)), lambda width: output_text.seen(found, width)))
    for table in view.tables:
        out.append(Block(("table", repr(table)), lambda width, t=table: output_text.table(t, width)))  # type: ignore[misc]
    for text_block in view.texts:
        out.append(Block(("text", text_block), lambda width, t=text_block: output_text.text_block(t, width)))  # type: ignore[misc]
    out += [_picture(view, picture, look) for picture in view.pictures]
    for model in view.models:
        out.append(Block(("model", model), lambda width, m=model: output_text.model(m, width)))  # type: ignore[misc]
    for use in view.datasets:
        out.append(Block(("dataset", use), lambda width, u=use: output_text.dataset(u, width)))  # type: ignore[misc]
    if view.checks:
        checks = tuple(view.checks)
        out.append(
            Block(
                ("proofs", repr(checks)),
                lambda width: output_text.proofs(checks, width),
                proofs=checks,
                make=ProofsView,
            )
        )
    if not out:
        nothing = (
            _("Reading the run…")
            if not view.read
            else _("No output yet.")
            if view.state.active
            else _("This run has no output besides its curves and log.")
        )
        out.append(Block(("nothing", nothing), lambda _width: Text(nothing, style="dim")))
    return out


def _picture(view: RunView, made: Picture, look: Look) -> Block:
    folder, stamp = view.folder.artifacts, _stamp(view, made.file)
    if made.frames:  # it changes while the learner looks at it, so it keeps its place
        return _view(Block(("frames", made.name), _nothing, made, stamp=(made, stamp)), FramesView, folder, look)
    if made.tiles is not None:
        return _view(Block(("grid", made, stamp), _nothing, made), GridView, folder, look)
    return Block(("picture", made, stamp), lambda width: picture_text.picture(made, folder, width, look), picture=made)


def _view(block: Block, view: type[PictureView], folder: Path, look: Look) -> Block:
    return replace(block, make=lambda block: view(block, folder, look))


def _nothing(_width: int) -> Text:
    """What is drawn of a block whose widget draws it."""
    return Text()


def _empty(lesson: Lesson | None) -> str:
    if lesson is None:
        return _("This section has no lesson to run, so there is no output.")
    return _("Press {key} to run; the run's output appears here.").format(key=keys.label("run.start"))


def _stamp(view: RunView, name: str) -> int:
    """A picture's time of writing, so that one drawn anew under the same name is seen."""
    try:
        return (view.folder.artifacts / name).stat().st_mtime_ns
    except OSError:
        return 0
