"""Searching a lesson's params in the app: what `dlwp tune` does, with the trials in view while they come in."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Button, Input, Static

from dlwp_tui.analysis import estimates
from dlwp_tui.core import formats
from dlwp_tui.core.errors import DlwpError, UsageError
from dlwp_tui.core.language import _
from dlwp_tui.course import axes
from dlwp_tui.course.lesson import Lesson
from dlwp_tui.engine import tune, tune_words
from dlwp_tui.engine.tune import Outcome, Search, Trial
from dlwp_tui.engine.zygote import Zygote
from dlwp_tui.tui import keys
from dlwp_tui.tui.dialogs import Dialog
from dlwp_tui.tui.in_thread import show_error
from dlwp_tui.tui.screens.controller import Controller
from dlwp_tui.tui.screens.panes import Panes
from dlwp_tui.tui.session import Session

Begin = Callable[["Searching"], None]
CONFIRM = 2
"""Runs of the best values with other seeds at the end, as `dlwp tune` makes them."""
TRIALS = 20
LOOK_S = 0.5
"""Seconds between two looks at the search, which works in a thread of its own."""


@dataclass
class Searching:
    """A search at work in a thread. It goes on when the screen is closed; a search that ends early is taken up again
    by the next one of the same space."""

    search: Search
    count: int
    """How many trials there shall be."""
    space: str
    """The space as the learner wrote it."""
    trials: dict[int, Trial] = field(default_factory=dict)
    outcome: Outcome | None = None
    error: BaseException | None = None
    _cancel: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def begin(self, zygote: Zygote) -> None:
        """Start the thread. It may outlive the app's screen, not the app."""
        self._thread = threading.Thread(target=self._work, args=(zygote,), name="search", daemon=True)
        self._thread.start()

    def cancel(self) -> None:
        """Stop the run at work and begin no other."""
        self._cancel.set()

    @property
    def at_work(self) -> bool:
        """Whether its thread is alive."""
        return self._thread is not None and self._thread.is_alive()

    @property
    def stopping(self) -> bool:
        """Whether it was cancelled and is not through."""
        return self.at_work and self._cancel.is_set()

    def _work(self, zygote: Zygote) -> None:
        try:
            for trial in tune.run(self.search, self.count, zygote, self._cancel.is_set):
                self.trials = self.trials | {trial.number: replace(trial)}
            if any(trial.state == "done" for trial in self.trials.values()):
                self.outcome = tune.conclude(self.search, CONFIRM, zygote, self._cancel.is_set)
        except Exception as error:  # noqa: BLE001 - the screen shows it
            self.error = error


class Tuning(Controller):
    """Opens the screen, with the search that is at work or the lesson's own."""

    def __init__(self, screen: Screen[None], session: Session, panes: Panes) -> None:
        super().__init__(screen)
        self._session = session
        self._panes = panes
        self._latest: Searching | None = None

    def action_open(self) -> None:
        """A search that is at work is shown, of whatever lesson; else one is prepared for the open lesson."""
        try:
            tune.require()
        except UsageError as error:
            self.show_error(error)
            return
        latest = self._latest
        lesson = latest.search.lesson if latest is not None and latest.at_work else self._panes.lesson
        if lesson is not None:
            shown = latest if latest is not None and latest.search.lesson.id == lesson.id else None
            self.app.push_screen(TuneScreen(lesson, shown, self._begin))

    def _begin(self, searching: Searching) -> None:
        self._latest = searching
        searching.begin(self._session.zygote)


