"""Keys that arrive in one piece: those behind a key that moves the focus belong to what has it then.

Textual hands each key to the widget that has the focus when the key arrives, and looks for its binding when the key has
gone up from there to the app. On a slow line several keys come at once, and the first may open a line to type in.
"""

from __future__ import annotations

from textual import events
from textual.widget import Widget


async def handled(widget: Widget, event: events.Event) -> bool:
    """Hand a key that `widget` received to what has the focus by now, or do at once what it is bound to.

    False where neither is the case: no key, or one of the screen's own, for which the usual way is right.
    """
    if not isinstance(event, events.Key) or not widget.is_attached:
        return False
    screen = widget.app.screen
    if screen is not widget.screen:  # a dialog was opened, which may not have its line to type in yet
        screen.call_after_refresh(widget.app.post_message, events.Key(event.key, event.character))
        return True
    if screen.focused is not None and screen.focused is not widget:
        screen.focused.post_message(event)
        return True
    bound = screen.active_bindings.get(event.key)
    if bound is None or not bound.enabled or bound.node in (screen, widget.app):
        return False
    return await widget.app.run_action(bound.binding.action, bound.node)
