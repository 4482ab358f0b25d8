"""The one table of keys: the only place where a key is written.

Every widget and screen takes its bindings from it (`bindings`); the footer, the help, the palette, `dlwp doctor` and
the sentences that mention a key read it. Each id can be remapped in settings.toml: `[keys]` with `run.start = "x"`.

Plain letters, arrows, Enter, Esc, Tab, `/` and `?` only: terminals, tmux and editors' terminals eat function keys,
ctrl+enter and alt. Importing this module does not import textual.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Literal

from dlwp_tui.core import settings
from dlwp_tui.core.language import N_, _

if TYPE_CHECKING:
    from textual.binding import BindingType

STUDY = "study"
Offer = Literal["lesson", "run at work", "earlier run", "one pane"]
"""What the footer's keys need: a lesson in the open section, a shown run at work, a run to compare with, or that only
one pane is in view."""


@dataclass(frozen=True)
class Key:
    """One binding of one widget or screen."""

    id: str
    keys: str
    """Textual's key names or single characters, separated by commas; the first is the one that is shown."""
    action: str
    """An action of the widget that binds the key. A key of the study screen names its actor too: `curves.log_scale` is
    `action_log_scale` of the curves tab, wherever the focus is (see `StudyScreen.action_do`)."""
    text: str = ""
    """For the help, English; translated when shown. Without it the key explains itself: Esc, an arrow in a list."""
    group: str = ""
    """Heading in the help."""
    where: str = STUDY
    """What binds the key: the name its class passes to `bindings`."""
    footer: int = 0
    """Place in the footer, from 1; 0: not shown there."""
    offered: Offer | None = None
    """The footer shows the key only while there is such a thing; see also `lesson`."""
    short: str = ""
    """Shorter than `text`, for the footer and for the lines of keys under a table or a drawing."""
    shows: str = ""
    """Brought into view before the action: `bench`, or one of the bench's tabs."""
    lesson: bool = False
    """True for a key that needs a lesson: where the open section has none there is only a notice."""
    priority: bool = False
    """True where the widget with the focus would take the key for itself."""


READ, RUN, LOOK, APP = N_("Reading"), N_("Running"), N_("Looking at runs"), N_("Program")
CHART, PICK = N_("On a chart"), N_("In the run picker")
PAST, CARD, REPORT = N_("In the history"), N_("On a card of the note"), N_("In the output")
DRAW, TRY, PICTURES = N_("Drawing for the model"), N_("Trying the model"), N_("Among pictures")

