"""The contents tree: chapters, sections, what is read and what can be run."""

from __future__ import annotations

from dataclasses import dataclass

from rich.style import Style
from rich.text import Text
from textual.message import Message
from textual.widgets import Tree
from textual.widgets.tree import TreeNode

from dlwp_tui.core.errors import DlwpError
from dlwp_tui.core.progress import Progress
from dlwp_tui.course.reader import Course, Section
from dlwp_tui.tui import keys
from dlwp_tui.tui.bench.style import fit

MARKS = {"unread": "○", "started": "◐", "read": "✓"}
"""A sign, not only a colour, for each state of reading."""
BOOKMARK = "★"


class ContentsTree(Tree[Section]):
    """Chapters and sections; Enter opens one. ○ unread, ◐ begun, ✓ read; at the end ★ bookmarked, ▸ has a lesson."""

    BINDINGS = keys.bindings("contents")
    DEFAULT_CSS = """
    ContentsTree { background: $background; padding: 0 1; scrollbar-size-vertical: 1; }
    """

    @dataclass
    class Chosen(Message):
        """The learner opened a section."""

        section: Section

    def __init__(self, course: Course, progress: Progress, *, id: str | None = None) -> None:
        super().__init__("", id=id)
        self.show_root = False
        self.guide_depth = 2
        self.show_guides = False
        self._course = course
        self._progress = progress
        self._open: str | None = None
        self._leaves: dict[str, TreeNode[Section]] = {}

    def on_mount(self) -> None:
        for chapter in self._course.chapters:
            branch = self.root.add(Text(f"{chapter.id} {chapter.title}", style="bold"), expand=False)
            for section in chapter.sections:
                self._leaves[section.id] = branch.add_leaf(Text(section.title), data=section)
        self.root.expand()

    def show_progress(self, progress: Progress) -> None:
        """Redraw the marks."""
        self._progress = progress
        self._invalidate()
        self.refresh()

    def open_section(self, section: Section) -> None:
        """Mark `section` as the open one and bring it into view."""
        self._open = section.id
        node = self._leaves.get(section.id)
        if node is None:
            return
        for chapter in self.root.children:
            if chapter is node.parent:
                chapter.expand()
            elif not self._user_opened(chapter):
                chapter.collapse()
        self.call_after_refresh(self._reveal, node)
        self._invalidate()
        self.refresh()

    def render_label(self, node: TreeNode[Section], base_style: Style, style: Style) -> Text:  # noqa: ARG002
        """`✓ 3.4 电影评论分类 ▸`: the title is cut to the tree's width, what stands around it is not."""
        section = node.data
        if section is None:
            sections = [child.data for child in node.children if child.data]
            done = sum(self._mark(child) == "read" for child in sections)
            before = Text("▾ " if node.is_expanded else "▸ ")
            title = node.label.copy() if isinstance(node.label, Text) else Text(node.label)
            after = Text(f"  {done}/{len(sections)}", "dim")
        else:
            mark = self._mark(section)
            weight = "bold" if section.id == self._open else ""
            before = Text.assemble(
                ("›" if weight else " ", "bold"), (MARKS[mark], "dim" if mark == "unread" else ""), " "
            )
            title = Text(f"{section.id} {section.title}", weight)
            starred = f" {BOOKMARK}" if self._progress.of(section.id).bookmarks else ""
            after = Text(starred + (" ▸" if section.has_lesson else ""), "dim")
        room = self.scrollable_content_region.width - (0 if section is None else 2)
        width = max(4, room - before.cell_len - after.cell_len)
        if room > 8 and title.cell_len > width:
            title.plain = fit(title.plain, width)
        label = Text.assemble(before, title, after)
        label.stylize_before(style)
        return label

    def on_tree_node_selected(self, event: Tree.NodeSelected[Section]) -> None:
        event.stop()
        if event.node.data is not None:
            self.post_message(self.Chosen(event.node.data))

    def action_fold(self) -> None:
        """Close the chapter the cursor is in."""
        node = self.cursor_node
        if node is None:
            return
        chapter = node if node.data is None else node.parent
        if chapter is not None and chapter is not self.root:
            chapter.collapse()
            self.move_cursor(chapter)

    def action_unfold(self) -> None:
        """Open the chapter under the cursor, or the section."""
        node = self.cursor_node
        if node is not None and node.data is None:
            node.expand()
        elif node is not None and node.data is not None:
            self.post_message(self.Chosen(node.data))

    def _mark(self, section: Section | None) -> str:
        marks = self._progress.of(section.id) if section is not None else None
        if section is None or marks is None or not marks.pages:
            return "unread"
        try:
            pages = section.note().pages
            return marks.state(len(pages), sum(page.quizzes for page in pages))
        except DlwpError:
            return "started"  # opening the section shows what is wrong with the note

    def _reveal(self, node: TreeNode[Section]) -> None:
        self.move_cursor(node)
        self.scroll_to_node(node, animate=False)

    def _user_opened(self, chapter: TreeNode[Section]) -> bool:
        return chapter.is_expanded and self.has_focus
