"""Opens the app: a file of its own, because it must not wait for typer (60 ms) and pydantic (80 ms)."""

from __future__ import annotations

import gc


def open_app(section: str | None = None) -> int:
    """Open the app at `section`, or where the learner left off; returns the exit code.

    Raises UsageError where there is no terminal to draw on, and for an unknown section, before the screen is taken.
    """
    from dlwp_tui.tui.terminal import require_terminal

    require_terminal()
    gc.disable()  # imports make no garbage: saves 25 of 250 ms; the app enables it after its first frame
    from dlwp_tui.course import reader

    course = reader.load()
    if section is not None:
        course.section(section)
    from dlwp_tui.render import able

    able.ask()  # before the app reads the terminal
    from dlwp_tui.tui import app

    return app.run(course, section)
