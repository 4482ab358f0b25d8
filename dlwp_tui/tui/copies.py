"""What can be copied of what is in view, and the list to choose it from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from dlwp_tui.core import paths
from dlwp_tui.core.language import _
from dlwp_tui.render import table as tables
from dlwp_tui.tui import keys
from dlwp_tui.tui.bench.output_text import cell_text
from dlwp_tui.tui.bench.tabs import BenchTabs
from dlwp_tui.tui.dialogs import Dialog
from dlwp_tui.tui.reader.blocks import DiagramBlock, MathBlock, NoteFence, NoteTable


@dataclass(frozen=True)
class Copy:
    """One thing to copy."""

    kind: str
    """Such as `code`."""
    text: str
    name: str = ""
    """What it is called; "" for its first line."""

    @property
    def label(self) -> str:
        """Its name, else its first line that is not empty."""
        return self.name or next((" ".join(line.split()) for line in self.text.split("\n") if line.strip()), "")


def of_page(page: Widget) -> Iterator[tuple[Copy, Widget]]:
    """Code, tables, drawings and formulas of a note's page in reading order, each with its widget."""
    for block in page.query("*").results(Widget):
        match block:
            case NoteFence():
                yield Copy(_("code"), block.code.rstrip("\n")), block
            case NoteTable():
                yield Copy(_("table"), _marked(block.table)), block
            case DiagramBlock():
                yield Copy(_("figure"), block.lines), block
            case MathBlock():
                yield Copy(_("formula"), block.tex.strip()), block


def of_bench(tabs: BenchTabs) -> Iterator[Copy]:
    """What the open tab holds: the charts, the lesson's code, or the tables, texts and pictures of the output."""
    if tabs.tab == "curves":
        for metric, text in tabs.curves.drawings:
            yield Copy(_("figure"), text, metric)
    elif tabs.tab == "source":
        for path in tabs.source.files:
            yield Copy(_("code"), paths.read_text(path), path.name)
    elif tabs.tab == "output" and (view := tabs.output.view) is not None:
        for table in view.tables:
            rows = [[cell_text(cell) for cell in row] for row in table.rows]
            yield Copy(_("table"), tables.markdown(table.columns, rows), table.title)
        for block in view.texts:
            yield Copy(_("text"), block.body, block.title)
        for picture in view.pictures:  # a terminal's clipboard takes text only
            yield Copy(_("path of the picture"), str(view.folder.artifacts / picture.file), picture.name)


def _marked(table: tables.Table) -> str:
    def plain(row: Sequence[Text]) -> list[str]:
        return [cell.plain for cell in row]

    return tables.markdown(plain(table.head), map(plain, table.rows))


class CopyScreen(Dialog[Copy]):
    """Dismisses with what was chosen, or with None on Esc."""

    DEFAULT_CSS = """
    CopyScreen > Vertical { width: 72; }
    CopyScreen OptionList, CopyScreen OptionList:focus {
        height: auto; max-height: 100%; border: none; padding: 0; background: $surface; scrollbar-size-vertical: 1;
        background-tint: $foreground 0%; text-wrap: nowrap; text-overflow: ellipsis;
        & > .option-list--option-highlighted { background: $primary 30%; color: $text; text-style: none; }
    }
    """

    def __init__(self, copies: Sequence[Copy], at: int = 0) -> None:
        super().__init__()
        self._copies, self._at = copies, at

    def compose(self) -> ComposeResult:
        with Vertical() as box:
            box.border_title = _("Copy")
            box.border_subtitle = _("↑ ↓ · Enter copies · {key} closes").format(key=keys.label("dialog.close"))
            yield OptionList(
                *(Option(Content.assemble((f"{one.kind}  ", "dim"), one.label)) for one in self._copies), compact=True
            )

    def on_mount(self) -> None:
        choices = self.query_one(OptionList)
        choices.highlighted = self._at
        choices.focus()

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.dismiss(self._copies[event.option_index])
