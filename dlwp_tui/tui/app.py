"""The App: themes, language, keys, terminal guards. What a learner sees is the StudyScreen."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import replace

from textual.app import App, SystemCommand
from textual.command import CommandPalette
from textual.screen import Screen

from dlwp_tui import settings
from dlwp_tui.course.reader import Course
from dlwp_tui.errors import DlwpError
from dlwp_tui.i18n import _, language
from dlwp_tui.tui import terminal, themes
from dlwp_tui.tui.palette import CourseCommands
from dlwp_tui.tui.screens.study import StudyScreen, study_screen
from dlwp_tui.tui.session import Session, explain


class DlwpApp(App[None]):
    """`dlwp`: opens where the learner left off, or at `section`."""

    TITLE = "dlwp"
    ENABLE_COMMAND_PALETTE = True
    COMMANDS = {CourseCommands}
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-medium"), (140, "-wide")]
    ESCAPE_TO_MINIMIZE = True
    CSS_PATH = "app.tcss"

    def __init__(self, course: Course, section: str | None = None, *, warm_up: bool = True) -> None:
        super().__init__()
        self.session = Session(course)
        self._section = section
        self._warm_up = warm_up
        for theme in themes.OWN:
            self.register_theme(theme)

    def on_mount(self) -> None:
        chosen = settings.load()
        self.theme = chosen.theme if chosen.theme in self.available_themes else themes.DARK.name
        if chosen.keys:
            self.set_keymap(chosen.keys)
        terminal.install(self)
        self.push_screen(study_screen(self.session, self._section))
        for problem in chosen.problems:
            self.notify(str(problem), title=_("Settings"), severity="warning", timeout=10)
        if self._warm_up:
            # After the first paint: importing TensorFlow takes a core for 2 s.
            self.call_after_refresh(self.session.warm_up)

    def on_unmount(self) -> None:
        self.session.close()

    def action_command_palette(self) -> None:
        """The palette, with its prompt in the learner's language."""
        if not CommandPalette.is_open(self):
            self.push_screen(
                CommandPalette(placeholder=_("Find a section, a preset or a command"), id="--command-palette")
            )

    def search_themes(self) -> None:
        """The palette over all themes."""
        from textual.theme import ThemeProvider

        self.push_screen(CommandPalette(providers=[ThemeProvider], placeholder=_("Find a theme")))

    def get_system_commands(self, _screen: Screen[object]) -> Iterable[SystemCommand]:
        """The palette's commands of the program itself, in the learner's language."""
        yield SystemCommand(_("Theme"), _("Choose among all themes"), self.action_change_theme)
        yield SystemCommand(_("Language: 中文 / English"), _("Switch the language"), self.action_next_language)
        yield SystemCommand(_("Screenshot"), _("Save a picture of the screen as SVG"), self.action_save_picture)
        yield SystemCommand(_("Quit"), _("Leave; runs go on"), self.action_ask_quit)

    def action_next_theme(self) -> None:
        """The next of four themes, and remember it."""
        cycle = themes.CYCLE
        number = cycle.index(self.theme) + 1 if self.theme in cycle else 0
        self.theme = cycle[number % len(cycle)]
        self._remember(lambda now: replace(now, theme=self.theme))
        self.notify(_("Theme: {name}").format(name=self.theme), timeout=2)

    def action_next_language(self) -> None:
        """Chinese or English, and remember it; the screen is built anew in the other language."""
        other = "en" if language() == "zh" else "zh"
        self._remember(lambda now: replace(now, language=other))
        self.switch_screen(study_screen(self.session))

    def action_save_picture(self) -> None:
        """Save the screen as SVG into the data home."""
        from dlwp_tui import paths

        folder = paths.ensure(paths.home() / "screenshots")
        name = self.save_screenshot(path=str(folder))
        self.notify(_("Saved {path}").format(path=name))

    async def action_ask_quit(self) -> None:
        """Quit, saying first what goes on."""
        screen = self.screen
        if isinstance(screen, StudyScreen):
            await screen.run_action("quit")
        else:
            self.exit()

    def _remember(self, change: Callable[[settings.Settings], settings.Settings]) -> None:
        try:
            settings.save(change(settings.load()))
        except DlwpError as error:
            self.notify(explain(error), severity="warning")


def run(course: Course, section: str | None = None) -> int:
    """Open the app; returns the exit code."""
    from dlwp_tui.render import wrap

    terminal.before_run()
    wrap.install()
    # The benchmarks measure the first paint without the warm-up's processor load behind it.
    app = DlwpApp(course, section, warm_up="DLWP_NO_WARM_UP" not in os.environ)
    app.run()
    return app.return_code or 0
