"""`dlwp glossary`: the course's terms in a plain terminal or a pipe."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from dlwp_tui.cli import output
from dlwp_tui.cli.options import Json
from dlwp_tui.core.language import _

if TYPE_CHECKING:
    from dlwp_tui.course.glossary import Glossary, Term


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("glossary", help=_("Explain a term, or list all of them."))(glossary)


def glossary(
    term: Annotated[
        list[str] | None,
        typer.Argument(metavar="TERM", help=_("A term or a part of one, Chinese or English; without it, all.")),
    ] = None,
    json: Json = False,
) -> None:
    from dlwp_tui.core import paths
    from dlwp_tui.course import glossary as book

    terms = book.load(paths.content())
    wanted = " ".join(term or ()).strip()
    found = _matching(terms, wanted) if wanted else list(terms.terms)
    if json:
        for entry in found:
            output.json_line(entry.model_dump())
    elif wanted:
        for number, entry in enumerate(found):
            if number:
                output.line()
            _entry(entry)
    else:
        output.table(
            [_("Chinese"), _("English"), _("Section")], [[entry.zh, entry.en, entry.section] for entry in found]
        )


def _matching(terms: Glossary, wanted: str) -> list[Term]:
    """The term of this name; else those with it in a name; else UsageError with "did you mean"."""
    exact = terms.find(wanted)
    if exact is not None:
        return [exact]
    return terms.named_like(wanted) or [terms.get(wanted)]


def _entry(term: Term) -> None:
    from dlwp_tui.course.markdown import plain

    output.line(f"{term.zh} · {term.en}")
    if term.also:
        output.line("  " + _("also: {names}").format(names=", ".join(term.also)))
    output.line("  " + plain(term.text).replace("\n", "\n  "))
    if term.section:
        output.line(f"  dlwp show {term.section}")
