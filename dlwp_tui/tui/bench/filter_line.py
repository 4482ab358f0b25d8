"""The line over the history that chooses which runs are listed, and in what order."""

from __future__ import annotations

from dataclasses import dataclass

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from dlwp_tui.core.language import _
from dlwp_tui.tui import keys


class FilterInput(Input):
    """Where the words are typed."""

    BINDINGS = keys.bindings("filter")
    KEYS = "filter"

    @dataclass
    class Done(Message):
        """Typed to the end; `cleared`: and taken back."""

        cleared: bool

    def action_done(self) -> None:
        """Keep the words, back to the list."""
        self.post_message(self.Done(cleared=False))

    def action_clear_all(self) -> None:
        """Every run again, back to the list."""
        self.post_message(self.Done(cleared=True))


class FilterLine(Vertical):
    """There while it holds words or is being typed in; below it, while it is typed in, what can be typed or is wrong.

    The words are those of `analysis.filters`.
    """

    DEFAULT_CSS = """
    FilterLine { height: auto; padding: 0 1; display: none; }
    FilterLine.-typing, FilterLine.-words { display: block; }
    FilterLine Horizontal { height: 1; }
    FilterLine #filter-label { width: auto; padding-right: 1; color: $text-muted; }
    FilterLine Input { width: 1fr; height: 1; border: none; padding: 0; background: $background; }
    FilterLine Input:focus { background: $panel; border: none; }
    FilterLine Input:ansi { text-style: underline; }
    FilterLine #filter-hint { height: 1; color: $text-muted; text-wrap: nowrap; text-overflow: ellipsis; }
    FilterLine #filter-hint { display: none; }
    FilterLine.-typing #filter-hint, FilterLine.-wrong #filter-hint { display: block; }
    FilterLine.-wrong #filter-hint { color: $text-warning; }
    """

    @dataclass
    class Changed(Message):
        """Other words."""

        text: str
        typing: bool
        """The last word may not be complete."""

    @dataclass
    class Left(Message):
        """Back to the list."""

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield Static(Content(_("Filter")), id="filter-label")
            yield FilterInput()
        yield Static(id="filter-hint")

    @property
    def text(self) -> str:
        """The words."""
        return self.query_one(FilterInput).value

    def set_text(self, text: str) -> None:
        """Other words, without typing."""
        typed = self.query_one(FilterInput)
        with self.prevent(Input.Changed):
            typed.value = text
        typed.cursor_position = len(text)
        self._changed(text, typing=False)

    def open(self) -> None:
        """Let the learner type."""
        self.add_class("-typing")
        typed = self.query_one(FilterInput)
        if typed.value and not typed.value.endswith(" "):
            typed.value += " "
        typed.cursor_position = len(typed.value)
        self.screen.set_focus(typed)  # at once, not behind the keys that came with this one

    def show_mistake(self, text: str) -> None:
        """What is wrong with the words, "" for nothing."""
        self.set_class(bool(text), "-wrong")
        example = _("3.4 finished units=64 val_loss<0.3 #tag since:2d sort:val_loss archived")
        self.query_one("#filter-hint", Static).update(Content(text or example), layout=False)

    def on_mount(self) -> None:
        self.show_mistake("")

    def on_descendant_blur(self) -> None:
        if self.has_class("-typing"):
            self.remove_class("-typing")
            self._changed(self.text, typing=False)

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._changed(event.value, typing=True)

    def _changed(self, text: str, *, typing: bool) -> None:
        self.set_class(bool(text.strip()), "-words")
        self.post_message(self.Changed(text, typing))

    @on(FilterInput.Done)
    def _done(self, event: FilterInput.Done) -> None:
        event.stop()
        self.set_text("" if event.cleared else self.text.strip())
        self.remove_class("-typing")
        self.post_message(self.Left())
