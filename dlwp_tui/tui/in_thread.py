"""Blocking work behind a widget or a controller: in a thread, with a notice of whatever goes wrong in it.

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
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from textual.app import App, ScreenStackError
from textual.css.query import NoMatches
from textual.dom import DOMNode, NoScreen
from textual.screen import Screen
from textual.worker import Worker

from dlwp_tui.core import paths
from dlwp_tui.core.errors import DlwpError
from dlwp_tui.core.language import _

LOG_SIZE = 256 << 10
"""Bytes; a longer app.log is begun anew."""
NOTICE_S = 10.0
"""Seconds a notice of an error stays."""


class OnScreen(Protocol):
    """A widget, a screen, or a controller of one."""

    @property
    def screen(self) -> Screen[Any]:
        """The screen it belongs to."""


_P = ParamSpec("_P")
_Self = TypeVar("_Self", bound=OnScreen)


def in_thread(
    *, group: str, exclusive: bool = False, polled: bool = False
) -> Callable[[Callable[Concatenate[_Self, _P], None]], Callable[Concatenate[_Self, _P], Worker[None]]]:
    """A method of a widget or controller that runs in a thread. It returns nothing: it posts or calls with its result.

    DlwpError and OSError become the usual notice, everything else a notice that names app.log with the traceback.
    `exclusive` gives up an earlier one of the same `group`. What is `polled` (done again each second) shows the same
    error only once, until it has gone well again.
    """

    def decorate(method: Callable[Concatenate[_Self, _P], None]) -> Callable[Concatenate[_Self, _P], Worker[None]]:
        shown: weakref.WeakKeyDictionary[OnScreen, str] = weakref.WeakKeyDictionary()

        def guarded(app: App[Any], node: DOMNode, subject: _Self, work: Callable[[], None]) -> None:
            try:
                work()
            except Exception as error:  # noqa: BLE001 - a bug is shown as well, with its traceback in the log
                if _nobody_waits(app, node, error):
                    return
                text = f"{type(error).__name__}: {error}"
                if not (polled and shown.get(subject) == text):
                    shown[subject] = text
                    show_error(app, error)
            else:
                shown.pop(subject, None)

        @functools.wraps(method)
        def start(self: _Self, /, *args: _P.args, **kwargs: _P.kwargs) -> Worker[None]:
            node: DOMNode = self if isinstance(self, DOMNode) else self.screen
            # The app is looked up here: a node that was removed meanwhile no longer finds it.
            work = functools.partial(guarded, node.app, node, self, functools.partial(method, self, *args, **kwargs))
            return node.run_worker(
                work, name=method.__name__, group=group, exclusive=exclusive, exit_on_error=False, thread=True
            )

        return start

    return decorate


def show_error(app: App[Any], error: BaseException) -> None:
    """A notice of what went wrong and what to do; a bug's traceback goes to the log first. Safe in any thread."""
    if isinstance(error, DlwpError):
        message, hint = error.message, error.hint
    elif isinstance(error, OSError):
        message, hint = f"{type(error).__name__}: {error}", ""
    else:
        message, hint = _("An error in the program: {kind}: {error}"), _keep(error)
        message = message.format(kind=type(error).__name__, error=error)
    app.notify(hint or message, title=message if hint else "", severity="error", timeout=NOTICE_S, markup=False)


def log_file() -> Path:
    """Where tracebacks of the app are kept."""
    return paths.cache() / "app.log"


def _keep(error: BaseException) -> str:
    """Write the traceback to the log; the sentence that names the file, or the reason why that failed."""
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


def still_shown(app: App[Any], node: DOMNode) -> bool:
    """False once the node's screen was left or the app ends: the children may be gone, and a query for them fails.

    Whatever awaited something looks again before it touches a widget.
    """
    try:
        return app.is_running and node.is_attached and node.screen in app.screen_stack
    except (NoScreen, ScreenStackError):
        return False


def _nobody_waits(app: App[Any], node: DOMNode, error: Exception) -> bool:
    """True for the errors of a thread whose screen was left meanwhile: no widget is found, and no running app."""
    return not still_shown(app, node) and isinstance(error, (NoMatches, RuntimeError))
