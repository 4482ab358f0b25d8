"""The App: themes, language, keys, terminal guards. All else is the StudyScreen.

The first frame needs only textual itself; everything else (pydantic, the notes' markdown, the engine: 0.4 s) is
imported behind it, so the terminal is never empty for longer than a bare Textual app leaves it.
"""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from textual import events
from textual.app import App, ComposeResult, SystemCommand
from textual.command import CommandPalette
from textual.containers import Horizontal
from textual.content import Content
from textual.filter import LineFilter
from textual.screen import Screen
from textual.theme import ThemeProvider
from textual.widgets import Static

from dlwp_tui.core import settings
from dlwp_tui.core.errors import DlwpError
from dlwp_tui.core.language import _, language, use_language
from dlwp_tui.tui import keys, terminal, themes
from dlwp_tui.tui.breakpoints import BREAKPOINTS, arrange_first
from dlwp_tui.tui.look import close as close_look
from dlwp_tui.tui.plain_lines import PLAIN_LINES
from dlwp_tui.tui.typed_ahead import KeysInTurn

LOOK_S, QUIET_S = 0.5, 1.0
SOME, MANY = 25, 80
"""Passes of the collector over young objects that leave some 2,000 behind; opening a section takes five.

After SOME of them a full collection waits until no key came for QUIET_S. After MANY (0.3 s of work) it does not wait:
five minutes of leafing without a pause left 2 s of work for one key.
"""

FOCUS_S = 0.05
"""Seconds in which the events of the window's focus are merged: each takes 50 to 100 ms."""

if TYPE_CHECKING:
    from textual.command import Provider

    from dlwp_tui.course.reader import Course
    from dlwp_tui.tui.session import Session


def _course_commands() -> type[Provider]:
    from dlwp_tui.tui.palette import CourseCommands

    return CourseCommands


