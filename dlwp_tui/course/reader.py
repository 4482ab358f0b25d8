"""The course's tree: chapters and sections, read cheaply; lessons and notes are parsed when first asked for.

`dlwp list` has 0.35 s in all, so this module imports neither pydantic nor markdown-it: it reads book.toml, the names
of the section folders and the first heading of each note. A broken section stays in the tree, and its `lesson()` or
`note()` raises; `Course.problems` lists what is wrong with the tree itself.

A further folder of lessons has the layout of the course (`ch04/4.6-my-lesson/`, or `4.6-my-lesson/` at its top) and
needs no book.toml: its sections join the chapters by their number. A chapter that the course does not have gets the
title that the folder's own book.toml gives it, else "Chapter 12". Of two sections with one id the first one counts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, TypeVar

from dlwp_tui.core import content as contents
from dlwp_tui.core import paths
from dlwp_tui.core.errors import ContentError, Problem, UsageError
from dlwp_tui.core.language import Text, _, sentences
from dlwp_tui.course.files import read_toml, relative
from dlwp_tui.course.note import heading
from dlwp_tui.course.problem import BrokenFile, at_key, did_you_mean, names

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from dlwp_tui.course.lesson import Lesson
    from dlwp_tui.course.note import Note

T = TypeVar("T")

ID = re.compile(r"\d+(\.\d+)*")
"""A section's number: `3.4`, `5.2.10`."""
FOLDER = re.compile(rf"({ID.pattern})-(.+)")
"""A section's folder: `3.4-binary-classification`."""
HEAD_BYTES = 2048
"""How far into note.md its title is looked for."""


def load(content: Path | None = None) -> Course:
    """The course in force with its further folders, or the one in `content` alone; the same object each time.

    Raises ContentError when the course's folder or its book.toml cannot be used at all.
    """
    return _load(*((content.absolute(),) if content else contents.folders()))


def lesson_from(origin: Path, section_id: str) -> Lesson:
    """The lesson of a section in the folder `origin`, whether that folder is in force or not.

    From the course in force where `origin` is gone. Raises what `Course.lesson` raises.
    """
    course = load()
    if origin.is_absolute() and origin not in course.folders and origin.is_dir():
        course = _load(origin) if (origin / "book.toml").exists() else _load(course.content, origin)
    return course.lesson(section_id)


def natural(section_id: str) -> tuple[int, ...]:
    """The sort key of a section's id: 5.2.9 comes before 5.2.10."""
    return tuple(int(part) for part in section_id.split("."))


@dataclass(frozen=True, eq=False)
class Chapter:
    """A chapter and its sections in natural order."""

    id: str
    title: Text
    folder: Path
    """Where new sections of it go; a chapter of a further folder need not have one."""
    sections: tuple[Section, ...] = field(default=(), repr=False)


@dataclass(frozen=True, eq=False)
class Section:
    """One folder `<id>-<slug>`: a note and, for most, a lesson."""

    id: str
    title: str
    """From the first line of note.md, without the number; the folder's slug where there is none."""
    chapter: Chapter = field(repr=False)
    folder: Path
    content: Path = field(repr=False)
    """The course's own folder: messages name files relative to it, and those of further folders by their whole path."""
    origin: Path = field(repr=False)
    """The folder of lessons it comes from: the course's own, or a further one."""
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

        file = self.folder / "lesson.toml"
        return self._fresh(file, lambda: lesson(file, self.content, self.origin, self.id))

    def note(self) -> Note:
        """The section's text in pages; read again when the file has changed. Raises ContentError when it is broken."""
        from dlwp_tui.course.note import read

        return self._fresh(self.note_file, lambda: read(self.note_file, self.content, self.id))

    def _fresh(self, file: Path, parse: Callable[[], T]) -> T:
        try:
            status = file.stat()
        except OSError:
            return parse()  # raises what is wrong with the file
        stamp = (status.st_mtime_ns, status.st_size)
        known = self._parsed.get(file.name)
        if known is None or known[0] != stamp:
            known = self._parsed[file.name] = (stamp, parse())
        value: T = known[1]
        return value


