"""The statements of the notes over the study screen: a filter, the list, and all that is known of one of them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from dlwp_tui.analysis import claim_text, claims
from dlwp_tui.analysis.claims import ClaimRow
from dlwp_tui.core.language import _
from dlwp_tui.course.reader import Course
from dlwp_tui.tui import keys
from dlwp_tui.tui.dialogs import Dialog
from dlwp_tui.tui.in_thread import in_thread

COLOURS = {"holds": "$text-success", "does not hold": "$text-error", "undecided": "$text-warning"}


class ClaimsScreen(Dialog[str]):
    """All claims, or those that the filter leaves. Dismisses with the section of the chosen one, or None on Esc."""

    AUTO_FOCUS = "Input"
    BINDINGS = keys.bindings("glossary")
    DEFAULT_CSS = """
    ClaimsScreen > Vertical { width: 110; height: 94%; }
    ClaimsScreen #claims-counts { color: $text-muted; height: auto; margin-bottom: 1; }
    ClaimsScreen OptionList {
        height: 1fr; border: none; padding: 0; background: $surface; scrollbar-size-vertical: 1;
        text-wrap: nowrap; text-overflow: ellipsis;
    }
    ClaimsScreen VerticalScroll {
        height: auto; max-height: 50%; margin-top: 1; border-top: solid $border-blurred; scrollbar-size-vertical: 1;
    }
    """

    def __init__(self, course: Course, words: str = "") -> None:
        super().__init__()
        self._course = course
        self._words = words
        self._rows: list[ClaimRow] | None = None
        """None until they are read."""
        self.shown: list[ClaimRow] = []
        """What is listed now."""

    def compose(self) -> ComposeResult:
        with Vertical() as box:
            box.border_title = _("What the notes state")
            box.border_subtitle = _("Enter opens the section · {key} closes").format(key=keys.label("dialog.close"))
            yield Input(
                self._words,
                placeholder=_("Filter: 4 or 4.4, C095, a verdict, words"),
                compact=True,
                select_on_focus=False,
            )
            yield Static(_("Looking at the runs…"), id="claims-counts")
            choices = OptionList(compact=True, markup=False)
            choices.can_focus = False  # the input keeps the keys
            yield choices
            with VerticalScroll(can_focus=False):
                yield Static(id="claim")

    def on_mount(self) -> None:
        self._read()

    @in_thread(group="claims", exclusive=True)
    def _read(self) -> None:
        """Each verdict is made from the runs there are: some hundredths of a second for each hundred of them."""
        rows = claims.rows(self._course)
        self.app.call_from_thread(self._take, rows)

    def _take(self, rows: list[ClaimRow]) -> None:
        self._rows = rows
        words = self.query_one(Input)
        if words.value == self._words and not fitting(rows, self._words):
            words.value = ""  # the section states nothing: all of them; the change lists them
        self._filter()

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._filter()

    def _filter(self) -> None:
        if self._rows is None:
            return
        self.shown = fitting(self._rows, self.query_one(Input).value)
        choices = self.query_one(OptionList)
        with self.app.batch_update():
            choices.set_options(Option(_line(row)) for row in self.shown)
            choices.highlighted = 0 if self.shown else None
            self.query_one("#claims-counts", Static).update(Content(counts(self.shown, len(self._rows))))
            self._explain()

    @on(OptionList.OptionHighlighted)
    def _highlighted(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        self._explain()

    @on(Input.Submitted)
    @on(OptionList.OptionSelected)
    def _chosen(self, event: Input.Submitted | OptionList.OptionSelected) -> None:
        event.stop()
        if (row := self.row) is not None:
            self.dismiss(row.claim.section)

    @property
    def row(self) -> ClaimRow | None:
        """The claim under the cursor."""
        place = self.query_one(OptionList).highlighted
        return self.shown[place] if place is not None and place < len(self.shown) else None

    def action_move(self, step: int) -> None:
        """Move the cursor of the list; the filter keeps the focus."""
        choices = self.query_one(OptionList)
        if self.shown:
            choices.highlighted = max(0, min((choices.highlighted or 0) + step, len(self.shown) - 1))

    def _explain(self) -> None:
        row = self.row
        if row is None:
            text = _("No statement fits. Take away a word.") if self._rows is not None else ""
        else:
            again = [_("Prove it: {command}").format(command=command) for command in claim_text.commands(row)]
            text = "\n".join([*claim_text.lines(row), *again])
        self.query_one("#claim", Static).update(Content(text))


def fitting(rows: Sequence[ClaimRow], words: str) -> list[ClaimRow]:
    """The claims that fit each word: a number as a chapter or section, `C09` as the beginning of an id, anything else
    as a part of the statement or of a word for its status or verdict."""
    found = list(rows)
    for word in words.casefold().split():
        if re.fullmatch(r"c\d+", word):
            found = [row for row in found if row.claim.id.casefold().startswith(word)]
        elif re.fullmatch(r"\d+(\.\d+)*\.?", word):
            place = word.rstrip(".")
            found = [row for row in found if f"{row.claim.section}.".startswith(f"{place}.")]
        else:
            found = [row for row in found if word in _text(row)]
    return found


def counts(rows: Sequence[ClaimRow], total: int) -> str:
    """How many there are of each verdict."""
    states = Counter(row.state for row in rows)
    parts = [f"{claims.word(state)} {states[state]}" for state in claims.STATES if states[state]]
    return "   ".join([_("{count} of {total}").format(count=len(rows), total=total), *parts])


def _text(row: ClaimRow) -> str:
    claim = row.claim
    return f"{claim.statement} {claim.note} {claims.status_word(claim)} {claims.word(row.state)} {row.state}".casefold()


def _line(row: ClaimRow) -> Content:
    glyph, word = claims.word(row.state).split(maxsplit=1)
    return Content.assemble(
        Content.styled(f"{row.claim.id} ", "dim"),
        Content.styled(f"{row.claim.section:<6} ", "dim"),
        Content.styled(f"{glyph} ", COLOURS.get(row.state, "dim")),
        row.claim.statement,
        Content.styled(f"  {word}", "dim"),
    )
