"""What a link of the note leads to, in a few lines: shown beside the pointer."""

from __future__ import annotations

from rich.text import Text
from textual.content import Content

from dlwp_tui.core.errors import DlwpError
from dlwp_tui.core.language import _
from dlwp_tui.course import glossary, markdown
from dlwp_tui.course.glossary import Glossary
from dlwp_tui.course.reader import Course
from dlwp_tui.render import inline
from dlwp_tui.tui.reader.text import content


class LinkPreviews:
    """Looks links up in the course; the glossary is read once (13 ms) and again when its file has changed."""

    def __init__(self, course: Course) -> None:
        self._course = course
        self._glossary: tuple[float, Glossary] | None = None

    def of(self, href: str) -> Content | None:
        """A term's meaning, a section's title, the address of anything else; None for what does not exist."""
        link = markdown.link(href)
        if link.kind == "term":
            return self._term(link.target)
        if link.kind == "sec":
            return self._section(link.target)
        return Content.assemble(link.target, "\n", (_("A click copies the address."), "dim"))

    def _term(self, name: str) -> Content | None:
        term = self._terms().find(name)
        if term is None:
            return None
        return Content.assemble(
            (term.zh, "bold $accent"), (f"  {term.en}", "dim"), "\n", content(_without_links(inline.parse(term.text)))
        )

    def _section(self, section_id: str) -> Content | None:
        try:
            section = self._course.section(section_id)
        except DlwpError:
            return None  # pressing the link shows a notice
        head = Content.assemble((f"{section.id} {section.title}", "bold $accent"))
        chapter = section.chapter
        return Content.assemble(head, "\n", (f"{chapter.id} {chapter.title}", "dim"))

    def _terms(self) -> Glossary:
        file = self._course.content / "glossary.toml"
        try:
            changed = file.stat().st_mtime
            if self._glossary is None or self._glossary[0] != changed:
                self._glossary = (changed, glossary.load(self._course.content))
        except (OSError, DlwpError):
            return Glossary()  # opening the glossary shows what is wrong with it
        return self._glossary[1]


def _without_links(text: Text) -> Text:
    """Text without its links: the pointer cannot reach a preview, so nothing in it may look clickable."""
    return Text(
        text.plain, text.style, spans=[span for span in text.spans if not str(span.style).startswith(inline.LINK)]
    )
