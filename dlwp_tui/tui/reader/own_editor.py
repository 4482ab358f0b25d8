"""The editor for the learner's own note: lower half of the screen, the course's note stays in view above it."""

from __future__ import annotations

import asyncio

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import TextArea

from dlwp_tui.core import own_notes
from dlwp_tui.core.errors import DlwpError
from dlwp_tui.core.language import _
from dlwp_tui.core.own_notes import MyNote
from dlwp_tui.tui import keys
from dlwp_tui.tui.dialogs import AskDialog

SAVE_S = 2.0
"""Seconds until typed text is on the disk at the latest: a power cut loses no more."""


class EditorScreen(ModalScreen[None]):
    """Edits one note. Esc saves and closes; typing saves by itself. `note` is the file as last read or written."""

    BINDINGS = keys.bindings("editor")
    DEFAULT_CSS = """
    EditorScreen { align: center bottom; background: $background 20%; }
    EditorScreen > Vertical {
        width: 100%; height: 50%; min-height: 8;
        background: $surface; border: round $border; border-title-color: $accent;
    }
    EditorScreen TextArea { border: none; padding: 0 1; background: $surface; &:focus { border: none; } }
    """

    def __init__(self, title: str, note: MyNote) -> None:
        super().__init__()
        self._title = title
        self.note = note
        self.area = TextArea(note.text, soft_wrap=True, show_line_numbers=False, tab_behavior="indent")
        self._clean = self.area.text  # not note.text: the widget makes all line ends alike
        self._saving = asyncio.Lock()
        self._failed = ""

    def compose(self) -> ComposeResult:
        with Vertical() as box:
            box.border_title = Content(_("My note") + " · " + self._title)  # a str is read as markup
            closes = _("Markdown · saved as you type · {key} closes")
            box.border_subtitle = closes.format(key=keys.label("dialog.close"))
            yield self.area

    def on_mount(self) -> None:
        self.area.focus()
        self.area.move_cursor(self.area.document.end)
        self.set_interval(SAVE_S, self._look)

    def on_unmount(self) -> None:
        """The app may end under the editor (a signal, ctrl+q): the last seconds are written too."""
        if self.area.text != self._clean:
            try:
                own_notes.write(self.note, self.area.text)
            except DlwpError as error:  # the screen is gone: printed on the terminal
                self.app.exit(return_code=self.app.return_code or error.exit_code, message=str(error))

    async def action_close(self) -> None:
        """Save and close; where it cannot be saved, ask before anything is lost."""
        if await self._save():
            self.dismiss(None)
            return

        def answered(answer: str | None) -> None:
            if answer == "leave":
                self._clean = self.area.text
                self.dismiss(None)

        answers = [("stay", _("Go on writing")), ("leave", _("Close without saving"))]
        self.app.push_screen(AskDialog(_("The note is not saved"), self._failed, answers), answered)

    @on(TextArea.Changed)
    def _typed(self) -> None:
        self._failed = ""

    async def _look(self) -> None:
        """Every few seconds: save what changed here, take over what changed outside."""
        if self._saving.locked() or self._failed:
            return  # a full disk gives one notice, not one every two seconds
        if self.area.text != self._clean:
            await self._save()
            return
        try:
            if await asyncio.to_thread(own_notes.changed, self.note):
                self._take(await asyncio.to_thread(own_notes.read_again, self.note))
        except DlwpError as error:
            self._show_error(error)

    def _take(self, note: MyNote) -> None:
        if self.area.text != self._clean:
            return  # typed meanwhile: the next save keeps both
        at = self.area.cursor_location
        self.note = note
        self.area.load_text(note.text)
        self._clean = self.area.text
        self.area.move_cursor(at)
        self.notify(_("The note was changed elsewhere and is shown anew."), timeout=4)

    async def _save(self) -> bool:
        """Write what changed; False, with a notice, where that failed."""
        async with self._saving:
            text = self.area.text
            if text == self._clean:
                return True
            try:
                saved = await asyncio.to_thread(own_notes.write, self.note, text)
            except DlwpError as error:
                self._show_error(error)
                return False
            self.note, self._clean = saved.note, text
            if saved.conflict:
                message = _("Yours is kept as {path}. Put both together with: dlwp note {id} --join").format(
                    path=saved.note.path, id=saved.note.section_id
                )
                title = _("The note was changed elsewhere; nothing was overwritten")
                self.notify(message, title=title, severity="warning", timeout=15, markup=False)
            return True

    def _show_error(self, error: DlwpError) -> None:
        self._failed = str(error)
        self.notify(error.hint or error.message, title=error.message, severity="error", timeout=10, markup=False)
