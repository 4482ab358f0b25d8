"""What the study screen is composed of: controllers, each with one subject, its state, its actions and its handlers.

A controller is a plain object. Its methods `action_...` are named by the key table, its methods marked with `handles`
get messages of the screen. `StudyScreen` passes each message to its handlers and each key to its actor.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from textual.app import App
from textual.message import Message
from textual.screen import Screen

from dlwp_tui.tui.in_thread import show_error

Handler = Callable[[Any], Any]
_H = TypeVar("_H", bound=Callable[..., Any])


class Controller:
    """One subject of a screen."""

    def __init__(self, screen: Screen[None]) -> None:
        self.screen = screen

    @property
    def app(self) -> App[Any]:
        """The running app."""
        return self.screen.app

    def notify(self, text: str, **options: Any) -> None:
        """A short notice; `options` are those of `Widget.notify`."""
        self.screen.notify(text, markup=False, **options)

    def show_error(self, error: BaseException) -> None:
        """A notice of what went wrong and what to do."""
        show_error(self.app, error)


def handles(*kinds: type[Message]) -> Callable[[_H], _H]:
    """Mark a controller's method as a handler of these kinds of messages."""

    def mark(method: _H) -> _H:
        method.handles = kinds  # type: ignore[attr-defined]
        return method

    return mark


def handlers(controllers: Iterable[Controller]) -> dict[type[Message], list[Handler]]:
    """The controllers' handlers by kind of message, in the order of the controllers."""
    found: dict[type[Message], list[Handler]] = {}
    for controller in controllers:
        for name, method in vars(type(controller)).items():
            for kind in getattr(method, "handles", ()):
                found.setdefault(kind, []).append(getattr(controller, name))
    return found
