"""The course's tree: chapters and sections, read cheaply; lessons and notes are parsed when first asked for.

`dlwp list` has 0.35 s in all, so this module imports neither pydantic nor markdown-it: it reads book.toml, the names
of the section folders and the first heading of each note. A broken section stays in the tree, and its `lesson()` or
`note()` raises; `Course.problems` says what is wrong with the tree itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, TypeVar

from dlwp_tui.core import paths
from dlwp_tui.core.errors import ContentError, Problem, UsageError
from dlwp_tui.core.language import Text, _, sentences
from dlwp_tui.course.files import read_toml, relative
from dlwp_tui.course.problem import BrokenFile, did_you_mean, names

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from dlwp_tui.course.lesson import Lesson
    from dlwp_tui.course.note import Note

T = TypeVar("T")

ID = re.compile(r"\d+(\.\d+)*")
"""A section's number: `3.4`, `5.2.10`."""
NUMBER = re.compile(r"([\d.]+)\s*")
HEAD_BYTES = 2048
"""How far into note.md its title is looked for."""


def load(content: Path | None = None) -> Course:
    """The course in `content` (default: the one in force); the same object each time within a process.

    Raises ContentError when the folder or its book.toml cannot be used at all.
    """
    return _load((content or paths.content()).absolute())


def natural(section_id: str) -> tuple[int, ...]:
    """The sort key of a section's id: 5.2.9 comes before 5.2.10."""
    return tuple(int(part) for part in section_id.split("."))


@dataclass(frozen=True, eq=False)
class Chapter:
    """One entry of book.toml and the sections in its folder."""

    id: str
    title: Text
    folder: Path
    sections: tuple[Section, ...] = field(default=(), repr=False)


@dataclass(frozen=True, eq=False)
class Section:
    """One folder `<id>-<slug>` of a chapter: a note and, for most, a lesson."""

    id: str
    title: str
    """From the first line of note.md, without the number; the folder's slug where there is none."""
    chapter: Chapter = field(repr=False)
    folder: Path
    content: Path = field(repr=False)
    _parsed: dict[str, tuple[tuple[int, int], Any]] = field(default_factory=dict, repr=False)

    @property
    def has_lesson(self) -> bool:
        """True when the section declares something to run."""
        return (self.folder / "lesson.toml").is_file()

    @property
    def note_file(self) -> Path:
        """The section's text."""
        return self.folder / "note.md"

    def lesson(self) -> Lesson:
        """What the section can run; read again when the file has changed.

        Raises UsageError when it has no lesson, ContentError (file, key, hint) when lesson.toml is broken.
        """
        if not self.has_lesson:
            raise UsageError(
                _("Section {section} has no lesson to run.").format(section=f"{self.id} {self.title}"),
                _("Sections of this chapter with a lesson: {names}").format(
                    names=names(section.id for section in self.chapter.sections if section.has_lesson)
                ),
            )
        from dlwp_tui.course.parse import lesson

        return self._fresh(self.folder / "lesson.toml", lambda: lesson(self))

    def note(self) -> Note:
        """The section's text in pages; read again when the file has changed. Raises ContentError when it is broken."""
        from dlwp_tui.course.note import read

        return self._fresh(self.note_file, lambda: read(self))

    def _fresh(self, file: Path, parse: Callable[[], T]) -> T:
        try:
            status = file.stat()
        except OSError:
            return parse()  # says itself what is wrong with the file
        stamp = (status.st_mtime_ns, status.st_size)
        known = self._parsed.get(file.name)
        if known is None or known[0] != stamp:
            known = self._parsed[file.name] = (stamp, parse())
        value: T = known[1]
        return value


