"""The Python of a note: which blocks run one after the other, and what has to run before them.

    ```python                  runs after the blocks above it
    ```python after 5.2.3      runs after the blocks of 5.2.3 as well
    ```python fragment         shows a part of something and does not run alone

The words after `python` are for the reader too: they become a line above the block.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dlwp_tui.core.language import _

if TYPE_CHECKING:
    from collections.abc import Iterator

    from markdown_it.token import Token


@dataclass(frozen=True)
class Kind:
    """What stands behind the word `python`."""

    fragment: bool = False
    after: tuple[str, ...] = ()
    """Sections whose blocks run before this one, in this order."""

    @property
    def label(self) -> str:
        """The line above the block, as Markdown; "" where it needs none."""
        if self.fragment:
            return "*" + _("A fragment: it does not run alone.") + "*"
        places = " · ".join(f"[{section}](sec:{section})" for section in self.after)
        return "*" + _("Goes on after the code of {places}.").format(places=places) + "*" if places else ""


def kind(info: str) -> Kind | None:
    """What a fence's info says; None where it is no Python. Raises ValueError for words that mean nothing here."""
    word, _space, rest = info.strip().partition(" ")
    if word != "python":
        return None
    rest = rest.strip()
    if rest == "fragment":
        return Kind(fragment=True)
    if found := re.fullmatch(r"after((?: \d+(?:\.\d+)*)+)", rest):
        return Kind(after=tuple(found[1].split()))
    if rest:
        raise ValueError(rest)
    return Kind()


def blocks(tokens: Iterator[tuple[int, Token]]) -> Iterator[tuple[int, Kind, str]]:
    """(line, kind, code) of each Python block among a note's tokens (see `markdown.tokens`)."""
    for line, token in tokens:
        if isinstance(found := token.meta.get("python"), Kind):
            yield line, found, token.content
