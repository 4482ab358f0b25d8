"""The glossary over the study screen: a filter, the terms, and what the term under the cursor means."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from dlwp_tui.core.language import _
from dlwp_tui.course.glossary import Glossary, Term
from dlwp_tui.render import inline
from dlwp_tui.tui import keys
from dlwp_tui.tui.dialogs import Dialog
from dlwp_tui.tui.reader.text import content


class GlossaryScreen(Dialog[str]):
    """All terms, or those the filter finds. Dismisses with the id of the section to open, or None on Esc.

    With `term` it opens at that entry. ↑ ↓ move while the filter keeps the focus; Enter opens the term's section.
    """

    AUTO_FOCUS = "Input"
    BINDINGS = keys.bindings("glossary")
    DEFAULT_CSS = """
    GlossaryScreen > Vertical { width: 84; height: 34; }
    GlossaryScreen Input { margin: 0 0 1 0; }
    GlossaryScreen OptionList {
        height: 1fr; border: none; padding: 0; background: $surface; scrollbar-size-vertical: 1;
    }
    GlossaryScreen VerticalScroll {
        height: auto; max-height: 50%; margin-top: 1; border-top: solid $border-blurred; scrollbar-size-vertical: 1;
    }
    """

    def __init__(self, glossary: Glossary, term: Term | None = None) -> None:
        super().__init__()
        self._glossary = glossary
        self._first = term
        """The term to put the cursor on when the list is shown next."""
        self._shown: list[Term] = list(glossary.terms)

    @property
    def term(self) -> Term | None:
        """The term under the cursor."""
        place = self.query_one(OptionList).highlighted
        return self._shown[place] if place is not None else None

    def compose(self) -> ComposeResult:
        with Vertical() as box:
            box.border_title = _("Glossary")
            box.border_subtitle = _("Enter opens the section · {key} closes").format(key=keys.label("dialog.close"))
            yield Input(placeholder=_("Filter: Chinese or English"), compact=True)
            yield OptionList(*(Option(_line(term)) for term in self._shown), compact=True)
            with VerticalScroll(can_focus=False):
                yield Static(id="term")

    def on_mount(self) -> None:
        if self._shown:
            self.query_one(OptionList).highlighted = self._shown.index(self._first) if self._first else 0
            self._first = None
        else:
            self._explain()

    @on(Input.Changed)
    def _filtered(self, event: Input.Changed) -> None:
        event.stop()
        found = self._glossary.search(event.value)
        if found == self._shown:
            self._explain()  # the sentence about nothing found names what was typed
            return
        self._shown = found
        options = self.query_one(OptionList)
        with self.app.batch_update():
            options.set_options(Option(_line(term)) for term in found)
            options.highlighted = (found.index(self._first) if self._first in found else 0) if found else None
            self._first = None
            self._explain()

    @on(OptionList.OptionHighlighted)
    def _highlighted(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        self._explain()

    @on(Input.Submitted)
    @on(OptionList.OptionSelected)
    def _chosen(self, event: Input.Submitted | OptionList.OptionSelected) -> None:
        event.stop()
        if (term := self.term) is None:
            return
        if term.section:
            self.dismiss(term.section)
        else:
            self.notify(_("The course has no section on {term} alone.").format(term=term.zh), markup=False)

    def action_move(self, step: int) -> None:
        """Move the cursor of the list, whatever has the focus."""
        options = self.query_one(OptionList)
        if self._shown:
            options.highlighted = max(0, min((options.highlighted or 0) + step, len(self._shown) - 1))

    def action_link(self, href: str) -> None:
        """A link of the text was clicked: another term is shown here, a section opened."""
        kind, _colon, target = href.partition(":")
        if kind == "sec":
            self.dismiss(target)
        elif kind == "term" and (term := self._glossary.find(target)) is not None:
            self._first = term
            self.query_one(Input).value = term.zh

    def _explain(self) -> None:
        body = self.query_one("#term", Static)
        if (term := self.term) is not None:
            body.update(_entry(term))
            # A longer entry leaves the list fewer rows, and at first the list has none at all.
            self.call_after_refresh(self.query_one(OptionList).scroll_to_highlight)
            return
        wanted = self.query_one(Input).value
        nothing = _("No term fits {text}.").format(text=wanted) if wanted else _("This course has no glossary.")
        body.update(Content.assemble(nothing, "\n", (self._glossary.near(wanted), "dim")))


def _line(term: Term) -> Content:
    """`过拟合 · overfitting`, the English dim."""
    return Content.assemble((term.zh, "bold"), (f"  {term.en}", "dim"))


def _entry(term: Term) -> Content:
    parts: list[Content] = [Content.assemble((term.zh, "bold $accent"), f"  {term.en}")]
    if term.also:
        parts.append(Content.styled(_("also: {names}").format(names=", ".join(term.also)), "dim"))
    parts.append(content(inline.parse(term.text)))
    if term.section:
        parts.append(Content.styled(_("Enter: section {section}").format(section=term.section), "$text-muted"))
    return Content("\n").join(parts)