@dataclass(frozen=True, eq=False)
class Course:
    """The whole tree, in reading order."""

    content: Path
    title: Text
    chapters: tuple[Chapter, ...]
    problems: tuple[Problem, ...] = ()
    """What is wrong with the tree: folders that are missing, misnamed or doubled, notes without a title."""

    @cached_property
    def sections(self) -> tuple[Section, ...]:
        """All sections, in reading order."""
        return tuple(section for chapter in self.chapters for section in chapter.sections)

    @cached_property
    def _by_id(self) -> dict[str, int]:
        return {section.id: index for index, section in enumerate(self.sections)}

    def section(self, section_id: str) -> Section:
        """The section with this id; spaces around it do not matter. Raises UsageError with "did you mean"."""
        return self.sections[self._index(section_id)]

    def lesson(self, section_id: str) -> Lesson:
        """The lesson of a section; raises what `section` and `Section.lesson` raise."""
        return self.section(section_id).lesson()

    def next(self, section_id: str) -> Section | None:
        """The section after this one, across chapters; None at the end."""
        index = self._index(section_id) + 1
        return self.sections[index] if index < len(self.sections) else None

    def previous(self, section_id: str) -> Section | None:
        """The section before this one, across chapters; None at the start."""
        index = self._index(section_id) - 1
        return self.sections[index] if index >= 0 else None

    def _index(self, section_id: str) -> int:
        wanted = section_id.strip()
        if wanted in self._by_id:
            return self._by_id[wanted]
        raise UsageError(
            _("There is no section {id!r}.").format(id=wanted),
            sentences(self._near(wanted), _("`dlwp list` shows all sections.")),
        )

    def _near(self, wanted: str) -> str:
        """ "Did you mean" by title or slug for words, by id for numbers."""
        lowered = wanted.casefold()
        if lowered and not ID.fullmatch(lowered):
            for section in self.sections:
                if lowered in section.title.casefold() or lowered in section.folder.name.casefold():
                    return _("Did you mean {name}?").format(name=f"{section.id} {section.title}")
        return did_you_mean(wanted, self._by_id)


def read(content: Path) -> Course:
    """Like `load`, but always from the disk: for the linter."""
    if not content.is_dir():
        raise ContentError(
            _("The course folder {path} does not exist.").format(path=content),
            _("Set DLWP_CONTENT to the folder with book.toml, or install the package again."),
        )
    book = content / "book.toml"
    data = read_toml(book, content)
    title, entries = _book(data, book, content)
    problems: list[Problem] = []
    seen: dict[str, str] = {}
    chapters = tuple(_chapter(entry, content, seen, problems) for entry in entries)
    return Course(content, title, chapters, tuple(problems))


_load = lru_cache(maxsize=8)(read)


def _book(data: dict[str, Any], book: Path, content: Path) -> tuple[Text, list[dict[str, Any]]]:
    """The parts of book.toml the tree needs; all of its problems at once."""
    faults: list[tuple[str, str, str]] = []
    if data.get("format") != 1:
        faults.append(("format", _("This version of dlwp reads format 1."), _("Write format = 1, or update dlwp.")))
    if _title(data.get("title")) is None:
        faults.append(_bad_title("title"))
    known = {"format", "title", "chapters"}
    faults += [_unknown_key(key, known, "") for key in data if key not in known]
    entries = data.get("chapters", [])
    if not isinstance(entries, list) or not entries or not all(isinstance(entry, dict) for entry in entries):
        faults.append(("chapters", _("No chapter is listed."), _("Add [[chapters]] with id, folder and title.")))
        entries = []
    known = {"id", "folder", "title"}
    for number, entry in enumerate(entries, 1):
        where = f"chapters.{entry['id'] if isinstance(entry.get('id'), str) else f'#{number}'}"
        for key in ("id", "folder"):
            if not isinstance(entry.get(key), str) or not entry[key].strip():
                faults.append((f"{where}.{key}", _("A text is missing."), _('Write {key} = "…".').format(key=key)))
        if _title(entry.get("title")) is None:
            faults.append(_bad_title(f"{where}.title"))
        faults += [_unknown_key(key, known, f"{where}.") for key in entry if key not in known]
        if [other.get("id") for other in entries].index(entry.get("id")) < number - 1:
            faults.append((f"{where}.id", _("This id is used twice."), _("Give each chapter an id of its own.")))
    if faults:
        raise BrokenFile([Problem(relative(book, content), *fault) for fault in faults])
    title = _title(data["title"])
    assert title is not None
    return title, entries


