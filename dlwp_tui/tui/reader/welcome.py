"""What a learner who has never been here sees over the note: three lines and one key. Not in the way of reading."""

from __future__ import annotations

from textual import events
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from dlwp_tui.core.language import _
from dlwp_tui.tui import keys


class Welcome(Static, can_focus=True):
    """`New here? Enter trains 3.4 …`. It posts what was pressed, and is shown and hidden from outside."""

    BINDINGS = keys.bindings("welcome")
    DEFAULT_CSS = """
    Welcome {
        height: auto; margin: 0 0 1 1; padding: 0 1; display: none;
        background: $surface; color: $text-muted; border-left: outer $accent 60%;
        &:focus { border-left: thick $accent; background: $panel; color: $text; }
        &:ansi { background: ansi_default; border-left: outer $accent; }
    }
    """

    class Begun(Message):
        """Train the lesson that is offered."""

    class Closed(Message):
        """Put the lines away."""

    def offer(self, section: str, *, one_pane: bool) -> None:
        """Offer the lesson of a section; with `one_pane` in view, say how to reach the others."""
        enter, run, help_, close = map(keys.label, ("welcome.begin", "run.start", "app.help", "welcome.close"))
        panes = "   ".join(
            f"{keys.label(f'focus.{name}')} {word}"
            for name, word in (("contents", _("contents")), ("note", _("note")), ("bench", _("bench")))
        )
        lines = (
            _("New here? {key} trains the network of {section} in under a minute; watch its curves."),
            _("You can read on meanwhile. {run} runs the lesson of a section, {help} lists all keys."),
            _("{panes}   {key} puts this away.") if one_pane else _("{key} puts this away."),
        )
        first, second, third = lines
        self.update(
            Content("\n").join(
                [
                    Content.styled(first.format(key=enter, section=section), "bold"),
                    Content(second.format(run=run, help=help_)),
                    Content(third.format(panes=panes, key=close)),
                ]
            )
        )
        self.display = True

    def action_begin(self) -> None:
        """Train the lesson."""
        self.post_message(self.Begun())

    def action_close(self) -> None:
        """Put the lines away."""
        self.post_message(self.Closed())

    def on_click(self, event: events.Click) -> None:
        event.stop()
        self.action_begin()
