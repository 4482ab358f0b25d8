"""The page's parser: the course's, with tables and simple lists folded into one token each.

Textual mounts a widget for each table cell and four for each list item; most of a page's time goes into laying out and
styling widgets.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt
from markdown_it.token import Token
from rich.text import Text

from dlwp_tui.course.markdown import parser
from dlwp_tui.render import table
from dlwp_tui.render.inline import hanging, lines, marked

if TYPE_CHECKING:
    from markdown_it.rules_core import StateCore

BULLETS = ("• ", "◦ ")
_SIMPLE = {
    f"{kind}_{end}" for kind in ("bullet_list", "ordered_list", "list_item", "paragraph") for end in ("open", "close")
} | {"inline"}


@dataclass(frozen=True)
class Entry:
    """One paragraph of a list: its sign (spaces where it continues an item) and its marked text."""

    sign: str
    text: Text


@dataclass(frozen=True)
class NoteListData:
    """A list, nested ones included, of paragraphs only."""

    entries: tuple[Entry, ...]

    def layout(self, width: int) -> Text:
        """The entries one under the other, each hanging behind its sign."""
        return lines([hanging(Text(entry.sign, "dim"), entry.text, width) for entry in self.entries])


def page_parser() -> MarkdownIt:
    """A parser whose tables are `x_table` (meta: Table) and whose simple lists are `x_list` (meta: NoteListData)."""
    md = parser()
    md.core.ruler.push("dlwp_fold", _fold)
    return md


def _fold(state: StateCore) -> None:
    out: list[Token] = []
    at = 0
    while at < len(state.tokens):
        token = state.tokens[at]
        if token.type in ("table_open", "bullet_list_open", "ordered_list_open"):
            end = _close(state.tokens, at)
            inside = state.tokens[at:end]
            if token.type == "table_open":
                out.append(_one("x_table", token, table.from_tokens(inside)))
                at = end
                continue
            if all(inner.type in _SIMPLE for inner in inside):
                out.append(_one("x_list", token, NoteListData(tuple(_entries(inside)))))
                at = end
                continue
        out.append(token)
        at += 1
    state.tokens = out


def _one(kind: str, first: Token, data: object) -> Token:
    return Token(kind, "", 0, map=first.map, level=first.level, block=True, meta={"data": data})


def _close(tokens: Sequence[Token], at: int) -> int:
    """The index after the token that closes the one at `at`."""
    kind = tokens[at].type.removesuffix("open") + "close"
    level = tokens[at].level
    return next(i for i in range(at, len(tokens)) if tokens[i].type == kind and tokens[i].level == level) + 1


def _entries(tokens: Sequence[Token]) -> list[Entry]:
    entries: list[Entry] = []
    stack: list[tuple[str, int]] = []  # of each open list: its sign, or "" where it is numbered; the number's width
    sign = indent = ""
    for at, token in enumerate(tokens):
        if token.type.endswith("_list_open"):
            stack.append(_signs(tokens, at, len(stack)))
        elif token.type.endswith("_list_close"):
            stack.pop()
        elif token.type == "list_item_open":
            bullet, wide = stack[-1]
            outer = " " * sum(width for _bullet, width in stack[:-1])
            own = bullet or f"{token.info}. ".rjust(wide)
            sign, indent = outer + own, outer + " " * wide
        elif token.type == "inline":
            entries.append(Entry(sign, marked(token.children)))
            sign = indent
    return entries


def _signs(tokens: Sequence[Token], at: int, depth: int) -> tuple[str, int]:
    opening = tokens[at]
    if opening.type == "bullet_list_open":
        return BULLETS[depth % len(BULLETS)], 2
    items = [
        token for token in tokens[at : _close(tokens, at)]
        if token.type == "list_item_open" and token.level == opening.level + 1
    ]  # fmt: skip
    return "", max(len(f"{token.info}. ") for token in items)