def _title(value: Any) -> Text | None:
    if isinstance(value, str):
        value = {"zh": value}
    if not isinstance(value, dict) or not set(value) <= {"zh", "en"}:
        return None
    zh, en = value.get("zh"), value.get("en", "")
    return Text(zh, en) if isinstance(zh, str) and zh.strip() and isinstance(en, str) else None


def _bad_title(where: str) -> tuple[str, str, str]:
    return where, _("A title is missing or empty."), _('Write title = { zh = "…", en = "…" }.')


def _unknown_key(key: str, known: set[str], prefix: str) -> tuple[str, str, str]:
    hint = did_you_mean(key, known) or _("Known keys: {names}").format(names=names(sorted(known)))
    return f"{prefix}{key}", _("There is no such key."), hint


def _chapter(entry: dict[str, Any], content: Path, seen: dict[str, str], problems: list[Problem]) -> Chapter:
    """A chapter and its sections in natural order; `seen` maps the ids so far to their folders."""
    folder = content / entry["folder"]
    title = _title(entry["title"])
    assert title is not None
    chapter = Chapter(entry["id"], title, folder)
    try:
        found = [path for path in folder.iterdir() if path.is_dir() and path.name[0] not in "._"]
    except OSError:
        problems.append(
            Problem(
                "book.toml",
                f"chapters.{chapter.id}.folder",
                _("There is no folder {name}.").format(name=entry["folder"]),
                _("Create it, or correct the name."),
            )
        )
        return chapter
    sections: list[Section] = []
    for path in sorted(found):
        section = _section(path, chapter, content, seen, problems)
        if section is not None:
            sections.append(section)
    sections.sort(key=lambda section: natural(section.id))
    object.__setattr__(chapter, "sections", tuple(sections))  # the two name each other: one of them must come later
    return chapter


def _section(
    path: Path, chapter: Chapter, content: Path, seen: dict[str, str], problems: list[Problem]
) -> Section | None:
    here = relative(path, content)
    section_id, dash, slug = path.name.partition("-")
    if not ID.fullmatch(section_id) or not dash or not slug:
        problems.append(
            Problem(here, "", _("The folder's name is not <id>-<slug>."), _("Name it like 3.4-binary-classification."))
        )
        return None
    if section_id in seen:
        problems.append(
            Problem(
                here,
                "",
                _("Section {id} exists already, in {folder}.").format(id=section_id, folder=seen[section_id]),
                _("Give one of the two another number."),
            )
        )
        return None
    seen[section_id] = here
    return Section(section_id, _note_title(path / "note.md", section_id) or slug, chapter, path, content)


def _note_title(file: Path, section_id: str) -> str:
    """The title of a note from its first bytes; empty where it cannot be had: `note()` and the linter say why."""
    try:
        with file.open("rb") as opened:
            head = opened.read(HEAD_BYTES)
    except OSError:
        return ""
    return heading(head.decode("utf-8-sig", errors="replace"), section_id)


def heading(text: str, section_id: str) -> str:
    """The title in the first line that is not empty, without `#`, the section's number and markup; else empty."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    if first[:1] != "#" or not first[1:2].isspace():
        return ""
    title = first[1:].strip().rstrip("#").strip()
    number = NUMBER.match(title)  # one expression for all: to compile one a section took 25 ms of `dlwp list`
    if number is not None and number.group(1) == section_id:
        title = title[number.end() :]
    return title.replace("`", "").replace("**", "")