KEYS: tuple[Key, ...] = (
    Key("run.start", "r", "runs.start", N_("run"), RUN, footer=1, lesson=True),
    Key("run.stop", "s", "runs.stop", N_("stop"), RUN, footer=2, offered="run at work"),
    Key("run.pause", "z", "runs.pause", N_("pause or go on"), RUN),
    Key(
        "bench.params",
        "p",
        "tabs.open('params')",
        N_("parameters"),
        RUN,
        footer=3,
        offered="lesson",
        short=N_("params"),
        shows="bench",
    ),
    Key("run.preset", "d", "params.next_preset", N_("next preset"), RUN, shows="params", lesson=True),
    Key("run.measure", "T", "looking.measure", N_("try how long it takes"), RUN, shows="bench", lesson=True),
    Key("run.tune", "S", "tuning.open", N_("search the parameters"), RUN, lesson=True),
    Key("run.demo", "i", "output.demo", N_("try the model"), RUN, shows="output", lesson=True),
    Key("run.again", "e", "runs.rerun", N_("the shown run again"), RUN),
    Key("page.next", "],right", "reading.page(1)", N_("next page"), READ, footer=5, short=N_("page")),
    Key("page.previous", "[,left", "reading.page(-1)", N_("previous page"), READ),
    Key("page.on", "space", "reading.read_on", N_("read on"), READ),
    Key("page.back", "backspace", "reading.read_back", N_("read back"), READ),
    Key("section.pages", "P", "reading.pages", N_("the section's pages"), READ),
    Key("section.next", "n", "reading.section(1)", N_("next section"), READ, footer=6, short=N_("section")),
    Key("section.previous", "N", "reading.section(-1)", N_("previous section"), READ),
    Key("place.back", "<", "reading.travel(-1)", N_("back to the page seen before"), READ),
    Key("place.forward", ">", "reading.travel(1)", N_("forward again"), READ),
    Key("page.bookmark", "B", "reading.bookmark", N_("set or remove a bookmark"), READ),
    Key("glossary", "G", "reading.glossary", N_("glossary"), READ),
    Key("claims", "V", "reading.claims", N_("what the notes state, and its verdicts"), READ),
    Key("card.next", "j", "reading.card(1)", N_("next card, quiz or link"), READ),
    Key("card.previous", "k", "reading.card(-1)", N_("previous card, quiz or link"), READ),
    Key("search", "/", "reading.search", N_("search"), READ, footer=7),
    Key("mine.write", "w", "writing.write", N_("write your own note"), READ),
    Key("mine.outside", "E", "writing.write_outside", N_("your note in $EDITOR"), READ),
    Key(
        "focus.contents",
        "1",
        "panes.pane('contents')",
        N_("contents"),
        READ,
        footer=8,
        offered="one pane",
        short=N_("panes"),
    ),
    Key(
        "focus.note",
        "2",
        "panes.pane('note')",
        N_("note"),
        READ,
        footer=8,
        offered="one pane",
        short=N_("panes"),
    ),
    Key(
        "focus.bench",
        "3",
        "panes.pane('bench')",
        N_("bench"),
        READ,
        footer=8,
        offered="one pane",
        short=N_("panes"),
    ),
    Key("contents.toggle", "t", "panes.toggle_contents", N_("show or hide contents"), READ),
    Key("bench.curves", "v", "tabs.open('curves')", N_("curves"), LOOK, shows="bench"),
    Key("bench.output", "o", "tabs.open('output')", N_("output"), LOOK, shows="bench"),
    Key("bench.source", "u", "tabs.open('source')", N_("source"), LOOK, shows="bench"),
    Key("bench.history", "h", "tabs.open('history')", N_("history"), LOOK, shows="bench"),
    Key("bench.log", "l", "output.log", N_("the run's log"), LOOK, shows="output"),
    Key("chart.metric", "g", "curves.next_metric", N_("one metric large"), LOOK, shows="curves"),
    Key("chart.compare", "c", "bench.compare", N_("compare"), LOOK, footer=4, offered="earlier run", shows="bench"),
    Key("chart.log", "y", "curves.log_scale", N_("log axis"), LOOK),
    Key("chart.smooth", "m", "curves.smooth", N_("smoothing"), LOOK),
    Key("chart.batches", "a", "curves.batches", N_("batches or epochs"), LOOK),
    Key("copy", "C", "copying.copy", N_("copy code, a table, a figure"), LOOK),
    Key("chart.maximise", "x", "panes.maximise", N_("one pane large"), LOOK),
    Key(
        "chart.cursor-right",
        "right",
        "cursor(1)",
        N_("to the next point"),
        CHART,
        "curves",
        short=N_("cursor"),
    ),
    Key(
        "chart.cursor-left",
        "left",
        "cursor(-1)",
        N_("to the next point"),
        CHART,
        "curves",
        short=N_("cursor"),
    ),
    Key("chart.cursor-first", "home", "cursor_end(-1)", N_("the first or last point"), CHART, "curves"),
    Key("chart.cursor-last", "end", "cursor_end(1)", N_("the first or last point"), CHART, "curves"),
    Key("chart.zoom-in", "+,=", "zoom(0.5)", N_("zoom in or out"), CHART, "curves", short=N_("zoom")),
    Key("chart.zoom-out", "-", "zoom(2)", N_("zoom in or out"), CHART, "curves", short=N_("zoom")),
    Key("chart.pan-left", "comma", "pan(-1)", N_("move the part shown"), CHART, "curves"),
    Key("chart.pan-right", "full_stop", "pan(1)", N_("move the part shown"), CHART, "curves"),
    Key("chart.all", "0", "zoom_off", N_("all epochs"), CHART, "curves"),
    Key("chart.whole", "f", "whole", N_("the first points too"), CHART, "curves", short=N_("first points")),
    Key("chart.x-unit", "X", "x_unit", N_("epochs, steps or seconds"), CHART, "curves", short=N_("x unit")),
    Key("chart.cursor-off", "escape", "cursor_off", where="curves"),
    Key("pick.toggle", "space", "lay_over", N_("lay over, or take away"), PICK, "picker", short=N_("lay over")),
    Key("pick.show", "enter", "show", N_("make it the shown run"), PICK, "picker", short=N_("show")),
    Key("pick.reference", "=", "reference", N_("compare the others with it"), PICK, "picker", short=N_("reference")),
    Key("pick.hide", "-", "hide", N_("hide or draw again"), PICK, "picker", short=N_("hide")),
    Key("pick.alone", "!", "alone", N_("draw it alone"), PICK, "picker", short=N_("alone")),
    Key("pick.fold", "F", "fold", N_("fold seeds into a band"), PICK, "picker", short=N_("fold seeds")),
    Key("pick.up", "K", "move_run(-1)", N_("up or down in the legend"), PICK, "picker", short=N_("order")),
    Key("pick.down", "J", "move_run(1)", N_("up or down in the legend"), PICK, "picker", short=N_("order")),
    Key("pick.rename", "R", "label('name')", N_("name it"), PICK, "picker", short=N_("name")),
    Key("pick.tag", "#", "label('tags')", N_("tag it"), PICK, "picker", short=N_("tag")),
    Key("pick.note", "W", "label('note')", N_("a note on it"), PICK, "picker", short=N_("note")),
    Key("pick.leave", "escape", "leave", where="picker"),
    Key("card.press", "enter", "press", N_("start; an experiment's curves"), CARD, "card"),
    Key("card.start", "r", "start", N_("start, or start again"), CARD, "run-card"),
    Key("card.start", "r", "start", where="experiment-card"),
    Key("card.params", "e", "edit", N_("into the form"), CARD, "run-card"),
    Key("card.curves", "c", "curves", N_("an experiment's curves"), CARD, "experiment-card"),
    Key("past.show", "enter", "show", N_("show its curves"), PAST, "history", short=N_("curves")),
    Key("past.overlay", "c", "overlay", N_("lay over the shown run"), PAST, "history", short=N_("compare")),
    Key("past.filter", "f", "filter", N_("show only some runs"), PAST, "history", short=N_("filter")),
    Key("past.sort", "O", "sort", N_("another order"), PAST, "history", short=N_("order")),
    Key("past.figure", "g", "figure", N_("best or last figure"), PAST, "history", short=N_("best or last")),
    Key("past.all", "b", "all_lessons", N_("all lessons or this one"), PAST, "history", short=N_("all runs")),
    Key("past.delete", "delete", "delete", N_("delete (twice)"), PAST, "history", short=N_("delete")),
    Key("past.undo", "U", "undo", N_("bring back what was deleted"), PAST, "history", short=N_("undelete")),
    Key("past.rerun", "e", "rerun", N_("run again"), PAST, "history", short=N_("again")),
    Key("past.use", "P", "use_params", N_("use its parameters"), PAST, "history", short=N_("use params")),
    Key("past.archive", "a", "archive", N_("put away, or take out again"), PAST, "history", short=N_("put away")),
    Key("past.rename", "R", "label('name')", N_("name it"), PAST, "history", short=N_("name")),
    Key("past.tag", "#", "label('tags')", N_("tag it"), PAST, "history", short=N_("tag")),
    Key("past.note", "W", "label('note')", N_("a note on it"), PAST, "history", short=N_("note")),
    Key("past.export", "w", "export", N_("write as CSV"), PAST, "history", short=N_("export")),
    Key("past.keep", "escape", "keep", where="history"),
    Key("filter.done", "enter,down", "done", where="filter", short=N_("to the list")),
    Key("filter.clear", "escape", "clear_all", where="filter", short=N_("show all")),
    Key("proofs.fold", "enter", "fold", N_("show or fold the checks"), REPORT, "proofs"),
    Key("draw.up", "up", "move(0, -1)", N_("move, or draw with the pen down"), DRAW, "paper", short=N_("move")),
    Key("draw.down", "down", "move(0, 1)", N_("move, or draw with the pen down"), DRAW, "paper", short=N_("move")),
    Key("draw.left", "left", "move(-1, 0)", N_("move, or draw with the pen down"), DRAW, "paper", short=N_("move")),
    Key("draw.right", "right", "move(1, 0)", N_("move, or draw with the pen down"), DRAW, "paper", short=N_("move")),
    Key("draw.pen", "space", "pen", N_("pen down or up"), DRAW, "paper", short=N_("pen down or up")),
    Key("draw.eraser", "e", "eraser", N_("eraser or pen (mouse: right button)"), DRAW, "paper", short=N_("eraser")),
    Key("draw.clear", "x,delete,backspace", "clear", N_("a fresh sheet"), DRAW, "paper", short=N_("clear")),
    Key("draw.leave", "escape", "leave", N_("back to the run's output"), DRAW, "paper", short=N_("back")),
    Key("plane.up", "up", "move(0, 1)", N_("move the point"), TRY, "plane", short=N_("move")),
    Key("plane.down", "down", "move(0, -1)", N_("move the point"), TRY, "plane", short=N_("move")),
    Key("plane.left", "left", "move(-1, 0)", N_("move the point"), TRY, "plane", short=N_("move")),
    Key("plane.right", "right", "move(1, 0)", N_("move the point"), TRY, "plane", short=N_("move")),
    Key("plane.wider", "+,=", "stride(2)", N_("wider or finer steps"), TRY, "plane", short=N_("stride")),
    Key("plane.finer", "-", "stride(0.5)", N_("wider or finer steps"), TRY, "plane", short=N_("stride")),
    Key("plane.middle", "0,home", "middle", N_("to the middle"), TRY, "plane", short=N_("middle")),
    Key("plane.leave", "escape", "leave", N_("back to the run's output"), TRY, "plane", short=N_("back")),
    Key("sliders.more", "right", "move(1)", N_("move the slider"), TRY, "sliders", short=N_("move")),
    Key("sliders.less", "left", "move(-1)", N_("move the slider"), TRY, "sliders", short=N_("move")),
    Key("sliders.next", "down", "choose(1)", N_("another slider"), TRY, "sliders", short=N_("another")),
    Key("sliders.previous", "up", "choose(-1)", N_("another slider"), TRY, "sliders", short=N_("another")),
    Key("sliders.leave", "escape", "leave", where="sliders"),
    Key("pictures.large", "enter", "enlarge", N_("large; again: every pixel"), PICTURES, "output"),
    Key(
        "grid.next", "right", "turn(1)", N_("next or previous page of a grid"), PICTURES, "grid", short=N_("turn pages")
    ),
    Key(
        "grid.previous",
        "left",
        "turn(-1)",
        N_("next or previous page of a grid"),
        PICTURES,
        "grid",
        short=N_("turn pages"),
    ),
    Key("grid.closer", "+,=", "zoom(1)", N_("larger or smaller"), PICTURES, "grid", short=N_("zoom")),
    Key("grid.wider", "-", "zoom(-1)", N_("larger or smaller"), PICTURES, "grid", short=N_("zoom")),
    Key("grid.first", "home", "turn_to(-1)", where="grid"),
    Key("grid.last", "end", "turn_to(1)", where="grid"),
    Key("frames.next", "right", "move(1)", N_("next or previous step"), PICTURES, "frames", short=N_("step")),
    Key("frames.previous", "left", "move(-1)", N_("next or previous step"), PICTURES, "frames", short=N_("step")),
    Key("frames.play", "space", "play", N_("play the steps, or stop"), PICTURES, "frames", short=N_("play")),
    Key("frames.first", "home", "move_to(-1)", where="frames"),
    Key("frames.last", "end", "move_to(1)", where="frames"),
    Key("pictures.next", "],n,tab,space", "turn(1)", N_("next or previous"), PICTURES, "pictures"),
    Key("pictures.previous", "[,N,shift+tab", "turn(-1)", N_("next or previous"), PICTURES, "pictures"),
    Key("pictures.size", "enter,x", "size", where="pictures"),
    Key("app.help", "?", "app.help", N_("help"), APP, footer=9),
    Key("app.palette", ":,ctrl+p", "app.command_palette", N_("commands"), APP),
    Key("app.machine", "M", "app.machine", N_("GPUs, processor and memory"), APP),
    Key("app.theme", "D", "app.next_theme", N_("next theme"), APP),
    Key("app.language", "L", "app.next_language", N_("中文 / English"), APP),
    Key("app.suspend", "ctrl+z", "app.suspend_process", N_("to the shell"), APP),
    Key("app.quit", "q,ctrl+q", "runs.quit", N_("quit"), APP),
    # The keys below have no line in the help.
    Key("runs.up", "up", "move(-1)", where="runs"),
    Key("runs.down", "down", "move(1)", where="runs"),
    Key("runs.page-up", "pageup", "turn(-1)", where="runs"),
    Key("runs.page-down", "pagedown", "turn(1)", where="runs"),
    Key("runs.first", "home", "end(-1)", where="runs"),
    Key("runs.last", "end", "end(1)", where="runs"),
    Key("chips.previous", "left", "step(-1)", where="chips"),
    Key("chips.next", "right,space", "step(1)", where="chips"),
    Key("form.up", "up", "app.focus_previous", where="form"),
    Key("form.down", "down,enter", "app.focus_next", where="form"),
    Key("form.leave", "escape", "leave_text", where="form"),
    Key("output.leave", "escape", "leave_demo", where="output"),
    Key("contents.fold", "left", "fold", where="contents"),
    Key("contents.unfold", "right", "unfold", where="contents"),
    Key("link.next", "tab", "step(1)", where="text"),
    Key("link.previous", "shift+tab", "step(-1)", where="text"),
    Key("link.follow", "enter", "follow", where="text"),
    Key("page.turn", "enter", "turn", where="turn"),
    Key("welcome.begin", "enter", "begin", where="welcome"),
    Key("welcome.close", "escape", "close", where="welcome"),
    Key("quiz.up", "up", "move(-1)", where="quiz"),
    Key("quiz.down", "down", "move(1)", where="quiz"),
    Key("wide.left", "left", "scroll_left", where="wide"),
    Key("wide.right", "right", "scroll_right", where="wide"),
    Key("dialog.close", "escape", "close", where="dialog"),
    Key("dialog.close", "escape,q,P", "close", where="pages"),
    Key("dialog.close", "escape,q,?,enter", "close", where="help"),
    Key("dialog.close", "escape,q", "close", where="pictures"),
    Key("dialog.close", "escape", "close", where="editor", priority=True),
    Key("dialog.previous", "left,up", "app.focus_previous", where="ask"),
    Key("dialog.next", "right,down", "app.focus_next", where="ask"),
    Key("list.next", "j", "move(1)", where="pages"),
    Key("list.previous", "k", "move(-1)", where="pages"),
    Key("list.next", "down", "move(1)", where="glossary"),
    Key("list.previous", "up", "move(-1)", where="glossary"),
    Key("list.next", "down,ctrl+n,tab", "move(1)", where="search"),
    Key("list.previous", "up,ctrl+p,shift+tab", "move(-1)", where="search"),
    Key("list.page-down", "pagedown", "turn(1)", where="search"),
    Key("list.page-up", "pageup", "turn(-1)", where="search"),
    Key("list.page-down", "pagedown", "move(10)", where="glossary"),
    Key("list.page-up", "pageup", "move(-10)", where="glossary"),
)

