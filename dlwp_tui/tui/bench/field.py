"""The fields of the parameter form: one line each, their values as text and back."""

from __future__ import annotations

from typing import Literal

from textual import events
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, Static

from dlwp_tui.core.language import _
from dlwp_tui.core.types import Value
from dlwp_tui.course.param import Param, ParamError
from dlwp_tui.tui.bench.chips import Chips

MAX_SEED = 2**31 - 1
"""Seeds beyond 32 bits are refused by NumPy and TensorFlow."""


Kind = Literal["number", "form", "text"]
"""What a field takes: a number; numbers and the signs between them (a matrix, a shape); any text."""


class FieldInput(Input):
    """One line for a value. Letters that are no part of its kind of value stay keys of the screen: `r` runs."""

    def __init__(self, value: str, *, kind: Kind, id: str, placeholder: str = "") -> None:
        super().__init__(value, placeholder, id=id, compact=True, select_on_focus=True)
        self.kind = kind

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """True for a key this field takes as text."""
        if self.kind == "number":
            return character is not None and character in "0123456789+-.eE"
        if self.kind == "form" and character is not None and character.isascii():
            return (
                character.isprintable() and (not character.isalpha() or character in "eE") and character not in "?/<>"
            )
        return super().check_consume_key(key, character)

    async def _on_key(self, event: events.Key) -> None:
        if self.kind != "text" and event.is_printable and not self.check_consume_key(event.key, event.character):
            event.prevent_default()  # Input's own handler would type it; so it bubbles to the screen
            return
        await super()._on_key(event)


def editor_of(name: str, param: Param, raw: str) -> Input | Chips:
    """The widget a param is edited with, holding `raw`."""
    if param.type == "choice":
        return Chips([(choice, choice) for choice in param.choices], raw, id=f"param-{name}")
    if param.type == "bool":
        return Chips([("true", _("yes")), ("false", _("no"))], raw, id=f"param-{name}")
    kind: Kind = "number" if param.type in ("int", "float") else "form" if param.form not in ("", "texts") else "text"
    editor = FieldInput(raw, kind=kind, id=f"param-{name}")
    editor.set_class(param.type in ("text", "file"), "-text")
    return editor


def takes_letters(editor: Widget) -> bool:
    """True for a field in which every letter is text, and no key."""
    return isinstance(editor, FieldInput) and editor.kind == "text"


def put(line: Static, text: str) -> None:
    """Another text, if it is one. The screen is laid out anew (40 ms) only where it takes more rows, or fewer."""
    if isinstance(line.content, Content) and line.content.plain == text:
        return
    line.update(Content(text), layout=False)
    line.clear_cached_dimensions()
    room = line.content_size
    if not room.width or _rows(line) != room.height:
        line.refresh(layout=True)


def _rows(line: Static) -> int:
    """Rows its text takes at its width, within what its style allows."""
    rows = line.get_content_height(line.content_size, line.content_size, line.content_size.width)
    least, most = line.styles.min_height, line.styles.max_height
    return max(int(least.value) if least else 0, min(rows, int(most.value) if most else rows))


def allowed(param: Param, name: str, raw: str) -> bool:
    """Whether a text is a value of the param."""
    try:
        param.parse(name, raw)
    except ParamError:
        return False
    return True


def fill(editor: Input | Chips, value: str | None) -> None:
    """Put a value into a field."""
    if isinstance(editor, Chips):
        editor.value = value
    elif editor.value != value:
        editor.value = value or ""


def typed(editor: Input | Chips) -> str:
    """What a field holds, as text."""
    return str(editor.value if editor.value is not None else "")


def shown(value: Value) -> str:
    """A value as a field shows it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:g}" if isinstance(value, float) and float(f"{value:g}") == value else str(value)


def all_shown(values: dict[str, Value]) -> dict[str, str]:
    """Values as their fields show them."""
    return {name: shown(value) for name, value in values.items()}


def parse_seed(raw: str) -> int | None:
    """The seed in a field; None: one is to be drawn. Raises ParamError."""
    text = raw.strip()
    if not text:
        return None
    if not text.isdecimal() or int(text) > MAX_SEED:
        message = _("seed = {value} is not allowed: it takes a whole number (0–{max}) or nothing.")
        raise ParamError("seed", message.format(value=text, max=MAX_SEED))
    return int(text)
