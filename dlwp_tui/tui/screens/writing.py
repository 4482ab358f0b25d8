"""Writing: the learner's own note under the course's, and the keys to edit it."""

from __future__ import annotations

from textual.app import SuspendNotSupported
from textual.screen import Screen

from dlwp_tui.core import editor, own_notes
from dlwp_tui.core.errors import DlwpError
from dlwp_tui.core.language import _
from dlwp_tui.tui import keys
from dlwp_tui.tui.in_thread import in_thread
from dlwp_tui.tui.reader.note import NotePane
from dlwp_tui.tui.screens.controller import Controller, handles
from dlwp_tui.tui.screens.panes import Panes


class Writing(Controller):
    """Shows the learner's own note of the open section, and opens editors on it."""

    def __init__(self, screen: Screen[None], panes: Panes) -> None:
        super().__init__(screen)
        self._panes = panes

    def action_write(self) -> None:
        """Open the editor on the open section's own note."""
        from dlwp_tui.tui.reader.own_editor import EditorScreen  # TextArea is imported with it

        if (section := self._panes.section) is None:
            return
        try:
            note = own_notes.read(section.id)
        except DlwpError as error:
            self.show_error(error)
            return
        self.app.push_screen(EditorScreen(f"{section.id} {section.title}", note), lambda _done: self.show_note())

    def action_write_outside(self) -> None:
        """Open the note in $EDITOR; the app waits in the background."""
        if (section := self._panes.section) is None:
            return
        try:
            editor.command()
            with self.app.suspend():
                editor.edit(own_notes.file(section.id))
        except SuspendNotSupported:
            text = _("This terminal cannot show another program; `{key}` edits the note here.")
            self.notify(text.format(key=keys.label("mine.write")), severity="warning")
        except DlwpError as error:
            self.show_error(error)
        self.show_note()

    @handles(NotePane.PageChanged)
    def _page_changed(self, _event: NotePane.PageChanged) -> None:
        self.show_note()

    def show_note(self) -> None:
        """Show the learner's note under the open page, as it is on the disk now."""
        if self._panes.section is not None:
            self._read(self._panes.note, self._panes.section.id)

    @in_thread(group="own-note", exclusive=True)
    def _read(self, note: NotePane, section_id: str) -> None:
        text = own_notes.read(section_id).text
        copies = [path.name for path in own_notes.conflicts(section_id)]
        note.call_later(note.show_own, section_id, text, copies)
