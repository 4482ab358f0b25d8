"""Marked text (see `render.inline`) as Textual content: the theme's styles, links to click and to tab to."""

from __future__ import annotations

import re
from ast import literal_eval
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import textual._wrap
from markdown_it.token import Token
from rich.style import Style as RichStyle
from rich.text import Text
from textual import events
from textual.content import Content, Span
from textual.message import Message
from textual.style import Style
from textual.visual import Visual
from textual.widgets.markdown import Markdown, MarkdownBlock

from dlwp_tui.render import inline, wrap
from dlwp_tui.tui import keys

if TYPE_CHECKING:
    from textual.css.styles import RulesMap
    from textual.selection import Selection
    from textual.strip import Strip
    from textual.visual import RenderOptions

STYLES = {
    "strong": "bold", "em": "italic", "s": "strike", "code": ".code_inline", "image": "dim", "head": "bold",
    "rule": "dim", "dim": "dim", "accent": "bold $accent", "reverse": "reverse",
    "right": "$text-success", "wrong": "$text-error", "caution": "bold $text-warning",
}  # fmt: skip
"""Mark -> style of the theme. Colour is never the only sign: signs and words stand beside it."""
LINK = "$accent underline"
_LINK_ACTION = re.compile(r"link\((.*)\)", re.DOTALL)
CURRENT = "bold reverse"
"""The link the keyboard is on; reverse shows without colours too."""
FOUND = "bold $background on $warning"
"""What was searched for; bold shows without colours too."""


def install_wrapping() -> bool:
    """Make Textual break lines by the rules of Chinese; False where its private functions look different."""
    return wrap.install() and wrap.replace(textual._wrap, "chunks", wrap.chunks)


def content(text: Text, current: str | None = None) -> Content:
    """Marked text as content; links call the block's `action_link`, the one to `current` stands out."""
    spans: list[Span] = []
    if text.style and (whole := STYLES.get(str(text.style))):
        spans.append(Span(0, len(text), whole))
    for span in text.spans:
        mark = str(span.style)
        if mark.startswith(inline.LINK):
            href = mark.removeprefix(inline.LINK)
            spans.append(Span(span.start, span.end, CURRENT if href == current else LINK))
            spans.append(Span(span.start, span.end, Style.from_meta({"@click": f"link({href!r})"})))
        elif mark.startswith("@"):
            spans.append(Span(span.start, span.end, Style.from_meta({"@click": mark[1:]})))
        elif found := STYLES.get(mark):
            spans.append(Span(span.start, span.end, found))
    return Content(text.plain, spans)


def hovered(style: RichStyle) -> str:
    """The address of the link that text of this style belongs to; empty for none."""
    click = style.meta.get("@click", "")
    found = _LINK_ACTION.fullmatch(click) if isinstance(click, str) else None
    return str(literal_eval(found[1])) if found else ""


class Fitted(Visual):
    """Content that depends on the width it gets: tables, cards. Text in it can be selected as in any other content."""

    def __init__(self, build: Callable[[int], Content]) -> None:
        self.at: Callable[[int], Content] = lru_cache(maxsize=4)(build)
        self.last = Content()

    def render_strips(self, width: int, height: int | None, style: Style, options: RenderOptions) -> list[Strip]:
        self.last = self.at(width)
        return self.last.render_strips(width, height, style, options)

    def get_optimal_width(self, _rules: RulesMap, container_width: int) -> int:
        return container_width

    def get_height(self, rules: RulesMap, width: int) -> int:
        return self.at(width).get_height(rules, width)


class NoteText(MarkdownBlock, can_focus=False):
    """A block of text whose links the keyboard reaches: focus takes it to the first, Tab to the next, Enter follows."""

    FOCUS_ON_CLICK = False  # a click is for the link under it or for selecting text
    BINDINGS = keys.bindings("text")

    @dataclass
    class LinkHovered(Message):
        """The pointer came over a link; the handler may set the block's `tooltip`."""

        block: NoteText
        href: str

    def __init__(self, markdown: Markdown, token: Token) -> None:
        super().__init__(markdown, token)
        self.auto_links = False  # links are styled here, and the choices of a quiz are no links
        self.marked = Text()
        self.targets: list[str] = []
        """Where the links lead, each once, in reading order."""
        self.current: int | None = None
        self.found: re.Pattern[str] | None = None

    def build_from_token(self, token: Token) -> None:
        """Called by Textual with the block's inline token."""
        self.show_marked(inline.marked(token.children))

    def show_marked(self, text: Text) -> None:
        """Show marked text; the block takes part in the focus chain when it holds links."""
        self.marked = text
        self.take_links([text])
        self.redraw()

    def take_links(self, texts: Iterable[Text]) -> None:
        """Note where the links of the texts lead; without any the block takes no focus."""
        self.targets = list(dict.fromkeys(href for text in texts for _start, _end, href in inline.links(text)))
        self.can_focus = bool(self.targets)

    def redraw(self) -> None:
        """Paint again, after a change of the current link."""
        self.set_content(self.with_found(content(self.marked, self.target)))

    def show_found(self, pattern: re.Pattern[str]) -> str:
        """Mark what matches `pattern` from now on; the text it was looked for in."""
        self.found = pattern
        self.redraw()
        return self._content.plain

    def with_found(self, text: Content) -> Content:
        """`text` with the matches marked."""
        return text.highlight_regex(self.found, style=FOUND) if self.found is not None else text

    @property
    def target(self) -> str | None:
        """Where the link under the keyboard leads."""
        return None if self.current is None else self.targets[self.current]

    def advance(self, step: int) -> bool:
        """Go `step` links on; False when there is none: the focus should leave the block."""
        place = (self.current or 0) + step
        if not 0 <= place < len(self.targets):
            return False
        self.current = place
        self.redraw()
        return True

    def watch_hover_style(self, previous_hover_style: RichStyle, hover_style: RichStyle) -> None:
        """Textual sets the style under the pointer at each move; only a change of link does anything here."""
        before, now = hovered(previous_hover_style), hovered(hover_style)
        if now != before:
            self.tooltip = None
            if now:
                self.post_message(self.LinkHovered(self, now))

    def on_focus(self, _event: events.Focus) -> None:
        self.current = 0
        self.redraw()

    def on_blur(self, _event: events.Blur) -> None:
        self.current = None
        self.redraw()

    def action_step(self, step: int) -> None:
        """Next link, or the next thing that takes the focus."""
        if not self.advance(step):
            if step > 0:
                self.screen.focus_next()
            else:
                self.screen.focus_previous()

    def action_follow(self) -> None:
        """Follow the link under the keyboard."""
        if self.target is not None:
            self.call_next(self.action_link, self.target)


class FittedText(NoteText):
    """A block that lays itself out for the width it gets. Subclasses write `build`."""

    def __init__(self, markdown: Markdown, token: Token) -> None:
        super().__init__(markdown, token)
        self._fitted = Fitted(self.build)

    def build(self, width: int) -> Content:
        """The block's content for `width` cells."""
        raise NotImplementedError

    def on_mount(self) -> None:
        self.redraw()

    def redraw(self) -> None:
        self._fitted = Fitted(lambda width: self.with_found(self.build(width)))
        self.update(self._fitted)

    def show_found(self, pattern: re.Pattern[str]) -> str:
        super().show_found(pattern)
        return self._fitted.at(max(1, self.content_size.width)).plain

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """The selected text, for the clipboard."""
        return selection.extract(self._fitted.last.plain), "\n"
