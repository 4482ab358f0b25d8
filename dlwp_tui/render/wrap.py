"""Line breaking for Chinese text (kinsoku), for everything that Rich wraps.

Rich breaks at spaces only: a Chinese sentence after a Latin word jumps to the next line whole, and lines start with a
comma. The rules here: a line may break between ideographs and between an ideograph and a Latin word, never inside a
Latin word or number, never before closing punctuation, never after an opening bracket.

A unit wider than the line is folded by the cell, as Rich does; the rules then hold between units only.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator

Splitter = Callable[[str], Iterator[tuple[int, int, str]]]

OPENING = "（《「『【〈〔［｛“‘→"
"""Characters a line may not end with."""
CLOSING = "，。、；：？！）》」』】〉〕］｝”’…—～·％"
"""Characters a line may not start with."""

_IDEOGRAPH = (
    "\u2e80-\u2fff\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
    "\uff10-\uff19\uff21-\uff3a\uff41-\uff5a\U00020000-\U0003ffff"
)
_LATIN = rf"(?:[^\s{_IDEOGRAPH}{OPENING}{CLOSING}]|(?<=[A-Za-z])’(?=[A-Za-z]))+"
# ASCII punctuation beside an ideograph clings to it, unless it opens a Latin word such as ".keras".
_AFTER = rf"(?:\s*[{CLOSING}]|(?<=[{_IDEOGRAPH}{CLOSING}])(?:[)\]}}]|[,.:;!?%](?![A-Za-z0-9_])))*"
_LATIN_OPEN = rf"(?:[^\s{_IDEOGRAPH}{OPENING}{CLOSING}]*[(\[{{](?=[{_IDEOGRAPH}]))"
_UNIT = rf"(?:[{OPENING}]\s*|{_LATIN_OPEN})*(?:[{_IDEOGRAPH}]|{_LATIN})?{_AFTER}"
_WORD = re.compile(rf"\s*(?=\S){_UNIT}\s*")
_CHUNK = re.compile(rf"(?=\S){_UNIT}\s*|\s+")


def words(text: str) -> Iterator[tuple[int, int, str]]:
    """The units a line is made of: (start, end, unit) as `rich._wrap.words` gives them; spaces belong to a unit."""
    position = 0
    while (match := _WORD.match(text, position)) is not None and match.end() > position:
        yield position, match.end(), match.group(0)
        position = match.end()


def chunks(text: str) -> Iterator[tuple[int, int, str]]:
    """The same units with the shape of `textual._wrap.chunks`: leading white space is a chunk of its own."""
    position = 0
    while (match := _CHUNK.match(text, position)) is not None and match.end() > position:
        yield position, match.end(), match.group(0)
        position = match.end()


def install() -> bool:
    """Make Rich (and what borrows Rich's wrapping) break lines by these rules.

    False, and nothing changed, when Rich's private function no longer looks as expected.
    """
    import rich._wrap

    return replace(rich._wrap, "words", words)


def replace(module: object, name: str, ours: Splitter) -> bool:
    """Set `module.name` to `ours` if what is there splits plain words as we know it; True when ours is in force."""
    theirs = getattr(module, name, None)
    if theirs is ours:
        return True
    if not callable(theirs) or len(inspect.signature(theirs).parameters) != 1:
        return False
    if list(theirs("ab c")) != [(0, 3, "ab "), (3, 4, "c")]:
        return False
    setattr(module, name, ours)
    return True