@dataclass(frozen=True, eq=False)
class Course:
    """The whole tree, in reading order."""

    folders: tuple[Path, ...]
    """The course's own folder, then the further ones."""
    title: Text
    chapters: tuple[Chapter, ...]
    problems: tuple[Problem, ...] = ()
    """What is wrong with the tree: folders that are missing, misnamed or doubled, notes without a title."""
    begin: str = ""
    """The section whose lesson the app offers on the first start; empty for none."""

    @property
    def content(self) -> Path:
        """The course's own folder, with book.toml, glossary.toml and claims.toml."""
        return self.folders[0]

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


def read(content: Path, *further: Path) -> Course:
    """The course in `content` with the sections of `further` folders, always from the disk: for the linter."""
    if not content.is_dir():
        raise ContentError(
            _("The course folder {path} does not exist.").format(path=content),
            _("Set DLWP_CONTENT to the folder with book.toml, or install the package again."),
        )
    title, begin, entries = _book(content, content)
    reading = _Reading(content)
    for entry in entries:
        reading.add_chapter(entry)
    for folder in further:
        reading.add_folder(folder)
    if begin and begin not in reading.found:
        message, hint = _("There is no section {id!r}.").format(id=begin), _("Name a section with a lesson.")
        reading.problems.append(Problem("book.toml", "begin", message, hint))
    return Course((content, *further), title, tuple(reading.chapters), tuple(reading.problems), begin)


_load = lru_cache(maxsize=8)(read)


@dataclass
class _Reading:
    """The tree so far."""

    content: Path
    chapters: list[Chapter] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    found: dict[str, str] = field(default_factory=dict)
    """Id of each section -> its folder, as messages name it."""

    def add_chapter(self, entry: dict[str, Any]) -> None:
        """A chapter of book.toml and the sections in its folder."""
        title = _title(entry["title"])
        assert title is not None  # `_book` has refused others
        chapter = Chapter(entry["id"], title, self.content / entry["folder"])
        self.chapters.append(chapter)
        paths = _subfolders(chapter.folder)
        if paths is None:
            message = _("There is no folder {name}.").format(name=entry["folder"])
            hint = _("Create it, or correct the name.")
            self.problems.append(Problem("book.toml", f"chapters.{chapter.id}.folder", message, hint))
            return
        for path in paths:
            if not FOLDER.fullmatch(path.name):
                message = _("The folder's name is not <id>-<slug>.")
                hint = _("Name it like 3.4-binary-classification.")
                self.problems.append(Problem(relative(path, self.content), "", message, hint))
        self._add_sections(chapter, paths, self.content)

    def add_folder(self, origin: Path) -> None:
        """The sections of a further folder, each in the chapter of its number."""
        inside = _subfolders(origin)
        if inside is None:
            message, hint = _("This folder of lessons does not exist."), _("Create it, or correct its name.")
            self.problems.append(Problem(str(origin), "", message, hint))
            return
        titles: dict[str, Text | None] = {}
        if (origin / "book.toml").exists():
            try:
                titles = {entry["id"]: _title(entry["title"]) for entry in _book(origin, self.content)[2]}
            except BrokenFile as error:
                self.problems += error.problems
        paths = [path for path in (*inside, *(p for f in inside for p in _subfolders(f) or ())) if _chapter_of(path)]
        for number in sorted({_chapter_of(path) for path in paths}, key=int):
            chapter = next((one for one in self.chapters if one.id == number), None)
            if chapter is None:
                title = titles.get(number) or Text(f"第 {number} 章", f"Chapter {number}")
                chapter = Chapter(number, title, origin / f"ch{number:0>2}")
                after = (at for at, one in enumerate(self.chapters) if one.id.isdigit() and int(one.id) > int(number))
                self.chapters.insert(next(after, len(self.chapters)), chapter)
            self._add_sections(chapter, [path for path in paths if _chapter_of(path) == number], origin)

    def _add_sections(self, chapter: Chapter, paths: Iterable[Path], origin: Path) -> None:
        sections = [*chapter.sections, *self._sections(chapter, paths, origin)]
        sections.sort(key=lambda section: natural(section.id))
        object.__setattr__(chapter, "sections", tuple(sections))  # the two name each other: one of them must come later

    def _sections(self, chapter: Chapter, paths: Iterable[Path], origin: Path) -> Iterator[Section]:
        for path in paths:
            if not (name := FOLDER.fullmatch(path.name)):
                continue
            section_id, slug, here = name[1], name[3], relative(path, self.content)
            if section_id in self.found:
                message = _("Section {id} exists already, in {folder}.").format(
                    id=section_id, folder=self.found[section_id]
                )
                self.problems.append(Problem(here, "", message, _("Give one of the two another number.")))
                continue
            self.found[section_id] = here
            title = _note_title(path / "note.md", section_id) or slug
            yield Section(section_id, title, chapter, path, self.content, origin)


