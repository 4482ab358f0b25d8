"""`dlwp claims`: every statement of the notes, and what runs have shown of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from dlwp_tui.cli import output
from dlwp_tui.cli.options import Json
from dlwp_tui.core.errors import UsageError
from dlwp_tui.core.language import _

if TYPE_CHECKING:
    from dlwp_tui.analysis.claims import ClaimRow


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("claims", help=_("List the statements of the notes and their verdicts; dlwp claims C095 shows one."))(
        claims
    )


def claims(
    claim: Annotated[str, typer.Argument(metavar="[CLAIM]", help=_("A claim's number: C095."))] = "",
    chapter: Annotated[str, typer.Option("--chapter", metavar="ID", help=_("Only those of a chapter: 4."))] = "",
    status: Annotated[
        str,
        typer.Option(
            "--status",
            metavar="true|false|caveat|training|qualitative",
            help=_("Only those of which the course says this."),
        ),
    ] = "",
    verdict: Annotated[
        str, typer.Option("--verdict", metavar="WORDS", help=_("Only those with this verdict: 'does not hold'."))
    ] = "",
    json: Json = False,
) -> None:
    from typing import get_args

    from dlwp_tui.analysis import claims as engine
    from dlwp_tui.course import reader
    from dlwp_tui.course.claims import Status
    from dlwp_tui.course.problem import did_you_mean, names

    course = reader.load()
    if chapter and chapter not in (known := [one.id for one in course.chapters]):
        raise UsageError(
            _("There is no chapter {id!r}.").format(id=chapter), _("The chapters: {names}").format(names=names(known))
        )
    for option, value, allowed in (
        ("--status", status, get_args(Status)),
        ("--verdict", verdict, engine.STATES),
    ):
        if value and value not in allowed:
            message = _("{option} {value} is not allowed: {allowed}.")
            raise UsageError(message.format(option=option, value=value, allowed=" | ".join(allowed)))
    rows = engine.rows(course)
    if claim:
        found = next((row for row in rows if row.claim.id == claim.upper()), None)
        if found is None:
            near = did_you_mean(claim.upper(), [row.claim.id for row in rows])
            raise UsageError(_("There is no claim {id!r}.").format(id=claim), near or _("`dlwp claims` lists them."))
        if json:
            output.json_line(_facts(found))
        else:
            _whole(found)
        return
    chapters = {section.id: section.chapter.id for section in course.sections}
    fitting = [
        row
        for row in rows
        if (not chapter or chapters.get(row.claim.section, row.claim.section.split(".")[0]) == chapter)
        and (not status or row.claim.status == status)
        and (not verdict or row.state == verdict)
    ]
    if json:
        for row in fitting:
            output.json_line(_facts(row))
        return
    if fitting:
        heads = [_("claim"), _("its section"), _("status"), _("verdict here"), _("of the course"), _("proved by"), ""]
        output.table(heads, [_cells(row) for row in fitting])
    _summary(fitting, len(rows))


def _cells(row: ClaimRow) -> list[str]:
    from dlwp_tui.analysis import claims as engine

    claim = row.claim
    course = engine.word(row.course_state) if row.course else ""
    here = engine.word(row.state)
    places = ", ".join(proof.place for proof in row.proofs)
    return [claim.id, claim.section, engine.status_word(claim), here, course, places, claim.statement]


def _summary(rows: list[ClaimRow], total: int) -> None:
    from dlwp_tui.analysis import claims as engine

    counts = {state: sum(row.state == state for row in rows) for state in engine.STATES}
    parts = [f"{engine.word(state)}: {count}" for state, count in counts.items() if count]
    output.say(" · ".join((_("Claims: {count} of {total}").format(count=len(rows), total=total), *parts)))


def _whole(row: ClaimRow) -> None:
    """One claim with all that is known of it."""
    from dlwp_tui.analysis import claim_text

    for text in claim_text.lines(row):
        output.line(text)
    for command in claim_text.commands(row):
        output.say(_("Prove it: {command}").format(command=command))


def _facts(row: ClaimRow) -> dict[str, Any]:
    from dataclasses import asdict

    claim = row.claim
    return {
        "claim": claim.id,
        "section": claim.section,
        "statement": claim.statement,
        "status": claim.status,
        "verdict": row.state,
        "course_verdict": row.course_state if row.course else None,
        "recorded": claim.recorded,
        "note": claim.note,
        "seconds": round(row.seconds, 1),
        "proofs": [asdict(proof) for proof in row.proofs],
        "course": [asdict(proof) for proof in row.course],
    }
