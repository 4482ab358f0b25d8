"""Blocking work behind a widget or a screen: in a thread, and whatever goes wrong in it is told.

Textual swallows what a worker raises (`exit_on_error=False`) or ends the app with it. Neither will do while a model
trains: a learner reads a sentence and goes on, and a bug leaves its traceback in a file that can be sent.
"""

from __future__ import annotations

import functools
import time
import traceback
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any, ParamSpec

from textual.app import App
from textual.css.query import NoMatches
from textual.dom import DOMNode
from textual.worker import Worker

from dlwp_tui.core import paths
from dlwp_tui.core.errors import DlwpError
from dlwp_tui.core.language import _

LOG_SIZE = 256 << 10
"""Bytes; a longer app.log is begun anew."""
TOLD_S = 10.0
"""Seconds a notice of an error stays."""

_P = ParamSpec("_P")


def in_thread(
    *, group: str, exclusive: bool = False, polled: bool = False
) -> Callable[[Callable[_P, None]], Callable[_P, Worker[None]]]:
    """A method of a widget or screen that runs in a thread. It returns nothing: it posts or calls what it found.

    DlwpError and OSError become the usual notice, everything else a notice that names app.log with the traceback.
    `exclusive` gives up an earlier one of the same `group`. What is `polled` (done again each second) says the same
    error only once, until it has gone well again.
    """

    def decorate(method: Callable[_P, None]) -> Callable[_P, Worker[None]]:
        told: weakref.WeakKeyDictionary[DOMNode, str] = weakref.WeakKeyDictionary()

        def guarded(app: App[Any], node: DOMNode, work: Callable[[], None]) -> None:
            try:
                work()
            except Exception as error:  # noqa: BLE001 - a bug is told as well, with its traceback in the log
                if _nobody_waits(app, node, error):
                    return
                said = f"{type(error).__name__}: {error}"
                if not (polled and told.get(node) == said):
                    told[node] = said
                    tell(app, error)
            else:
                told.pop(node, None)

        @functools.wraps(method)
        def start(*args: _P.args, **kwargs: _P.kwargs) -> Worker[None]:
            node = args[0]
            assert isinstance(node, DOMNode)
            # The app is asked for here: a node that was removed meanwhile no longer knows it.
            work = functools.partial(guarded, node.app, node, functools.partial(method, *args, **kwargs))
            return node.run_worker(
                work, name=method.__name__, group=group, exclusive=exclusive, exit_on_error=False, thread=True
            )

        return start

    return decorate


def tell(app: App[Any], error: BaseException) -> None:
    """A notice of what went wrong and what to do; a bug's traceback goes to the log first. Safe in any thread."""
    if isinstance(error, DlwpError):
        message, hint = error.message, error.hint
    elif isinstance(error, OSError):
        message, hint = f"{type(error).__name__}: {error}", ""
    else:
        message, hint = _("An error in the program: {kind}: {error}"), _keep(error)
        message = message.format(kind=type(error).__name__, error=error)
    app.notify(hint or message, title=message if hint else "", severity="error", timeout=TOLD_S, markup=False)


def log_file() -> Path:
    """Where tracebacks of the app are kept."""
    return paths.cache() / "app.log"


def _keep(error: BaseException) -> str:
    """Write the traceback down; the sentence that says where, or why that failed."""
    path = log_file()
    text = f"{time.strftime('%Y-%m-%d %H:%M:%S')}\n{''.join(traceback.format_exception(error))}\n"
    try:
        paths.ensure(path.parent)
        long = path.exists() and path.stat().st_size > LOG_SIZE
        with path.open("w" if long else "a", encoding="utf-8") as log:
            log.write(text)
    except (DlwpError, OSError) as failed:
        return str(failed)
    return _("The details are in {path}. What was going on goes on.").format(path=path)


def _nobody_waits(app: App[Any], node: DOMNode, error: Exception) -> bool:
    """True for what a thread meets when its screen was left meanwhile: no widget, and no app any more."""
    left = not node.is_attached or not app.is_running
    return left and isinstance(error, (NoMatches, RuntimeError))