class TuneScreen(Dialog[None]):
    """What to search, above what was found."""

    DEFAULT_CSS = """
    TuneScreen > Vertical { width: 110; height: 94%; }
    TuneScreen .line { height: 1; margin-bottom: 1; }
    TuneScreen .name { width: auto; padding: 0 1 0 0; color: $text-muted; }
    TuneScreen Input { width: 1fr; height: 1; border: none; padding: 0 1; background: $panel; }
    TuneScreen Input:focus { border: none; background: $primary 30%; }
    TuneScreen Input:ansi { text-style: underline; }
    TuneScreen Input.narrow { width: 12; margin-right: 2; }
    TuneScreen Button { margin-left: 1; min-width: 10; }
    TuneScreen #tune-hint { color: $text-muted; height: auto; margin-bottom: 1; }
    TuneScreen #tune-hint.-wrong { color: $text-error; }
    TuneScreen VerticalScroll { height: 1fr; }
    TuneScreen #tune-found { width: auto; height: auto; }
    """

    def __init__(self, lesson: Lesson, searching: Searching | None, begin: Begin) -> None:
        super().__init__()
        self.lesson = lesson
        self.searching = searching
        self._begin = begin

    def compose(self) -> ComposeResult:
        before = self.searching
        space = before.space if before is not None else axes.suggestion(self.lesson)
        metric = before.search.metric if before is not None else estimates.watched(self.lesson) or "val_loss"
        preset = (before.search.preset if before is not None else None) or "quick"
        count = before.count if before is not None else TRIALS
        with Vertical() as box:
            box.border_title = _("Search the parameters of {lesson}").format(lesson=self.lesson.id)
            box.border_subtitle = _("Tab next field · Enter searches · {key} closes, the search goes on").format(
                key=keys.label("dialog.close")
            )
            with Horizontal(classes="line"):
                yield Static(_("Over"), classes="name")
                yield Input(space, id="tune-over", placeholder="units=16..256:log,dropout=0..0.5", compact=True)
            with Horizontal(classes="line"):
                yield Static(_("Trials"), classes="name")
                yield Input(str(count), id="tune-trials", classes="narrow", compact=True)
                yield Static(_("Preset"), classes="name")
                yield Input(preset, id="tune-preset", classes="narrow", compact=True)
                yield Static(_("Metric"), classes="name")
                yield Input(metric, id="tune-metric", classes="narrow", compact=True)
                yield Button(_("Search"), id="tune-start", variant="primary", compact=True)
                yield Button(_("Stop"), id="tune-stop", compact=True)
            yield Static(id="tune-hint")
            with VerticalScroll():
                yield Static(id="tune-found")

    def on_mount(self) -> None:
        self.query_one("#tune-over", Input).focus()
        self._say(_("Params: {names}").format(names=", ".join(self.lesson.params)))
        self._look()
        self.set_interval(LOOK_S, self._look)

    # -- starting and stopping -----------------------------------------------------------------------------------

    @on(Input.Submitted)
    @on(Button.Pressed, "#tune-start")
    def _start(self, event: Input.Submitted | Button.Pressed) -> None:
        event.stop()
        if self.searching is not None and self.searching.at_work:
            self.notify(_("A search is at work; stop it first."), severity="warning", markup=False)
            return
        try:
            search, count = self._read()
        except DlwpError as error:
            self._say(str(error), wrong=True)
            return
        self.searching = Searching(search, count, self._text("over"))
        self._begin(self.searching)
        self._look()

    @on(Button.Pressed, "#tune-stop")
    def _stop(self, event: Button.Pressed) -> None:
        event.stop()
        if self.searching is not None:
            self.searching.cancel()
        self._look()

    def _read(self) -> tuple[Search, int]:
        """What the fields say. Raises DlwpError where they cannot be used."""
        text = self._text("trials")
        if not text.isdecimal() or not 1 <= int(text) <= tune.MOST_TRIALS:
            message = _("{text!r} is no number of trials: 1 to {most}.")
            raise UsageError(message.format(text=text, most=tune.MOST_TRIALS))
        preset, metric = self._text("preset"), self._text("metric")
        self.lesson.preset(preset)
        space = self._text("over")
        name = tune.name_of(self.lesson.id, space, preset, metric)
        search = Search(self.lesson, axes.read(self.lesson, space), metric, preset, name=name)
        _known = search.maximise  # refuses a metric of which it is not known whether a high one is good
        return search, int(text)

    def _text(self, name: str) -> str:
        return self.query_one(f"#tune-{name}", Input).value.strip()

    # -- showing -------------------------------------------------------------------------------------------------

    def _say(self, text: str, wrong: bool = False) -> None:
        hint = self.query_one("#tune-hint", Static)
        hint.update(Content(text))
        hint.set_class(wrong, "-wrong")

    def _look(self) -> None:
        """Show what the search has found since the last look."""
        searching = self.searching
        self.query_one("#tune-stop", Button).disabled = searching is None or not searching.at_work
        if searching is None:
            return
        if searching.error is not None:
            show_error(self.app, searching.error)
            self._say(str(searching.error), wrong=True)
            searching.error = None
        elif searching.at_work:
            self._say(_at_work(searching))
        elif searching.outcome is not None:
            self._say(_("Done. Every trial is a run in the history; more trials go on from here."))
        self.query_one("#tune-found", Static).update(Content("\n".join(_found(searching))))


def _at_work(searching: Searching) -> str:
    trials = searching.trials.values()
    ended = sum(trial.state != "running" for trial in trials)
    if searching.stopping:
        return _("Stopping…")
    if ended >= searching.count:
        return _("The best values once more, with {count} other seeds…").format(count=CONFIRM)
    text = _("Trial {number} of {count}").format(number=ended + 1, count=searching.count)
    running = next((trial for trial in trials if trial.state == "running"), None)
    if running is None:
        return text
    epoch = _("epoch {number}").format(number=running.epochs + 1)
    return f"{text} · {tune_words.values(running)} · {epoch}"


def _found(searching: Searching) -> list[str]:
    """The trials that ended, best first, and in the end what to make of them."""
    search = searching.search
    trials = [trial for trial in searching.trials.values() if trial.state != "running"]
    heads, rows = tune_words.table(search, trials)
    lines = formats.aligned(heads, rows)
    if failed := sum(trial.state == "failed" for trial in trials):
        lines.append(_("Failed: {count}").format(count=failed))
    if searching.outcome is not None:
        lines += ["", *tune_words.conclusions(search, searching.outcome)]
    return lines if trials else []