SHOWN = {
    "escape": "Esc", "enter": "Enter", "space": "Space", "delete": "Del", "tab": "Tab", "backspace": "⌫",
    "up": "↑", "down": "↓", "left": "←", "right": "→", "question_mark": "?", "slash": "/", "colon": ":",
    "comma": ",", "full_stop": ".",
    "left_square_bracket": "[", "right_square_bracket": "]", "less_than_sign": "<", "greater_than_sign": ">",
}  # fmt: skip
"""How a key's name is written for people, where it is not the name itself."""


def ids() -> list[str]:
    """Every id that can be remapped, each once."""
    return list(dict.fromkeys(key.id for key in KEYS))


def remapped() -> dict[str, str]:
    """The learner's own keys by id. TOML reads `run.start = "x"` as a table in a table, `"run.start" = "x"` as one."""
    return dict(_flat(settings.load().keys))


def _flat(table: Mapping[str, object], prefix: str = "") -> Iterator[tuple[str, str]]:
    for name, value in table.items():
        if isinstance(value, str):
            yield prefix + name, value
        elif isinstance(value, dict):
            yield from _flat(value, f"{prefix}{name}.")


def of_study(key_id: str) -> Key:
    """The study screen's key with this id. Raises KeyError."""
    return _STUDY[key_id]


