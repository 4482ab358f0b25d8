"""`dlwp report`: runs, or what there is of a chapter, as one file to hand in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dlwp_tui.cli import output
from dlwp_tui.core.errors import UsageError
from dlwp_tui.core.language import _

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dlwp_tui.runs.folder import RunFolder


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("report", help=_("Write runs, or a chapter's, as HTML or markdown to hand in."))(report)


def report(
    what: Annotated[
        list[str],
        typer.Argument(
            metavar="RUN...|CHAPTER", help=_("Ids of runs, their ends or `last`; or a chapter's or a lesson's number.")
        ),
    ],
    out: Annotated[
        Path,
        typer.Option("--out", "-o", metavar="FILE", help=_("A .html file, or a .md file with its pictures beside it.")),
    ],
) -> None:
    from dlwp_tui.analysis import export
    from dlwp_tui.analysis import report as reports
    from dlwp_tui.runs.view import RunView

    if out.suffix.lower() not in (".html", ".htm", ".md"):
        raise UsageError(
            _("{file} is neither .html nor .md.").format(file=out), _("Name the file report.html or report.md.")
        )
    parts = reports.parts([RunView.whole(folder) for folder in _folders(what)])
    if out.suffix.lower() == ".md":
        pictures = []
        for part in parts:
            name = f"{out.stem}-{part.title.split()[0]}.svg" if part.svg else ""
            if part.svg:
                export.save(part.svg, out.with_name(name))
            pictures.append(name)
        export.save(reports.markdown(parts, pictures), out)
    else:
        export.save(reports.page(parts), out)
    output.say(_("Wrote {path}.").format(path=out))


def _folders(what: Sequence[str]) -> list[RunFolder]:
    """The runs named; of a chapter or lesson the newest finished run of each lesson and preset."""
    from dlwp_tui.runs import store

    found: dict[str, RunFolder] = {}
    for word in what:
        named = _of_course(word)
        if named is not None and not named:
            raise UsageError(
                _("There is no finished run of {what}.").format(what=word), _("Run a lesson of it first: dlwp run ID")
            )
        for folder in named if named is not None else [store.find(word)]:
            found[folder.id] = folder
    return list(found.values())


def _of_course(word: str) -> list[RunFolder] | None:
    """The runs of a chapter (`3`) or lesson (`3.4`); None where `word` is neither."""
    from dlwp_tui.analysis import history
    from dlwp_tui.course import reader
    from dlwp_tui.runs.state import RunState

    course = reader.load()
    sections = [
        section.id
        for section in course.sections
        if section.id == word or (word.isdigit() and section.id.split(".")[0] == word)
    ]
    if not sections:
        return None
    newest: dict[tuple[str, str | None, int | None], RunFolder] = {}
    for row in history.history():
        if row.lesson in sections and row.state is RunState.FINISHED:
            key = (row.lesson, row.preset, None if row.preset else row.seed)
            newest.setdefault(key, row.folder)
    order = {section: at for at, section in enumerate(sections)}
    return [folder for _key, folder in sorted(newest.items(), key=lambda item: order[item[0][0]])]
