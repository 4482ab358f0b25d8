"""`dlwp note` and `dlwp export-notes`: the learner's own notes, and the whole course as markdown."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dlwp_tui.cli import output
from dlwp_tui.cli.options import Json
from dlwp_tui.core.errors import UsageError
from dlwp_tui.core.language import _

if TYPE_CHECKING:
    from dlwp_tui.core import own_notes


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("note", help=_("Print your own note on a section, or edit it."))(note)
    app.command("export-notes", help=_("Write the course as a folder of markdown files that GitHub shows well."))(
        export_notes
    )


def note(
    section: Annotated[str | None, typer.Argument(metavar="ID", help=_("A section, such as 3.4."))] = None,
    edit: Annotated[bool, typer.Option("--edit", "-e", help=_("Open it in $EDITOR."))] = False,
    join: Annotated[bool, typer.Option("--join", help=_("Put copies kept after a conflict below the note."))] = False,
    every: Annotated[bool, typer.Option("--all", help=_("Print all of your notes."))] = False,
    json: Json = False,
) -> None:
    from dlwp_tui.core import own_notes
    from dlwp_tui.course import reader

    if (section is None) != every or (every and (edit or join)) or (edit and join):
        raise UsageError(_("Name one section, or say --all."), _("Like: dlwp note 3.4 --edit"))
    if section is None:
        _print(own_notes.all(), json, headings=True)
        return
    section = reader.load().section(section).id
    if edit:
        from dlwp_tui.core import editor

        editor.edit(own_notes.file(section))
        return
    _print([own_notes.join(section) if join else own_notes.read(section)], json)
    for path in own_notes.conflicts(section):
        output.say(
            _("A copy kept after a conflict: {path}. Put both together with: dlwp note {id} --join").format(
                path=path, id=section
            )
        )


def export_notes(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help=_("A new folder, or one written before."))],
    mine: Annotated[bool, typer.Option("--mine", help=_("With your own notes."))] = False,
) -> None:
    from dlwp_tui.analysis import judged
    from dlwp_tui.course import reader
    from dlwp_tui.publish import tree

    files = tree.build(reader.load(), mine=mine, judged=judged.sentences)
    tree.write(files, folder)
    output.say(_("Wrote {count} files to {path}.").format(count=len(files), path=folder))


def _print(notes: list[own_notes.MyNote], json: bool, *, headings: bool = False) -> None:
    written = [one for one in notes if one.text.strip()]
    if not written:
        output.say(_("You have written nothing there yet. Begin with: dlwp note 3.4 --edit, or w in the app."))
    for one in written:
        if json:
            output.json_line({"id": one.section_id, "path": str(one.path), "markdown": one.text})
            continue
        if headings:
            output.line(f"<!-- {one.path.name} -->")
        output.line(one.text.rstrip("\n"))
        if headings:
            output.line()
