"""The linter's rules for one note: its blocks, links, pages, drawings and code."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from rich.cells import cell_len

from dlwp_tui.core.errors import Problem, UsageError
from dlwp_tui.core.language import _
from dlwp_tui.course import markdown, style
from dlwp_tui.course.blocks import Alert, Diagram, Math
from dlwp_tui.course.files import read_text, relative
from dlwp_tui.course.note import LARGEST_PAGE, open_fence
from dlwp_tui.course.problem import BrokenFile, at_line
from dlwp_tui.course.resolve import resolver

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dlwp_tui.course.glossary import Glossary
    from dlwp_tui.course.note import Note, Page
    from dlwp_tui.course.reader import Course, Section

PROMISE = re.compile(r"(?:#+\s*)?运行(?:之前|时|后)")
"""How a line begins that promises a run in its own note."""
OLD = "旧写法"
"""The heading of a table's column of names that no longer exist: such a table maps old to new."""


def check(course: Course, section: Section, glossary: Glossary | None) -> Iterator[Problem]:
    """Every problem of a section's note; `glossary` None when it could not be read."""
    try:
        note = section.note()
    except BrokenFile as error:
        yield from error.problems
        return
    here = relative(section.note_file, section.content)
    promised = () if any(page.cards for page in note.pages) else _promises(note)
    found = [
        *_file(section),
        *promised,
        *(problem for page in note.pages for problem in _page(course, section, page, glossary)),
    ]
    yield from (replace(problem, file=here) for problem in found)


def formula(tex: str, *, displayed: bool = False) -> tuple[str, str] | None:
    """Message and hint for a formula that cannot be laid out, or is wider than the note's pane."""
    from dlwp_tui.tex import formula as layout

    try:
        rows = layout.layout(tex) if displayed else [layout.inline(tex)]
    except layout.FormulaError as error:
        return error.message, error.hint or _("Use the part of TeX that the notes use.")
    width = max(map(cell_len, rows))
    if not displayed or width <= style.NOTE_COLUMNS:
        return None
    message = _("The formula is {width} columns wide, {limit} fit.").format(width=width, limit=style.NOTE_COLUMNS)
    return message, _("Break it with aligned, or name a part of it.")


def _file(section: Section) -> Iterator[Problem]:
    lines = read_text(section.note_file, section.content).split("\n")
    title = next((row for row in lines if row.strip()), "")
    if not re.match(rf"#\s+{re.escape(section.id)}(?![\d.])", title):
        hint = _("Begin the note with a line like: # {id} Title").format(id=section.id)
        yield at_line(1, _("The title does not begin with the section's number."), hint)
    if opened := open_fence(lines):
        yield at_line(opened, _("This block of code does not end."), _("Close it with ``` on a line."))


def _promises(note: Note) -> Iterator[Problem]:
    """The first line of a note without run cards that speaks of a run."""
    for page in note.pages:
        for number, line in enumerate(page.markdown.split("\n"), page.line):
            if PROMISE.match(line):
                hint = _("Add a run card, or say which lesson is run.")
                yield at_line(number, _("The note promises a run and has no run card."), hint)
                return


def _page(course: Course, section: Section, page: Page, glossary: Glossary | None) -> Iterator[Problem]:
    size = len(page.markdown.encode())
    if size > LARGEST_PAGE:
        message = _("The page {title!r} has {size:.1f} KB, {limit} fit.").format(
            title=page.title, size=size / 1024, limit=LARGEST_PAGE // 1024
        )
        yield at_line(page.line, message, _("Divide it with another ## heading."))
    if page.index > 0 and not page.markdown.partition("\n")[2].strip():
        message = _("The page {title!r} has no text.").format(title=page.title)
        yield at_line(page.line, message, _("Write it, or remove the heading."))
    yield from _blocks(course, section, page)
    yield from _links(course, section, page, glossary)


def _blocks(course: Course, section: Section, page: Page) -> Iterator[Problem]:
    quiet: set[int] = set()  # lines where old names and paths are quoted (errata, OLD tables) or where \ is TeX
    table = alert = range(0)
    resolve = resolver(course, section, broken=False)
    for number, token in markdown.tokens(page.markdown, resolve, page.line - 1):
        length = token.map[1] - token.map[0] if token.map else 0
        if token.type == "table_open":
            table = range(number, number + length)
        elif token.type == "inline" and token.content == OLD and number in table[:1]:
            quiet.update(table)
        data = token.meta.get("data")
        if isinstance(data, Alert):
            alert = range(number, number + length)
        columns = style.NOTE_COLUMNS - style.ALERT_COLUMNS * (number in alert)
        formulas = [child.content for child in token.children or () if child.type == "math_inline"]
        wrong = [found for tex in formulas if (found := formula(tex))]
        if isinstance(data, Problem):
            yield data
        elif isinstance(data, Math) and (found := formula(data.tex, displayed=True)):
            wrong.append(found)
        elif isinstance(data, Diagram):
            yield from _diagram(data.text, number)
            yield from style.wide_code(enumerate(data.text.split("\n"), number + 1), columns)
        elif token.type in ("fence", "code_block"):
            rows = enumerate(token.content.split("\n"), number + (token.type == "fence"))
            yield from style.wide_code(rows, columns)
        yield from (at_line(number, *found) for found in wrong)
        if token.map and (token.type == "x_math" or (isinstance(data, Alert) and data.kind == "warning")):
            quiet.update(range(number, number + length + 1))
    lines = enumerate(page.markdown.split("\n"), page.line)
    yield from style.rules((number, re.sub(r"\$[^$]+\$", "", text)) for number, text in lines if number not in quiet)


def _diagram(text: str, first: int) -> Iterator[Problem]:
    rows = text.split("\n")
    width = cell_len(rows[0])
    hint = _("Make all rows equally wide, with spaces at the end; a Chinese character takes two columns.")
    for number, row in enumerate(rows, first + 1):
        if cell_len(row) != width:
            message = _("This row of the diagram is {width} columns wide, the first {first}.")
            yield at_line(number, message.format(width=cell_len(row), first=width), hint)


def _links(course: Course, section: Section, page: Page, glossary: Glossary | None) -> Iterator[Problem]:
    for link in page.links():
        try:
            if link.kind == "sec":
                course.section(link.target)
            elif link.kind == "term" and glossary is not None:
                glossary.get(link.target)
        except UsageError as error:
            yield at_line(link.line, error.message, error.hint)
        if link.kind == "file" and not _beside(section, link.target):
            message = _("There is no file {name} beside the note.").format(name=link.target)
            hint = _("Put it into the section's folder; sections are linked as sec:3.4, terms as term:name.")
            yield at_line(link.line, message, hint)


def _beside(section: Section, target: str) -> bool:
    """True when `target` is a file inside the section's folder."""
    file = (section.folder / target.partition("#")[0]).resolve()
    return file.is_relative_to(section.folder.resolve()) and file.is_file()
