"""A new section with a small lesson that runs: what `dlwp new` writes, from the files in `template/`."""

from __future__ import annotations

import json
import re
from pathlib import Path

from dlwp_tui.core import content, paths
from dlwp_tui.core.errors import UsageError
from dlwp_tui.core.language import _
from dlwp_tui.course import reader

TEMPLATE = Path(__file__).parent / "template"
ID = re.compile(r"\d+(\.\d+)+")


def write(section_id: str, title: str, english: str = "", folder: Path | None = None) -> Path:
    """Write the section's folder into the folder of lessons `folder`, and return it.

    folder: default the first further folder that is in force, else the learner's own. english: the title in English,
    also the end of the folder's name. Raises UsageError for an id or a folder that exists already and for a bad title,
    StorageError where nothing can be written.
    """
    title, english = title.strip(), english.strip()
    if not ID.fullmatch(section_id):
        raise UsageError(
            _("{id!r} is no section's number.").format(id=section_id), _("Write chapter and section, like 4.6.")
        )
    if not title or not (title + english).isprintable():
        raise UsageError(_("A title is one line of text."), _('Write it like: dlwp new 4.6 "标题"'))
    course = reader.load()
    folder = paths.expanded(folder or next(iter(course.folders[1:]), content.own())).absolute()
    target = _chapter(course, folder, section_id) / f"{section_id}-{_slug(english)}"
    taken = [section.folder for section in course.sections if section.id == section_id]
    taken += [*folder.glob(f"{section_id}-*"), *folder.glob(f"*/{section_id}-*")]
    if taken:
        raise UsageError(
            _("Section {id} exists already, in {folder}.").format(id=section_id, folder=taken[0]),
            _("Choose another number; `dlwp list` shows all sections."),
        )
    titles = {"zh": title} | ({"en": english} if english else {})
    inline = ", ".join(f"{key} = {json.dumps(text, ensure_ascii=False)}" for key, text in titles.items())
    words = {"{{id}}": section_id, "{{title}}": title, "{{titles}}": f"{{ {inline} }}"}
    try:
        target.mkdir(parents=True)
        for file in sorted(TEMPLATE.iterdir()):
            text = file.read_text(encoding="utf-8")
            for word, value in words.items():
                text = text.replace(word, value)
            (target / file.name.removesuffix(".txt")).write_text(text, encoding="utf-8")
    except OSError as error:
        raise paths.storage_error(target, error) from error
    return target


def _chapter(course: reader.Course, folder: Path, section_id: str) -> Path:
    """The folder of the section's chapter inside `folder`."""
    number = section_id.split(".", maxsplit=1)[0]
    if folder.resolve() != course.content.resolve():
        return folder / f"ch{number:0>2}"
    for chapter in course.chapters:
        if chapter.id == number:
            return chapter.folder
    raise UsageError(
        _("The course has no chapter {id}.").format(id=number), _("Add it to {file} first.").format(file="book.toml")
    )


def _slug(english: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", english.lower()).strip("-") or "lesson"
