"""The one table of keys. It feeds the bindings, the footer, the help screen and the docs; each id can be remapped.

Plain letters, arrows, Enter, Esc, Tab, `/` and `?` only: terminals, tmux and editors' terminals eat function keys,
ctrl+enter and alt. Remap in settings.toml: `[keys]` with `run.start = "x"`.
"""

from __future__ import annotations

from dataclasses import dataclass

from textual.binding import Binding

from dlwp_tui.core.language import N_, _


@dataclass(frozen=True)
class Key:
    """One binding of the study screen."""

    id: str
    keys: str
    """Textual key names, comma separated."""
    action: str
    text: str
    """Two words for the footer and the help, English; translated when shown."""
    group: str
    footer: int = 0
    """Place in the footer, 1–8; 0 is not shown there."""
    shown: str = ""
    """How the key is written for people, where it is not `keys` itself."""
    short: str = ""
    """For the footer, where `text` is too long for 80 columns."""
    local: bool = False
    """True for a key of one widget, which binds it itself: here for the help only."""

    def binding(self) -> Binding:
        """The Textual binding."""
        text = _(self.short or self.text)
        return Binding(self.keys, self.action, text, show=self.footer > 0, key_display=self.shown or None, id=self.id)


READ, RUN, LOOK, APP = N_("Reading"), N_("Running"), N_("Looking at runs"), N_("Program")
PAST, CARD = N_("In the history"), N_("On a card of the note")
DRAW, PICTURES = N_("Drawing for the model"), N_("Among pictures")

KEYS: tuple[Key, ...] = (
    Key("run.start", "r", "run", N_("run"), RUN, 1),
    Key("run.stop", "s", "stop", N_("stop"), RUN, 2),
    Key("run.pause", "z", "pause", N_("pause or go on"), RUN),
    Key("bench.params", "p", "tab('params')", N_("parameters"), RUN, 3, short=N_("params")),
    Key("run.preset", "d", "preset", N_("next preset"), RUN),
    Key("run.measure", "T", "measure", N_("try how long it takes"), RUN),
    Key("run.demo", "i", "demo", N_("try the model"), RUN),
    Key("run.again", "e", "rerun", N_("the shown run again"), RUN),
    Key("page.next", "right_square_bracket,right", "page(1)", N_("next page"), READ, 5, "]", N_("page")),
    Key("page.previous", "left_square_bracket,left", "page(-1)", N_("previous page"), READ, 0, "["),
    Key("page.on", "space", "read_on", N_("read on"), READ, 0, "Space"),
    Key("page.back", "backspace", "read_back", N_("read back"), READ, 0, "⌫"),
    Key("section.pages", "P", "pages", N_("the section's pages"), READ),
    Key("section.next", "n", "section(1)", N_("next section"), READ, 6, short=N_("section")),
    Key("section.previous", "N", "section(-1)", N_("previous section"), READ),
    Key("place.back", "less_than_sign", "travel(-1)", N_("back to the page seen before"), READ, 0, "<"),
    Key("place.forward", "greater_than_sign", "travel(1)", N_("forward again"), READ, 0, ">"),
    Key("page.bookmark", "B", "bookmark", N_("set or remove a bookmark"), READ),
    Key("glossary", "G", "glossary", N_("glossary"), READ),
    Key("card.next", "j", "card(1)", N_("next card, quiz or link"), READ),
    Key("card.previous", "k", "card(-1)", N_("previous card, quiz or link"), READ),
    Key("search", "slash", "search", N_("search"), READ, 7, "/"),
    Key("mine.write", "w", "write", N_("write your own note"), READ),
    Key("mine.outside", "E", "write_outside", N_("your note in $EDITOR"), READ),
    Key("focus.contents", "1", "pane('contents')", N_("contents"), READ),
    Key("focus.note", "2", "pane('note')", N_("note"), READ),
    Key("focus.bench", "3", "pane('bench')", N_("bench"), READ),
    Key("contents.toggle", "t", "toggle_contents", N_("show or hide contents"), READ),
    Key("bench.curves", "v", "tab('curves')", N_("curves"), LOOK),
    Key("bench.output", "o", "tab('output')", N_("output"), LOOK),
    Key("bench.source", "u", "tab('source')", N_("source"), LOOK),
    Key("bench.history", "h", "tab('history')", N_("history"), LOOK),
    Key("bench.log", "l", "log", N_("the run's log"), LOOK),
    Key("chart.metric", "g", "metric", N_("one metric large"), LOOK),
    Key("chart.compare", "c", "compare", N_("compare"), LOOK, 4),
    Key("chart.log", "y", "log_scale", N_("log axis"), LOOK),
    Key("chart.smooth", "m", "smooth", N_("smoothing"), LOOK),
    Key("chart.batches", "a", "batches", N_("batches or epochs"), LOOK),
    Key("chart.maximise", "x", "maximise", N_("one pane large"), LOOK),
    Key("card.start", "enter", "", N_("start"), CARD, 0, "Enter", local=True),
    Key("card.params", "e", "", N_("into the form"), CARD, local=True),
    Key("past.show", "enter", "", N_("show its curves"), PAST, 0, "Enter", local=True),
    Key("past.overlay", "c", "", N_("lay over the shown run"), PAST, local=True),
    Key("past.rerun", "e", "", N_("run again"), PAST, local=True),
    Key("past.use", "f", "", N_("use its parameters"), PAST, local=True),
    Key("past.export", "w", "", N_("write as CSV"), PAST, local=True),
    Key("past.all", "b", "", N_("all lessons or this one"), PAST, local=True),
    Key("past.delete", "delete", "", N_("delete (twice)"), PAST, 0, "Del", local=True),
    Key("draw.move", "up,down,left,right", "", N_("move, or draw with the pen down"), DRAW, 0, "↑↓←→", local=True),
    Key("draw.pen", "space", "", N_("pen down or up"), DRAW, 0, "Space", local=True),
    Key("draw.eraser", "e", "", N_("eraser or pen (mouse: right button)"), DRAW, local=True),
    Key("draw.clear", "x,delete", "", N_("a fresh sheet"), DRAW, 0, "x", local=True),
    Key("draw.leave", "escape", "", N_("back to what the run said"), DRAW, 0, "Esc", local=True),
    Key("pictures.large", "enter", "", N_("large; again: every pixel"), PICTURES, 0, "Enter", local=True),
    Key(
        "pictures.turn",
        "right_square_bracket,left_square_bracket",
        "",
        N_("next or previous"),
        PICTURES,
        0,
        "] [",
        local=True,
    ),
    Key("app.help", "question_mark", "help", N_("help"), APP, 8, "?"),
    Key("app.palette", "colon,ctrl+p", "app.command_palette", N_("commands"), APP, 0, ":"),
    Key("app.theme", "D", "app.next_theme", N_("next theme"), APP),
    Key("app.language", "L", "app.next_language", N_("中文 / English"), APP),
    Key("app.suspend", "ctrl+z", "app.suspend_process", N_("to the shell"), APP, 0, "ctrl+z"),
    Key("app.quit", "q,ctrl+q", "quit", N_("quit"), APP, 0, "q"),
)


def bindings() -> list[Binding]:
    """The study screen's bindings, footer order first."""
    return [key.binding() for key in sorted(KEYS, key=lambda key: key.footer or 99) if not key.local]


def label(key: Key, remapped: dict[str, str]) -> str:
    """How to write `key` for people, after the learner's own mapping."""
    return remapped.get(key.id) or key.shown or key.keys.split(",")[0]
