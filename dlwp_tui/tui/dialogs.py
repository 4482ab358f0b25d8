"""What opens over the study screen: the box that all dialogs share, and a question with a few answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Static

from dlwp_tui.tui import keys

_T = TypeVar("_T")


class Dialog(ModalScreen[_T | None]):
    """A box over the study screen, which stays in view behind it. Esc dismisses it with None.

    A subclass composes one Vertical or VerticalScroll, and sets its width in its CSS.
    """

    BINDINGS = keys.bindings("dialog")
    DEFAULT_CSS = """
    Dialog { align: center middle; background: $background 60%; }
    Dialog > Vertical, Dialog > VerticalScroll {
        max-width: 96%; height: auto; max-height: 94%;
        padding: 1 2; background: $surface; border: round $border; border-title-align: left;
    }
    """

    def action_close(self) -> None:
        """Change nothing."""
        self.dismiss(None)


class AskDialog(Dialog[str]):
    """One question, a few answers. Dismisses with the answer's id, or None on Esc.

    `answers` are `(id, text)`; the first is the safe one and has the focus.
    """

    BINDINGS = keys.bindings("ask")
    DEFAULT_CSS = """
    AskDialog > Vertical { width: 64; max-width: 90%; max-height: 90%; }
    AskDialog #title { text-style: bold; margin-bottom: 1; }
    AskDialog #body { color: $text-muted; margin-bottom: 1; }
    AskDialog Horizontal { height: auto; align-horizontal: right; }
    AskDialog Button { margin-left: 1; min-width: 10; }
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


class TextDialog(Dialog[str]):
    """One line to type. Dismisses with it on Enter, or with None on Esc."""

    DEFAULT_CSS = """
    TextDialog > Vertical { width: 64; max-width: 90%; }
    TextDialog #title { text-style: bold; margin-bottom: 1; }
    """

    def __init__(self, title: str, value: str = "") -> None:
        super().__init__()
        self._title, self._value = title, value

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Static(Content(self._title), id="title")
            yield Input(self._value, compact=True)

    def on_mount(self) -> None:
        self.query_one(Input).focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.dismiss(event.value)
