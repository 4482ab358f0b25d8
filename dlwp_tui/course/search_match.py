"""Matching a query against the places of the course: what fits, how well, and which line shows it.

A place is searched as one folded text, so that Chinese needs no word boundaries and half an English word is found too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal, get_args

Kind = Literal["title", "heading", "term", "param", "text", "own"]
"""What was found: a section's title, a heading, a glossary term, a param, a note's text, the learner's own note."""
RANK: dict[str, int] = {kind: rank for rank, kind in enumerate(get_args(Kind))}
SNIPPET, SEEN, BEFORE = 90, 34, 14
"""Characters of a snippet at most, those of them an 80-column screen shows in Chinese, those before the match."""
LEAST_SHARE = 0.4
"""How many of the query's parts a page must hold, where no page holds all of its words."""

Spans = tuple[tuple[int, int], ...]
_CJK = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_CHINESE = re.compile(f"[{_CJK}]")
_WORD = re.compile(rf"[{_CJK}]+|[^\s{_CJK}]+")
_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_FULL = re.compile("[\uff01-\uff5e\u3000]")
"""Full-width forms an input method writes: `ｉｍｄｂ` is found as `imdb`."""


@dataclass(frozen=True)
class Document:
    """One place that can be found. Its names weigh more than its lines; all are kept as written and folded."""

    kind: Kind
    section: str
    page: int
    title: str
    heading: str
    names: tuple[tuple[Kind, str], ...]
    lines: tuple[str, ...]
    context: str = ""
    """Folded text whose words count, but not alone: the section's title for each of its pages."""
    name: str = ""
    folded_names: tuple[tuple[Kind, str], ...] = field(init=False, repr=False)
    folded: str = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "folded_names", tuple((kind, fold(text)) for kind, text in self.names))
        object.__setattr__(self, "folded", "\n".join(fold(line) for line in self.lines))


@dataclass(frozen=True)
class Query:
    """A query's folded words; Chinese and English are separate words even without a space: `IMDB影评`."""

    words: tuple[str, ...]
    phrase: re.Pattern[str]
    """The words together and in order, with or without spaces."""

    @classmethod
    def of(cls, text: str) -> Query:
        words = tuple(dict.fromkeys(_WORD.findall(fold(text))))
        return cls(words, re.compile(r"\s*".join(map(re.escape, _WORD.findall(fold(text))))))

    def parts(self) -> tuple[str, ...]:
        """English words, and neighbouring characters of Chinese ones."""
        return tuple(
            dict.fromkeys(
                word[at : at + 2] if _CHINESE.match(word) else word
                for word in self.words
                for at in range(max(1, len(word) - 1) if _CHINESE.match(word) else 1)
            )
        )


@dataclass(frozen=True)
class Match:
    document: Document
    kind: Kind
    words: tuple[str, ...]
    phrase: re.Pattern[str] | None
    key: tuple[float, ...]
    """Smaller is better."""


def find(document: Document, query: Query) -> Match | None:
    """The best kind of match of a place, or None."""
    words, phrase = query.words, query.phrase
    everything = [text for _kind, text in document.folded_names]
    everything.append(document.folded)
    if not any(word in text for word in words for text in everything):
        return None
    named = [
        Match(document, kind, words, phrase, (0, RANK[kind], *_closeness(found, text), 0))
        for kind, text in document.folded_names
        if (found := phrase.search(text))
    ]
    if named:
        return min(named, key=lambda match: match.key)
    body: Kind = "own" if document.kind == "own" else "text"
    if found := phrase.search(document.folded):
        apart, _longer = _closeness(found, document.folded)
        count = sum(1 for _ in phrase.finditer(document.folded))
        return Match(document, document.kind, words, phrase, (0, RANK[body], apart, 0, -count))
    for kind, text in document.folded_names:
        if all(word in text for word in words):
            return Match(document, kind, words, None, (1, RANK[kind], 0, len(text), 0))
    everything.append(document.context)
    if all(any(word in text for text in everything) for word in words):
        count = sum(document.folded.count(word) for word in words)
        return Match(document, document.kind, words, None, (1, RANK[body], 0, 0, -count))
    return None


def find_loosely(document: Document, parts: Sequence[str]) -> Match | None:
    """A place with enough of the query's parts; its section's title counts, but not alone."""
    text = "\n".join([*(text for _kind, text in document.folded_names), document.folded])
    held = tuple(part for part in parts if part in text)
    share = sum(part in text or part in document.context for part in parts) / len(parts)
    if not held or share < LEAST_SHARE:
        return None
    count = sum(text.count(part) for part in held)
    return Match(document, document.kind, held, None, (2, -share, -len(held), RANK[document.kind], -count))


def _closeness(found: re.Match[str], text: str) -> tuple[int, int]:
    """0 where an English match is a whole word, 1 where it begins one, 2 inside; and what the text has besides."""
    start, end = found.span()
    begins = start == 0 or not (text[start - 1].isascii() and text[start - 1].isalnum() and text[start].isascii())
    ends = end == len(text) or not (text[end].isascii() and text[end].isalnum() and text[end - 1].isascii())
    return (0 if ends else 1) if begins else 2, len(text) - (end - start)


def holds(match: Match, folded: str) -> bool:
    return bool(match.phrase.search(folded)) if match.phrase else all(word in folded for word in match.words)


def snippet(match: Match) -> str:
    """The line that fits best, around the match."""
    lines = match.document.lines
    if not lines:
        return ""

    def weight(line: str) -> tuple[bool, int]:
        folded = fold(line)
        return bool(match.phrase and match.phrase.search(folded)), sum(word in folded for word in match.words)

    line = max(lines, key=weight)  # the first of the best
    found = match.phrase.search(fold(line)) if match.phrase else None
    places = spans(line, match.words)
    at = found.start() if found else places[0][0] if places else 0
    start = 0 if at < SEEN - BEFORE else max(0, min(at - BEFORE, len(line) - SEEN))
    cut = line[start : start + SNIPPET].strip()
    return ("…" if start else "") + cut + ("…" if start + SNIPPET < len(line) else "")


def fold(text: str) -> str:
    """`text` without regard to case and full width, as long as `text`."""
    narrow = text.translate(_WIDE) if _FULL.search(text) else text
    lowered = narrow.lower()
    return lowered if len(lowered) == len(text) else "".join(c.lower() if len(c.lower()) == 1 else c for c in narrow)


def spans(text: str, words: Iterable[str]) -> Spans:
    """Where the folded `words` stand in `text`; overlapping places are one."""
    folded = fold(text)
    places = sorted(
        (found.start(), found.end()) for word in set(words) for found in re.finditer(re.escape(word), folded)
    )
    merged: list[tuple[int, int]] = []
    for start, end in places:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)
