"""Small questions over the study screen."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Static


class AskDialog(ModalScreen[str | None]):
    """One question, a few answers. Dismisses with the answer's id, or None on Esc.

    `answers` are `(id, text)`; the first is the safe one and has the focus.
    """

    BINDINGS = [
        Binding("escape", "dismiss_none", show=False),
        Binding("left,up", "app.focus_previous", show=False),
        Binding("right,down", "app.focus_next", show=False),
    ]

    DEFAULT_CSS = """
    AskDialog { align: center middle; background: $background 60%; }
    AskDialog > Vertical {
        width: 64; max-width: 90%; height: auto; max-height: 90%;
        padding: 1 2; background: $surface; border: round $border;
    }
    AskDialog #title { text-style: bold; margin-bottom: 1; }
    AskDialog #body { color: $text-muted; margin-bottom: 1; }
    AskDialog Horizontal { height: auto; align-horizontal: right; }
    AskDialog Button { margin-left: 1; min-width: 10; }
    AskDialog.-narrow-dialog Horizontal { layout: vertical; }
    """

    def __init__(self, title: str, body: str, answers: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self._title, self._body, self._answers = title, body, answers

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Static(Content(self._title), id="title")
            yield Static(Content(self._body), id="body")
            with Horizontal():
                for number, (answer, text) in enumerate(self._answers):
                    yield Button(
                        Content(text), id=answer, compact=True, variant="primary" if number == 0 else "default"
                    )

    def on_mount(self) -> None:
        self.query(Button).first().focus()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        event.stop()
        self.dismiss(event.button.id)

    def action_dismiss_none(self) -> None:
        """Esc: change nothing."""
        self.dismiss(None)
