"""The language of the interface: gettext, English in the code, Chinese by default.

`_` looks its message up at each call, so a module may be imported before the language is known.
Write `_("Run {run} was not found.").format(run=run)`, never an f-string: the catalogue needs the constant.
"""

from __future__ import annotations

import gettext
import os
from functools import cache
from pathlib import Path

LANGUAGES = ("zh", "en")
LOCALE_DIR = Path(__file__).parents[1] / "locale"


def language() -> str:
    """`zh` or `en`: `$DLWP_LANG`, else the learner's settings, else `zh`."""
    chosen = os.environ.get("DLWP_LANG", "").lower()
    if not chosen:
        chosen = _language_from_settings()
    return "en" if chosen.startswith("en") else "zh"


def _(message: str) -> str:
    """`message` in the interface's language."""
    return _catalogue(language()).gettext(message)


def ngettext(one: str, many: str, count: int) -> str:
    """`one` or `many` for `count`, in the interface's language."""
    return _catalogue(language()).ngettext(one, many, count)


def pgettext(context: str, message: str) -> str:
    """`message` in the interface's language, where one English word needs two translations; `context` tells which."""
    return _catalogue(language()).pgettext(context, message)


def N_(message: str) -> str:
    """Mark a constant for the catalogue where it cannot be translated yet; `_` it where it is shown."""
    return message


@cache
def _catalogue(lang: str) -> gettext.NullTranslations:
    if lang == "en":
        return gettext.NullTranslations()
    return gettext.translation("dlwp", localedir=LOCALE_DIR, languages=["zh_CN"], fallback=True)


def _language_from_settings() -> str:
    from dlwp_tui.core.settings import load

    return load().language