def bindings(where: str) -> list[BindingType]:
    """The bindings of one widget or screen. Those of the study screen all call `do`, which finds the actor."""
    from textual.binding import Binding

    return [
        Binding(
            key.keys,
            f"do('{key.id}')" if where == STUDY else key.action,
            show=False,
            id=key.id,
            priority=key.priority,
        )
        for key in KEYS
        if key.where == where
    ]


def label(key_id: str) -> str:
    """How to write a key for people, after the learner's own mapping."""
    chosen = remapped().get(key_id) or next(key.keys for key in KEYS if key.id == key_id)
    first = chosen.split(",")[0].strip()
    return SHOWN.get(first, first)


def footer(there: Collection[Offer]) -> list[Key]:
    """The keys of the footer, in order, as far as what they need is `there`."""
    needed = ((key, "lesson" if key.lesson else key.offered) for key in KEYS if key.footer)
    return sorted((key for key, need in needed if need is None or need in there), key=lambda key: key.footer)


def help_groups() -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """(heading, [(key, what it does)]) in words of the interface's language, as the help shows them."""
    for group, members in groupby((key for key in KEYS if key.text), key=lambda key: key.group):
        yield _(group), _joined([(label(key.id), _(key.text)) for key in members])


def local(where: str) -> list[tuple[str, str, str]]:
    """(keys, what they do, action) for the footer: the keys of one widget that have a short text."""
    found = [(key, _(key.short)) for key in KEYS if where and key.where == where and key.short]
    grouped = [(text, [key for key, _text in same]) for text, same in groupby(found, lambda pair: pair[1])]
    return [(" ".join(label(key.id) for key in same), text, same[0].action) for text, same in grouped]


def hints(where: str) -> list[str]:
    """`Enter curves`, `c compare`: the keys of one widget that have a short text."""
    found = [(label(key.id), _(key.short)) for key in KEYS if key.where == where and key.short]
    return [f"{keys} {text}" for keys, text in _joined(found)]


def _joined(entries: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Neighbours with the same text as one entry: `↑ ↓ ← →` move."""
    return [(" ".join(keys for keys, _text in same), text) for text, same in groupby(entries, lambda entry: entry[1])]


_STUDY = {key.id: key for key in KEYS if key.where == STUDY}
