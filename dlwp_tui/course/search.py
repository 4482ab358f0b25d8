"""Search over the whole course at once: section titles, headings, glossary, params, text; Chinese and English.

The course is small (110 notes, 600 KB), so the index is its folded text and a query looks through all of it: 2 ms.
Chinese needs no word boundaries that way, and neither does half an English word. Making it takes 0.3 s; it is kept
as JSON in the cache, file by file with the file's time and size, so that only changed files are read again.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, get_args

from dlwp_tui import paths
from dlwp_tui.course.reader import Course, Section
from dlwp_tui.errors import DlwpError, StorageError
from dlwp_tui.i18n import N_, language

Kind = Literal["title", "heading", "term", "param", "text", "own"]
"""What was found: a section's title, a heading, a glossary term, a param, a note's text, the learner's own note."""
RANK: dict[str, int] = {kind: rank for rank, kind in enumerate(get_args(Kind))}
WORDS: dict[str, str] = {
    "title": N_("section title"),
    "heading": N_("heading"),
    "term": N_("term"),
    "param": N_("param"),
    "text": N_("note text"),
    "own": N_("my note"),
}
"""A kind as it is shown, to be translated."""
FORMAT = 1
"""Of the cached file; another one is made anew."""
SNIPPET, SEEN, BEFORE = 90, 34, 14
"""Characters of a snippet at most, those of them an 80-column screen shows in Chinese, those before the match."""
LEAST_SHARE = 0.4
"""How many of the query's parts a page must hold, where no page holds all of its words."""

Spans = tuple[tuple[int, int], ...]
_CJK = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_CHINESE = re.compile(f"[{_CJK}]")
_WORD = re.compile(rf"[{_CJK}]+|[^\s{_CJK}]+")
_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
"""Full-width forms an input method writes: `ｉｍｄｂ` is found as `imdb`."""


@dataclass(frozen=True)
class Result:
    """One place of the course. Spans are `(start, end)` in characters of the text they belong to."""

    kind: Kind
    section: str
    """The section's id; empty for a glossary term that no section explains."""
    page: int
    """From 0."""
    title: str
    """The section's title, without its number."""
    heading: str
    """The page's heading, the term in both languages, or the param's name and label."""
    snippet: str
    heading_spans: Spans
    snippet_spans: Spans
    words: tuple[str, ...]
    """What was matched, folded: to be marked on the page."""
    name: str = ""
    """The term's or the param's name, to look it up by."""


@dataclass(frozen=True)
class Index:
    """The course's text, ready to be searched. Safe to use from several threads: nothing in it changes."""

    documents: tuple[_Document, ...] = field(repr=False)
    skipped: tuple[tuple[str, str], ...] = ()
    """Files that cannot be read, relative to the course, and why; the rest can be searched."""
    unsaved: StorageError | None = None
    """Why the index could not be kept in the cache; it is made anew next time."""

    def search(self, text: str, limit: int = 50, own: Iterable[tuple[str, str]] = ()) -> list[Result]:
        """The best `limit` places, best first. `own` are the learner's own notes as (section id, text).

        The words of a query may stand apart, but all in one place (a page counts its section's title); where they
        stand together comes first. If that finds nothing, pages are found that hold most of the query's parts: English
        words and pairs of Chinese characters.
        """
        query = _Query.of(text)
        if not query.words:
            return []
        documents = [*self.documents, *_own_documents(own, self.documents)]
        found = [match for document in documents if (match := _match(document, query))]
        if not found and len(parts := query.parts()) > 1:
            found = [match for document in documents if (match := _loose_match(document, parts))]
        found.sort(key=lambda match: match.key)  # stable: the course's order at the end
        return [_result(match) for match in found[:limit]]


def load(course: Course) -> Index:
    """The course's index: from memory or the cache where no file has changed; may take 0.5 s, so not on an event loop.

    A file that cannot be read is left out (see `Index.skipped`).
    """
    sources = dict(_sources(course))
    known = _loaded.get(course.content)
    if known is not None and known[0] == sources:
        return known[1]
    file = cache_file(course.content)
    kept = _read_cache(file)
    entries: dict[str, dict[str, Any]] = {}
    for name, stamp in sources.items():
        entry = kept.get(name)
        entries[name] = entry if entry is not None and entry["stamp"] == list(stamp) else _read(course, name, stamp)
    unsaved = None
    if entries != kept:
        try:
            paths.atomic_write(file, json.dumps({"format": FORMAT, "files": entries}, ensure_ascii=False))
        except StorageError as error:
            unsaved = error
    skipped = tuple((name, entry["error"]) for name, entry in entries.items() if "error" in entry)
    index = Index(tuple(_documents(course, entries)), skipped, unsaved)
    _loaded[course.content] = (sources, index)
    return index