def _chapter_of(path: Path) -> str:
    """The chapter's number of a section's folder; empty for any other folder."""
    return name[1].split(".")[0] if (name := FOLDER.fullmatch(path.name)) else ""


def _subfolders(folder: Path) -> list[Path] | None:
    """The folders inside `folder` by name, hidden ones left out; None when it cannot be read."""
    try:
        return sorted(path for path in folder.iterdir() if path.name[0] not in "._" and path.is_dir())
    except (OSError, ValueError):  # a NUL in its name
        return None


def _book(folder: Path, content: Path) -> tuple[Text, str, list[dict[str, Any]]]:
    """The title, `begin` and the chapters of a folder's book.toml; raises BrokenFile with all of its problems."""
    book = folder / "book.toml"
    data = read_toml(book, content)
    problems: list[Problem] = []
    if data.get("format") != 1:
        problems.append(
            at_key("format", _("This version of dlwp reads format 1."), _("Write format = 1, or update dlwp."))
        )
    problems += _keys(data, "", ("format", "title", "begin", "chapters"))
    begin = data.get("begin", "")
    if not isinstance(begin, str):
        problems.append(at_key("begin", _("A text is missing."), _('Write {key} = "…".').format(key="begin")))
    entries = data.get("chapters", [])
    if not isinstance(entries, list) or not entries or not all(isinstance(entry, dict) for entry in entries):
        hint = _("Add [[chapters]] with id, folder and title.")
        problems.append(at_key("chapters", _("No chapter is listed."), hint))
        entries = []
    ids = [entry.get("id") for entry in entries]
    for number, entry in enumerate(entries):
        where = f"chapters.{entry['id'] if isinstance(entry.get('id'), str) else f'#{number + 1}'}."
        for key in ("id", "folder"):
            if not isinstance(entry.get(key), str) or not entry[key].strip():
                hint = _('Write {key} = "…".').format(key=key)
                problems.append(at_key(where + key, _("A text is missing."), hint))
        problems += _keys(entry, where, ("id", "folder", "title"))
        if ids.index(ids[number]) < number:
            hint = _("Give each chapter an id of its own.")
            problems.append(at_key(f"{where}id", _("This id is used twice."), hint))
    if problems:
        raise BrokenFile([replace(problem, file=relative(book, content)) for problem in problems])
    title = _title(data["title"])
    assert title is not None
    return title, begin, entries


def _keys(table: dict[str, Any], prefix: str, known: tuple[str, ...]) -> Iterator[Problem]:
    """A bad title, and keys that are not known."""
    if _title(table.get("title")) is None:
        hint = _('Write title = { zh = "…", en = "…" }.')
        yield at_key(f"{prefix}title", _("A title is missing or empty."), hint)
    for key in table:
        if key not in known:
            hint = did_you_mean(key, known) or _("Known keys: {names}").format(names=names(known))
            yield at_key(f"{prefix}{key}", _("There is no such key."), hint)


def _title(value: Any) -> Text | None:
    if isinstance(value, str):
        value = {"zh": value}
    if not isinstance(value, dict) or not set(value) <= {"zh", "en"}:
        return None
    zh, en = value.get("zh"), value.get("en", "")
    return Text(zh, en) if isinstance(zh, str) and zh.strip() and isinstance(en, str) else None


def _note_title(file: Path, section_id: str) -> str:
    """The title of a note from its first bytes; empty where there is none: `note()` and the linter report that."""
    try:
        head = paths.read_bytes(file)[:HEAD_BYTES]
    except OSError:
        return ""
    return heading(head.decode("utf-8-sig", errors="replace"), section_id)
