"""Reads the course's text files. Whatever is wrong with one is a BrokenFile with a hint, never an OSError."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Any

from dlwp_tui.core import parsed, paths
from dlwp_tui.core.errors import Problem
from dlwp_tui.core.language import _
from dlwp_tui.course.problem import BrokenFile, line

if TYPE_CHECKING:
    from pathlib import Path


def relative(file: Path, content: Path) -> str:
    """`file` as messages name it: relative to the course folder, with `/`."""
    return file.relative_to(content).as_posix() if file.is_relative_to(content) else str(file)


def read_text(file: Path, content: Path) -> str:
    """The whole text, line ends as `\\n`, a byte order mark dropped; raises BrokenFile."""
    try:
        data = paths.read_bytes(file)
    except FileNotFoundError:
        hint = _("Create it, or restore it from a backup.")
        raise broken(file, content, "", _("The file is missing."), hint) from None
    except OSError as error:
        raise broken(
            file,
            content,
            "",
            _("The file cannot be read: {reason}.").format(reason=error.strerror or error),
            _("Check that it is a file and that its permissions let you read it."),
        ) from error
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        number = data.count(b"\n", 0, error.start) + 1
        raise broken(
            file,
            content,
            line(number),
            _("The text is not UTF-8 (byte {byte:#04x}).").format(byte=data[error.start]),
            _("Save the file as UTF-8; for a GBK file: iconv -f GBK -t UTF-8."),
        ) from error
    return text.replace("\r\n", "\n").replace("\r", "\n")


def read_toml(file: Path, content: Path) -> dict[str, Any]:
    """The file as a TOML table; raises BrokenFile with the line that is not TOML."""
    text = read_text(file, content)
    try:
        return parsed.toml_table(text)
    except tomllib.TOMLDecodeError as error:
        where, shown = _toml_place(str(error), text)
        message = _("This is not valid TOML: {text}").format(text=shown) if shown else _("This is not valid TOML.")
        raise broken(file, content, where, message, _toml_hint(str(error))) from error
    except parsed.Unfit as error:
        hint = _("Whole numbers have up to 18 digits, and tables are flat.")
        raise broken(file, content, error.where, str(error), hint) from error


def broken(file: Path, content: Path, where: str, message: str, hint: str) -> BrokenFile:
    """A BrokenFile with one problem."""
    return BrokenFile([Problem(relative(file, content), where, message, hint)])


def _toml_place(message: str, text: str) -> tuple[str, str]:
    """Where tomllib stopped, and that line. Until Python 3.14 the place stands only inside its message."""
    lines = text.split("\n")
    if found := re.search(r"\(at line (\d+), column \d+\)", message):
        number = int(found[1])
    else:  # "(at end of document)"
        number = max(1, len(text.rstrip("\n").split("\n")))
    shown = lines[number - 1].strip() if number <= len(lines) else ""
    return line(number), shown[:80]


def _toml_hint(message: str) -> str:
    hints = (
        ("Expected '='", _("Write key = value.")),
        ("Cannot overwrite", _("The same key stands there twice: remove one of them.")),
        ("Cannot declare", _("The same table stands there twice: join them into one.")),
        ("Expected newline", _("Only one key = value fits on a line: put the rest on a line of its own.")),
        ("Unclosed inline table", _("A table in { } stands on one line and ends with }.")),
        ("Unclosed array", _("Close the list with ].")),
        ("Unescaped '\\'", _("Write '...' around text with backslashes, or double each of them.")),
        ("Unterminated string", _("Close the text with the quotation mark it began with.")),
        ('Expected "', _("Close the text with the quotation mark it began with.")),
        ("Expected '''", _("Close the text with the quotation mark it began with.")),
        ("Expected ']'", _("Close the table's name with ].")),
        ("Illegal character", _("A text of several lines stands between triple quotation marks.")),
    )
    for start, hint in hints:
        if message.startswith(start):
            return hint
    return _("Text needs quotation marks, true and false are lower case, a list stands in [ ], a table in { }.")
