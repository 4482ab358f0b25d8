"""Where the keyboard stops on a note's page: links, cards, quizzes, and the line that turns the page."""

from __future__ import annotations

from textual import events
from textual.containers import VerticalScroll
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static

from dlwp_tui.tui import keys
from dlwp_tui.tui.reader.text import NoteText


class Turn(Static, can_focus=True):
    """The last line of a page: what comes next; Enter or a click turns the page."""

    FOCUS_ON_CLICK = False
    BINDINGS = keys.bindings("turn")
    DEFAULT_CSS = """
    Turn {
        height: auto; margin: 1 0; padding: 0; color: $text-muted; border-left: blank;
        &:focus { border-left: thick $accent; color: $text; text-style: bold; }
        &:hover { color: $text; }
    }
    """

    class Pressed(Message):
        """Turn the page."""

    def action_turn(self) -> None:
        """Turn the page."""
        self.post_message(self.Pressed())

    def on_click(self, event: events.Click) -> None:
        event.stop()
        self.action_turn()


def of(page: Widget) -> list[Widget]:
    """What takes the focus on this page, in reading order."""
    return [widget for widget in page.query("*").results(Widget) if widget.focusable and widget.display]


def focus(page: VerticalScroll, step: int) -> None:
    """The next (1) or the previous (-1) stop; from outside the page the first one in view, so that nothing scrolls."""
    focused = page.screen.focused
    if isinstance(focused, NoteText) and focused.advance(step):
        return
    stops = of(page)
    if not stops:
        return
    if focused in stops:
        place = stops.index(focused) + step
        if 0 <= place < len(stops):
            stops[place].focus()
    else:
        _visible(page, stops, step).focus()


def _visible(page: VerticalScroll, stops: list[Widget], step: int) -> Widget:
    """The first stop (going on) or the last (going back) that is in view, so that the page does not jump."""
    seen = [stop for stop in stops if stop.region.overlaps(page.content_region)]
    if seen:
        return seen[0 if step > 0 else -1]
    top = page.content_region.y
    below = [stop for stop in stops if stop.region.y >= top]
    above = [stop for stop in stops if stop.region.y < top]
    return (below or above[-1:])[0] if step > 0 else (above or below)[-1 if above else 0]
