"""The source tab: the lesson's code and its proofs, highlighted, read only, beside the curves they make."""

from __future__ import annotations

from pathlib import Path

from textual.app import ComposeResult
from textual.containers import ScrollableContainer
from textual.content import Content
from textual.widgets import Static

from dlwp_tui.core import paths
from dlwp_tui.core.language import _
from dlwp_tui.course.lesson import Lesson

HEADING_CELLS = 60
"""Width of the line between the two files."""


class SourceView(ScrollableContainer):
    """`lesson.py`, and under a heading line `proofs.py` where there is one, with line numbers.

    Read and highlighted (30 ms) only when the tab is first looked at.
    """

    DEFAULT_CSS = """
    SourceView {
        height: 1fr; padding: 0 0 0 1; scrollbar-background: $background; scrollbar-background-hover: $background;
        scrollbar-size-vertical: 1; scrollbar-size-horizontal: 1;
    }
    SourceView Static { width: auto; height: auto; }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._file: Path | None = None
        self._read: Path | None = None

    def compose(self) -> ComposeResult:
        yield Static(id="code")

    def show(self, lesson: Lesson | None) -> None:
        """The code of another lesson, from the next look on."""
        self._file = lesson.code_file if lesson else None
        self._read = None
        self.scroll_home(animate=False)
        if self.is_mounted and self.is_on_screen:
            self.load()

    @property
    def files(self) -> list[Path]:
        """`lesson.py`, and `proofs.py` where there is one; nothing without a lesson."""
        if self._file is None:
            return []
        return [path for path in (self._file, self._file.with_name("proofs.py")) if path.is_file()]

    def on_show(self) -> None:
        self.load()

    def load(self) -> None:
        """Read the file, unless it is shown already."""
        code = self.query_one("#code", Static)
        if self._file is None:
            code.update(Content.styled(_("This section has no code to run."), "dim"))
        elif self._file != self._read:
            self._read = self._file
            parts = [_numbered(self._file)]
            proofs = self._file.with_name("proofs.py")
            if proofs.is_file():
                rule = "─" * max(0, HEADING_CELLS - len(proofs.name) - 4)
                heading = Content.assemble(("── ", "dim"), (proofs.name, "bold"), (f" {rule}", "dim"))
                parts += [Content(""), heading, Content(""), _numbered(proofs)]
            code.update(Content("\n").join(parts))

    @property
    def text(self) -> str:
        """What is shown."""
        content = self.query_one("#code", Static).content
        return content.plain if isinstance(content, Content) else str(content)


def _numbered(path: Path) -> Content:
    from textual.highlight import highlight  # pygments, 60 ms

    try:
        source = paths.read_text(path)
    except (OSError, UnicodeDecodeError) as error:
        return Content.styled(_("{path} cannot be read: {reason}").format(path=path, reason=error), "$text-error")
    lines = highlight(source.expandtabs(4).rstrip("\n"), language="python").split("\n", allow_blank=True)
    digits = len(str(len(lines)))
    return Content("\n").join(
        [Content.assemble((f"{number:>{digits}}  ", "dim"), line) for number, line in enumerate(lines, 1)]
    )
