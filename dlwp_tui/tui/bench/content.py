"""Text of charts and blocks as Textual's Content, with the theme's own colours in its styles."""

from __future__ import annotations

from functools import lru_cache

from rich.style import Style as RichStyle
from rich.text import Text
from textual.content import Content, Span
from textual.style import Style


def content(text: Text) -> Content:
    """`text` as Content. Styles that are strings are Textual's (`$text-error`, `ansi_blue`), resolved when drawn.

    `Content.from_rich_text` lets Rich parse every style, which fails for theme variables and the ANSI names.
    """
    spans = [Span(span.start, span.end, _style(span.style)) for span in text.spans if span.style]
    if text.style:
        spans.insert(0, Span(0, len(text.plain), _style(text.style)))
    return Content(text.plain, spans)


def _style(style: str | RichStyle) -> str | Style:
    return style if isinstance(style, str) else _converted(style)


@lru_cache(maxsize=65536)  # the cells of a picture share their colours
def _converted(style: RichStyle) -> Style:
    return Style.from_rich_style(style)
