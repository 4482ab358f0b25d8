"""Errors that typer finds in a command line, as a UsageError in the learner's language."""

from __future__ import annotations

import contextlib
import io
import re
from collections.abc import Sequence

import typer

from dlwp_tui.cli import output
from dlwp_tui.core.errors import UsageError
from dlwp_tui.core.language import _


def call(app: typer.Typer, args: Sequence[str], name: str) -> int:
    """Run `app` with `args` and return the exit code. Raises UsageError for what typer refuses, and any DlwpError."""
    helps = "--help" in args
    printed = io.StringIO()
    try:
        with contextlib.redirect_stdout(printed) if helps else contextlib.nullcontext():
            code = app(list(args), prog_name=name, standalone_mode=False)
    except typer.Abort:  # the input ended at a question
        return 1
    except Exception as error:
        # typer's own exceptions have no public class; this method is what its own error printing calls
        text = getattr(error, "format_message", None)
        if text is None:
            raise
        command = getattr(getattr(error, "ctx", None), "command_path", name)
        if type(error).__name__ == "NoArgsIsHelpError":
            raise UsageError(in_words(text())) from None
        message, meant = _translated(text())
        lists = _("`{command} --help` lists what it takes.").format(command=command)
        raise UsageError(message, "\n".join(filter(None, (meant, lists)))) from None
    if helps:
        output.line(in_words(printed.getvalue().rstrip("\n")))
    return code if isinstance(code, int) else 0


def in_words(text: str) -> str:
    """typer's help with its own words in the learner's language; a lesson's and ours are so already."""
    usage, _line, rest = text.partition("\n")
    for theirs, ours in (
        ("Usage:", _("Usage:")),
        ("[OPTIONS]", _("[OPTIONS]")),
        ("COMMAND [ARGS]...", _("COMMAND [ARGS]...")),
    ):
        usage = usage.replace(theirs, ours)
    for theirs, ours in (("Options:", _("Options:")), ("Commands:", _("Commands:")), ("Arguments:", _("Arguments:"))):
        rest = re.sub(f"^{theirs}$", ours, rest, flags=re.MULTILINE)
    rest = rest.replace("Show this message and exit.", _("Show this message and exit."))
    rest = rest.replace("[required]", _("[required]"))
    return f"{usage}\n{rest}" if rest else usage


def _translated(message: str) -> tuple[str, str]:
    """The message, and what was perhaps meant. typer has no catalogue; what is not known here stays in English."""
    for pattern, text in (
        (r"No such option: (?P<what>\S+)(?: \(Possible options: (?P<near>.+)\))?", _("There is no option {what}.")),
        (r"No such command (?P<what>'.*?')\.(?: Did you mean (?P<near>.+)\?)?", _("There is no command {what}.")),
        (r"Option (?P<what>'.+') requires an argument\.", _("The option {what} needs a value.")),
        (r"Option (?P<what>'.+') does not take a value\.", _("The option {what} takes no value.")),
        (r"Missing argument (?P<what>'.+')\.", _("The argument {what} is missing.")),
        (r"Missing option (?P<what>'.+')\.", _("The option {what} is missing.")),
        (r"Missing command\.", _("Which command?")),
        (r"Got unexpected extra argument(?:\(s\)|s)? \((?P<what>.*)\)", _("This is too much: {what}")),
        (r"Invalid value for (?P<what>'.+'): (?P<value>\S+) is not in the range (?P<range>\S+?)\.",
         _("{what} = {value} is not allowed: {range}.")),
        (r"Invalid value for (?P<what>'.+'): '(?P<value>.*)' is not a valid int(?:eger)?(?: range)?\.",
         _("{what} = {value} is not allowed: it takes a whole number.")),
    ):  # fmt: skip
        if found := re.fullmatch(pattern, message, re.DOTALL):
            near = found.groupdict().get("near")
            meant = _("Did you mean {names}?").format(names=near.replace("'", "")) if near else ""
            return text.format(**found.groupdict()), meant
    return message, ""
