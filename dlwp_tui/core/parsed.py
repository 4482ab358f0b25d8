"""JSON and TOML of any origin as plain values: what cannot be used raises ValueError, and nothing else.

Python's own readers end in a RecursionError as well, and let pass what trips whoever uses it later: whole numbers of
any length, half a surrogate pair in a text, nesting that cannot be written again.
"""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

from dlwp_tui.core import paths
from dlwp_tui.core.language import _

DEEPEST = 50
"""Lists and tables inside one another."""
_DIGITS = 19  # of a whole number, with its sign: what fits into 64 bits
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")


class Unfit(ValueError):
    """A value that no file of ours holds; `where` is its dotted key, "" for the whole file."""

    def __init__(self, message: str, where: str = "") -> None:
        super().__init__(message)
        self.where = where


def read_json(path: Path) -> Any:
    """The value in a JSON file. Raises OSError (`paths.read_bytes`) and ValueError."""
    return json_value(paths.read_bytes(path))


def json_value(data: bytes) -> Any:
    """The value that a JSON text in UTF-8 stands for; ValueError otherwise."""
    try:
        value = json.loads(data, parse_int=_whole)
        _shallow(value)
        if _SURROGATE.search(data):
            json.dumps(value, ensure_ascii=False).encode()  # a UnicodeEncodeError is a ValueError
    except RecursionError:
        raise _too_deep() from None
    return value


def toml_table(text: str) -> dict[str, Any]:
    """The table of a TOML text. Raises TOMLDecodeError, which is a ValueError, or Unfit with the key."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        raise
    except RecursionError:
        raise _too_deep() from None
    except ValueError:  # thousands of digits
        raise Unfit(_("A number is too large.")) from None
    _shallow(table)
    _small(table, "")
    return table


def _whole(digits: str) -> int:
    if len(digits) > _DIGITS:
        raise Unfit(_("A number is too large."))
    return int(digits)


def _small(value: Any, key: str) -> None:
    """Raise Unfit for a whole number of more than 64 bits inside `value`, which stands under `key`."""
    if isinstance(value, dict):
        for name, inner in value.items():
            _small(inner, f"{key}.{name}" if key else name)
    elif isinstance(value, list):
        for number, inner in enumerate(value, 1):
            _small(inner, f"{key}.#{number}")
    elif isinstance(value, int) and value.bit_length() > 63:
        raise Unfit(_("A number is too large."), key[:200])


def _shallow(value: Any) -> None:
    """Raise Unfit for what is nested deeper than `DEEPEST`."""
    level = [value]
    for _depth in range(DEEPEST):
        level = [
            item
            for one in level
            if isinstance(one, dict | list)
            for item in (one.values() if isinstance(one, dict) else one)
            if isinstance(item, dict | list)
        ]
        if not level:
            return
    raise _too_deep()


def _too_deep() -> Unfit:
    return Unfit(_("Its values are nested too deeply."))
