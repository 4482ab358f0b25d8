"""The course as a tree of markdown files, in folders like the course's own; with the learner's notes on request.

    README.md  glossary.md  ch03/README.md  ch03/3.4-binary-classification/{README.md, lesson.py, proofs.py, figures}

`.dlwp-export.json` in it names every file written and its SHA-256, so that a second export replaces these files only,
and none that was changed since.
"""

from __future__ import annotations

import hashlib
import json
import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import quote

from dlwp_tui.core import own_notes, parsed, paths
from dlwp_tui.core.errors import ContentError, StorageError, UsageError
from dlwp_tui.core.language import _
from dlwp_tui.course import glossary
from dlwp_tui.course import markdown as notes
from dlwp_tui.publish import github

if TYPE_CHECKING:
    from dlwp_tui.course.reader import Chapter, Course, Section
    from dlwp_tui.render.note import Judged

MANIFEST = ".dlwp-export.json"


def build(course: Course, *, mine: bool = False, judged: Judged | None = None) -> dict[str, bytes]:
    """Every file of the tree, by its path with `/`; `judged` as in `render.note.render`. Writes nothing.

    Raises ContentError or StorageError.
    """
    return _Tree(course, mine, judged).files()


def write(files: Mapping[str, bytes], folder: Path) -> None:
    """Write the files. Raises UsageError, before anything is written, where that would overwrite what is not ours."""
    known = _manifest(folder)
    _refuse_foreign(files, folder, known)
    hashes = {name: _hash(data) for name, data in files.items()}
    # While files are being replaced both the old and the new are ours: a full disk half-way can be repeated.
    _save(
        folder, {name: [*known.get(name, []), *([hashes[name]] if name in hashes else [])] for name in known | hashes}
    )
    try:
        for name, data in files.items():
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
        for name in known.keys() - files.keys():
            (folder / name).unlink(missing_ok=True)
    except OSError as error:
        raise _cannot_write(Path(error.filename or folder), error) from error
    _save(folder, {name: [value] for name, value in hashes.items()})


@dataclass
class _Tree:
    course: Course
    mine: bool
    judged: Judged | None

    def __post_init__(self) -> None:
        self.glossary = glossary.load(self.course.content)
        self.anchors = _anchors(self.glossary)
        self.words = {"glossary": _("Glossary"), "mine": _("My note"), "code": _("Code")}
        own = own_notes.all() if self.mine else []
        self.own = {
            section.id: [one for one in own if one.section_id == section.id] for section in self.course.sections
        }
        self.stray = [one for one in own if one.section_id not in self.own]

    def files(self) -> dict[str, bytes]:
        made = {"README.md": self.readme(), "glossary.md": self.terms()}
        for chapter in self.course.chapters:
            if chapter.sections:
                made[f"{chapter.folder.name}/README.md"] = self.chapter(chapter)
        found = {name: text.encode("utf-8", errors="replace") for name, text in made.items()}
        for section in self.course.sections:
            found |= self.section(section)
        return found

    def place(self, section: Section) -> str:
        """The section's folder in the tree, from whatever folder of lessons it comes."""
        return f"{section.chapter.folder.name}/{section.folder.name}"

    def link(self, here: str, section: Section) -> str:
        """A link from the folder `here` of the tree to a section."""
        return f"[{section.id} {section.title}]({self.to(here, self.place(section) + '/README.md')})"

    def href(self, here: str) -> github.Href:
        """Addresses as seen from the folder `here` of the tree."""

        def find(kind: str, target: str) -> str | None:
            if kind == "sec":
                section = next((one for one in self.course.sections if one.id == target), None)
                return self.to(here, f"{self.place(section)}/README.md") if section else None
            term = self.glossary.find(target)
            return f"{self.to(here, 'glossary.md')}#{self.anchors[term.zh]}" if term else None

        return find

    def to(self, here: str, target: str) -> str:
        return quote(posixpath.relpath(target, here or "."))

    def readme(self) -> str:
        rows = [
            f"# {self.course.title}",
            "",
            _("Written by `dlwp export-notes`. Lessons run with the program dlwp."),
            "",
        ]
        for chapter in self.course.chapters:
            if chapter.sections:
                rows += [f"- [{chapter.id} {chapter.title}]({self.to('', chapter.folder.name + '/README.md')})"]
                rows += ["  " + row for row in self.contents(chapter, "")]
        rows += ["", f"[{self.words['glossary']}](glossary.md)", ""]
        for one in self.stray:
            rows += [f"## {self.words['mine']} {one.section_id}", "", self.converted(one.text, one.section_id, ""), ""]
        return "\n".join(rows)

    def contents(self, chapter: Chapter, here: str) -> list[str]:
        return [f"- {self.link(here, section)}" for section in chapter.sections]

    def chapter(self, chapter: Chapter) -> str:
        here = chapter.folder.name
        up = f"[{self.course.title}]({self.to(here, 'README.md')})"
        return "\n".join([f"# {chapter.id} {chapter.title}", "", *self.contents(chapter, here), "", up, ""])

    def terms(self) -> str:
        href = self.href("")
        rows = [f"# {self.words['glossary']}", ""]
        for term in self.glossary.terms:
            rows += [f'### <a id="{self.anchors[term.zh]}"></a>{term.zh} ({term.en})', ""]
            if term.also:
                rows += [f"*{', '.join(term.also)}*", ""]
            rows += [self.converted(term.text, "", ""), ""]
            if term.section and (address := href("sec", term.section)):
                rows += [f"[{term.section}]({address})", ""]
        return "\n".join(rows)

    def section(self, section: Section) -> dict[str, bytes]:
        here = self.place(section)
        note = section.note()
        parts = [page.markdown.strip("\n") for page in note.pages]
        if not parts or not parts[0].startswith("# "):
            parts.insert(0, f"# {section.id} {note.title}")
        text = "\n\n".join(parts)
        rows = [self.converted(text, section.id, here), "", "---", "", self.turning(section, here), ""]
        for one in self.own[section.id]:
            rows += [f"## {self.words['mine']}", "", self.converted(one.text.strip("\n"), section.id, here), ""]
        files = {f"{here}/README.md": "\n".join(rows).encode("utf-8", errors="replace")}
        beside = {link.target for link in notes.links(text) if link.kind == "file"}
        if section.has_lesson:
            beside.add("lesson.py")
            if (section.folder / "proofs.py").is_file():
                beside.add("proofs.py")
        for name in sorted(beside):
            files[f"{here}/{name}"] = self.copied(section, name)
        return files

    def copied(self, section: Section, name: str) -> bytes:
        source = (section.folder / name).resolve()
        if not source.is_relative_to(section.origin.resolve()) or ".." in PurePosixPath(name).parts:
            raise ContentError(_("{id} links to {name}, which is outside its folder.").format(id=section.id, name=name))
        try:
            return paths.read_bytes(source)
        except OSError as error:
            raise ContentError(
                _("{id} links to {name}, which cannot be read: {reason}.").format(
                    id=section.id, name=name, reason=error.strerror or error
                ),
                _("`dlwp check` lists every broken link."),
            ) from error

    def turning(self, section: Section, here: str) -> str:
        """Code, the section before, the chapter, the section after."""
        parts = [f"[{self.words['code']}](lesson.py)"] if section.has_lesson else []
        before, after = self.course.previous(section.id), self.course.next(section.id)
        if before:
            parts.append(f"← {self.link(here, before)}")
        parts.append(f"[{section.chapter.title}]({self.to(here, section.chapter.folder.name + '/README.md')})")
        if after:
            parts.append(f"{self.link(here, after)} →")
        return " · ".join(parts)

    def converted(self, text: str, section_id: str, here: str) -> str:
        return github.convert(text, section_id, self.href(here), self.course.lesson, self.judged)


