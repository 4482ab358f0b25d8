"""A line of hints, such as what each key does, that breaks between hints."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from textual.content import Content
from textual.widget import Widget


class KeyHints(Widget):
    """Hints with `apart` between them; a line never ends inside a hint that fits on a line of its own."""

    DEFAULT_CSS = """
    KeyHints { width: 1fr; height: auto; color: $text-muted; }
    """

    def __init__(self, hints: Sequence[str], apart: str = " · ", *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._hints = hints
        self._apart = apart

    def render(self) -> Content:
        return Content("\n".join(self.lines(self.content_size.width)))

    def get_content_height(self, container: object, viewport: object, width: int) -> int:  # noqa: ARG002 - Textual's
        """Lines at this width."""
        return len(self.lines(width))

    def lines(self, width: int) -> list[str]:
        """The hints in lines of at most `width` cells; one that is wider stands alone."""
        lines: list[str] = []
        for hint in self._hints:
            joined = f"{lines[-1]}{self._apart}{hint}" if lines else hint
            if lines and cell_len(joined) <= width:
                lines[-1] = joined
            else:
                lines.append(hint)
        return lines
