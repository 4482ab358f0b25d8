"""A failure in an event's fields: a sentence for the learner and the lesson's own lines of the traceback."""

from __future__ import annotations

import errno
import traceback
from pathlib import Path
from typing import Any

from dlwp_tui.core.errors import DlwpError
from dlwp_tui.core.language import _

_LINES = 12  # of the traceback, in the event; the whole is in log.txt
_LONG = 2000  # characters; TensorFlow's messages hold whole graphs
_LONG_LINE, _LONG_NAME = 200, 100  # characters: all of it has to fit into what `store.reserve` keeps


def describe(error: BaseException, code: Path) -> dict[str, Any]:
    """`{type, message, lines}` for the `ended` event; `lines` show only frames of the lesson's folder."""
    public = (kind.__name__ for kind in type(error).__mro__ if not kind.__name__.startswith("_"))
    name = cut(next(public), _LONG_NAME)
    if isinstance(error, DlwpError):
        return {"type": name, "message": text(error), "lines": []}
    sentence = _plain_words(error)
    return {"type": name, "message": text(error) if sentence is None else sentence, "lines": _lines(error, code.parent)}


def text(error: BaseException) -> str:
    """The error's message, cut to a readable length; "" where it cannot say one."""
    try:
        return cut(str(error).strip(), _LONG)
    except Exception:  # noqa: BLE001 - a lesson's own exception: its __str__ may do anything
        return ""


def cut(text: str, longest: int) -> str:
    """The beginning of a text that is longer than `longest` characters."""
    return text if len(text) <= longest else text[:longest] + " …"


def disk_is_full(error: BaseException) -> bool:
    """Whether `error` comes of a full disk or quota, or of a file-size limit."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, OSError) and cause.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            return True
        cause = cause.__cause__
    return False


def _plain_words(error: BaseException) -> str | None:
    if isinstance(error, ModuleNotFoundError) and (error.name or "").split(".")[0] in ("tensorflow", "keras"):
        return _(
            "TensorFlow is not installed in this Python, so lessons cannot train.\n"
            "Install it with: python -m pip install tensorflow   (or start the app with: uv run dlwp)"
        )
    if isinstance(error, MemoryError) or type(error).__name__ == "ResourceExhaustedError":
        return _(
            "Not enough memory for this run.\n"
            "Choose the preset `quick`, smaller batches or fewer units, or stop other programs, and run again."
        )
    if disk_is_full(error):
        return _("The disk is full, so the run cannot write its files.\nFree some space and run again.")
    if isinstance(error, SystemExit):
        return _("The lesson ended its own process (sys.exit {code}).").format(code=text(error))
    return None


def _lines(error: BaseException, folder: Path) -> list[str]:
    """The frames inside `folder` and the error itself, as Python prints them, the last twelve lines."""
    whole = traceback.TracebackException.from_exception(error, limit=None)
    own = [frame for frame in whole.stack if Path(frame.filename).is_relative_to(folder)]
    shown = "".join(traceback.format_list(own)) + "".join(whole.format_exception_only())
    return [cut(line, _LONG_LINE) for line in shown.rstrip().splitlines()[-_LINES:]]