def _anchors(terms: glossary.Glossary) -> dict[str, str]:
    """Chinese name -> the anchor in glossary.md, from the English name; unique."""
    anchors: dict[str, str] = {}
    for term in terms.terms:
        base = anchor = "term-" + (re.sub(r"[^a-z0-9]+", "-", term.en.casefold()).strip("-") or "x")
        number = 1
        while anchor in anchors.values():
            number += 1
            anchor = f"{base}-{number}"
        anchors[term.zh] = anchor
    return anchors


def _manifest(folder: Path) -> dict[str, list[str]]:
    """What an earlier export wrote: path -> hashes. Empty for a new or empty folder."""
    other = _("Choose a new folder.")
    if not folder.exists():
        return {}
    if not folder.is_dir():
        raise UsageError(_("{path} is not a folder.").format(path=folder), other)
    file = folder / MANIFEST
    if not file.is_file():
        if any(folder.iterdir()):
            raise UsageError(_("{path} is not empty and was not written by dlwp.").format(path=folder), other)
        return {}
    try:
        raw = parsed.read_json(file)
        files = {str(name): [str(value) for value in hashes] for name, hashes in raw["files"].items()}
        sound = all(_inside(name) for name in files)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        sound = False
    if not sound:
        raise UsageError(_("{path} cannot be used: it is damaged.").format(path=file), other)
    return files


def _inside(name: str) -> bool:
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts and name != ""


def _refuse_foreign(files: Mapping[str, bytes], folder: Path, known: Mapping[str, list[str]]) -> None:
    for name in sorted({*files, *known}):
        target = folder / name
        if not target.exists() and not target.is_symlink():
            continue
        try:
            ours = target.is_file() and not target.is_symlink() and _hash(target.read_bytes()) in known.get(name, [])
        except OSError as error:
            raise _cannot_write(target, error) from error
        if not ours:
            raise UsageError(
                _("{path} was changed or was not written by dlwp; nothing was overwritten.").format(path=target),
                _("Move it away, or choose a new folder."),
            )


def _save(folder: Path, files: Mapping[str, list[str]]) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)  # not paths.ensure: this folder is to be shown to others
    except OSError as error:
        raise _cannot_write(folder, error) from error
    text = json.dumps({"v": 1, "files": files}, ensure_ascii=False, indent=0) + "\n"
    paths.atomic_write(folder / MANIFEST, text, mode=0o644)


def _cannot_write(path: Path, error: OSError) -> StorageError:
    return StorageError(
        _("Cannot write {path}: {reason}.").format(path=path, reason=error.strerror or error), _("Choose a new folder.")
    )


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
