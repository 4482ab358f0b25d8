"""`dlwp list`, `show`, `check` and `new`: the course in a plain terminal or a pipe."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Annotated

import typer

from dlwp_tui.cli import output
from dlwp_tui.cli.options import Json
from dlwp_tui.core.errors import UsageError
from dlwp_tui.core.language import _, ngettext

WARNINGS = 10
"""Warnings of `dlwp check` that are printed."""


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("list", help=_("List chapters, sections and lessons."))(list_course)
    app.command("show", help=_("Print a section's note."))(show)
    app.command("check", help=_("Check the course's files; prints every problem and where it is."))(check)
    app.command("new", help=_("Write a new section with a lesson that runs, to be changed."))(new)


def list_course(
    json: Json = False,
) -> None:
    from dlwp_tui.course import reader

    course = reader.load()
    for chapter in course.chapters:
        if not json:
            output.line(f"{chapter.id} {chapter.title}")
        for section in chapter.sections:
            if json:
                output.json_line(
                    {"id": section.id, "chapter": chapter.id, "title": section.title, "lesson": section.has_lesson}
                )
            else:
                run = f"    dlwp run {section.id}" if section.has_lesson else ""
                output.line(f"  {section.id:<7}{section.title}{run}")


def show(
    section: Annotated[str, typer.Argument(metavar="ID", help=_("A section, such as 3.4."))],
    page: Annotated[int | None, typer.Option("--page", "-p", help=_("One page only, from 1."))] = None,
    contents: Annotated[bool, typer.Option("--contents", "-c", help=_("List the section's pages."))] = False,
    json: Annotated[bool, typer.Option("--json", help=_("The note's pages as one JSON object."))] = False,
) -> None:
    from dlwp_tui.course import reader

    course = reader.load()
    found = course.section(section)
    note = found.note()
    if page is not None and not 1 <= page <= len(note.pages):
        raise UsageError(
            _("{section} has no page {page}; it has {count}.").format(
                section=found.id, page=page, count=len(note.pages)
            ),
            _("List them with: dlwp show {section} --contents").format(section=found.id),
        )
    chosen = note.pages if page is None else note.pages[page - 1 : page]
    if json:
        pages = [
            {"page": one.index + 1, "title": one.title} | ({} if contents else {"markdown": one.markdown})
            for one in chosen
        ]
        output.json_line({"id": found.id, "title": found.title, "lesson": found.has_lesson, "pages": pages})
        return
    if contents:
        output.line(f"{found.id} {found.title}")
        for one in chosen:
            output.line(f"  {one.index + 1:>2}  {one.title}")
        return
    from dlwp_tui.analysis import judged
    from dlwp_tui.core import progress
    from dlwp_tui.render import note as render
    from dlwp_tui.render import wrap

    wrap.install()
    console = output.console()
    width = min(console.width, 100)  # longer lines are hard to read
    shown = note if page is None else note.pages[page - 1]
    text = render.render(
        shown,
        width,
        section_id=found.id,
        lessons=course.lesson,
        learner=progress.learner(),
        judged=judged.sentences,
    )
    console.print(text, width=width)


def check(
    json: Json = False,
) -> None:
    from dlwp_tui.analysis import judged
    from dlwp_tui.core.errors import ContentError, Problem
    from dlwp_tui.course import check as linter
    from dlwp_tui.course import reader
    from dlwp_tui.data import registry

    problems = linter.check(datasets=registry.all_sets(), figures=judged.known_figures)
    problems += [Problem(str(file), "", error.message, error.hint) for file, error in registry.broken()]
    for problem in problems:
        if json:
            output.json_line(
                {"file": str(problem.file), "where": problem.where, "message": problem.message, "hint": problem.hint}
            )
        else:
            output.line(str(problem))
    with contextlib.suppress(ContentError):  # a problem already
        warnings = list(linter.warnings(reader.load()))
        for warning in warnings[:WARNINGS]:
            output.say(f"! {warning}")
        if len(warnings) > WARNINGS:
            output.say(_("and {count} more").format(count=len(warnings) - WARNINGS))
    if problems:
        output.say(ngettext("{count} problem.", "{count} problems.", len(problems)).format(count=len(problems)))
        raise typer.Exit(1)
    output.say(_("The course is sound."))


def new(
    section: Annotated[str, typer.Argument(metavar="ID", help=_("The section's number, such as 4.6."))],
    title: Annotated[str, typer.Argument(metavar="TITLE", help=_("Its title, in Chinese."))],
    english: Annotated[str, typer.Option("--en", metavar="TITLE", help=_("Its title in English."))] = "",
    content: Annotated[
        Path | None,
        typer.Option("--content", metavar="DIR", help=_("The folder of lessons to write into; default: your own.")),
    ] = None,
) -> None:
    from dlwp_tui.core import content as contents
    from dlwp_tui.course.new import write

    folder = write(section, title, english, content)
    output.line(str(folder))
    start = "dlwp"
    if not any(folder.is_relative_to(one) for one in contents.folders()):
        start += f" --content {content}"
    output.say(_("Run it: {start} run {id}   Check it: {start} check").format(start=start, id=section))
