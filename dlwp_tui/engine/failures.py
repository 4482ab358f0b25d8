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


def describe(error: BaseException, code: Path) -> dict[str, Any]:
    """`{type, message, lines}` for the `ended` event; `lines` show only frames of the lesson's folder."""
    if isinstance(error, DlwpError):
        return {"type": type(error).__name__, "message": str(error), "lines": []}
    if (sentence := _plain_words(error)) is not None:
        return {"type": type(error).__name__, "message": sentence, "lines": _lines(error, code.parent)}
    message = str(error).strip()
    if len(message) > _LONG:
        message = message[:_LONG] + " …"
    return {"type": type(error).__name__, "message": message, "lines": _lines(error, code.parent)}


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
        return _("The lesson ended its own process (sys.exit {code}).").format(code=error.code)
    return None


def _lines(error: BaseException, folder: Path) -> list[str]:
    """The frames inside `folder` and the error itself, as Python prints them, the last twelve lines."""
    whole = traceback.TracebackException.from_exception(error, limit=None)
    own = [frame for frame in whole.stack if Path(frame.filename).is_relative_to(folder)]
    text = "".join(traceback.format_list(own)) + "".join(whole.format_exception_only())
    return text.rstrip().splitlines()[-_LINES:]
