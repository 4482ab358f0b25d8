"""Keys that arrive in one piece: those behind a key that moves the focus belong to what has it then.

Textual hands each key to the widget that has the focus when the key arrives. On a slow line several come at once, and
the first of them may open a line to type in.
"""

from __future__ import annotations

from textual import events
from textual.widget import Widget


def passed_on(widget: Widget, event: events.Event) -> bool:
    """Hand a key that `widget` received to what has the focus by now; False where that is `widget` itself."""
    if not isinstance(event, events.Key) or not widget.is_attached:
        return False
    screen = widget.app.screen
    if screen is not widget.screen:  # a dialog was opened, which may not have its line to type in yet
        screen.call_after_refresh(widget.app.post_message, events.Key(event.key, event.character))
        return True
    if screen.focused is None or screen.focused is widget:
        return False
    screen.focused.post_message(event)
    return True