def cache_file(content: Path) -> Path:
    """Where the index of the course in `content` is kept."""
    return paths.cache() / f"search-{hashlib.sha256(str(content).encode()).hexdigest()[:12]}.json"


def fold(text: str) -> str:
    """`text` without regard to case and full width, as long as `text`."""
    narrow = text.translate(_WIDE)
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


# -- the files -------------------------------------------------------------------------------------------------------

Stamp = tuple[int, int]
"""Modification time in ns, size in bytes."""
_loaded: dict[Path, tuple[dict[str, Stamp], Index]] = {}


def _sources(course: Course) -> Iterator[tuple[str, Stamp]]:
    """Every file the index is made of."""
    files = [course.content / "glossary.toml"]
    for section in course.sections:
        files += [section.note_file, section.folder / "lesson.toml"]
    for file in files:
        try:
            status = file.stat()
        except FileNotFoundError:
            continue
        except OSError:
            stamp = (0, 0)  # reading it says what is wrong
        else:
            stamp = (status.st_mtime_ns, status.st_size)
        yield str(file.relative_to(course.content)), stamp


def _read_cache(file: Path) -> dict[str, dict[str, Any]]:
    """The entries kept by file; empty where there are none or the file is damaged."""
    try:
        kept = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    if not isinstance(kept, dict) or kept.get("format") != FORMAT or not isinstance(kept.get("files"), dict):
        return {}
    return {name: entry for name, entry in kept["files"].items() if isinstance(entry, dict) and "stamp" in entry}


def _read(course: Course, name: str, stamp: Stamp) -> dict[str, Any]:
    """One file's entry: plain lists and texts, as they are kept."""
    file = course.content / name
    entry: dict[str, Any] = {"stamp": list(stamp)}
    try:
        if file.parent == course.content:
            return entry | {"terms": _read_terms(course.content)}
        section = next(section for section in course.sections if section.folder == file.parent)
        return entry | (_read_note(section) if file.name == "note.md" else _read_lesson(section))
    except DlwpError as error:
        return entry | {"error": error.message}


def _read_terms(content: Path) -> list[dict[str, Any]]:
    from dlwp_tui.course import glossary
    from dlwp_tui.course.search_text import plain_line

    return [
        {"names": list(term.names), "text": plain_line(term.text), "section": term.section}
        for term in glossary.load(content).terms
    ]


def _read_note(section: Section) -> dict[str, Any]:
    from dlwp_tui.course.note import read
    from dlwp_tui.course.search_text import page_text

    pages = []
    for page in read(section).pages:
        headings, lines = page_text(page.markdown)
        pages.append({"title": page.title, "headings": headings, "lines": lines})
    return {"pages": pages}


def _read_lesson(section: Section) -> dict[str, Any]:
    lesson = section.lesson()
    return {
        "titles": [lesson.title.zh, lesson.title.en],
        "params": [
            {"name": name, "label": [param.label.zh, param.label.en], "why": [param.why.zh, param.why.en]}
            for name, param in lesson.params.items()
        ],
    }


# -- the documents ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Document:
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


def _documents(course: Course, entries: dict[str, dict[str, Any]]) -> Iterator[_Document]:
    english = language() == "en"
    for section in course.sections:
        here = section.folder.relative_to(course.content)
        lesson = entries.get(str(here / "lesson.toml"), {})
        number = f"{section.id} {section.title}"
        titles = dict.fromkeys(text for text in (number, *lesson.get("titles", ())) if text)
        for page, part in enumerate(entries.get(str(here / "note.md"), {}).get("pages", ())):
            names: list[tuple[Kind, str]] = [("title", text) for text in titles] if page == 0 else []
            names += [("heading", text) for text in (part["title"], *part["headings"]) if text != section.title]
            yield _Document(
                "text", section.id, page, section.title, part["title"], tuple(names), tuple(part["lines"]), fold(number)
            )
        for param in lesson.get("params", ()):
            (zh, en), (why_zh, why_en) = param["label"], param["why"]
            label = en if english and en else zh
            names = [("param", text) for text in (param["name"], zh, en) if text]
            whys = (why_en or why_zh, why_zh) if english else (why_zh, why_en)
            heading = f"{param['name']}  {label}"
            lines = tuple(dict.fromkeys(text for text in whys if text))
            yield _Document(
                "param", section.id, 0, section.title, heading, tuple(names), lines, fold(number), param["name"]
            )
    by_id = {section.id: section for section in course.sections}
    for term in entries.get("glossary.toml", {}).get("terms", ()):
        names = [("term", text) for text in term["names"]]
        explained = by_id.get(term["section"])
        title = explained.title if explained else ""
        heading = " · ".join(term["names"][:2])
        where = explained.id if explained else ""
        yield _Document("term", where, 0, title, heading, tuple(names), (term["text"],), name=term["names"][0])