class DlwpApp(App[None]):
    """`dlwp`: opens where the learner left off, or at `section`."""

    TITLE = "dlwp"
    COMMANDS = {_course_commands}
    HORIZONTAL_BREAKPOINTS = BREAKPOINTS
    ENABLE_COMMAND_PALETTE = False
    """Textual's own binding for it goes before all others; the key table has one."""
    CSS_PATH = "app.tcss"

    def __init__(self, course: Course, section: str | None = None, *, warm_up: bool = True) -> None:
        super().__init__()
        self.course = course
        self.session: Session | None = None
        """None until the first frame is on the screen."""
        self._section = section
        self._touched = time.monotonic()
        self._early: list[events.Key] | None = []
        """Keys typed before the study screen was there; None from then on."""
        self._in_turn = KeysInTurn(self, super().on_event)
        self._focus_event: events.AppFocus | events.AppBlur | None = None
        self._warm_up = warm_up
        self._few_colors = False
        if "TEXTUAL_ANIMATIONS" not in os.environ:
            # The underline of the tabs alone takes 18 frames of 12 ms a change, and as many packets over SSH.
            self.animation_level = "none"
        for theme in themes.OWN:
            self.register_theme(theme)
        chosen = settings.load()
        self.theme = chosen.theme if chosen.theme in self.available_themes else themes.DARK.name

    def compose(self) -> ComposeResult:
        """The first frame: the study screen's outline, empty."""
        arrange_first(self.screen, "note")
        with Horizontal(id="top"):
            yield Static(Content.assemble(("dlwp", "bold $accent"), f"  {self.course.title}"), id="crumbs")
        with Horizontal(id="panes"):
            for name, title in (("contents", _("Contents")), ("note", _("Note")), ("bench", _("Bench"))):
                pane = Static(id=name, classes="pane")
                pane.border_title = title
                yield pane

    def on_mount(self) -> None:
        terminal.install(self)
        self.call_after_refresh(self._open)

    def on_unmount(self) -> None:
        close_look(self)
        if self.session is not None:
            self.session.close()

    def _open(self) -> None:
        """Behind the first frame: import the rest, show the study screen, then let TensorFlow warm up."""
        from dlwp_tui.render import able, wrap
        from dlwp_tui.tui.screens.study import StudyScreen
        from dlwp_tui.tui.session import Session

        wrap.install()
        self.session = Session(self.course)
        self.set_keymap(keys.remapped())
        self.push_screen(StudyScreen(self.session, self._section))
        for problem in settings.problems():
            self.notify(str(problem), title=_("Settings"), severity="warning", timeout=10, markup=False)
        if unable := able.problem():
            self.notify(unable, title=_("Settings"), severity="warning", timeout=10, markup=False)
        self.call_after_refresh(self._settle)

    def _settle(self) -> None:
        """Behind the study screen's first paint: the keys typed ahead, garbage collection in pauses, TensorFlow."""
        early, self._early = self._early or [], None
        for key in early:
            self.post_message(key)
        # A full collection takes 100 ms and came with every tenth key: the p95 of keys was 200 ms, without it 60.
        # The imports' objects stay for good and are frozen; the others are collected between keys.
        gc.freeze()
        gc.set_threshold(*gc.get_threshold()[:2], 1_000_000)
        gc.enable()  # see `cli.app`
        self.set_interval(LOOK_S, self._collect)
        if self._warm_up and self.session is not None:
            self.session.warm_up()  # importing TensorFlow takes a core for 2 s

    def use_few_colors(self) -> None:
        """The terminal has only its own 16 colours."""
        self._few_colors = True
        if not self.current_theme.ansi:
            self.theme = themes.FEW[not self.current_theme.dark]

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, events.InputEvent):
            self._touched = time.monotonic()
        if self._early is not None and isinstance(event, events.Key):
            self._early.append(event)
            return
        if isinstance(event, events.AppFocus | events.AppBlur):
            if self._focus_event is None:
                self.set_timer(FOCUS_S, self._take_focus)
            self._focus_event = event
            return
        if isinstance(event, events.Key) and not event.is_forwarded:
            await self._in_turn.add(event)
            return
        await super().on_event(event)

    async def _take_focus(self) -> None:
        """The terminal's window came to the front or went: the last of a burst, each of which restyles all widgets."""
        event, self._focus_event = self._focus_event, None
        if event is not None and isinstance(event, events.AppFocus) is not self.app_focus:
            await super().on_event(event)

    def notify(self, message: str, *, title: str = "", **options: Any) -> None:
        """A notice, never read as markup, without the backticks that set off keys and code in texts for a terminal."""
        options["markup"] = False
        super().notify(message.replace("`", ""), title=title.replace("`", ""), **options)

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Textual's, and the one that keeps foreign text from commanding the terminal."""
        return [*super().get_line_filters(), PLAIN_LINES]

    def _collect(self) -> None:
        left = gc.get_count()[2]
        if left > MANY or (left > SOME and time.monotonic() - self._touched > QUIET_S):
            gc.collect()

    def action_command_palette(self) -> None:
        """The palette, with its prompt in the learner's language."""
        if not isinstance(self.screen, CommandPalette):
            prompt = _("Find a section, a preset or a command")
            self.push_screen(CommandPalette(placeholder=prompt, id="--command-palette"))

    def search_themes(self) -> None:
        """The palette over all themes."""
        self.push_screen(CommandPalette(providers=[ThemeProvider], placeholder=_("Find a theme")))

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:  # noqa: ARG002
        """The palette's commands of the program itself, in the learner's language."""
        yield SystemCommand(_("Theme"), _("Choose among all themes"), self.action_change_theme)
        yield SystemCommand(_("Language: 中文 / English"), _("Switch the language"), self.action_next_language)
        yield SystemCommand(_("Screenshot"), _("Save a picture of the screen as SVG"), self.action_save_picture)
        yield SystemCommand(_("Quit"), _("Leave; runs go on"), self.action_ask_quit)

    def action_next_theme(self) -> None:
        """The next of four themes, and remember it."""
        cycle = themes.FEW if self._few_colors else themes.CYCLE
        number = cycle.index(self.theme) + 1 if self.theme in cycle else 0
        self.theme = cycle[number % len(cycle)]
        self._remember(lambda now: replace(now, theme=self.theme))
        self.notify(_("Theme: {name}").format(name=self.theme), timeout=2)

    def action_next_language(self) -> None:
        """Chinese or English, and remember it; the screen is built anew in the other language, at the same place."""
        from dlwp_tui.tui.screens.study import StudyScreen

        if held := os.environ.get("DLWP_LANG"):
            text = _("DLWP_LANG={value} holds the language. Unset it to switch with {key}.")
            self.notify(text.format(value=held, key=keys.label("app.language")), timeout=8)
            return
        other = "en" if language() == "zh" else "zh"
        if self.session is not None and self._remember(lambda now: replace(now, language=other)):
            use_language(other)
            place = self.screen.panes.place if isinstance(self.screen, StudyScreen) else None
            self.switch_screen(StudyScreen(self.session, place=place))
            if other == "en":  # there is no other place to say it, and the notes stay as they are
                self.notify(_("The notes, titles and glossary of the course are in Chinese only."), timeout=8)

    def action_save_picture(self) -> None:
        """Save the screen as SVG under the data home."""
        from dlwp_tui.core import paths

        try:
            folder = paths.ensure(paths.home() / "screenshots")
            name = self.save_screenshot(path=str(folder))
        except (DlwpError, OSError) as error:
            self.notify(str(error), severity="error", markup=False)
        else:
            self.notify(_("Saved {path}").format(path=name), markup=False)

    def action_help(self) -> None:
        """Every key."""
        from dlwp_tui.tui.screens.help import HelpScreen

        self.push_screen(HelpScreen())

    def action_machine(self) -> None:
        """Processor, memory, every GPU."""
        from dlwp_tui.tui.screens.machine import MachineScreen

        self.push_screen(MachineScreen())

    def action_help_quit(self) -> None:
        """Ctrl+C, which ends other programs: name the key that quits."""
        self.notify(_("{key} quits.").format(key=keys.label("app.quit")), timeout=3)

    def action_ask_quit(self) -> None:
        """Quit; when runs are going on, ask first."""
        from dlwp_tui.tui.screens.study import StudyScreen

        screen = self.screen
        if isinstance(screen, StudyScreen):
            screen.runs.action_quit()
        else:
            self.exit()

    def _remember(self, change: Callable[[settings.Settings], settings.Settings]) -> bool:
        try:
            settings.save(change(settings.load()))
        except DlwpError as error:
            self.notify(str(error), severity="warning", markup=False)
            return False
        return True


def run(course: Course, section: str | None = None) -> int:
    """Open the app; returns the exit code."""
    terminal.before_run()
    # The benchmarks measure the first paint without the warm-up's processor load behind it.
    app = DlwpApp(course, section, warm_up="DLWP_NO_WARM_UP" not in os.environ)
    if app.console.color_system == "standard":
        app.use_few_colors()
    app.run()
    return app.return_code or 0
