"""The top line: where in the course the learner is."""

from __future__ import annotations

from textual.content import Content
from textual.widget import Widget

from dlwp_tui.course.reader import Section


class Crumbs(Widget):
    """`dlwp  3 神经网络入门 › 3.4 电影评论分类`; where that does not fit, the section alone."""

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

    @property
    def needs(self) -> int:
        """Cells of the shorter line."""
        return self._line(chapter=False).cell_length

    def render(self) -> Content:
        """The longer line that fits."""
        whole = self._line(chapter=True)
        return whole if whole.cell_length <= self.content_size.width else self._line(chapter=False)

    def _line(self, *, chapter: bool) -> Content:
        name = Content.styled("dlwp", "bold $accent")
        if (section := self._section) is None:
            return name
        above = (f"{section.chapter.id} {section.chapter.title}", (" › ", "dim")) if chapter else ()
        return Content.assemble(name, "  ", *above, (f"{section.id} {section.title}", "bold"))