def _own_documents(own: Iterable[tuple[str, str]], documents: Iterable[_Document]) -> Iterator[_Document]:
    """The learner's notes; they stand under the last page of their section."""
    last = {document.section: document for document in documents if document.kind == "text"}
    for section, text in own:
        title, page = (last[section].title, last[section].page) if section in last else ("", 0)
        lines = tuple(line.strip() for line in text.splitlines() if line.strip())
        yield _Document("own", section, page, title, "", (), lines, fold(f"{section} {title}"))


# -- matching --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Query:
    """A query's folded words; Chinese and English are told apart even without a space: `IMDB影评`."""

    words: tuple[str, ...]
    phrase: re.Pattern[str]
    """The words together and in order, with or without spaces."""

    @classmethod
    def of(cls, text: str) -> _Query:
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
class _Match:
    document: _Document
    kind: Kind
    words: tuple[str, ...]
    phrase: re.Pattern[str] | None
    key: tuple[float, ...]
    """Smaller is better."""


def _match(document: _Document, query: _Query) -> _Match | None:
    """The best kind of match of a place, or None."""
    words, phrase = query.words, query.phrase
    everything = [text for _kind, text in document.folded_names]
    everything.append(document.folded)
    if not any(word in text for word in words for text in everything):
        return None
    named = [
        _Match(document, kind, words, phrase, (0, RANK[kind], *_closeness(found, text), 0))
        for kind, text in document.folded_names
        if (found := phrase.search(text))
    ]
    if named:
        return min(named, key=lambda match: match.key)
    body: Kind = "own" if document.kind == "own" else "text"
    if found := phrase.search(document.folded):
        apart, _longer = _closeness(found, document.folded)
        count = sum(1 for _ in phrase.finditer(document.folded))
        return _Match(document, document.kind, words, phrase, (0, RANK[body], apart, 0, -count))
    for kind, text in document.folded_names:
        if all(word in text for word in words):
            return _Match(document, kind, words, None, (1, RANK[kind], 0, len(text), 0))
    everything.append(document.context)
    if all(any(word in text for text in everything) for word in words):
        count = sum(document.folded.count(word) for word in words)
        return _Match(document, document.kind, words, None, (1, RANK[body], 0, 0, -count))
    return None


def _loose_match(document: _Document, parts: Sequence[str]) -> _Match | None:
    """A place with enough of the query's parts; its section's title counts, but not alone."""
    text = "\n".join([*(text for _kind, text in document.folded_names), document.folded])
    held = tuple(part for part in parts if part in text)
    share = sum(part in text or part in document.context for part in parts) / len(parts)
    if not held or share < LEAST_SHARE:
        return None
    count = sum(text.count(part) for part in held)
    return _Match(document, document.kind, held, None, (2, -share, -len(held), RANK[document.kind], -count))


def _closeness(found: re.Match[str], text: str) -> tuple[int, int]:
    """0 where an English match is a whole word, 1 where it begins one, 2 inside; and what the text has besides."""
    start, end = found.span()
    begins = start == 0 or not (text[start - 1].isascii() and text[start - 1].isalnum() and text[start].isascii())
    ends = end == len(text) or not (text[end].isascii() and text[end].isalnum() and text[end - 1].isascii())
    return (0 if ends else 1) if begins else 2, len(text) - (end - start)


def _result(match: _Match) -> Result:
    document, words = match.document, match.words
    kind = match.kind
    heading = document.heading
    if kind == "heading":
        heading = next(
            (text for level, text in document.names if level == "heading" and _holds(match, fold(text))), heading
        )
    snippet = _snippet(match)
    return Result(
        kind,
        document.section,
        document.page,
        document.title,
        heading,
        snippet,
        spans(heading, words),
        spans(snippet, words),
        words,
        document.name,
    )


def _holds(match: _Match, folded: str) -> bool:
    return bool(match.phrase.search(folded)) if match.phrase else all(word in folded for word in match.words)


def _snippet(match: _Match) -> str:
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
