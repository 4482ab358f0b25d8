"""The language of the interface: gettext, English in the code, Chinese by default.

`_` looks its message up at each call, so a module may be imported before the language is set.
Write `_("Run {run} was not found.").format(run=run)`, never an f-string: the catalogue needs the constant.
"""

from __future__ import annotations

import gettext
import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path

LOCALE_DIR = Path(__file__).parents[1] / "locale"
_chosen = "zh"


def language() -> str:
    """`zh` or `en`: `$DLWP_LANG`, else what `use_language` set, else `zh`."""
    return "en" if (os.environ.get("DLWP_LANG") or _chosen).lower().startswith("en") else "zh"


def use_language(chosen: str) -> None:
    """Set the language that the learner's settings name. Each process does so once at its start, and the app again
    where the learner switches; `$DLWP_LANG` goes before it."""
    global _chosen  # noqa: PLW0603 - one language for the process
    _chosen = chosen


def _(message: str) -> str:
    """`message` in the interface's language."""
    return _catalogue(language()).gettext(message)


def ngettext(one: str, many: str, count: int) -> str:
    """`one` or `many` for `count`, in the interface's language."""
    return _catalogue(language()).ngettext(one, many, count)


def pgettext(context: str, message: str) -> str:
    """`message` in the interface's language, where one English word needs two translations, one for each `context`."""
    return _catalogue(language()).pgettext(context, message)


def N_(message: str) -> str:
    """Mark a constant for the catalogue where it cannot be translated yet; `_` it where it is shown."""
    return message


def sentences(*parts: str) -> str:
    """The parts that are not empty, one after another; Chinese sentences stand without a space between them."""
    return ("" if language() == "zh" else " ").join(part for part in parts if part)


@dataclass(frozen=True)
class Text:
    """A text in both languages of the interface; without English, the Chinese is shown in both."""

    __pydantic_config__ = {"extra": "forbid"}  # noqa: RUF012 - for the models of `course` that hold one

    zh: str
    en: str = ""

    def __str__(self) -> str:
        return self.en if language() == "en" and self.en else self.zh


@cache
def _catalogue(lang: str) -> gettext.NullTranslations:
    if lang == "en":
        return gettext.NullTranslations()
    return gettext.translation("dlwp", localedir=LOCALE_DIR, languages=["zh_CN"], fallback=True)
