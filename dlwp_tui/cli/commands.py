"""The command line: all commands put together."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer

from dlwp_tui import __version__
from dlwp_tui.core import content as contents
from dlwp_tui.core.language import _

COMMANDS = {
    "course": ("list", "show", "check", "new"),
    "search": ("search",),
    "glossary": ("glossary",),
    "progress": ("progress",),
    "notes": ("note", "export-notes"),
    "run": ("run", "watch", "rerun"),
    "runs": ("runs", "stop", "pause", "resume", "export", "delete"),
    "compare": ("compare",),
    "report": ("report",),
    "predict": ("predict", "generate"),
    "pictures": ("open", "picture"),
    "tensorboard": ("tensorboard",),
    "tune": ("tune",),
    "prove": ("prove",),
    "claims": ("claims",),
    "data": ("data",),
    "machine": ("gpu", "doctor"),
    "completion": ("completion",),
}
"""The commands and the module of each, in the order of `dlwp --help`."""
NAMES = tuple(name for names in COMMANDS.values() for name in names)


def build(command: str | None = None) -> typer.Typer:
    """The command line, in the learner's language.

    command: the one that will be called: only its module is imported. None imports all, which costs 60 ms.
    """
    app = typer.Typer(
        name="dlwp",
        help=_('A study lab in the terminal for "Python 深度学习". Without a command it opens the app.'),
        rich_markup_mode=None,  # rich costs 230 ms of --help
        pretty_exceptions_enable=False,
        add_completion=False,
        no_args_is_help=False,
        invoke_without_command=True,
    )
    app.callback()(_main)
    wanted = [module for module, names in COMMANDS.items() if command in names]
    for module in wanted or COMMANDS:
        import_module(f"dlwp_tui.cli.{module}").register(app)
    return app


def invoke(args: list[str]) -> int:
    """Run `args` and return the exit code. Raises DlwpError, UsageError among them."""
    from dlwp_tui.cli import usage

    return usage.call(build(next((arg for arg in args if arg in NAMES), None)), args, "dlwp")


def _main(
    context: typer.Context,
    section: Annotated[
        str | None, typer.Option("--section", "-s", metavar="ID", help=_("Open the app at this section."))
    ] = None,
    content: Annotated[
        list[Path] | None,
        typer.Option("--content", metavar="DIR", help=_("Add a folder of lessons to the course; may be repeated.")),
    ] = None,
    version: Annotated[bool, typer.Option("--version", help=_("Print the version."))] = False,
) -> None:
    if version:
        typer.echo(__version__)
        raise typer.Exit
    for folder in content or ():
        contents.add(folder)
    if context.invoked_subcommand is not None:
        return
    from dlwp_tui.cli.app import open_app

    raise typer.Exit(open_app(section))
