"""The learner's own editor, from $VISUAL or $EDITOR."""

from __future__ import annotations

import os
import shlex
import subprocess
from pathlib import Path

from dlwp_tui.core import paths
from dlwp_tui.core.errors import DlwpError, UsageError
from dlwp_tui.core.language import _


def command() -> list[str]:
    """The editor's command line; raises UsageError where none is set."""
    chosen = os.environ.get("VISUAL") or os.environ.get("EDITOR") or ""
    hint = _("Set one, for example: export EDITOR=vim")
    try:
        words = shlex.split(chosen)
    except ValueError as error:
        raise UsageError(_("EDITOR={value} has an open quotation mark.").format(value=chosen), hint) from error
    if not words:
        raise UsageError(_("No editor is set: EDITOR is empty."), hint)
    return words


def edit(path: Path) -> None:
    """Open `path` in the editor and wait for it. Raises DlwpError where it cannot be started or ends badly."""
    words = command()
    paths.ensure(path.parent)
    try:
        code = subprocess.run([*words, str(path)], check=False).returncode
    except OSError as error:
        raise UsageError(
            _("The editor {command} cannot be started: {reason}.").format(
                command=words[0], reason=error.strerror or error
            ),
            _("Set EDITOR to a program that is installed, for example: export EDITOR=vim"),
        ) from error
    if code:
        raise DlwpError(_("The editor {command} ended with code {code}.").format(command=words[0], code=code))
