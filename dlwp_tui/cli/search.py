"""`dlwp search`: places of the course that hold a text, in a plain terminal or a pipe."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import typer

from dlwp_tui.cli import output
from dlwp_tui.cli.options import Json
from dlwp_tui.core.language import _


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("search", help=_("Search notes, glossary, lesson titles and params."))(search)


def search(
    text: Annotated[list[str], typer.Argument(metavar="TEXT", help=_("What to look for, Chinese or English."))],
    limit: Annotated[int, typer.Option("--limit", min=1, help=_("How many results at most."))] = 20,
    json: Json = False,
) -> None:
    from dataclasses import asdict

    from dlwp_tui.core import own_notes
    from dlwp_tui.course import reader
    from dlwp_tui.course import search as engine

    wanted = " ".join(text)
    index = engine.load(reader.load())
    for file, reason in index.skipped:
        output.say(_("{file} was left out: {reason}").format(file=file, reason=reason))
    if index.unsaved is not None:
        output.say(index.unsaved.message)
    results = index.search(wanted, limit, own=[(note.section_id, note.text) for note in own_notes.all()])
    if not results:
        output.say(_("Nothing found for {text}.").format(text=wanted))
        raise typer.Exit(1)
    for result in results:
        if json:
            facts = asdict(result)
            output.json_line({key: facts[key] for key in facts if key not in ("words", "name")})
            continue
        where = f"{result.section} {result.title}".strip()
        heading = result.heading if result.heading != result.title else ""
        between = " › " if where and heading else ""
        word = engine.WORDS[result.kind]
        kind = f"  [{_(word)}]"
        output.marked([(where + between, False), *_pieces(heading, result.heading_spans), (kind, False)])
        if result.snippet:
            output.marked([("    ", False), *_pieces(result.snippet, result.snippet_spans)])


def _pieces(text: str, spans: tuple[tuple[int, int], ...]) -> Iterator[tuple[str, bool]]:
    """The text in pieces, and which of them is a match."""
    at = 0
    for start, end in spans:
        yield text[at:start], False
        yield text[start:end], True
        at = end
    yield text[at:], False
