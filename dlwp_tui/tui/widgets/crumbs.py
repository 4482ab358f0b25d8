"""The top line: where in the course the learner is."""

from __future__ import annotations

from textual.content import Content
from textual.widget import Widget

from dlwp_tui.course.reader import Section


class Crumbs(Widget):
    """`dlwp  3 神经网络入门 › 3.4 电影评论分类`; where that does not fit, the section alone, which says its chapter."""

    DEFAULT_CSS = """
    Crumbs { width: 1fr; height: 1; text-wrap: nowrap; text-overflow: ellipsis; }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._section: Section | None = None

    def show(self, section: Section) -> None:
        """Another section is open."""
        self._section = section
        self.refresh()

    def render(self) -> Content:
        """The longer line that fits."""
        name = Content.styled("dlwp", "bold $accent")
        if self._section is None:
            return name
        chapter = self._section.chapter
        here = Content.styled(f"{self._section.id} {self._section.title}", "bold")
        whole = Content.assemble(name, f"  {chapter.id} {chapter.title}", (" › ", "dim"), here)
        return whole if whole.cell_length <= self.content_size.width else Content.assemble(name, "  ", here)
