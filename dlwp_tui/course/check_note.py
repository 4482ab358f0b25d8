"""The linter's rules for one note: its blocks, links, pages, drawings and code."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rich.cells import cell_len

from dlwp_tui.core.errors import Problem, UsageError
from dlwp_tui.core.language import _
from dlwp_tui.course import markdown, style
from dlwp_tui.course.blocks import Alert, Diagram, Math, Trouble
from dlwp_tui.course.files import read_text, relative
from dlwp_tui.course.note import LARGEST_PAGE, open_fence
from dlwp_tui.course.problem import BrokenFile, line
from dlwp_tui.course.resolve import resolver

if TYPE_CHECKING:
    from collections.abc import Iterator

    from markdown_it.token import Token

    from dlwp_tui.course.glossary import Glossary
    from dlwp_tui.course.note import Page
    from dlwp_tui.course.reader import Course, Section

OLD = "旧写法"
"""The heading of a table's column of names that no longer exist: such a table maps old to new."""


def check(course: Course, section: Section, glossary: Glossary | None) -> Iterator[Problem]:
    """Every problem of a section's note; `glossary` None when it could not be read."""
    here = relative(section.note_file, section.content)
    try:
        note = section.note()
    except BrokenFile as error:
        yield from error.problems
        return
    text = read_text(section.note_file, section.content)
    title = next((row for row in text.split("\n") if row.strip()), "")
    if not re.match(rf"#\s+{re.escape(section.id)}(?![\d.])", title):
        hint = _("Begin the note with a line like: # {id} Title").format(id=section.id)
        yield Problem(here, line(1), _("The title does not begin with the section's number."), hint)
    if opened := open_fence(text.split("\n")):
        yield Problem(here, line(opened), _("This block of code does not end."), _("Close it with ``` on a line."))
    for page in note.pages:
        yield from _page(here, page)
        yield from _blocks(here, course, section, page)
        yield from _links(here, course, section, page, glossary)


def _page(here: str, page: Page) -> Iterator[Problem]:
    size = len(page.markdown.encode())
    if size > LARGEST_PAGE:
        yield Problem(
            here,
            line(page.line),
            _("The page {title!r} has {size:.1f} KB, {limit} fit.").format(
                title=page.title, size=size / 1024, limit=LARGEST_PAGE // 1024
            ),
            _("Divide it with another ## heading."),
        )
    if page.index > 0 and not page.markdown.partition("\n")[2].strip():
        yield Problem(
            here,
            line(page.line),
            _("The page {title!r} has no text.").format(title=page.title),
            _("Write it, or remove the heading."),
        )


def _blocks(here: str, course: Course, section: Section, page: Page) -> Iterator[Problem]:
    shift = page.line - 1
    quiet: set[int] = set()  # lines where old names and paths are quoted (errata, OLD tables) or where \ is TeX
    table = range(0)
    resolve = resolver(course, section, broken=False)
    for number, token in markdown.tokens(page.markdown, resolve):
        if token.type == "table_open" and token.map:
            table = range(number, number + token.map[1] - token.map[0])
        elif token.type == "inline" and token.content == OLD and number in table[:1]:
            quiet.update(table)
        data = token.meta.get("data")
        if isinstance(data, Trouble):
            yield Problem(here, line(shift + number + data.line - _own_line(token)), data.message, data.hint)
        elif isinstance(data, Math):
            yield from formula(here, line(shift + number), data.tex, displayed=True)
        elif isinstance(data, Diagram):
            yield from _diagram(here, data.text, shift + number)
            yield from style.wide_code(here, enumerate(data.text.split("\n"), shift + number + 1), style.NOTE_COLUMNS)
        elif token.type in ("fence", "code_block"):
            rows = enumerate(token.content.split("\n"), shift + number + (token.type == "fence"))
            yield from style.wide_code(here, rows, style.NOTE_COLUMNS)
        for child in token.children or ():
            if child.type == "math_inline":
                yield from formula(here, line(shift + number), child.content)
        if token.map and (token.type == "x_math" or (isinstance(data, Alert) and data.kind == "warning")):
            quiet.update(range(number, number + token.map[1] - token.map[0] + 1))
    lines = [
        (shift + number, re.sub(r"\$[^$]+\$", "", text))
        for number, text in enumerate(page.markdown.split("\n"), 1)
        if number not in quiet
    ]
    yield from style.rules(here, lines)


def _diagram(here: str, text: str, first: int) -> Iterator[Problem]:
    rows = text.split("\n")
    width = cell_len(rows[0])
    for number, row in enumerate(rows, first + 1):
        if cell_len(row) != width:
            yield Problem(
                here,
                line(number),
                _("This row of the diagram is {width} columns wide, the first {first}.").format(
                    width=cell_len(row), first=width
                ),
                _("Make all rows equally wide, with spaces at the end; a Chinese character takes two columns."),
            )


def formula(file: str, where: str, tex: str, *, displayed: bool = False) -> Iterator[Problem]:
    """What is wrong with a formula: it cannot be laid out, or is wider than the note's pane."""
    from dlwp_tui.tex import formula as layout

    try:
        rows = layout.layout(tex) if displayed else [layout.inline(tex)]
    except layout.FormulaError as error:
        yield Problem(file, where, error.message, error.hint or _("Use the part of TeX that the notes use."))
        return
    width = max(map(cell_len, rows))
    if displayed and width > style.NOTE_COLUMNS:
        yield Problem(
            file,
            where,
            _("The formula is {width} columns wide, {limit} fit.").format(width=width, limit=style.NOTE_COLUMNS),
            _("Break it with aligned, or name a part of it."),
        )


def _links(here: str, course: Course, section: Section, page: Page, glossary: Glossary | None) -> Iterator[Problem]:
    for link in page.links():
        where = line(page.line - 1 + link.line)
        try:
            if link.kind == "sec":
                course.section(link.target)
            elif link.kind == "term" and glossary is not None:
                glossary.get(link.target)
        except UsageError as error:
            yield Problem(here, where, error.message, error.hint)
        if link.kind == "file" and not _beside(section, link.target):
            yield Problem(
                here,
                where,
                _("There is no file {name} beside the note.").format(name=link.target),
                _("Put it into the section's folder; sections are linked as sec:3.4, terms as term:name."),
            )


def _beside(section: Section, target: str) -> bool:
    """True when `target` is a file inside the section's folder."""
    file = (section.folder / target.partition("#")[0]).resolve()
    return file.is_relative_to(section.folder.resolve()) and file.is_file()


def _own_line(token: Token) -> int:
    """The line of the token in the text it was parsed from: a Trouble's line counts in that text too."""
    return token.map[0] + 1 if token.map else 1
