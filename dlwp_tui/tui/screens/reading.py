"""Reading: pages and sections, the way back, bookmarks, links, glossary, search."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import events
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets.markdown import Markdown

from dlwp_tui.core import progress
from dlwp_tui.core.errors import DlwpError
from dlwp_tui.core.language import _
from dlwp_tui.course import markdown
from dlwp_tui.course.reader import Section
from dlwp_tui.tui import keys
from dlwp_tui.tui.reader import stops
from dlwp_tui.tui.reader.links import LinkPreviews
from dlwp_tui.tui.reader.note import NotePane
from dlwp_tui.tui.reader.text import NoteText
from dlwp_tui.tui.reader.trail import Place, Trail
from dlwp_tui.tui.screens.controller import Controller, handles
from dlwp_tui.tui.screens.panes import Panes

if TYPE_CHECKING:
    from dlwp_tui.course.search import Result


class Reading(Controller):
    """Moves through the course, and keeps what was read."""

    def __init__(self, screen: Screen[None], panes: Panes, first: str | None) -> None:
        """`first` is the id of the section to open; None: where the learner left off."""
        super().__init__(screen)
        self._panes = panes
        self._first = first
        self._trail = Trail()
        self._previews = LinkPreviews(panes.course)

    # -- messages ------------------------------------------------------------------------------------------------

    @handles(events.Mount)
    def _mounted(self, _event: events.Mount) -> None:
        seen = progress.load()
        self._panes.note.set_bookmarks(seen.bookmarks)
        section = self._first_section(seen)
        self._panes.open_section(section, page=seen.page if section.id == seen.section and not self._first else 0)

    @handles(NotePane.PageChanged)
    def _page_changed(self, event: NotePane.PageChanged) -> None:
        try:
            progress.visit(event.section_id, event.page)
        except DlwpError as error:
            self.show_error(error)  # a full disk; reading goes on
        self._show_progress()
        if self._panes.note.settled:
            self._trail.visit(Place(event.section_id, event.page))

    @handles(NotePane.QuizAnswered)
    def _quiz_answered(self, event: NotePane.QuizAnswered) -> None:
        try:
            progress.answer(event.section_id, event.index, event.right)
        except DlwpError as error:
            self.show_error(error)

    @handles(Markdown.LinkClicked)
    def _link_clicked(self, event: Markdown.LinkClicked) -> None:
        link = markdown.link(event.href)
        if link.kind == "sec":
            self._open(link.target)
        elif link.kind == "term":
            self._open_glossary(link.target)
        else:  # never opened here: the browser would start on the server
            self.app.copy_to_clipboard(link.target)
            self.notify(link.target, title=_("Address copied; open it on your own machine"), timeout=8)

    @handles(NoteText.LinkHovered)
    def _link_hovered(self, event: NoteText.LinkHovered) -> None:
        event.block.tooltip = self._previews.of(event.href)

    @handles(NotePane.PagesAsked)
    def _pages_asked(self, _event: NotePane.PagesAsked) -> None:
        self.action_pages()

    # -- pages and sections --------------------------------------------------------------------------------------

    def action_page(self, step: int) -> None:
        """Next or previous page of the note, which is brought into view."""
        self._panes.note.turn_page(step)
        if not self._panes.note.display:
            self._panes.show_pane("note")

    def action_read_on(self) -> None:
        """Scroll a screen; at the end the next page, then the next section."""
        note = self._panes.note
        if not note.display:
            self._scroll_focused(1)
        elif not note.scroll_page(1) and not note.turn_page(1):
            self.action_section(1)

    def action_read_back(self) -> None:
        """Scroll back a screen; at the top the page before."""
        note = self._panes.note
        if not note.display:
            self._scroll_focused(-1)
        elif not note.scroll_page(-1):
            note.turn_page(-1)

    def action_section(self, step: int) -> None:
        """Next or previous section, across chapters."""
        section, course = self._panes.section, self._panes.course
        if section is None:
            return
        target = course.next(section.id) if step > 0 else course.previous(section.id)
        if target is None:
            self.notify(_("This is the last section.") if step > 0 else _("This is the first section."))
        else:
            self._panes.open_section(target)

    def action_pages(self) -> None:
        """The pages of the open section, to jump to."""
        from dlwp_tui.tui.reader.pages import PagesScreen

        shown = self._panes.note
        section, note = shown.section, shown.note
        if section is None or note is None or not note.pages:
            return  # the pane shows what is wrong with the note

        def answered(page: int | None) -> None:
            if page is not None:
                self._panes.open_section(section, page)
                self._panes.show_pane("note")

        self.app.push_screen(PagesScreen(note, shown.page, progress.load().of(section.id)), answered)

    def action_travel(self, step: int) -> None:
        """Back to the page that was open before, or forward again."""
        # A note that cannot be read is no page of the trail: back from it is the page before.
        broken = self._panes.note.note is None
        place = self._trail.place if broken and step < 0 else self._trail.go(step)
        if place is None:
            self.notify(_("No page was opened before.") if step < 0 else _("No page lies ahead."), timeout=2)
        elif section := self._panes.find_or_notice(place.section):
            self._panes.open_section(section, place.page)

    def action_card(self, step: int) -> None:
        """Focus the next run card, experiment, quiz or link of the page."""
        self._panes.show_pane("note", focus=False)
        stops.focus(self._panes.note, step)

    def action_bookmark(self) -> None:
        """Set a bookmark on the open page, or take it away."""
        note = self._panes.note
        if note.section is None or note.note is None:
            return
        try:
            marked = progress.bookmark(note.section.id, note.page)
        except DlwpError as error:
            self.show_error(error)
            return
        text = _("Bookmark set; `{key}` lists your bookmarks.") if marked else _("Bookmark removed.")
        self.notify(text.format(key=keys.label("app.palette")), timeout=3)
        self._show_progress()

    # -- glossary and search -------------------------------------------------------------------------------------

    def action_glossary(self) -> None:
        """Every term, found by typing."""
        self._open_glossary()

    def action_claims(self) -> None:
        """The statements of the open section, with what runs here have shown of them; the filter leads to all."""
        from dlwp_tui.tui.reader.claims import ClaimsScreen

        section = self._panes.section
        screen = ClaimsScreen(self._panes.course, section.id if section is not None else "")
        self.app.push_screen(screen, self._open_chosen)

    def action_search(self) -> None:
        """Search the course; the chosen place opens with the words marked."""
        from dlwp_tui.tui.reader.search import SearchScreen

        self.app.push_screen(SearchScreen(self._panes.course), self._open_found)

    def _open_found(self, found: Result | None) -> None:
        if found is None:
            return
        if found.kind == "term":
            self._open_glossary(found.name)
        elif section := self._panes.find_or_notice(found.section):
            self._panes.open_section(section, found.page, found.words, own=found.kind == "own")
            self._panes.show_pane("note")

    def _open_glossary(self, name: str = "") -> None:
        """The glossary, at the term `name` where one is given."""
        from dlwp_tui.course import glossary
        from dlwp_tui.tui.reader.glossary import GlossaryScreen

        try:
            terms = glossary.load(self._panes.course.content)  # 13 ms
        except DlwpError as error:
            self.show_error(error)
            return
        term = terms.find(name) if name else None
        if name and term is None:
            self.notify(_("{term} is not in the glossary.").format(term=name), severity="warning")
            return

        self.app.push_screen(GlossaryScreen(terms, term), self._open_chosen)

    def _open_chosen(self, section_id: str | None) -> None:
        if section_id is not None and self._open(section_id):
            self._panes.show_pane("note")

    # -- inside --------------------------------------------------------------------------------------------------

    def _open(self, section_id: str) -> bool:
        """Open a section by its id; False, with a notice, where there is none."""
        if section := self._panes.find_or_notice(section_id):
            self._panes.open_section(section)
        return section is not None

    def _first_section(self, seen: progress.Progress) -> Section:
        """The section asked for, else where the learner left off, else the first of the course."""
        for section_id in (self._first, seen.section):
            if section_id is not None and (section := self._panes.find_or_notice(section_id)) is not None:
                return section
        return self._panes.course.sections[0]

    def _scroll_focused(self, step: int) -> None:
        """Scroll a screen of what has the focus: where the note is out of view, reading on means reading there."""
        focused = self.screen.focused
        for widget in focused.ancestors_with_self if focused is not None else []:
            if isinstance(widget, Widget) and widget.allow_vertical_scroll:
                (widget.scroll_page_down if step > 0 else widget.scroll_page_up)(animate=False)
                return

    def _show_progress(self) -> None:
        seen = progress.load()
        self._panes.contents.show_progress(seen)
        self._panes.note.set_bookmarks(seen.bookmarks)
