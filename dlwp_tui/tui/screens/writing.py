"""The writing part of the study screen: the learner's own note under the course's, and the keys to edit it."""

from __future__ import annotations

from textual import on
from textual.app import SuspendNotSupported

from dlwp_tui.core import editor, own_notes
from dlwp_tui.core.errors import DlwpError
from dlwp_tui.core.language import _
from dlwp_tui.tui.in_thread import in_thread
from dlwp_tui.tui.reader.note import NotePane
from dlwp_tui.tui.screens.reading import ReadingScreen


class WritingScreen(ReadingScreen):
    """Reading, and writing beside it."""

    def action_write(self) -> None:
        """Open the editor on the open section's own note."""
        from dlwp_tui.tui.reader.own_editor import EditorScreen  # TextArea is for those who write

        if self.section is None:
            return
        try:
            note = own_notes.read(self.section.id)
        except DlwpError as error:
            self.say(error)
            return
        title = f"{self.section.id} {self.section.title}"
        self.app.push_screen(EditorScreen(title, note), lambda _done: self.show_own_note())

    def action_write_outside(self) -> None:
        """Open the note in $EDITOR; the app waits in the background."""
        if self.section is None:
            return
        try:
            editor.command()
            with self.app.suspend():
                editor.edit(own_notes.file(self.section.id))
        except SuspendNotSupported:
            self.notify(_("This terminal cannot show another program; `w` edits the note here."), severity="warning")
        except DlwpError as error:
            self.say(error)
        self.show_own_note()

    @on(NotePane.PageChanged)
    def _own_note_wanted(self) -> None:
        self.show_own_note()

    def show_own_note(self) -> None:
        """Show the learner's note under the open page, as it is on the disk now."""
        if self.section is not None:
            self._read_own_note(self.section.id)

    @in_thread(group="own-note", exclusive=True)
    def _read_own_note(self, section_id: str) -> None:
        text = own_notes.read(section_id).text
        copies = [path.name for path in own_notes.conflicts(section_id)]
        self.call_later(self._show_own_note, section_id, text, copies)

    async def _show_own_note(self, section_id: str, text: str, copies: list[str]) -> None:
        await self.query_one(NotePane).show_own(section_id, text, copies)
