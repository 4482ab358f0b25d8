"""The learner's own note, under the course's: on a section's last page as a whole, on the others as one line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from dlwp_tui.core.language import _
from dlwp_tui.tui import keys
from dlwp_tui.tui.reader.blocks import NoteMarkdown
from dlwp_tui.tui.reader.find import anywhere

if TYPE_CHECKING:
    from dlwp_tui.course.lesson import Lesson

    Lessons = Callable[[str], Lesson]

LARGEST = 4 * 1024
"""Characters shown here: laying out Markdown is quadratic (see `course.note`); the editor has the rest."""
BEFORE = 400
"""Characters shown before what was searched for, where the beginning does not hold it."""


class OwnNote(Vertical):
    """Nothing at all while the learner has written nothing."""

    DEFAULT_CSS = """
    OwnNote {
        height: auto; display: none; margin: 0 0 1 0;
        & > #own-title { height: auto; padding: 0 1; color: $text-muted; }
        & > #own-more { height: auto; padding: 0 1; color: $text-muted; display: none; }
        & > NoteMarkdown { margin: 0; }
    }
    """

    def compose(self) -> ComposeResult:
        yield Static(id="own-title")
        yield NoteMarkdown()
        yield Static(id="own-more")

    async def show(
        self,
        text: str,
        copies: Sequence[str],
        section_id: str,
        lessons: Lessons,
        *,
        whole: bool,
        words: Sequence[str] = (),
    ) -> None:
        """Show `text`, cards in it as in the section's note; `copies` names files kept after a conflict.

        Of a very long text the part that holds one of `words` is shown, else its beginning.
        """
        text = text.strip()
        body, more = self.query_one(NoteMarkdown), self.query_one("#own-more", Static)
        body.section_id, body.lessons = section_id, lessons
        self.display = bool(text or copies)
        body.display = whole
        head = Content.assemble(("── ", "dim"), (_("My note"), "bold"))
        if not whole and text:
            first = next(line for line in text.splitlines() if line.strip()).strip().lstrip("#>-* ")
            head = Content.assemble(head, ("  " + first, "dim"))
        self.query_one("#own-title", Static).update(head)
        shown = _part(text, words)
        notices = []
        if whole and shown != text:
            notices.append(_("… the rest is in the editor: {key}").format(key=keys.label("mine.write")))
        if copies:
            names = ", ".join(copies)
            notices.append(_("Kept beside it after a change elsewhere: {names}").format(names=names))
        more.display = bool(notices)
        more.update(Content("\n".join(notices)))
        await body.update(shown if whole else "")


def _part(text: str, words: Sequence[str]) -> str:
    """At most LARGEST characters, whole lines where there are any: the beginning, or where one of `words` stands."""
    if len(text) <= LARGEST:
        return text
    found = anywhere(words).search(text) if words else None
    start = 0
    if found and found.end() > len(_cut(text)):
        start = text.rfind("\n", 0, max(0, found.start() - BEFORE)) + 1
    return _cut(text[start:])


def _cut(text: str) -> str:
    cut = text[:LARGEST]
    return cut[: cut.rfind("\n")] if len(text) > LARGEST and "\n" in cut else cut
