"""The one exception family a learner may see: a sentence, a hint and an exit code."""

from __future__ import annotations


class DlwpError(Exception):
    """Something the learner can understand and act on.

    `message` says what happened and where, `hint` what to do about it. The CLI prints both to stderr and
    exits with `exit_code`; the app shows them as a notice. Nothing with a traceback reaches the learner.
    """

    exit_code = 1

    def __init__(self, message: str, hint: str = "", *, exit_code: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        if exit_code is not None:
            self.exit_code = exit_code

    def __str__(self) -> str:
        return f"{self.message}\n{self.hint}" if self.hint else self.message


class UsageError(DlwpError):
    """The request itself is wrong: an unknown lesson, a parameter out of range, options that contradict."""

    exit_code = 2


class ContentError(DlwpError):
    """A file of the course cannot be used; the message names file, key and hint."""


class DataError(DlwpError):
    """A dataset file is missing, damaged, hostile or not the official one."""


class RunError(DlwpError):
    """A run cannot be found, started, controlled or read."""


class StorageError(DlwpError):
    """The data home cannot be written: read-only, full, or not a folder."""


class ReaderGone(Exception):
    """Whoever read stdout has enough (`dlwp list | head`). No fault: no OSError either, which typer would answer."""
