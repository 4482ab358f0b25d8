"""Arguments and options that several commands share."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from dlwp_tui.cli import output
from dlwp_tui.core.language import _, sentences

if TYPE_CHECKING:
    from dlwp_tui.runs.folder import RunFolder

Run = Annotated[
    str, typer.Argument(metavar="RUN", help=_("A run's id, its beginning, its last four characters or `last`."))
]
Json = Annotated[bool, typer.Option("--json", help=_("One JSON object a line."))]
Events = Annotated[
    bool, typer.Option("--json", help=_("One JSON object a line: the run's events, and last its summary."))
]
Seed = Annotated[int | None, typer.Option("--seed", min=0, max=2**31 - 1, help=_("Seed; random if not given."))]
Data = Annotated[
    str,
    typer.Option(
        "--data",
        metavar="auto|real|synthetic",
        help=_("Where the data comes from; auto: real where the file is there, else synthetic."),
    ),
]
Device = Annotated[str, typer.Option("--device", metavar="auto|cpu|gpu", help=_("Where to train."))]
Estimate = Annotated[
    bool, typer.Option("--estimate", help=_("Print the time and memory it will take here, and run nothing."))
]
Detach = Annotated[bool, typer.Option("--detach", help=_("Print the run's id and leave it running."))]
Force = Annotated[bool, typer.Option("--force", help=_("Start even when too little memory is free."))]


def started(begin: Callable[..., RunFolder], *, force: bool) -> RunFolder:
    """`begin(force=...)`. Where memory is short, a question on a terminal; in a pipe MemoryShort, unless `force`."""
    from dlwp_tui.engine.memory import MemoryShort

    try:
        return begin(force=force)
    except MemoryShort as error:
        if not (sys.stdin.isatty() and sys.stderr.isatty()):
            error.hint = sentences(error.hint, _("With --force it is started all the same."))
            raise
        output.say(error.message)
        if not typer.confirm(_("Start it all the same?"), default=False, err=True):
            raise typer.Exit(1) from None
        return begin(force=True)
