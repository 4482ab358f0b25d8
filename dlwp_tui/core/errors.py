"""What may go wrong: the exceptions a learner may see, and a Problem in a file of the course or the settings."""

from __future__ import annotations

from dataclasses import dataclass

from dlwp_tui.core.language import sentences


@dataclass(frozen=True)
class Problem:
    """Something wrong in a file: where, what, and what to do about it. `str()` is the one line `dlwp check` prints."""

    file: str
    """A course file relative to the course folder, with `/`; any other file with its whole path."""
    where: str
    """`line 12`, a dotted key such as `params.units.min`, or "" for the whole file."""
    message: str
    hint: str = ""

    def __str__(self) -> str:
        return f"{self.place}: {sentences(self.message, self.hint)}"

    @property
    def place(self) -> str:
        """File and place in it."""
        return f"{self.file}, {self.where}" if self.where else self.file


class DlwpError(Exception):
    """An error that the learner can understand and act on: the base of all others here.

    `message` says what happened and where, `hint` what to do about it. The CLI prints both to stderr and exits with
    `exit_code`; the app shows them as a notification, without a traceback.
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
    """The program that read stdout has closed it (`dlwp list | head`). No OSError: typer would handle that itself."""
