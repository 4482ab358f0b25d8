"""A bare app round the note pane, and courses of one note, for the note pane's tests."""

from __future__ import annotations

import shutil
from pathlib import Path

from textual.app import App, ComposeResult
from textual.message import Message
from textual.pilot import Pilot

from dlwp_tui.course import reader
from dlwp_tui.course.reader import Course
from dlwp_tui.tui.reader.note import NotePane


class Reader(App[None]):
    """A pane and nothing else; `posted` are the messages that left it."""

    CSS = "NotePane { border: round $primary; }"

    def __init__(self, course: Course) -> None:
        super().__init__()
        self.course = course
        self.posted: list[Message] = []

    def compose(self) -> ComposeResult:
        yield NotePane(lessons=self.course.lesson, id="note")

    @property
    def pane(self) -> NotePane:
        return self.query_one(NotePane)

    def _keep(self, message: Message) -> None:
        self.posted.append(message)

    on_note_pane_page_changed = _keep
    on_run_block_pressed = _keep
    on_experiment_block_pressed = _keep
    on_experiment_block_curves_asked = _keep
    on_markdown_link_clicked = _keep
    on_note_pane_quiz_answered = _keep

    async def open(self, pilot: Pilot[None], section: str, page: int = 0) -> None:
        await self.pane.show(self.course.section(section), page)
        await pilot.pause()

    def rows(self) -> list[str]:
        return ["".join(part.text for part in strip) for strip in self.screen._compositor.render_strips()]

    def text(self) -> str:
        return "\n".join(self.rows())


def own_course(tmp_path: Path, note: str) -> Course:
    """The fixture course with another note for 1.2 (no lesson) and the same 1.1."""
    folder = tmp_path / "course"
    shutil.copytree(Path(__file__).parents[2] / "fixtures" / "course", folder)
    (folder / "ch01" / "1.2-reading" / "note.md").write_text(note, encoding="utf-8")
    return reader.read(folder)
