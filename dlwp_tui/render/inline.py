"""A line of a note (emphasis, code, links, formulas) as a `rich.text.Text` whose spans are *marks*, not styles.

Marks are plain strings: `strong`, `em`, `s`, `code`, `math`, `image`, `link:<target>`; tables add `head` and `rule`.
Who shows the text turns marks into styles: `styled` for a plain terminal, the screen for its theme and its clicks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.style import Style
from rich.text import Text

from dlwp_tui.core.language import _
from dlwp_tui.tex import formula

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token
    from rich.console import Console

LINK = "link:"
_OPENING = {"strong_open": "strong", "em_open": "em", "s_open": "s"}


def marked(children: Iterable[Token] | None) -> Text:
    """The children of a markdown-it `inline` token as marked text."""
    tokens = list(children or ())
    text = Text()
    open_marks: list[tuple[str, int]] = []
    for at, token in enumerate(tokens):
        if token.type in _OPENING:
            open_marks.append((_OPENING[token.type], len(text)))
        elif token.type == "link_open":
            open_marks.append((f"{LINK}{token.attrs.get('href', '')}", len(text)))
        elif token.type.endswith("_close") and open_marks:
            mark, start = open_marks.pop()
            text.stylize(mark, start, len(text))
        else:
            text.append_text(_leaf(token, tokens[at + 1] if at + 1 < len(tokens) else None, text.plain[-1:]))
    return text


def parse(source: str) -> Text:
    """Markdown of one paragraph as marked text: an option of a quiz, a figure's caption."""
    tokens = _parser().parseInline(source)
    return marked(tokens[0].children if tokens else ())


def formula_text(tex: str) -> Text:
    """An inline formula; its source between dollars where it cannot be laid out."""
    try:
        return Text(formula.inline(tex), "math")
    except formula.FormulaError:
        return Text(f"${tex}$", "code")


def styled(text: Text, style: Callable[[str], Style | str | None]) -> Text:
    """A copy of `text` with each mark replaced by `style(mark)`; None drops it."""
    plain = Text(text.plain)
    for span in text.spans:
        if found := style(str(span.style)):
            plain.stylize(found, span.start, span.end)
    if text.style and (found := style(str(text.style))):
        plain.stylize_before(found)
    return plain


def links(text: Text) -> list[tuple[int, int, str]]:
    """(start, end, target) of each link, in reading order."""
    found = [
        (span.start, span.end, str(span.style)[len(LINK) :])
        for span in text.spans
        if str(span.style).startswith(LINK) and span.end > span.start
    ]
    return sorted(found)


def lines(texts: Sequence[Text]) -> Text:
    """The texts one under the other."""
    return Text("\n").join(texts)


def hanging(sign: Text, text: Text, width: int) -> Text:
    """`text` wrapped to `width` cells behind `sign`, the lines after the first under its first letter."""
    from dlwp_tui.render import wrap

    wrap.install()
    indent = sign.cell_len
    rows = text.wrap(no_console(), max(8, width - indent))
    for row in rows:
        row.rstrip()
    return lines([Text.assemble(" " * indent if number else sign, row) for number, row in enumerate(rows)] or [sign])


@cache
def no_console() -> Console:
    """A console for Rich to wrap text with; nothing is printed on it."""
    from io import StringIO

    from rich.console import Console

    return Console(file=StringIO(), width=200, color_system=None)


def _leaf(token: Token, following: Token | None, before: str) -> Text:
    if token.type == "softbreak":
        after = following.content[:1] if following is not None else ""
        return Text("" if _wide(before) and _wide(after) else " ")
    if token.type == "hardbreak":
        return Text("\n")
    if token.type == "code_inline":
        return Text(token.content, "code")
    if token.type.startswith("math_inline"):
        return formula_text(token.content)
    if token.type == "image":
        return Text(_("[picture] {caption}").format(caption=token.content or token.attrs.get("src", "")), "image")
    if token.type == "html_inline":
        return Text("\n" if token.content.replace(" ", "").lower() in ("<br>", "<br/>") else token.content)
    return Text(token.content)


def _wide(char: str) -> bool:
    """True for ideographs and full-width punctuation, between which a line break of the source is no space."""
    return bool(char) and cell_len(char) == 2


@cache
def _parser() -> MarkdownIt:
    from dlwp_tui.course.markdown import parser

    return parser()
