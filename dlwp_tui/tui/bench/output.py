"""The output tab: a run's report, its log, and a place to try its model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from textual import on
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from dlwp_tui.core.language import _
from dlwp_tui.course.demo import Demo
from dlwp_tui.course.lesson import Lesson
from dlwp_tui.runs.facts import Picture
from dlwp_tui.runs.view import RunView
from dlwp_tui.tui import keys
from dlwp_tui.tui.bench.block_view import BlockView
from dlwp_tui.tui.bench.chips import Chips
from dlwp_tui.tui.bench.demo_parts import Asked, Left
from dlwp_tui.tui.bench.messages import DemoAsked
from dlwp_tui.tui.bench.output_blocks import ProofsView, blocks
from dlwp_tui.tui.bench.picture_views import GridView, PictureView
from dlwp_tui.tui.bench.pictures import PictureScreen
from dlwp_tui.tui.bench.text_demo import TextDemo
from dlwp_tui.tui.bench.trying import Trying, beside_report
from dlwp_tui.tui.look import look_of

LOG_LINES = 500
"""Lines of the log kept on the screen; the whole is in the file named above them."""


class OutputView(Widget, can_focus=False):
    """Report or log of the shown run; under them the demo's line where the lesson has one for text."""

    BINDINGS = keys.bindings("output")
    DEFAULT_CSS = """
    OutputView { height: 1fr; }
    OutputView #output-choice { margin: 0 1 1 1; }
    OutputView VerticalScroll {
        height: 1fr; scrollbar-background: $background; scrollbar-background-hover: $background;
        scrollbar-size-vertical: 1;
    }
    OutputView #log { display: none; padding: 0 0 0 1; }
    OutputView.-log #log { display: block; }
    OutputView.-log #report { display: none; }
    OutputView #log-text { width: 1fr; height: auto; }
    OutputView Trying { display: none; }
    OutputView.-try Trying { display: block; }
    OutputView.-try #report, OutputView.-try #log, OutputView.-try.-demo TextDemo { display: none; }
    OutputView.-try #output-choice { margin: 0 1 0 1; }
    OutputView TextDemo { display: none; }
    OutputView.-demo TextDemo { display: block; }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.view: RunView | None = None
        self._lesson: Lesson | None = None
        self._demo: Demo | None = None
        self._line = TextDemo(id="demo")
        self._look = look_of(self.app)
        self._trying = Trying(self._look, id="trying")
        self._blocks: list[BlockView] = []
        self._height = 0
        self._deleted = 0
        self._seen: tuple[str, int, bool] | None = None
        self._log_seen: tuple[int, int] | None = None

    def compose(self) -> ComposeResult:
        yield Chips(_choices(), "report", id="output-choice")
        yield VerticalScroll(id="report")
        with VerticalScroll(id="log"):
            yield Static(id="log-text")
        yield self._trying
        yield self._line

    def on_mount(self) -> None:
        self.set_interval(0.5, self._tick)

    def on_resize(self) -> None:
        if self.size.height != self._height:
            self._height = self.size.height
            for view in self.query(PictureView):
                view.redraw()

    def set_lesson(self, lesson: Lesson | None) -> None:
        """The lesson whose demos, if any, are offered, and whose presets promise what there is to see."""
        self._lesson = lesson
        demos = lesson.demos if lesson is not None else ()
        self._demo = next(filter(beside_report, demos), None)
        self._trying.set_lesson(lesson)
        if self.has_class("-try") and not self._trying.chosen:  # that demo was another lesson's
            self._open("report")
        self._line.set_demo(self._demo)

    def show(self, view: RunView | None) -> None:
        """Another run."""
        other = (view.folder if view else None) != (self.view.folder if self.view else None)
        self.view = view
        if other:
            self._line.forget()
            self._trying.forget()
            self._seen = self._log_seen = None
            self.query_one("#report", VerticalScroll).scroll_home(animate=False)
        self.refresh_now()

    @property
    def showing_log(self) -> bool:
        """True while the log is in view."""
        return self.has_class("-log")

    def action_log(self) -> None:
        """The log; where it is in view, the report."""
        self._open("report" if self.showing_log and self.is_on_screen else "log")

    def show_report(self) -> None:
        """The report in the log's place."""
        if self.showing_log:
            self._open("report")

    def action_demo(self) -> None:
        """Go to where the model can be tried, if there is anything to try."""
        self.call_after_refresh(self._focus_demo)

    def _focus_demo(self) -> None:
        if self._can_try:
            self._open(next(iter(self._trying.demos)))
        elif self.has_class("-demo"):
            self._open("report")
            self._line.open()
        elif self._demo is not None or self._trying.demos:
            self.notify(_("Run the lesson first: the demo needs a trained model."))
        else:
            self.notify(_("This lesson has nothing to try."))

    def action_leave_demo(self) -> None:
        """Out of the demo, and the line where every letter is text: back to the report; keys are keys again."""
        if self.has_class("-try"):
            self._open("report")
        self.call_after_refresh(self.focus_first)

    def focus_first(self) -> None:
        """Focus what scrolls, or the paper."""
        if self.has_class("-try"):
            self._trying.open()
        else:
            self.query_one("#log" if self.showing_log else "#report").focus()

    def set_demo_answer(self, answer: Mapping[str, Any], demo_id: str) -> None:
        """Show a demo's answer: `text`, `bars` (label: share), `unknown` words, pictures, or `error`."""
        if self._demo is not None and demo_id == self._demo.id:
            self._line.take(answer)
        else:
            self._trying.take(answer, demo_id)
            self._offer()

    @property
    def text(self) -> str:
        """All that is shown, for tests and copying."""
        if self.showing_log:
            shown = self.query_one("#log-text", Static).content
            return shown.plain if isinstance(shown, Content) else str(shown)
        return "\n".join(block.at(max(20, self.content_size.width - 2)).plain for block in self._blocks)

    # -- keeping up ----------------------------------------------------------------------------------------------

    def refresh_now(self) -> None:
        """Bring what is in view up to date."""
        self.set_class(self._demo is not None and self._trained, "-demo")
        self._offer()
        if self.has_class("-try"):
            return
        if self.showing_log:
            self._fill_log()
        else:
            self._fill()

    def action_enlarge(self) -> None:
        """The focused picture, or the first in view, on the whole screen; without one unfold the proofs in view."""
        if self.has_class("-try"):
            view = self.app.focused
            if isinstance(view, GridView) and view.made in self._trying.grids:
                self._enlarge(view.made)
            return
        if self.showing_log:
            return
        room = self.query_one("#report", VerticalScroll).region
        found = [block for block in self._blocks if block.block.picture or block.block.proofs]
        focused = [block for block in found if block.has_focus]
        for block in focused or [block for block in found if block.region.overlaps(room)] or found:
            if block.block.picture is not None:
                self._enlarge(block.block.picture)
            elif isinstance(block, ProofsView):
                block.action_fold()
            return

    @on(BlockView.Enlarged)
    def _clicked(self, event: BlockView.Enlarged) -> None:
        event.stop()
        self._enlarge(event.picture)

    def _enlarge(self, picture: Picture) -> None:
        if self.view is None:
            return
        shown = self._trying.grids if self.has_class("-try") else self.view.pictures
        if picture in shown:
            folder = self.view.folder.artifacts
            self.app.push_screen(PictureScreen(shown, folder, self._look, shown.index(picture)))

    @property
    def _trained(self) -> bool:
        return self.view is not None and not self.view.state.active

    @property
    def _can_try(self) -> bool:
        return bool(self._trying.demos) and self._trained

    def _offer(self) -> None:
        """The demos as further choices, once there is a model to try."""
        chips = self.query_one("#output-choice", Chips)
        chips.set_options([*_choices(), *(self._trying.options if self._can_try else [])])
        if self.has_class("-try") and not self._can_try:
            self._open("report")

    def _open(self, what: str) -> None:
        self.query_one("#output-choice", Chips).value = what
        self._choose(what)

    def _tick(self) -> None:
        if self.is_on_screen:
            self.refresh_now()

    def on_show(self) -> None:
        self.refresh_now()

    def _restore(self) -> None:
        """Draw the pictures again where the terminal no longer has them all, after many others, large or in a demo."""
        if self._deleted != self._look.deleted and self.screen is self.app.screen:
            self._deleted = self._look.deleted
            for view in self._blocks:
                if view.block.picture is not None:
                    view.redraw()

    def _fill(self) -> None:
        seen = (self.view.folder.id, self.view.version, self.view.read) if self.view else ("", 0, True)
        if seen == self._seen and self._blocks:
            self._restore()
            return
        self._seen = seen
        look_of(self.app)  # the theme may be another
        box = self.query_one("#report", VerticalScroll)
        old = list(self._blocks)
        self._blocks = []
        for block in blocks(self.view, self._look, self._lesson):
            place = next((number for number, view in enumerate(old) if view.block.key == block.key), None)
            if place is None:
                fresh = block.widget()
                box.mount(fresh, before=old[0] if old else None)
                self._blocks.append(fresh)
                continue
            for gone in old[:place]:  # the blocks keep their order: these were replaced
                gone.remove()
            if old[place].block.stamp != block.stamp:
                old[place].renew(block)
            self._blocks.append(old[place])
            del old[: place + 1]
        for gone in old:
            gone.remove()

    def _fill_log(self) -> None:
        text = self.query_one("#log-text", Static)
        if self.view is None:
            empty = _("This section has no lesson to run, so there is no log.")
            if self._lesson is not None:
                key = keys.label("run.start")
                empty = _("Press {key} to run; the log of its process appears here.").format(key=key)
            text.update(Content.styled(empty, "dim"))
            return
        path = self.view.folder.log
        try:
            stat = path.stat()
            seen = (stat.st_size, stat.st_mtime_ns)
        except FileNotFoundError:
            seen = (-1, -1)
        if seen == self._log_seen:
            return
        self._log_seen = seen
        scroll = self.query_one("#log", VerticalScroll)
        follow = scroll.scroll_y >= scroll.max_scroll_y - 1
        lines = self.view.log_tail(LOG_LINES)
        shown = "\n".join(lines) if lines else _("The worker has printed nothing.")
        text.update(Content.assemble(Content.styled(f"{path}\n\n", "dim"), shown))
        if follow:
            scroll.call_after_refresh(scroll.scroll_end, animate=False)

    @on(Chips.Changed, "#output-choice")
    def _chosen(self, event: Chips.Changed) -> None:
        event.stop()
        self._choose(event.value)

    def _choose(self, what: str) -> None:
        self.set_class(what == "log", "-log")
        trying = what in dict(self._trying.options)
        self.set_class(trying, "-try")
        if trying:
            self._trying.show(what)
        self._seen = self._log_seen = None
        self.refresh_now()
        if trying:
            self.call_after_refresh(self._trying.open)

    @on(Left)
    def _leave(self, event: Left) -> None:
        event.stop()
        self.action_leave_demo()

    @on(Asked)
    def _asked(self, event: Asked) -> None:
        event.stop()
        if self.view is not None:
            self.post_message(DemoAsked(self.view.folder.id, event.demo.id, event.value, event.sliders))


def _choices() -> list[tuple[str, str]]:
    return [("report", _("report")), ("log", _("log"))]
