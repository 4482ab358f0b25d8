"""`dlwp progress`: what has been read, answered, run and bookmarked, and forgetting that."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dlwp_tui.cli import output
from dlwp_tui.cli.options import Json
from dlwp_tui.core.errors import ContentError, UsageError
from dlwp_tui.core.language import _

if TYPE_CHECKING:
    from dlwp_tui.core.progress import Progress
    from dlwp_tui.course.reader import Course, Section

SIGNS = {"read": "✓", "begun": "◐", "unread": "○"}


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("progress", help=_("Show what you have read, answered, run and bookmarked."))(progress)


def progress(
    json: Json = False,
    reset: Annotated[
        str | None,
        typer.Option("--reset", metavar="ID", help=_("Forget pages, answers and bookmarks of one section.")),
    ] = None,
    reset_all: Annotated[
        bool, typer.Option("--reset-all", help=_("Forget pages, answers and bookmarks of every section."))
    ] = False,
) -> None:
    from dlwp_tui.core import progress as marks
    from dlwp_tui.course import reader

    if reset is not None and reset_all:
        raise UsageError(_("--reset and --reset-all exclude each other."), _("Give one of the two."))
    course = reader.load()
    if reset_all:
        marks.reset()
        output.say(_("The marks of every section are gone; runs stay."))
    elif reset is not None:
        section = course.section(reset)
        marks.reset(section.id)
        output.say(_("The marks of {section} are gone; its runs stay.").format(section=f"{section.id} {section.title}"))
    else:
        _show(course, marks.load(), json)


@dataclass(frozen=True)
class _Row:
    """One section's marks and totals."""

    section: Section
    titles: tuple[str, ...]
    """Titles of its pages; empty for a note that cannot be read, which `dlwp check` reports."""
    opened: int
    quizzes: int
    right: int
    answered: int
    runs: int
    bookmarks: tuple[int, ...]

    @property
    def state(self) -> str:
        """`read`, `begun` or `unread`."""
        if not self.opened:
            return "unread"
        whole = self.titles and self.opened >= len(self.titles) and self.answered >= self.quizzes
        return "read" if whole else "begun"

    def as_json(self) -> dict[str, Any]:
        """Pages count from 1, as the app shows them."""
        return {
            "section": self.section.id,
            "chapter": self.section.chapter.id,
            "title": self.section.title,
            "state": self.state,
            "pages": len(self.titles),
            "pages_read": self.opened,
            "quiz": self.quizzes,
            "quiz_answered": self.answered,
            "quiz_right": self.right,
            "lesson": self.section.has_lesson,
            "runs": self.runs,
            "bookmarks": [{"page": page + 1, "title": self.titles[page]} for page in self.bookmarks],
        }


def _show(course: Course, seen: Progress, json: bool) -> None:
    from dlwp_tui.analysis import history

    runs = history.finished_counts()
    rows = {section.id: _row(section, seen, runs.get(section.id, 0)) for section in course.sections}
    if json:
        for row in rows.values():
            output.json_line(row.as_json())
        return
    words = {"read": _("read"), "begun": _("begun"), "unread": _("unread")}
    cells: list[list[str]] = []
    for chapter in course.chapters:
        members = [rows[section.id] for section in chapter.sections]
        done = sum(row.state == "read" for row in members)
        name = f"{chapter.id} {chapter.title}"
        cells.append(_cells(name, _("{done}/{total} read").format(done=done, total=len(members)), members))
        for row in members:
            sign, section = SIGNS[row.state], row.section
            cells.append(_cells(f"  {sign} {section.id} {section.title}", words[row.state], [row]))
    cells.append(_cells(_("all"), "", list(rows.values())))
    output.table([_("chapter and section"), _("state"), _("pages"), _("quiz"), _("runs"), _("bookmarks")], cells)
    if marked := [(row, page) for row in rows.values() for page in row.bookmarks]:
        output.line()
        output.line(_("Bookmarks:"))
        for row, page in marked:
            output.line(f"  ★ {row.section.id} {row.section.title} › {page + 1} {row.titles[page]}")


def _cells(name: str, state: str, rows: list[_Row]) -> list[str]:
    opened, pages = sum(row.opened for row in rows), sum(len(row.titles) for row in rows)
    right, quizzes = sum(row.right for row in rows), sum(row.quizzes for row in rows)
    return [
        name,
        state,
        f"{opened}/{pages}",
        f"{right}/{quizzes}" if quizzes else "",
        str(sum(row.runs for row in rows) or ""),
        str(sum(len(row.bookmarks) for row in rows) or ""),
    ]


def _row(section: Section, seen: Progress, runs: int) -> _Row:
    marks = seen.of(section.id)
    try:
        pages = section.note().pages
    except ContentError:
        pages = ()
    quizzes = sum(page.quizzes for page in pages)
    # A note that was shortened has marks of pages and quizzes that are gone.
    answers = [right for index, right in marks.quiz.items() if index < quizzes]
    return _Row(
        section=section,
        titles=tuple(page.title for page in pages),
        opened=sum(page < len(pages) for page in marks.pages),
        quizzes=quizzes,
        right=sum(answers),
        answered=len(answers),
        runs=runs,
        bookmarks=tuple(page for page in sorted(marks.bookmarks) if page < len(pages)),
    )
