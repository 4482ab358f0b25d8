"""Marks what was searched for on the page that is shown, and finds the block to scroll to."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.widgets.markdown import MarkdownBlock, MarkdownFence

from dlwp_tui.tui.reader.text import FOUND, NoteText

if TYPE_CHECKING:
    from textual.widget import Widget


@dataclass(frozen=True)
class Place:
    """Where to look: a block of the page and, where it is laid out in lines of its own, the line in it from 0."""

    block: Widget
    line: int


def mark(body: Widget, words: Sequence[str]) -> Place | None:
    """Mark every place of `words` (folded) on the page; the first block that holds most of them, None where none does.

    A word counts where a line of a table or a list breaks inside it, too.
    """
    alone = [_pattern(word) for word in words]
    together = anywhere(words)
    best: Place | None = None
    most = 0
    for block in body.query(MarkdownBlock):
        if isinstance(block, NoteText):
            plain = block.show_found(together)
        elif isinstance(block, MarkdownFence):
            plain = _mark_code(block, together)
        else:
            continue
        held = sum(bool(pattern.search(plain)) for pattern in alone)
        if held > most and (first := together.search(plain)):
            best, most = Place(block, plain.count("\n", 0, first.start())), held
    return best


def anywhere(words: Sequence[str]) -> re.Pattern[str]:
    """Matches any of the words, which may be broken over lines."""
    return re.compile("|".join(_pattern(word).pattern for word in words), re.IGNORECASE)


def _pattern(word: str) -> re.Pattern[str]:
    if word.isascii():
        return re.compile(re.escape(word), re.IGNORECASE)
    return re.compile(r"\s*".join(map(re.escape, word)), re.IGNORECASE)


def _mark_code(block: MarkdownFence, together: re.Pattern[str]) -> str:
    if together.search(block.code):
        block.set_content(block._content.highlight_regex(together, style=FOUND))
    return block.code
