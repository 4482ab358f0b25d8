"""Search over the whole course: section titles, headings, glossary, params, text; Chinese and English.

The course is small (110 notes, 600 KB), so the index is its folded text and a query looks through all of it: 2 ms
(see `search_match`). Making it takes 0.3 s; it is kept in the cache (see `search_files`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from dlwp_tui.core.errors import StorageError
from dlwp_tui.core.language import N_, language
from dlwp_tui.course import search_files
from dlwp_tui.course.files import relative
from dlwp_tui.course.reader import Course
from dlwp_tui.course.search_match import (
    Document,
    Kind,
    Match,
    Query,
    Spans,
    find,
    find_loosely,
    fold,
    holds,
    snippet,
    spans,
)

WORDS: dict[str, str] = {
    "title": N_("section title"),
    "heading": N_("heading"),
    "term": N_("term"),
    "param": N_("param"),
    "text": N_("note text"),
    "own": N_("my note"),
}
"""Kind of a result -> how it is shown; to be translated."""


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

    documents: tuple[Document, ...] = field(repr=False)
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
        query = Query.of(text)
        if not query.words:
            return []
        documents = [*self.documents, *_own_documents(own, self.documents)]
        found = [match for document in documents if (match := find(document, query))]
        if not found and len(parts := query.parts()) > 1:
            found = [match for document in documents if (match := find_loosely(document, parts))]
        number = fold(text).strip()
        # Stable: the course's order at the end. A section's number means that section, and not those it begins.
        found.sort(key=lambda match: (match.kind != "title" or match.document.section != number, match.key))
        return [_result(match) for match in found[:limit]]


def load(course: Course) -> Index:
    """The course's index: from memory or the cache where no file has changed; may take 0.5 s, so not on an event loop.

    A file that cannot be read is left out (see `Index.skipped`).
    """
    stamps = dict(search_files.stamps(course))
    known = _loaded.get(course.content)
    if known is not None and known[0] == stamps:
        return known[1]
    entries, unsaved = search_files.entries(course, stamps)
    skipped = tuple((name, entry["error"]) for name, entry in entries.items() if "error" in entry)
    index = Index(tuple(_documents(course, entries)), skipped, unsaved)
    _loaded[course.content] = (stamps, index)
    return index


_loaded: dict[Path, tuple[dict[str, search_files.Stamp], Index]] = {}


def _documents(course: Course, entries: dict[str, search_files.Entry]) -> Iterator[Document]:
    english = language() == "en"
    for section in course.sections:
        here = relative(section.folder, course.content)
        lesson = entries.get(f"{here}/lesson.toml", {})
        number = f"{section.id} {section.title}"
        titles = dict.fromkeys(text for text in (number, *lesson.get("titles", ())) if text)
        for page, part in enumerate(entries.get(f"{here}/note.md", {}).get("pages", ())):
            names: list[tuple[Kind, str]] = [("title", text) for text in titles] if page == 0 else []
            names += [("heading", text) for text in (part["title"], *part["headings"]) if text != section.title]
            yield Document(
                "text", section.id, page, section.title, part["title"], tuple(names), tuple(part["lines"]), fold(number)
            )
        for param in lesson.get("params", ()):
            (zh, en), (why_zh, why_en) = param["label"], param["why"]
            label = en if english and en else zh
            names = [("param", text) for text in (param["name"], zh, en) if text]
            whys = (why_en or why_zh, why_zh) if english else (why_zh, why_en)
            heading = f"{param['name']}  {label}"
            lines = tuple(dict.fromkeys(text for text in whys if text))
            yield Document(
                "param", section.id, 0, section.title, heading, tuple(names), lines, fold(number), param["name"]
            )
    by_id = {section.id: section for section in course.sections}
    for term in entries.get("glossary.toml", {}).get("terms", ()):
        names = [("term", text) for text in term["names"]]
        explained = by_id.get(term["section"])
        title = explained.title if explained else ""
        heading = " · ".join(term["names"][:2])
        where = explained.id if explained else ""
        yield Document("term", where, 0, title, heading, tuple(names), (term["text"],), name=term["names"][0])


def _own_documents(own: Iterable[tuple[str, str]], documents: Iterable[Document]) -> Iterator[Document]:
    """The learner's notes; they stand under the last page of their section."""
    last = {document.section: document for document in documents if document.kind == "text"}
    for section, text in own:
        title, page = (last[section].title, last[section].page) if section in last else ("", 0)
        lines = tuple(line.strip() for line in text.splitlines() if line.strip())
        yield Document("own", section, page, title, "", (), lines, fold(f"{section} {title}"))


def _result(match: Match) -> Result:
    document, words = match.document, match.words
    kind = match.kind
    heading = document.heading
    if kind == "heading":
        heading = next(
            (text for level, text in document.names if level == "heading" and holds(match, fold(text))), heading
        )
    shown = snippet(match)
    return Result(
        kind, document.section, document.page, document.title, heading, shown, spans(heading, words),
        spans(shown, words), words, document.name,
    )  # fmt: skip
